"""Lines become blocks: whole lines of at most about 1 MiB, numbered through the stream."""

import time
from collections.abc import Callable

from soc_agent.model import Block, Counters, Position

BLOCK_BYTES = 1_048_576
TYPE = "zeek"


class BlockWriter:
    """Numbers the lines of one stream. The same capture gives the same numbers, so a line keeps its name."""

    def __init__(self, source: str, stream: str, stream_id: str, offset: int = 0, line: int = 1) -> None:
        self._source = source
        self._stream = stream
        self._stream_id = stream_id
        self.offset = offset
        """Bytes of lines so far."""
        self.line = line
        """Number of the next line."""

    def write(
        self, lines: list[bytes], lost: Counters | None = None, state: Callable[[int, int], bytes] | None = None
    ) -> list[Block]:
        """Give lines as blocks. ``state`` gives that of the position after so many bytes and before that line.

        Without lines there is a block without data when something was lost: it carries the count.
        """
        blocks: list[Block] = []
        part: list[bytes] = []
        size = 0
        for line in lines:
            if size + len(line) > BLOCK_BYTES:
                blocks.append(self._block(part, lost, state))
                part, size, lost = [], 0, None
            part.append(line)
            size += len(line)
        if part or lost is not None:
            blocks.append(self._block(part, lost, state))
        return blocks

    def skip(self, lines: list[bytes]) -> None:
        """Count lines without giving them out: they were committed before."""
        self.offset += sum(map(len, lines))
        self.line += len(lines)

    def mark(self, state: Callable[[int, int], bytes]) -> Block:
        """Give a block without data that moves the position alone."""
        return self._block([], None, state)

    def _block(self, lines: list[bytes], lost: Counters | None, state: Callable[[int, int], bytes] | None) -> Block:
        offset, first_line = self.offset, self.line
        self.skip(lines)
        position = None
        if state is not None:
            position = Position(self._source, self._stream_id, state(self.offset, self.line))
        return Block(
            source=self._source,
            stream=self._stream,
            stream_id=self._stream_id,
            type=TYPE,
            data=b"".join(lines),
            offset=offset,
            first_line=first_line,
            position=position,
            received_ns=time.time_ns(),
            lost=lost,
        )
