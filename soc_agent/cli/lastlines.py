"""The last lines of a configured source, as a person would look at them: read from its files, not from the agent."""

import time
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

from collectors.globs import Found, Globs
from soc_agent.cli.inputs import Input, blocks_of, find_inputs
from soc_agent.config import Config, IntegritySource, ListenerSource, WatchSource
from soc_agent.errors import SourceError
from soc_agent.model import Problem, Where
from soc_agent.model.judging import LogLine

LINES = 500
"""So many lines are shown."""
FILES = 8
"""So many files of a source are looked at, those that were written last."""
_TAIL_BYTES = 1_048_576
_MAGIC_BYTES = 8


def last_lines(config: Config, folder: Path, name: str) -> tuple[LogLine, ...]:
    """Give the last lines of a source, in the order in which they were written, file by file.

    :raises SourceError: when there are none that can be shown.
    """
    source = next((source for source in config.sources if source.name == name), None)
    if source is None:
        raise SourceError(Problem("lines.not_configured", values={"source": name}))
    if isinstance(source, WatchSource):
        raise SourceError(Problem("lines.files_only", values={"source": name}))
    if isinstance(source, ListenerSource | IntegritySource) or not getattr(source, "paths", ()):
        raise SourceError(Problem("lines.not_kept", values={"source": name}))
    found = Globs([str(folder / path) for path in getattr(source, "paths", ())], getattr(source, "exclude", ())).scan()
    files = sorted(found.files.values(), key=lambda file: (file.mtime_ns, file.path))[-FILES:]
    kept: deque[LogLine] = deque(maxlen=LINES)
    problems: list[Problem] = []
    for file in files:
        kept.extend(_of_file(file, name, problems))
    if not kept:
        reasons = [f"{path}: {reason}" for path, reason in found.unreadable.items()]
        values = {"source": name, "paths": ", ".join(getattr(source, "paths", ()))}
        unreadable = Problem("lines.unreadable", values={"source": name, "reason": "; ".join(reasons)})
        raise SourceError(*(problems or [unreadable if reasons else Problem("lines.none", values=values)]))
    return tuple(kept)


def _of_file(file: Found, source: str, problems: list[Problem]) -> Iterator[LogLine]:
    path = Path(file.path)
    for item in find_inputs([path], None, problems):
        try:
            tail = _tail_of(path, file.size, item.head)
        except OSError as error:
            reason = error.strerror or str(error)
            problems.append(Problem("lines.unreadable", Where(file.path), {"source": source, "reason": reason}))
            continue
        if tail is None or item.type in ("capture", "evtx"):
            yield from _of_blocks(item, source, problems)
            continue
        # how many lines stand before these is not known
        for raw in tail.split(b"\n")[-LINES - 1 :]:
            if raw.strip():
                yield LogLine(raw.removesuffix(b"\r"), source, file.path, 0, file.mtime_ns)


def _tail_of(path: Path, size: int, head: bytes) -> bytes | None:
    """Give the end of a large file that is written as it is read; None for a small one, or one that is packed."""
    with path.open("rb") as plain:
        if size <= _TAIL_BYTES or plain.read(_MAGIC_BYTES) != head[:_MAGIC_BYTES]:
            return None
        plain.seek(size - _TAIL_BYTES)
        return plain.read(_TAIL_BYTES).partition(b"\n")[2]


def _of_blocks(item: Input, source: str, problems: list[Problem]) -> Sequence[LogLine]:
    kept: deque[LogLine] = deque(maxlen=LINES)
    for block in blocks_of(item, problems):
        time_ns = block.received_ns or time.time_ns()
        for number, raw in enumerate(block.data.split(b"\n"), block.first_line):
            if raw.strip():
                kept.append(LogLine(raw.removesuffix(b"\r"), source, str(item.path), number, time_ns))
    return kept
