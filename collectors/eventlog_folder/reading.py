"""The blocks of one file: those that were not committed before, each with the position behind it."""

from collections.abc import Callable, Generator, Iterator
from hashlib import blake2b
from pathlib import Path

from msgspec.structs import replace

from collectors.archive import opened, read_head, read_unpacked
from collectors.eventlog import MAGIC, read_events
from collectors.eventlog_folder.memory import LogState, Memory, finished, mark_of, place_of
from collectors.eventxml import is_event_file, read_xml_events
from collectors.globs import Found
from soc_agent.errors import SourceError
from soc_agent.model import Block, Position, Problem, Where
from soc_agent.text import path_text

_HEAD_BYTES = 4_096
_STEP_BYTES = 33_554_432
Report = Callable[[Problem], None]
Blocks = Callable[..., Iterator[Block]]


def read_log(file: Found, source: str, memory: Memory, report: Report) -> Generator[Block | None, None, None]:
    """Yield the blocks of a file; None where it takes a while until the next.

    A copy of what was read already gives no lines. A log that was read before and has grown gives what is new.

    :raises SourceError: when it cannot be read, or is no log of events.
    """
    path, mark, place = Path(file.path), mark_of(file), place_of(file.path)
    reader = _reader_of(path)
    digest = blake2b(digest_size=16)
    with opened(path) as content_file:
        while data := read_unpacked(content_file, _STEP_BYTES, path):
            digest.update(data)
            yield None
    content = digest.hexdigest()
    known = memory.find(content)
    if known is not None and known[1].done:
        yield _mark(file, source, memory.put(known[0], finished(known[1], mark)))
        return
    stream_id, state = memory.new(content, place)
    earlier = known or memory.find_earlier(place)
    if earlier is not None and (yield from _begins_with(reader(path, source=source, report=_quiet), earlier[1])):
        stream_id, state = earlier[0], memory.go_on(earlier[1], content, place)
    given, begin = blake2b(digest_size=16), state.sent
    for block in reader(path, source=source, report=report):
        given.update(block.data)
        end = block.offset + len(block.data)
        if end <= begin:
            yield None
            continue
        state = replace(state, sent=end, given=given.hexdigest())
        yield _cut(block, begin, stream_id, memory.put(stream_id, state))
    yield _mark(file, source, memory.put(stream_id, finished(state, mark)))


def _begins_with(blocks: Iterator[Block], state: LogState) -> Generator[None, None, bool]:
    """Say whether these blocks begin with the lines that were given before."""
    digest, left = blake2b(digest_size=16), state.sent
    for block in blocks:
        part = block.data[:left]
        digest.update(part)
        left -= len(part)
        if not left:
            break
        yield None
    return not left and digest.hexdigest() == (state.given or digest.hexdigest())


def _cut(block: Block, begin: int, stream_id: str, position: Position) -> Block:
    """Leave out the lines before an offset."""
    before = max(0, begin - block.offset)
    return replace(
        block,
        stream_id=stream_id,
        data=block.data[before:],
        offset=block.offset + before,
        first_line=block.first_line + block.data.count(b"\n", 0, before),
        position=position,
    )


def _mark(file: Found, source: str, position: Position) -> Block:
    """Give a block without lines: everything of this file was given."""
    return Block(
        source=source,
        stream=path_text(file.path),
        stream_id=position.stream_id,
        type="json",
        data=b"",
        position=position,
    )


def _reader_of(path: Path) -> Blocks:
    head = read_head(path, _HEAD_BYTES)
    if head.startswith(MAGIC):
        return read_events
    if is_event_file(head):
        return read_xml_events
    raise SourceError(Problem("eventlogs.no_events", Where(path_text(path))))


def _quiet(_problem: Problem) -> None:
    """Say nothing: what is wrong is told when the file is read, not when it is compared."""
