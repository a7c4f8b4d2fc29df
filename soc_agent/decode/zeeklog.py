r"""Zeek's own log files: tab-separated columns under a header, or JSON, one file for each log.

Of what a line does not say, the header speaks (:attr:`soc_agent.decode.context.Context.header`). For JSON it is
``#path`` alone, from the name of the file. Source: https://docs.zeek.org, "Log Files" (ASCII writer).
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from msgspec import Struct

from soc_agent.decode.context import Context, LineType, Parsed
from soc_agent.decode.objects import parse_object
from soc_agent.decode.zeek import DERIVED, ZEEK, name_record

_ESCAPES = re.compile(r"(?:\\x[0-9A-Fa-f]{2})+|\\\\")
_COLUMN_CAP = 1000
_Convert = Callable[[str], Any]


class Header(Struct, frozen=True):
    """What a header says."""

    path: str = ""
    """Which log it is: ``conn``."""
    separator: str = "\t"
    set_separator: str = ","
    empty: str = "(empty)"
    unset: str = "-"
    names: tuple[str, ...] = ()
    converts: tuple[tuple[bool, _Convert], ...] = ()
    """For each column, whether it holds several values, and what makes a value of its text."""


@lru_cache(maxsize=256)
def read_header(data: bytes) -> Header:
    """Read the lines of a header. Lines that are not known are passed over."""
    said: dict[str, str] = {}
    separator = "\t"
    for line in data.decode("utf-8", "replace").splitlines():
        if line.startswith("#separator "):
            separator = _unescape(line.removeprefix("#separator ")) or "\t"
            continue
        name, _, value = line.partition(separator if separator in line else "\t")
        said[name] = value
    names = tuple(said.get("#fields", "").split(separator)[:_COLUMN_CAP]) if said.get("#fields") else ()
    types = said.get("#types", "").split(separator)
    types += ["string"] * (len(names) - len(types))
    return Header(
        path=said.get("#path", ""),
        separator=separator,
        set_separator=_unescape(said.get("#set_separator", ",")) or ",",
        empty=said.get("#empty_field", "(empty)"),
        unset=said.get("#unset_field", "-"),
        names=names,
        converts=tuple(map(_converter, types[: len(names)])),
    )


def decode_zeek_log(text: str, context: Context) -> Parsed | None:
    """Decode a line under the header of its block; a header itself is an event that no rule looks at.

    None for columns where there is no header, or where they are not as many as it names.
    """
    header = read_header(context.header)
    if text.startswith("{"):
        fields = parse_object(text)
        if fields is None:
            return None
        if header.path and "_path" not in fields:
            fields["_path"] = header.path
    elif text.startswith("#"):
        return Parsed("zeek_log", (), {}, subject=text)
    else:
        values = text.split(header.separator)
        if not header.names or len(values) != len(header.names):
            return None
        fields = {"_path": header.path} if header.path else {}
        for name, (several, convert), value in zip(header.names, header.converts, values, strict=True):
            if value != header.unset:
                fields[name] = _value(value, header, several, convert)
    return name_record("zeek_log", fields, text, context)


def is_zeek_header(text: str) -> bool:
    """Say whether a line is the first of a header."""
    return text.startswith("#separator ")


def _value(text: str, header: Header, several: bool, convert: _Convert) -> Any:
    if text == header.empty:
        return [] if several else ""
    if not several:
        return convert(text)
    return [convert(part) for part in text.split(header.set_separator) if part != header.unset]


def _converter(name: str) -> tuple[bool, _Convert]:
    several = name.startswith(("set[", "vector["))
    kind = name.partition("[")[2].rstrip("]") if several else name
    return several, _CONVERTS.get(kind, _unescape)


def _unescape(text: str) -> str:
    r"""Undo ``\x2c`` and ``\\``; several escapes in a row are the bytes of UTF-8."""
    return _ESCAPES.sub(_unescaped, text) if "\\" in text else text


def _unescaped(found: re.Match[str]) -> str:
    return "\\" if found[0] == "\\\\" else bytes.fromhex(found[0].replace("\\x", "")).decode("utf-8", "replace")


def _integer(text: str) -> int | str:
    try:
        return int(text) if len(text) <= 20 else text
    except ValueError:
        return text


def _real(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


_CONVERTS: dict[str, _Convert] = {
    **dict.fromkeys(("count", "int", "port"), _integer),
    **dict.fromkeys(("double", "time", "interval"), _real),
    "bool": lambda text: {"T": True, "F": False}.get(text, text),
}

ZEEK_LOG = LineType("zeek_log", decode_zeek_log, ZEEK.log_sources, derived=DERIVED)
