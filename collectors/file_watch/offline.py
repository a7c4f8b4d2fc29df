"""Scanning files where they lie, once: for a search that keeps nothing."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from collectors.file_watch.lines import line_of_refused, lines_of
from collectors.file_watch.reading import Refused, open_file
from collectors.file_watch.scanner import Scanner
from collectors.file_watch.tree import WalkLog, walk
from collectors.globs import Globs
from soc_agent.config import WatchSource
from soc_agent.model import Block, Problem, ScanLimits
from soc_agent.text import path_text

_DEFAULTS = WatchSource(name="scan", paths=())


def scan_paths(
    paths: Iterable[Path],
    scanner: Scanner,
    *,
    exclude: Sequence[str] = (),
    size_cap_bytes: int = _DEFAULTS.size_cap_bytes,
    timeout_s: int = _DEFAULTS.timeout_s,
    trouble: Callable[[Problem], None] | None = None,
) -> Iterator[Block]:
    """Yield a block for every file: its findings, or that it was not scanned; without lines when it is clean.

    Folders are gone through with all below them; symbolic links in them are not followed. The time of a finding is
    that of the file's last modification. ``trouble`` is told what could not be looked at.
    """
    excludes = Globs((), exclude).excludes
    for path in paths:
        top = os.path.realpath(path)
        log = WalkLog()
        if not os.path.lexists(top):
            log.unreadable[top] = "no such file or folder"
        files = [top] if os.path.isfile(top) else _below(top, excludes, log)  # noqa: PTH113  # str may hold any bytes
        for file in files:
            block = _scan(file, scanner, size_cap_bytes, timeout_s)
            if block is not None:
                yield block
        for name, reason in log.unreadable.items():
            if trouble is not None:
                trouble(Problem("watch.unreadable_folder", values={"path": path_text(name), "reason": reason}))


def _below(top: str, excludes: Callable[[str], bool], log: WalkLog) -> Iterator[str]:
    return (seen.path for seen in walk(top, recursive=True, excludes=excludes, log=log))


def _scan(path: str, scanner: Scanner, size_cap_bytes: int, timeout_s: int) -> Block | None:
    opened = open_file(path, size_cap_bytes)
    if opened is None:
        return None
    facts, time_ns = opened.facts, opened.facts.modified_ns
    if isinstance(opened, Refused):
        lines = [line_of_refused(opened, path, _DEFAULTS.name, time_ns)]
    else:
        with opened:
            scan = scanner.scan_file(opened.file, facts, ScanLimits(size_cap_bytes, timeout_s))
        lines = lines_of(facts, scan, path, _DEFAULTS.name, time_ns)
    return Block(
        source=_DEFAULTS.name,
        stream=facts.path,
        stream_id=f"scan:{facts.path}",
        type="yara",
        data=b"".join(lines),
        received_ns=time_ns,
    )
