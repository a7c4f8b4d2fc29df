"""Packets kept as evidence: of flows that are asked for, in a pcap file each, named by the ``uid`` of the flow.

The folder is bounded in bytes and in age, each file in bytes. The packets before the asking come from memory
(:mod:`collectors.packets.recent`), those after it for :data:`FOLLOW_S`.
"""

import os
import socket
import struct
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
from msgspec import Meta, Struct, field

from collectors.packets.flow import ANSWER_OF, ANSWER_OF_6, PROTOCOL_NUMBERS
from collectors.packets.frames import frames_of
from collectors.packets.grouping import Packets, hash_of_key, prepare
from collectors.packets.headers import decode
from collectors.packets.recent import Raw, Recent, raw_packets
from collectors.packets.transport import ICMP, ICMP6

FILE_BYTES = 1_048_576
"""Of one flow; what comes then is left out."""
FOLLOW_S = 600.0
MOST_FILES = 10_000
LOOK_S = 60.0
"""So often it is looked for files that are too old."""
MOST_FLOWS = 1024
"""Followed at once; the one asked for first makes room."""
_HEADER = struct.Struct("<IHHiIII")
_RECORD = struct.Struct("<IIII")
_MAGIC_NS = 0xA1B23C4D
_SECOND_NS = 1_000_000_000
_DAY_S = 86_400
_MAX_SNAP = 262_144
_LEAST_BYTES = 128
_Port = Annotated[int, Meta(ge=0, le=65_535)]


class _Line(Struct, frozen=True):
    """What a line says of its flow."""

    uid: str
    orig_h: str = field(name="id.orig_h")
    orig_p: _Port = field(name="id.orig_p")
    resp_h: str = field(name="id.resp_h")
    resp_p: _Port = field(name="id.resp_p")
    proto: str


class _Flow:
    """A flow whose packets are kept."""

    __slots__ = ("key", "left", "path", "until")

    def __init__(self, key: tuple[int, ...], path: Path, until: float) -> None:
        self.key = key
        self.path = path
        self.until = until
        self.left = FILE_BYTES


class Evidence:
    """Keeps the packets of flows in a folder. Used by one thread."""

    def __init__(
        self, folder: Path, most_bytes: int, most_days: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Make the folder; raises OSError when that cannot be done."""
        self._folder = folder
        self._most_bytes = most_bytes
        self._most_days = most_days
        self._clock = clock
        self._recent = Recent()
        self._flows: dict[int, _Flow] = {}
        self._hashes = np.zeros(0, np.uint64)
        self._bytes = self._files = 0
        """In the folder, as far as is known."""
        self._next_look = 0.0
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._prune()

    def add(self, packets: Packets) -> None:
        """Take a batch: into memory, and of followed flows into their files. Raises OSError."""
        if self._clock() >= self._next_look:
            self._prune()
        if self._flows:
            self._forget()
            at = packets.at[np.isin(packets.hash[packets.at], self._hashes)]
            if len(at):
                self._write(raw_packets(packets.headers.frames, at, packets.hash[at]))
        self._recent.add(packets)

    def keep(self, lines: Iterable[bytes]) -> None:
        """Keep the packets of the flows that lines speak of; a line without a flow is passed over. Raises OSError."""
        new: list[int] = []
        for line in lines:
            try:
                found = msgspec.json.decode(line, type=_Line)
                key = key_of(found)
            except (msgspec.DecodeError, OSError, KeyError):
                continue
            number = hash_of_key(key)
            path = self._folder / f"{_name(found.uid)}.pcap"
            known = self._flows.get(number)
            if not path.exists() and (known is None or known.path != path):
                self._flows[number] = _Flow(key, path, self._clock() + FOLLOW_S)
                new.append(number)
        while len(self._flows) > MOST_FLOWS:
            del self._flows[next(iter(self._flows))]
        self._hashes = np.array(list(self._flows), np.uint64)
        if new:
            self._write(self._recent.find(np.array(new, np.uint64)))

    def _write(self, raw: list[Raw]) -> None:
        records: dict[int, list[bytes]] = {}
        for packet, key in zip(raw, _keys(raw), strict=True):
            flow = self._flows.get(packet.hash)
            size = _RECORD.size + len(packet.data)
            if flow is None or flow.key != key or flow.left < size:
                continue
            flow.left -= size
            seconds, rest = divmod(packet.time_ns, _SECOND_NS)
            head = _RECORD.pack(seconds & 0xFFFFFFFF, rest, len(packet.data), packet.wire)
            records.setdefault(packet.hash, []).extend((head, packet.data))
        for number, parts in records.items():
            with self._flows[number].path.open("ab") as target:
                if not target.tell():
                    target.write(_HEADER.pack(_MAGIC_NS, 2, 4, 0, 0, _MAX_SNAP, raw[0].link))
                    self._files += 1
                target.write(b"".join(parts))
                self._bytes += sum(map(len, parts))
        if self._bytes > self._most_bytes or self._files > MOST_FILES:
            self._prune()

    def _forget(self) -> None:
        now = self._clock()
        over = [number for number, flow in self._flows.items() if flow.until < now or flow.left < _LEAST_BYTES]
        if over:
            for number in over:
                del self._flows[number]
            self._hashes = np.array(list(self._flows), np.uint64)

    def _prune(self) -> None:
        """Keep the folder in its bounds: the oldest files go, a few more than need to, for this looks at all files."""
        self._next_look = self._clock() + LOOK_S
        found: list[tuple[float, int, str]] = []
        with os.scandir(self._folder) as entries:
            for entry in entries:
                if entry.name.endswith(".pcap"):
                    with suppress(FileNotFoundError):  # somebody took it away
                        status = entry.stat(follow_symlinks=False)
                        found.append((status.st_mtime, status.st_size, entry.path))
        found.sort()
        self._bytes, self._files = sum(size for _, size, _ in found), len(found)
        is_full = self._bytes > self._most_bytes or self._files > MOST_FILES
        most_bytes, most_files = self._most_bytes, MOST_FILES
        if is_full:
            most_bytes, most_files = most_bytes * 15 // 16, most_files * 15 // 16
        oldest = time.time() - self._most_days * _DAY_S
        for changed, size, path in found:
            if changed >= oldest and self._bytes <= most_bytes and self._files <= most_files:
                break
            Path(path).unlink(missing_ok=True)
            self._bytes -= size
            self._files -= 1


def key_of(line: _Line) -> tuple[int, ...]:
    """Give the key of a flow as :func:`collectors.packets.grouping.prepare` makes it.

    :raises OSError: when an address is none.
    :raises KeyError: when the protocol is not known.
    """
    version = 6 if ":" in line.orig_h else 4
    proto = PROTOCOL_NUMBERS[line.proto]
    port = line.resp_p
    if proto == ICMP:
        proto = ICMP if version == 4 else ICMP6
        answers = ANSWER_OF if version == 4 else ANSWER_OF_6
        port = line.orig_p if answers.get(line.orig_p) == port else port
    ends = sorted(((*_words(line.orig_h), line.orig_p), (*_words(line.resp_h), port)))
    last = ends[0][2] << 48 | ends[1][2] << 32 | proto << 8 | version
    return (*ends[0][:2], *ends[1][:2], last)


def _words(address: str) -> tuple[int, int]:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    value = int.from_bytes(socket.inet_pton(family, address), "big")
    return value >> 64, value & 0xFFFF_FFFF_FFFF_FFFF


def _name(uid: str) -> str:
    """Give the name of a file: a line is not trusted to hold no path."""
    return "".join(letter for letter in uid[:64] if letter.isascii() and letter.isalnum()) or "flow"


def _keys(raw: list[Raw]) -> list[tuple[int, ...]]:
    """Give the keys of packets, read from their headers again: a hash alone is no proof."""
    if not raw:
        return []
    frames = frames_of([packet.data for packet in raw], [packet.time_ns for packet in raw], raw[0].link)
    packets = prepare(decode(frames), np.zeros(len(raw), bool))
    return list(zip(*(word.tolist() for word in packets.key), strict=True))
