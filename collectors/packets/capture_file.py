"""Capture files: ``.pcap`` (micro- and nanoseconds, both byte orders) and ``.pcapng`` become batches of frames.

Formats: draft-ietf-opsawg-pcap and draft-ietf-opsawg-pcapng. The reader reads as far as whole records are there, so a
file that still grows is read on later; what can never be read on is said in :attr:`CaptureReader.problem`.
"""

import os
from struct import Struct
from typing import NamedTuple

import numpy as np

from collectors.packets.chase import RECORD_BYTES, chase
from collectors.packets.frames import MAX_FRAME_BYTES, MAX_FRAMES, PAD_BYTES, Frames, Ints, gather
from soc_agent.model import Problem, Where

CHUNK_BYTES = 16 * 1024 * 1024
_PCAP = {
    b"\xd4\xc3\xb2\xa1": ("<", 1000),
    b"\xa1\xb2\xc3\xd4": (">", 1000),
    b"\x4d\x3c\xb2\xa1": ("<", 1),
    b"\xa1\xb2\x3c\x4d": (">", 1),
}
_PCAPNG = b"\x0a\x0d\x0d\x0a"
_SECTION, _INTERFACE, _OLD_PACKET, _SIMPLE_PACKET, _PACKET = 0x0A0D0D0A, 1, 2, 3, 6
_PACKET_KINDS = (_PACKET, _OLD_PACKET, _SIMPLE_PACKET)
_LEAST_BYTES = {_PACKET: 32, _OLD_PACKET: 32, _SIMPLE_PACKET: 16}
_STEP_BYTES = 1024 * 1024
_TIME_CAP_NS = (1 << 62) - 1
_MAX_INTERFACES = 4096


class _Interface(NamedTuple):
    link: int
    snaplen: int
    resolution: int
    """``if_tsresol``: ten to the minus n, or two when the high bit is set."""
    offset_ns: int


class CaptureReader:
    """Reads one capture file through a descriptor, from ``offset`` on: 0, or where an earlier reader stood."""

    def __init__(self, fd: int, path: str, offset: int = 0) -> None:
        self._fd = fd
        self._path = path
        self._buffer = bytearray(CHUNK_BYTES + PAD_BYTES)
        self._data = np.frombuffer(self._buffer, np.uint8)
        self._view = memoryview(self._buffer)
        self._begin = self._end = 0
        self._ahead: Ints = np.zeros(0, np.int64)
        """Where the records of a pcap file begin that were found and not given yet."""
        self._places: list[int] = []
        """Where the blocks of a pcapng file found by this read begin in the buffer."""
        self._simple: list[int] = []
        """Which of them are simple packet blocks."""
        self._must_stop = False
        self._want = min(4 * _STEP_BYTES, CHUNK_BYTES)
        """Bytes that probably hold a batch: of small frames many fit what the processor keeps at hand."""
        self._done = 0
        """Where the last of the records found ends."""
        self._file_offset = 0
        """Of the byte at ``_end``: what is read next."""
        self._from = offset
        self._known = False
        self._order = ""
        self._unit_ns = 0
        self._link = 0
        self._ng = False
        self._interfaces: list[_Interface] = []
        self._last_ns = 0
        self.problem: Problem | None = None
        """Why nothing after :attr:`offset` can be read; None while all is well."""
        self.bad_records = 0
        """Packet blocks that were left out because they contradict themselves."""

    @property
    def offset(self) -> int:
        """Bytes before this place are done."""
        return self._file_offset - (self._end - self._begin)

    @property
    def rest(self) -> int:
        """Bytes after :attr:`offset` that are not a whole record yet."""
        return max(os.fstat(self._fd).st_size - self.offset, 0)

    def read(self) -> Frames | None:
        """Give the next frames; None when there is no further whole record now.

        :raises OSError: when the file cannot be read.
        """
        while not self._known:
            self._known = self._open()
            if not self._known and (self.problem is not None or not self._fill(_STEP_BYTES)):
                return None
        if self.problem is not None:
            return None
        return self._read_ng() if self._ng else self._read()

    def _read(self) -> Frames | None:
        """Give the next frames of a pcap file."""
        if not len(self._ahead):
            self._compact()
            while self._end < self._want and self._fill(self._want - self._end):
                pass
            chain = chase(self._buffer, self._begin, self._end, self._order)
            if not len(chain.places):
                self._check()
                return None
            self._ahead, self._done = chain
            mean = (self._done - self._begin) / len(self._ahead)
            self._want = min(int(mean * MAX_FRAMES) + _STEP_BYTES, CHUNK_BYTES)
        place, self._ahead = self._ahead[:MAX_FRAMES], self._ahead[MAX_FRAMES:]
        self._begin = int(self._ahead[0]) if len(self._ahead) else self._done
        return self._frames(place)

    def _check(self) -> None:
        """Say so when the record that comes next cannot be one."""
        if self._end - self._begin >= RECORD_BYTES:
            size = Struct(self._order + "I").unpack_from(self._buffer, self._begin + 8)[0]
            if size > MAX_FRAME_BYTES:
                self._fail("packets.corrupt")

    def _read_ng(self) -> Frames | None:
        """Give the next frames of a pcapng file."""
        self._places.clear()
        self._simple.clear()
        self._compact()
        while self.problem is None:
            self._walk_ng()
            if self._must_stop or len(self._places) >= MAX_FRAMES or not self._fill_ng():
                break
        self._must_stop = False
        return self._frames_ng() if self._places else None

    def _fill(self, step: int) -> bool:
        """Read more, at most so many bytes; say whether there was room for more, and more was there."""
        until = min(self._end + step, CHUNK_BYTES)
        count = os.preadv(self._fd, [self._view[self._end : until]], self._file_offset)
        self._end += count
        self._file_offset += count
        return count > 0

    def _fill_ng(self) -> bool:
        """Read a little more: blocks are stepped over while they are still in the processor's cache."""
        if self.problem is None and self._end == CHUNK_BYTES and not self._places:
            if self._begin == 0:
                self._fail("packets.corrupt")
            self._compact()
        return self.problem is None and self._fill(_STEP_BYTES)

    def _compact(self) -> None:
        """Move what is not done to the beginning of the buffer."""
        left = self._end - self._begin
        self._buffer[:left] = self._buffer[self._begin : self._end]
        self._begin, self._end = 0, left

    def _fail(self, code: str) -> None:
        self.problem = Problem(code, Where(self._path), {"offset": self.offset, "bytes": self.rest})

    def _open(self) -> bool:
        """Read the header of the file, once it is there; say whether it was."""
        if self._end - self._begin < 24:
            head = bytes(self._buffer[: self._end])
            if head and not any(magic.startswith(head[:4]) or head[:4] == magic for magic in (*_PCAP, _PCAPNG)):
                self._fail("packets.not_capture")
            return False
        magic = bytes(self._buffer[:4])
        if magic == _PCAPNG:
            self._ng = True
        elif magic in _PCAP:
            self._order, self._unit_ns = _PCAP[magic]
            self._link = Struct(self._order + "I").unpack_from(self._buffer, 20)[0] & 0xFFFF
            self._begin = 24
            if self._from > 24:
                self._begin = self._end = 0
                self._file_offset = self._from
        else:
            self._fail("packets.not_capture")
        return self.problem is None

    def _frames(self, place: Ints) -> Frames:
        """Read the headers of the records of a pcap file in bulk."""
        words = gather(self._data, place, "V16").view(self._order + "u4").reshape(-1, 4)
        time_ns = words[:, 0] * np.int64(1_000_000_000)
        time_ns += words[:, 1] * np.int64(self._unit_ns)
        size, wire = words[:, 2].astype(np.int64), words[:, 3].astype(np.int64)
        link = np.full(len(place), self._link, np.uint16)
        return Frames(self._data, place + 16, size, np.maximum(wire, size), time_ns, link)

    def _walk_ng(self) -> None:
        """Step over the blocks of a pcapng file up to the end of a section or of what is there."""
        while self._end - self._begin >= 12 and len(self._places) < MAX_FRAMES:
            if self.offset >= self._from:
                self._walk_packets()
            at = self._begin
            if self._end - at < 12 or len(self._places) >= MAX_FRAMES:
                return
            if self._buffer[at : at + 4] == _PCAPNG:
                self._must_stop = bool(self._places)  # what was found belongs to the section before
                if self._must_stop or not self._start_section(at):
                    return
            kind, length = Struct(self._order + "II").unpack_from(self._buffer, at)
            if length < 12 or length % 4:
                self._fail("packets.corrupt")
                return
            if at + length > self._end:
                self._skip_or_wait(kind, length)
                return
            if kind == _INTERFACE:
                self._add_interface(at, length)
            elif kind in _PACKET_KINDS and self.offset >= self._from and length >= _LEAST_BYTES[kind]:
                if kind == _SIMPLE_PACKET:
                    self._simple.append(len(self._places))
                self._places.append(at)
            self._begin = at + length

    def _walk_packets(self) -> None:
        """Step over the enhanced packet blocks that come next: nearly all blocks of nearly all files are such."""
        buffer, at, end = self._buffer, self._begin, self._end
        head_at = Struct(self._order + "II").unpack_from
        append = self._places.append
        least = _LEAST_BYTES[_PACKET]
        for _ in range(MAX_FRAMES - len(self._places)):
            if at + least > end:
                break
            kind, length = head_at(buffer, at)
            if kind != _PACKET or length < least or length & 3 or at + length > end:
                break
            append(at)
            at += length
        self._begin = at

    def _start_section(self, at: int) -> bool:
        magic = bytes(self._buffer[at + 8 : at + 12])
        order = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}.get(magic)
        if order is None:
            self._fail("packets.corrupt")
            return False
        self._order = order
        self._interfaces = []
        return True

    def _skip_or_wait(self, kind: int, length: int) -> None:
        """Wait for the rest of a block that is not whole, or jump over one that is no packet and too long to hold."""
        if length <= CHUNK_BYTES // 2:
            return
        if kind in (*_PACKET_KINDS, _INTERFACE, _SECTION):
            self._fail("packets.corrupt")
        elif os.fstat(self._fd).st_size >= self.offset + length:
            self._file_offset = self.offset + length
            self._end = self._begin

    def _add_interface(self, at: int, length: int) -> None:
        if length < 20 or len(self._interfaces) >= _MAX_INTERFACES:
            self._fail("packets.corrupt")
            return
        link, _, snaplen = Struct(self._order + "HHI").unpack_from(self._buffer, at + 8)
        resolution, offset_s = 6, 0
        option, end = at + 16, at + length - 4
        while option + 4 <= end:
            code, size = Struct(self._order + "HH").unpack_from(self._buffer, option)
            option += 4
            if code == 0 or option + size > end:
                break
            if code == 9 and size >= 1:
                resolution = self._buffer[option]
            elif code == 14 and size >= 8:
                (offset_s,) = Struct(self._order + "q").unpack_from(self._buffer, option)
            option += (size + 3) & ~3
        offset_ns = min(max(offset_s, -(1 << 33)), 1 << 33) * 1_000_000_000
        self._interfaces.append(_Interface(link, snaplen, resolution, min(offset_ns, _TIME_CAP_NS)))

    def _frames_ng(self) -> Frames | None:
        """Read the headers of packet blocks in bulk. A packet of an interface that was never described is left out."""
        simple = self._simple
        place = np.array(self._places, np.int64)
        word = self._order + "u4"
        block = gather(self._data, place + 4, word).astype(np.int64)
        kind = gather(self._data, place, word)
        short = gather(self._data, place + 8, self._order + "u2").astype(np.int64)
        number = np.where(kind == _OLD_PACKET, short, gather(self._data, place + 8, word).astype(np.int64))
        ticks = gather(self._data, place + 12, word).astype(np.uint64) << np.uint64(32)
        ticks |= gather(self._data, place + 16, word).astype(np.uint64)
        size = gather(self._data, place + 20, word).astype(np.int64)
        wire = gather(self._data, place + 24, word).astype(np.int64)
        start = place + 28
        room = block - 32
        if simple:
            at = np.array(simple, np.int64)
            number[at] = 0
            start[at] = place[at] + 12
            wire[at] = gather(self._data, place[at] + 8, word).astype(np.int64)
            room[at] = block[at] - 16
            most = self._interfaces[0].snaplen if self._interfaces else 0
            size[at] = np.minimum(wire[at], np.minimum(room[at], most or MAX_FRAME_BYTES))
        good = (number < len(self._interfaces)) & (size <= room) & (size <= MAX_FRAME_BYTES)
        time_ns = np.zeros(len(place), np.int64)
        link = np.zeros(len(place), np.uint16)
        for index in np.unique(number[good]).tolist():
            mine = good & (number == index)
            interface = self._interfaces[index]
            link[mine] = interface.link
            time_ns[mine] = np.clip(_nanoseconds(ticks[mine], interface.resolution) + interface.offset_ns, 0, None)
        if simple:
            for at_simple in simple:
                time_ns[at_simple] = time_ns[at_simple - 1] if at_simple else self._last_ns
        self._last_ns = int(time_ns[-1])
        frames = Frames(self._data, start, size, np.maximum(wire, size), time_ns, link)
        if good.all():
            return frames
        self.bad_records += len(good) - int(np.count_nonzero(good))
        return frames.where(good)


def _nanoseconds(ticks: np.ndarray[tuple[int], np.dtype[np.uint64]], resolution: int) -> Ints:
    """Give ticks of an ``if_tsresol`` as nanoseconds, at most 2^62 - 1."""
    power = resolution & 0x7F
    if resolution & 0x80:
        power = min(power, 63)
        seconds = ticks >> np.uint64(power)
        part = ticks & np.uint64((1 << power) - 1)
        drop = max(power - 32, 0)
        fraction = (part >> np.uint64(drop)) * np.uint64(1_000_000_000) >> np.uint64(power - drop)
        result = np.minimum(seconds, np.uint64(_TIME_CAP_NS // 1_000_000_000)) * np.uint64(1_000_000_000) + fraction
    elif power <= 9:
        factor = 10 ** (9 - power)
        result = np.minimum(ticks, np.uint64(_TIME_CAP_NS // factor)) * np.uint64(factor)
    else:
        result = ticks // np.uint64(10 ** min(power - 9, 19))
    nanoseconds: Ints = np.minimum(result, np.uint64(_TIME_CAP_NS)).astype(np.int64)
    return nanoseconds
