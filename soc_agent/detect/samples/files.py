"""Samples: what stands beside a rule and says what it must find and what it must leave alone.

A Sigma rule or correlation has them under its key ``samples``; a YARA file ``x.yar`` has them in ``x.samples.yml``, by
the identifier of the rule.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from soc_agent.enrich import Place, address_of

REPEAT_CAP = 10_000
SIDECAR = ".samples.yml"
_NUMBER = re.compile(r"<n(?::0([1-9]))?>")


class LineSample(Struct, frozen=True, forbid_unknown_fields=True):
    """Log lines. For a rule each line counts by itself; for a correlation they are one sequence."""

    type: str
    """The decoder type of the lines, such as ``syslog``."""
    lines: str
    repeat: Annotated[int, Meta(ge=1, le=REPEAT_CAP)] | None = None
    """The lines stand for so many: ``<n>`` counts from 1, ``<n:03>`` with so many digits."""

    def expand(self) -> list[str]:
        """Give the lines themselves, without empty ones."""
        lines = [line for line in self.lines.splitlines() if line.strip()]
        if self.repeat is None:
            return lines
        return [_NUMBER.sub(_digits(number), line) for number in range(1, self.repeat + 1) for line in lines]


class LineSamples(Struct, frozen=True, forbid_unknown_fields=True):
    """The samples of a Sigma rule or correlation."""

    match: tuple[LineSample, ...] = ()
    """What must be found."""
    ignore: tuple[LineSample, ...] = ()
    """What must not be found."""
    enrich: dict[str, Place] = {}
    """Addresses to what is said to be known of them while the samples are tried, such as ``country``."""

    def __post_init__(self) -> None:
        """Refuse what is no address."""
        for text in self.enrich:
            if address_of(text) is None:
                raise ValueError(f"{text} is no address")

    def __iter__(self) -> Iterator[tuple[bool, int, LineSample]]:
        """Yield each sample with what is wanted of it, and its number from 1 among its kind."""
        for wanted, samples in ((True, self.match), (False, self.ignore)):
            for number, sample in enumerate(samples, 1):
                yield wanted, number, sample


class FileSample(Struct, frozen=True, forbid_unknown_fields=True):
    """The content of a file, as text or as bytes in hexadecimal, and the path that it is to have."""

    text: str = ""
    hex: str = ""
    path: str = "/srv/sample"

    def data(self) -> bytes:
        """Give the content.

        :raises ValueError: when ``hex`` is not hexadecimal.
        """
        return bytes.fromhex(self.hex) if self.hex else self.text.encode()


class FileSamples(Struct, frozen=True, forbid_unknown_fields=True):
    """The samples of a YARA rule."""

    match: tuple[FileSample, ...] = ()
    ignore: tuple[FileSample, ...] = ()

    def __iter__(self) -> Iterator[tuple[bool, int, FileSample]]:
        """Yield each sample with what is wanted of it, and its number from 1 among its kind."""
        for wanted, samples in ((True, self.match), (False, self.ignore)):
            for number, sample in enumerate(samples, 1):
                yield wanted, number, sample


def line_samples(tree: Mapping[str, Any]) -> LineSamples | None:
    """Give the samples of a Sigma document; None when it has none.

    :raises msgspec.ValidationError: when they are written wrongly.
    """
    return msgspec.convert(tree["samples"], LineSamples) if tree.get("samples") else None


def file_samples(tree: Mapping[str, Any]) -> dict[str, FileSamples]:
    """Give the samples of a YARA file, by the identifier of the rule.

    :raises msgspec.ValidationError: when they are written wrongly.
    """
    return msgspec.convert(tree, dict[str, FileSamples])


def _digits(number: int) -> Any:
    return lambda found: f"{number:0{found[1] or 1}d}"
