"""Which version of which file was scanned: 16 bytes a file, in shards that are committed one by one.

One table for a whole folder would be written anew with each scan; in shards, a scan writes 1/64 of it.
"""

from array import array
from hashlib import blake2b
from os import fsencode

SHARDS = 64
_BASELINE = 1
"""Set in what is kept of a file that was there before, and was not scanned."""


class Table:
    """Path to identity, of every file that was scanned or was there before."""

    def __init__(self) -> None:
        self._shards: list[dict[int, int]] = [{} for _ in range(SHARDS)]

    def __len__(self) -> int:
        """Give how many files it knows."""
        return sum(map(len, self._shards))

    def knows(self, key: int, identity: int) -> bool:
        """Say whether this version of the file is known: scanned, or there before."""
        known = self._shards[key % SHARDS].get(key)
        return known is not None and known & ~_BASELINE == identity

    def has_scanned(self, key: int, identity: int) -> bool:
        """Say whether this version of the file was scanned."""
        return self._shards[key % SHARDS].get(key) == identity

    def has(self, key: int) -> bool:
        """Say whether any version of the file is known."""
        return key in self._shards[key % SHARDS]

    def put(self, key: int, identity: int, *, baseline: bool = False) -> None:
        """Keep that this version of the file was scanned, or (``baseline``) that it was there before."""
        self._shards[key % SHARDS][key] = identity | baseline

    def forget(self, key: int) -> bool:
        """Keep nothing of a file; False when nothing was kept."""
        return self._shards[key % SHARDS].pop(key, None) is not None

    def known_keys(self) -> list[int]:
        """Give the keys of all files that it knows."""
        return [key for shard in self._shards for key in shard]

    def encode(self, shard: int) -> bytes:
        """Give one shard as bytes."""
        numbers = array("Q")
        for key in sorted(self._shards[shard]):
            numbers.append(key)
            numbers.append(self._shards[shard][key])
        return numbers.tobytes()

    def load(self, shard: int, data: bytes) -> bool:
        """Take over one shard; False, and it stays empty, when the bytes are not those of a shard."""
        numbers = array("Q")
        if len(data) % 16:
            return False
        numbers.frombytes(data)
        self._shards[shard] = dict(zip(numbers[::2], numbers[1::2], strict=True))
        return all(key % SHARDS == shard for key in self._shards[shard])


def key_of(path: str) -> int:
    """Give 64 bits for a path."""
    return int.from_bytes(blake2b(fsencode(path), digest_size=8).digest(), "little")
