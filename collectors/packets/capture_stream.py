"""One capture file on its way into lines, as far as it is there, and where to go on after a restart.

Flows that are open live in memory alone. So a restart reads the file again from its *base*, the last place where no
flow was open, and leaves out the lines that were committed: reading a capture twice gives the same lines.
"""

import os
import time
from hashlib import blake2b

import msgspec
from msgspec import Struct

from collectors.packets.blocks import BlockWriter
from collectors.packets.capture_file import CaptureReader
from collectors.packets.pipeline import Pipeline
from soc_agent.config import PacketSource
from soc_agent.model import Block, Counters, Problem, Where

HEAD_BYTES = 40
"""In so many bytes a pcap file has the time of its first packet: so its head tells it from other files."""
_FORMAT = 4
"""Changes whenever the same capture gives other lines than before."""


class State(Struct):
    """Where a capture file is to be continued."""

    made_by: str
    """What rules the lines. When it differs, lines since the base are given out anew: none is lost."""
    base: int = 0
    """Offset in the file."""
    base_sent: int = 0
    """Bytes of lines before the base."""
    base_line: int = 1
    sent: int = 0
    """Bytes of lines that are committed."""


def stream_id(fd: int) -> str | None:
    """Give what a capture file is: device, inode and a hash of its head; None while it is too short to tell."""
    head = os.pread(fd, HEAD_BYTES, 0)
    if len(head) < HEAD_BYTES:
        return None
    status = os.fstat(fd)
    return f"{status.st_dev:x}:{status.st_ino:x}:{blake2b(head, digest_size=8).hexdigest()}"


def made_by(options: PacketSource) -> str:
    """Give a mark of the options that decide over the lines of a capture, and of the format of lines."""
    decisive = (_FORMAT, options.name, options.filter, options.flow_idle_s, options.flow_active_s, options.max_flows,
                options.payloads)  # fmt: skip
    return blake2b(repr(decisive).encode(), digest_size=8).hexdigest()


class CaptureStream:
    """Reads one open capture file."""

    def __init__(self, fd: int, path: str, identity: str, options: PacketSource, saved: bytes | None) -> None:
        self.fd = fd
        self.path = path
        self.identity = identity
        self._options = options
        self._mark = made_by(options)
        state = _load(saved, self._mark)
        if state.base > os.fstat(fd).st_size:
            state = State(self._mark)
        self._state = state
        self._skip_to = state.sent
        self._reader = CaptureReader(fd, path, state.base)
        self._pipeline = Pipeline(options, filtered=False)
        self._writer = BlockWriter(options.name, path, identity, state.base_sent, state.base_line)
        self._bad_records = 0
        self._unknown_link = 0
        self._evicted = 0
        self.grown_at = time.monotonic()
        """When packets were last found, on the monotonic clock."""

    @property
    def is_broken(self) -> bool:
        """Whether nothing more can be read, however the file grows."""
        return self._reader.problem is not None

    @property
    def is_shorter(self) -> bool:
        """Whether the file lost what was read of it: it was written anew."""
        return os.fstat(self.fd).st_size < self._reader.offset

    @property
    def state(self) -> bytes:
        """The state after the last block."""
        return self._encode(self._writer.offset, self._writer.line)

    def problems(self) -> list[Problem]:
        """Give what is wrong with the file as far as it was read."""
        where, found = Where(self.path), []
        if self._reader.problem is not None:
            found.append(self._reader.problem)
        elif self._reader.rest:
            values = {"offset": self._reader.offset, "bytes": self._reader.rest}
            found.append(Problem("packets.truncated", where, values))
        if self._unknown_link:
            found.append(Problem("packets.unknown_link", where, {"link": self._unknown_link}))
        if self._evicted:
            found.append(Problem("packets.evicted_file", where, {"count": self._evicted}))
        return found

    def read(self) -> list[Block] | None:
        """Take the next packets; give the blocks that they complete; None when there are no further whole packets now.

        :raises OSError: when the file cannot be read.
        :raises SourceError: when the filter cannot be applied.
        """
        frames = self._reader.read()
        if frames is None:
            return None
        self.grown_at = time.monotonic()
        return self._put(self._pipeline.feed(frames))

    def finish(self) -> list[Block]:
        """End all flows where the file ends now. What is added to the file later begins new flows."""
        blocks = self._put(self._pipeline.finish())
        self._pipeline = Pipeline(self._options, filtered=False)
        writer, before = self._writer, self._state.base
        self._state = State(self._mark, self._reader.offset, writer.offset, writer.line, writer.offset)
        if self._state.base == before:
            return blocks
        return [*blocks, writer.mark(self._encode)]

    def close(self) -> None:
        """Close the file."""
        os.close(self.fd)

    def _put(self, lines: list[bytes]) -> list[Block]:
        """Leave out what was committed before a restart; number the rest."""
        begin = 0
        offset = self._writer.offset
        while begin < len(lines) and offset < self._skip_to:
            offset += len(lines[begin])
            begin += 1
        self._writer.skip(lines[:begin])
        tally = self._pipeline.tally
        lost = tally.undecodable + tally.unread + self._reader.bad_records - self._bad_records
        tally.undecodable = tally.unread = 0
        self._bad_records = self._reader.bad_records
        self._unknown_link = self._unknown_link or tally.unknown_link
        self._evicted += self._pipeline.table.evicted
        self._pipeline.table.evicted = 0
        return self._writer.write(lines[begin:], Counters(undecodable=lost) if lost else None, self._encode)

    def _encode(self, offset: int, _line: int) -> bytes:
        state = self._state
        return msgspec.json.encode(State(state.made_by, state.base, state.base_sent, state.base_line, offset))


def _load(saved: bytes | None, mark: str) -> State:
    """Read a saved state; begin anew where there is none, or one that cannot be read."""
    if saved is None:
        return State(mark)
    try:
        state = msgspec.json.decode(saved, type=State)
    except msgspec.DecodeError:
        return State(mark)
    if state.made_by != mark:
        return State(mark, state.base, state.base_sent, state.base_line, state.base_sent)
    return state
