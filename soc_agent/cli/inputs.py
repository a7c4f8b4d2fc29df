"""Files that a command is to read: paths become inputs, inputs become blocks, whatever is in them."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from collectors.archive import looks_binary, read_blocks, read_head
from collectors.encodings import as_text
from collectors.eventlog import MAGIC as EVENT_LOG_MAGIC
from collectors.eventlog import first_event, read_events
from collectors.eventxml import first_xml_event, is_event_file, read_xml_events
from soc_agent.decode import guess_type
from soc_agent.errors import SourceError
from soc_agent.model import Block, Problem, Where

CAPTURE_MAGIC = (
    b"\xd4\xc3\xb2\xa1",
    b"\xa1\xb2\xc3\xd4",
    b"\x4d\x3c\xb2\xa1",
    b"\xa1\xb2\x3c\x4d",
    b"\x0a\x0d\x0d\x0a",
)
"""First bytes of a pcap file (both byte orders, microseconds and nanoseconds) and of a pcapng file."""

HEAD_BYTES = 65_536
STDIN = Path("-")


class Input(Struct, frozen=True):
    """One file to read, and what it is."""

    path: Path
    type: str
    """Decoder type; ``capture`` for packets, ``evtx`` for a Windows event log, ``xml`` for events as XML,
    ``binary`` for what is no text."""
    size_bytes: int = 0
    head: bytes = b""
    """Its first bytes, decompressed: enough to guess its type and its first time. Of events, the first one."""

    @property
    def line_type(self) -> str:
        """Decoder type of the lines that it gives."""
        return {"capture": "zeek", "evtx": "json", "xml": "eventxml"}.get(self.type, self.type)


def find_inputs(paths: Iterable[Path], type_: str | None, problems: list[Problem]) -> Iterator[Input]:
    """Yield the files under ``paths``, folders walked in order. What cannot be read goes to ``problems``."""
    for path in paths:
        if path == STDIN:
            yield Input(path, type_ or "auto")
        elif path.is_dir():
            for file in sorted(p for p in path.rglob("*") if p.is_file() and not p.is_symlink()):
                yield from _look(file, type_, problems)
        else:
            yield from _look(path, type_, problems)


def _look(path: Path, type_: str | None, problems: list[Problem]) -> Iterator[Input]:
    try:
        head = read_head(path, HEAD_BYTES)
        size = path.stat().st_size
    except (SourceError, OSError) as error:
        if isinstance(error, SourceError):
            problems.append(error.problem)
        else:
            problems.append(Problem("cli.unreadable", Where(str(path)), {"reason": error.strerror or str(error)}))
        return
    if head.startswith(CAPTURE_MAGIC):
        found = "capture"
    elif head.startswith(EVENT_LOG_MAGIC):
        found, head = "evtx", first_event(path)
    elif is_event_file(head) and type_ in (None, "eventxml"):
        found, head = "xml", first_xml_event(path)
    elif type_:
        found = type_
    else:
        head = as_text(head)
        found = "binary" if looks_binary(head) else guess_type(head)
    yield Input(path, found, size, head)


def blocks_of(item: Input, problems: list[Problem]) -> Iterator[Block]:
    """Yield the blocks of one input. What breaks on the way is reported, and what was readable was yielded."""
    try:
        if item.type == "capture":
            from collectors.packets import read_capture

            yield from read_capture(item.path, source="hunt", report=problems.append)
        elif item.type == "evtx":
            yield from read_events(item.path, source="hunt", report=problems.append)
        elif item.type == "xml":
            yield from read_xml_events(item.path, source="hunt", report=problems.append)
        elif item.type != "binary":
            yield from read_blocks(item.path, item.type)
    except SourceError as error:
        problems.extend(error.problems)
