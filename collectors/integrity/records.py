"""What is known of all paths of a source: how they are, and how they were before a change that nobody approved.

In shards, each with the stream of its lines, so that a change and the fact that it was told commit together.
"""

import zlib
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from os import fsencode

import msgspec
from msgspec import Struct

from collectors.integrity.entry import Entry
from soc_agent.model import Block, Position

SHARDS = 64
_VERSION = 1


class Record(Struct, frozen=True, array_like=True):
    """One path."""

    now: Entry | None
    """None: it is not there; only while its disappearance is not approved."""
    base: Entry | None = None
    """What was approved last, when ``deviates``; None: it was not there."""
    deviates: bool = False
    package: str = ""
    """The package that it belonged to when it was last looked at."""


class _State(Struct, frozen=True):
    version: int
    offset: int
    lines: int
    table: bytes


class _Root(Struct, frozen=True):
    version: int
    complete: bool


class Records:
    """The records of a source, and the lines that wait to be read. Used by one thread."""

    def __init__(self, source: str, positions: Mapping[str, bytes]) -> None:
        self._source = source
        self._shards: list[dict[str, Record]] = [{} for _ in range(SHARDS)]
        self._offsets, self._counts = [0] * SHARDS, [0] * SHARDS
        self._lines: list[list[bytes]] = [[] for _ in range(SHARDS)]
        self._dirty: dict[int, None] = {}
        self._root_dirty = False
        for shard in range(SHARDS):
            self._restore(shard, positions.get(_stream(shard)))
        try:
            root = msgspec.json.decode(positions.get("integrity:root", b""), type=_Root)
            self.complete = root.complete and root.version == _VERSION
        except msgspec.DecodeError:
            self.complete = False
        """Whether the baseline is there: until then what is found is noted, not told."""

    def get(self, path: str) -> Record | None:
        """Give what is known of a path."""
        return self._shards[_shard(path)].get(path)

    def put(self, path: str, record: Record | None, line: bytes = b"") -> None:
        """Keep what is known of a path, and a line that tells it."""
        shard = _shard(path)
        if record is None:
            self._shards[shard].pop(path, None)
        else:
            self._shards[shard][path] = record
        if line:
            self._lines[shard].append(line)
        self._dirty[shard] = None

    def items(self) -> Iterator[tuple[str, Record]]:
        """Yield every path with its record."""
        for shard in self._shards:
            yield from list(shard.items())

    def finish(self) -> None:
        """Take note that the baseline is complete."""
        if not self.complete:
            self.complete = self._root_dirty = True

    def take_block(self, now_ns: int) -> Block | None:
        """Give the next block; the end of the baseline after all its shards."""
        if not self._dirty:
            if not self._root_dirty:
                return None
            self._root_dirty = False
            return self._block("integrity:root", b"", 0, 1, _Root(_VERSION, complete=True), now_ns)
        shard = next(iter(self._dirty))
        del self._dirty[shard]
        lines, self._lines[shard] = self._lines[shard], []
        data, offset, count = b"".join(lines), self._offsets[shard], self._counts[shard]
        self._offsets[shard] += len(data)
        self._counts[shard] += len(lines)
        table = zlib.compress(msgspec.msgpack.encode(list(_raw(self._shards[shard]))), 1)
        state = _State(_VERSION, self._offsets[shard], self._counts[shard], table)
        return self._block(_stream(shard), data, offset, count + 1, state, now_ns)

    def _block(
        self, stream: str, data: bytes, offset: int, first_line: int, state: _State | _Root, now_ns: int
    ) -> Block:
        return Block(
            source=self._source,
            stream=self._source,
            stream_id=stream,
            type="integrity",
            data=data,
            offset=offset,
            first_line=first_line,
            position=Position(self._source, stream, msgspec.json.encode(state)),
            received_ns=now_ns,
        )

    def _restore(self, shard: int, data: bytes | None) -> None:
        if data is None:
            return
        try:
            state = msgspec.json.decode(data, type=_State)
            table = msgspec.msgpack.decode(zlib.decompress(state.table), type=list[tuple[bytes, Record]])
        except (msgspec.DecodeError, zlib.error):
            return
        if state.version == _VERSION:
            self._offsets[shard], self._counts[shard] = state.offset, state.lines
            self._shards[shard] = {path.decode("utf-8", "surrogateescape"): record for path, record in table}


def _raw(records: Mapping[str, Record]) -> Iterator[tuple[bytes, Record]]:
    """Give paths as bytes: names need not be UTF-8. A link's target is made so that it can be written."""
    for path, record in records.items():
        yield fsencode(path), record


def _shard(path: str) -> int:
    return blake2b(fsencode(path), digest_size=1).digest()[0] % SHARDS


def _stream(shard: int) -> str:
    return f"integrity:{shard:02x}"
