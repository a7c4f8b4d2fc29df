"""One watched folder: what is known of its files, and the lines that wait to be read. Without threads or a clock.

Every shard of the table of files is a stream of lines of its own. A block carries the lines of one shard together
with the shard's table, so that a finding and the fact that its file was scanned commit together. The stream ``root``
has no lines; its position says that the first walk through the folder is done.
"""

import os
from collections.abc import Mapping
from hashlib import blake2b

import msgspec
from msgspec import Struct

from collectors.file_watch.table import SHARDS, Table, key_of
from soc_agent.model import Block, Position
from soc_agent.text import path_text

_VERSION = 1


class ShardState(Struct, frozen=True):
    """Position of the stream of one shard."""

    version: int
    offset: int
    lines: int
    table: bytes


class RootState(Struct, frozen=True):
    """Position of the stream ``root``."""

    version: int
    complete: bool
    rescanned_ns: int = 0


class Folder:
    """What is known of one watched folder. Guarded by the lock of the collector."""

    def __init__(self, path: str, source: str, positions: Mapping[str, bytes]) -> None:
        self.path = path
        """As the configuration has it."""
        self.real = ""
        """Where it really is; empty while it is missing."""
        self._source = source
        self._id = blake2b(os.fsencode(path), digest_size=8).hexdigest()
        self._table = Table()
        self._offsets = [0] * SHARDS
        self._line_counts = [0] * SHARDS
        self._lines: list[list[bytes]] = [[] for _ in range(SHARDS)]
        self._dirty: dict[int, None] = {}
        self._ready: dict[int, None] = {}
        """Shards that are given as blocks now; those that change meanwhile wait for the next :meth:`gather`."""
        self._root_dirty = False
        self.waiting_bytes = 0
        self.known_shards = {shard for shard in range(SHARDS) if self._restore(shard, positions)}
        """Shards that an earlier run committed."""
        root = self._root_state(positions)
        self.rescanned_ns = root.rescanned_ns
        """When all files, also those that had not changed, were last scanned; at first, when they were noted."""
        self.complete = root.complete
        """Whether an earlier run, or this one, has been through the whole folder."""
        self.held = False
        """While the files that are there before are noted down, nothing is read: half a note would mislead."""

    def is_known(self, path: str, identity: int) -> bool:
        """Say whether a walk may pass by this version of a file."""
        return self._table.knows(key_of(path), identity)

    def was_scanned(self, path: str, identity: int) -> bool:
        """Say whether this very version of a file was scanned: an event tells nothing new."""
        return self._table.has_scanned(key_of(path), identity)

    def is_new_ground(self, path: str) -> bool:
        """Say whether no earlier run committed anything about where this file would be."""
        return not self.complete and key_of(path) % SHARDS not in self.known_shards

    def note(self, path: str, identity: int) -> None:
        """Keep that a file was there before."""
        key = key_of(path)
        self._table.put(key, identity, baseline=True)
        self._dirty[key % SHARDS] = None

    def scanned(self, path: str, identity: int | None, lines: list[bytes]) -> None:
        """Keep what came of a file; without identity its version is not kept, and it will be scanned again."""
        key = key_of(path)
        shard = key % SHARDS
        if identity is None:
            self._table.forget(key)
        else:
            self._table.put(key, identity)
        self._lines[shard] += lines
        self.waiting_bytes += sum(map(len, lines))
        self._dirty[shard] = None

    def told(self, line: bytes) -> None:
        """Keep a line that is about the folder itself."""
        self._lines[0].append(line)
        self.waiting_bytes += len(line)
        self._dirty[0] = None

    def was_seen(self, path: str) -> bool:
        """Say whether any version of a file was scanned, or was there before."""
        return self._table.has(key_of(path))

    def forget_others(self, present: set[int]) -> None:
        """Forget the files whose key is not among those present: they are gone."""
        for key in self._table.known_keys():
            if key not in present and self._table.forget(key):
                self._dirty[key % SHARDS] = None

    def finish(self, now_ns: int, *, rescanned: bool = False) -> None:
        """Take note that the whole folder was walked through, and whether every file was scanned."""
        self.held = False
        if rescanned or not self.rescanned_ns:
            self.rescanned_ns = now_ns
            self._root_dirty = True
        if not self.complete:
            self.complete = True
            self._root_dirty = True

    def has_news(self) -> bool:
        """Say whether there is anything to :meth:`gather`."""
        return not self.held and (bool(self._dirty) or self._root_dirty)

    def is_urgent(self) -> bool:
        """Say whether what is new has lines, or is the end of the first walk: it is not to wait for more."""
        return not self.held and (self.waiting_bytes > 0 or self._root_dirty)

    def gather(self) -> None:
        """Make blocks of all that is new: one a shard, however many of its files were scanned."""
        if not self.held:
            self._ready |= self._dirty
            self._dirty.clear()

    def take_block(self, now_ns: int) -> Block | None:
        """Give the next block of those gathered: one without lines when there is only a position to commit."""
        if self.held:
            return None
        if not self._ready:
            if not self._root_dirty or self._dirty:
                return None
            self._root_dirty = False
            return self._block("root", b"", 0, 1, RootState(_VERSION, self.complete, self.rescanned_ns), now_ns)
        shard = next(iter(self._ready))
        del self._ready[shard]
        self._dirty.pop(shard, None)
        lines, self._lines[shard] = self._lines[shard], []
        data = b"".join(lines)
        self.waiting_bytes -= len(data)
        offset, count = self._offsets[shard], self._line_counts[shard]
        self._offsets[shard] += len(data)
        self._line_counts[shard] += len(lines)
        state = ShardState(_VERSION, offset + len(data), count + len(lines), self._table.encode(shard))
        return self._block(f"{shard:02x}", data, offset, count + 1, state, now_ns)

    def _block(
        self, stream: str, data: bytes, offset: int, first_line: int, state: ShardState | RootState, now_ns: int
    ) -> Block:
        stream_id = f"watch:{self._id}:{stream}"
        return Block(
            source=self._source,
            stream=path_text(self.path),
            stream_id=stream_id,
            type="yara",
            data=data,
            offset=offset,
            first_line=first_line,
            position=Position(self._source, stream_id, msgspec.json.encode(state)),
            received_ns=now_ns,
        )

    def _restore(self, shard: int, positions: Mapping[str, bytes]) -> bool:
        data = positions.get(f"watch:{self._id}:{shard:02x}")
        if data is None:
            return False
        try:
            state = msgspec.json.decode(data, type=ShardState)
        except msgspec.DecodeError:
            return False
        if state.version != _VERSION:
            return False
        self._offsets[shard], self._line_counts[shard] = state.offset, state.lines
        return self._table.load(shard, state.table)

    def _root_state(self, positions: Mapping[str, bytes]) -> RootState:
        try:
            return msgspec.json.decode(positions.get(f"watch:{self._id}:root", b""), type=RootState)
        except msgspec.DecodeError:
            return RootState(_VERSION, complete=False)
