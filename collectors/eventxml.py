"""Files of Windows events as XML, read once: each event is a line, however many lines it takes in the file.

So come exports of the event viewer and of wevtutil (one document, or events one after the other, UTF-8 or UTF-16). The
document around the events is not parsed, so nothing that it declares has an effect.
"""

import codecs
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from collectors.archive import LINE_CAP_BYTES, opened, read_unpacked
from soc_agent.errors import SourceError
from soc_agent.model import Block, Problem, Where
from soc_agent.text import path_text

TYPE = "eventxml"
"""The decoder type of the lines."""
_BEGIN = re.compile(r"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--[^>]{0,2000}-->\s*)?<Events?[\s>]")
_TOKEN = re.compile(r"<Event(?=[\s>])|</Event\s{0,20}>")
_LONGEST_TOKEN = 32
_READ_BYTES = 131_072
_BLOCK_BYTES = 1_048_576
_CODINGS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_UNMARKED = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
Report = Callable[[Problem], None]


def is_event_file(head: bytes) -> bool:
    """Say whether a file that begins so holds events as XML."""
    return _BEGIN.match(head[:4096].decode(_coding_of(head), "replace")) is not None


def read_xml_events(path: Path, *, source: str, report: Report) -> Iterator[Block]:
    """Yield the events of a file as blocks of lines, each one event.

    ``report`` is told of an event that is not there to its end, and of those that are longer than a line may be.

    :raises SourceError: when the file cannot be read, or, after what could be read, when an archive is broken.
    """
    offset, first_line, size = 0, 1, 0
    lines: list[bytes] = []
    cutter = _Cutter()
    broken: SourceError | None = None
    texts = _texts(path)
    while True:
        try:
            text = next(texts)
        except StopIteration:
            break
        except SourceError as error:
            broken = error
            break
        for event in cutter.feed(text):
            line = in_one_line(event).encode("utf-8", "replace")
            if len(line) > LINE_CAP_BYTES:
                cutter.too_long += 1
                continue
            lines.append(line)
            size += len(line) + 1
            if size >= _BLOCK_BYTES:
                yield _block(path, source, lines, offset, first_line)
                offset, first_line = offset + size, first_line + len(lines)
                lines, size = [], 0
    if lines:
        yield _block(path, source, lines, offset, first_line)
    if cutter.too_long:
        report(Problem("eventxml.too_long", Where(str(path)), {"count": cutter.too_long, "limit": LINE_CAP_BYTES}))
    if broken is not None:
        raise broken
    if cutter.is_inside:
        report(Problem("eventxml.cut_off", Where(str(path))))


def first_xml_event(path: Path) -> bytes:
    """Give the first event of a file as a line, without its newline; nothing when none can be read."""
    cutter = _Cutter()
    try:
        for text in _texts(path):
            for event in cutter.feed(text):
                return in_one_line(event).encode("utf-8", "replace")
    except SourceError:
        pass
    return b""


def in_one_line(event: str) -> str:
    """Write an event in one line: ends of lines in texts by their numbers, those between elements not at all."""
    if "\n" not in event and "\r" not in event:
        return event
    parts = []
    for part in event.split("<"):
        tag, closed, text = part.partition(">")
        text = "" if "\n" in text and not text.strip() else text.replace("\r", "&#xD;").replace("\n", "&#xA;")
        parts.append(f"{tag}{closed}{text}" if closed else part)
    return "<".join(parts).replace("\r", " ").replace("\n", " ")


class _Cutter:
    """Finds the events in a text that comes in pieces. Holds no more of it than one event may be long."""

    def __init__(self) -> None:
        self._held = ""
        self._looked_at = 0
        self._depth = 0
        self.too_long = 0
        """Events that were longer than a line may be."""

    @property
    def is_inside(self) -> bool:
        """Whether the text ends within an event."""
        return self._depth > 0

    def feed(self, text: str) -> Iterator[str]:
        """Yield the events that end in this piece."""
        self._held += text
        held, begin = self._held, 0
        for token in _TOKEN.finditer(held, self._looked_at):
            self._looked_at = token.end()
            if token[0][1] != "/":
                begin = begin if self._depth else token.start()
                self._depth += 1
            elif self._depth:
                self._depth -= 1
                if not self._depth:
                    yield held[begin : token.end()]
                    begin = token.end()
        if self._depth and len(held) - begin > LINE_CAP_BYTES:
            self.too_long += 1
            self._depth = 0
        searched = max(self._looked_at, len(held) - _LONGEST_TOKEN)
        keep = begin if self._depth else searched
        self._held, self._looked_at = held[keep:], searched - keep


def _texts(path: Path) -> Iterator[str]:
    with opened(path) as file:
        data = read_unpacked(file, _READ_BYTES, path)
        decoder = codecs.getincrementaldecoder(_coding_of(data))("replace")
        while data:
            yield decoder.decode(data)
            data = read_unpacked(file, _READ_BYTES, path)


def _coding_of(head: bytes) -> str:
    marked = next((coding for mark, coding in _CODINGS.items() if head.startswith(mark)), None)
    return marked or _UNMARKED.get(head[:2], "utf-8")


def _block(path: Path, source: str, lines: list[bytes], offset: int, first_line: int) -> Block:
    return Block(
        source=source,
        stream=path_text(path),
        stream_id=f"file:{path_text(path)}",
        type=TYPE,
        data=b"\n".join(lines) + b"\n",
        offset=offset,
        first_line=first_line,
        received_ns=path.stat().st_mtime_ns,
    )
