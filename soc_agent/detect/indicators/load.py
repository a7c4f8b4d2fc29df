"""Lists of indicators become one table: read anew when a list changed, taken from the cache when none did."""

import time
from collections.abc import Callable, Collection, Sequence
from hashlib import blake2b
from pathlib import Path

import msgspec
from msgspec import Struct

from soc_agent.detect.indicators.indicator import FileReport, Meta, Tlp
from soc_agent.detect.indicators.matcher import Indicators
from soc_agent.detect.indicators.packed import pack, read_packed, unpack, write_packed
from soc_agent.model import Problem
from soc_agent.text import path_text

_FORMAT = b"3"
"""Raised whenever what is kept, or what reading makes of a list, changes."""
_CHUNK = 1 << 20


class Kept(Struct, frozen=True, array_like=True):
    """What is kept with a table."""

    notes: bytes
    reports: list[FileReport]
    problems: list[Problem]


def load_indicators(
    paths: Sequence[Path],
    *,
    default_tlp: str = Tlp.AMBER.value,
    default_days: int = 0,
    cache_dir: Path | None = None,
    include_expired: bool = False,
    disabled: Collection[str] = (),
    gate: bool = True,
    clock: Callable[[], float] = time.time,
) -> Indicators:
    """Load the lists of these files and folders. What is wrong with them is in the result's ``problems``.

    :param default_tlp: the mark of lists that bear none.
    :param default_days: days after which an indicator that names no end stops to count; 0 is never.
    :param include_expired: whether those past their time are matched too, for searches in old logs.
    :param disabled: ids of rules of indicators that do not run.
    :param gate: off, nothing is put before the scan: for comparing.
    """
    from soc_agent.detect.indicators.feeds.read import find_lists, size_of

    files, problems = find_lists(paths)
    sizes = {path: size_of(path) for path in files}
    readable = [path for path in files if not isinstance(sizes[path], Problem)]
    problems += [problem for problem in sizes.values() if isinstance(problem, Problem)]
    changed = {path: found[1] for path, found in sizes.items() if not isinstance(found, Problem)}
    stamp = _stamp(readable, changed, default_tlp, default_days)
    cache = cache_dir / f"indicators-{_named(paths)}.lists" if cache_dir is not None else None
    packed = read_packed(cache, stamp) if cache is not None else None
    if packed is None:
        data = _build(readable, changed, stamp, default_tlp, default_days, clock())
        if cache is not None and write_packed(cache, data):
            packed = read_packed(cache, stamp)
        if packed is None:
            packed = unpack(data, stamp)
    if packed is None:
        raise AssertionError("what was just packed can be read")
    kept = msgspec.msgpack.decode(packed.notes, type=Kept)
    return Indicators(
        msgspec.structs.replace(packed, notes=kept.notes),
        reports=kept.reports,
        problems=[*problems, *kept.problems],
        disabled=disabled,
        gate=gate,
        clock=(lambda: 0.0) if include_expired else clock,
    )


def _build(
    files: Sequence[Path], changed: dict[Path, float], stamp: bytes, tlp: str, default_days: int, now_s: float
) -> bytes:
    from soc_agent.detect.indicators.build import Builder
    from soc_agent.detect.indicators.feeds.intake import Intake
    from soc_agent.detect.indicators.feeds.read import read_list

    builder = Builder()
    reports: list[FileReport] = []
    problems: list[Problem] = []
    for path in files:
        meta = Meta(source=path_text(Path(path.stem)), tlp=tlp)
        intake = Intake(builder, path_text(path), meta, changed_s=changed[path], now_s=now_s, default_days=default_days)
        read_list(path, intake)
        reports.append(intake.report)
        problems += intake.problems
    notes, arrays = builder.arrays()
    kept = Kept(msgspec.msgpack.encode(notes), reports, problems)
    return pack(stamp, msgspec.msgpack.encode(kept), arrays)


def _stamp(files: Sequence[Path], changed: dict[Path, float], tlp: str, default_days: int) -> bytes:
    """Give what tells whether a cache belongs to these files: their contents, and what else the table depends on."""
    digest = blake2b(_FORMAT + b"%s %d" % (tlp.encode(), default_days), digest_size=32)
    for path in files:
        part = blake2b(digest_size=32)
        try:
            with path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    part.update(chunk)
        except OSError:
            part.update(b"unreadable")
        name = str(path).encode("utf-8", "surrogateescape")
        when = b"%d" % int(changed[path]) if default_days else b""
        digest.update(b"%d:%s %s %s" % (len(name), name, when, part.digest()))
    return digest.digest()


def _named(paths: Sequence[Path]) -> str:
    names = "\n".join(str(path.absolute()) for path in paths)
    return blake2b(names.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
