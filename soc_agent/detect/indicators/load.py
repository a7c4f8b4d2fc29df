"""Lists of indicators become one table: read anew when a list changed, taken from the cache when none did."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from hashlib import blake2b
from io import BytesIO
from pathlib import Path

import msgspec
from msgspec import Struct

from soc_agent.detect.indicators.copies import Copies, Copy, went_wrong
from soc_agent.detect.indicators.indicator import FileReport, Meta, Tlp
from soc_agent.detect.indicators.matcher import Indicators
from soc_agent.detect.indicators.packed import pack, read_packed, unpack, write_packed
from soc_agent.errors import describe
from soc_agent.model import Problem, Where
from soc_agent.text import path_text

_FORMAT = b"5"
"""Raised whenever what is kept, or what reading makes of a list, changes."""
_CHUNK = 1 << 20
_KEPT = "indicator.kept"
"""Comes first of what there is to say of a list."""


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
    keep: bool = False,
    include_expired: bool = False,
    disabled: Collection[str] = (),
    gate: bool = True,
    clock: Callable[[], float] = time.time,
) -> Indicators:
    """Load the lists of these files and folders. What is wrong with them is in the result's ``problems``.

    :param default_tlp: the mark of lists that bear none.
    :param default_days: days after which an indicator that names no end stops to count; 0 is never.
    :param keep: whether a list that has gone wrong stays as it was the last time, by its copy in ``cache_dir``. A list
        that was removed from its folder is no longer one; of a path that is not there at all the lists go on.
    :param include_expired: whether those past their time are matched too, for searches in old logs.
    :param disabled: ids of rules of indicators that do not run.
    :param gate: off, nothing is put before the scan: for comparing.
    """
    from soc_agent.detect.indicators.feeds.read import find_lists, size_of

    copies = Copies(cache_dir / f"indicators-{_named(paths)}.copies") if keep and cache_dir is not None else None
    files, problems = find_lists(paths)
    if copies is not None:
        files += [path for problem in problems for path in copies.under(Path(problem.where.file)) if path not in files]
    sizes = {path: size_of(path) for path in files}
    wrong = {path: found for path, found in sizes.items() if isinstance(found, Problem)}
    named = {problem.where.file for problem in problems}
    problems += [problem for problem in wrong.values() if problem.where.file not in named]
    changed = {path: found[1] for path, found in sizes.items() if not isinstance(found, Problem)}
    stamp = _stamp(files, changed, default_tlp, default_days, keep=keep)
    cache = cache_dir / f"indicators-{_named(paths)}.lists" if cache_dir is not None else None
    packed = read_packed(cache, stamp) if cache is not None else None
    if packed is None:
        data = _build(files, changed, wrong, copies, stamp, default_tlp, default_days, clock())
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
        problems=sorted([*problems, *kept.problems], key=lambda problem: problem.code != _KEPT),
        disabled=disabled,
        gate=gate,
        clock=(lambda: 0.0) if include_expired else clock,
    )


def _build(
    files: Sequence[Path],
    changed: Mapping[Path, float],
    wrong: Mapping[Path, Problem],
    copies: Copies | None,
    stamp: bytes,
    tlp: str,
    default_days: int,
    now_s: float,
) -> bytes:
    from soc_agent.detect.indicators.build import Builder
    from soc_agent.detect.indicators.feeds.intake import Intake
    from soc_agent.detect.indicators.feeds.read import read_list

    builder = Builder()
    reports: list[FileReport] = []
    problems: list[Problem] = []

    def read(path: Path, place: Path, changed_s: float) -> Intake:
        meta = Meta(source=path_text(Path(path.stem)), tlp=tlp)
        intake = Intake(builder, path_text(path), meta, changed_s=changed_s, now_s=now_s, default_days=default_days)
        read_list(place, intake)
        return intake

    for path in files:
        intake = read(path, path, changed[path]) if path not in wrong else None
        copy = copies.of(path) if copies is not None else None
        if intake is not None:
            reports.append(intake.report)
            problems += intake.problems
        if copies is not None and copy is not None and (intake is None or went_wrong(path, intake.report, copy)):
            faults = [wrong[path]] if intake is None else intake.problems
            problems.insert(len(problems) - len(intake.problems if intake else ()), _kept(path, copy, faults))
            reports.append(read(path, copies.place(copy), copy.changed_s).report)
        elif copies is not None and intake is not None and intake.report.taken:
            copies.keep(path, intake.report, changed[path])
    if copies is not None:
        copies.close(files)
    notes, arrays = builder.arrays()
    kept = Kept(msgspec.msgpack.encode(notes), reports, problems)
    return pack(stamp, msgspec.msgpack.encode(kept), arrays)


def _kept(path: Path, copy: Copy, faults: Sequence[Problem]) -> Problem:
    reason = describe(faults[0]) if faults else ""
    return Problem(_KEPT, Where(path_text(path)), {"count": f"{copy.taken:,}", "reason": reason})


def _stamp(files: Sequence[Path], changed: Mapping[Path, float], tlp: str, default_days: int, *, keep: bool) -> bytes:
    """Give what tells whether a cache belongs to these files: their contents, and what else the table depends on."""
    digest = blake2b(_FORMAT + b"%s %d %d" % (tlp.encode(), default_days, keep), digest_size=32)
    for path in files:
        part = blake2b(digest_size=32)
        try:
            # what is no file is not opened: a pipe would wait for somebody to write into it
            with path.open("rb") if path in changed else BytesIO(b"unreadable") as file:
                while chunk := file.read(_CHUNK):
                    part.update(chunk)
        except OSError:
            part.update(b"unreadable")
        name = str(path).encode("utf-8", "surrogateescape")
        when = b"%d" % int(changed.get(path, 0)) if default_days else b""
        digest.update(b"%d:%s %s %s" % (len(name), name, when, part.digest()))
    return digest.digest()


def _named(paths: Sequence[Path]) -> str:
    names = "\n".join(str(path.absolute()) for path in paths)
    return blake2b(names.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
