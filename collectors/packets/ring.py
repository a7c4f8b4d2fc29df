"""A live interface: frames out of a TPACKET_V3 ring that the kernel fills (Linux, packet(7), packet_mmap.rst).

The kernel fills blocks of 1 MiB and hands over one that is full, or 50 ms old. A block is copied and given back at
once, so that a slow reader costs frames only when all blocks are full; the kernel counts those.
"""

import errno
import fcntl
import mmap
import os
import socket
import sys
from struct import Struct, pack

import numpy as np

from collectors.packets.bpf import LINK_ETHERNET, LINK_RAW, attach
from collectors.packets.frames import MAX_FRAMES, PAD_BYTES, Frames, gather

BLOCK_BYTES = 1 << 20
BLOCKS = (64, 16, 4)
"""Blocks to ask for; less when the kernel will not give so much memory."""
BATCH_BLOCKS = 8
"""Blocks that one read takes at most: a reader that fell behind works in larger pieces, which cost less."""
RETIRE_MS = 50
_ETH_P_ALL = 3
_SOL_PACKET, _ADD_MEMBERSHIP, _RX_RING, _STATISTICS, _VERSION = 263, 1, 5, 6, 10
_TPACKET_V3, _PROMISCUOUS = 2, 1
_FRAME_BYTES = 2048
_STATUS_AT, _TO_USER, _TO_KERNEL = 8, 1, 0
_VLAN_VALID = 1 << 4
_OUTGOING = 4
_PACKET_TYPE_AT = 58
"""Of ``sll_pkttype`` behind a ``tpacket3_hdr`` of 48 bytes."""
_BLOCK = Struct("=IIII")
"""Of a block, from byte 8 on: status, frames, place of the first, bytes."""
_HEADER = np.dtype(
    [("next", "=u4"), ("seconds", "=u4"), ("nanoseconds", "=u4"), ("size", "=u4"), ("wire", "=u4"), ("status", "=u4"),
     ("mac", "=u2"), ("net", "=u2"), ("hash", "=u4"), ("tag", "=u4"), ("tag_type", "=u2"), ("pad", "V10")]
)  # fmt: skip
"""``tpacket3_hdr`` of linux/if_packet.h."""
_NEXT = Struct("=I")
_SIOCGIFFLAGS, _SIOCGIFHWADDR = 0x8913, 0x8927
_UP = 1
_HARDWARE = {1: LINK_ETHERNET, 772: LINK_ETHERNET, 65534: LINK_RAW, 768: LINK_RAW, 769: LINK_RAW, 778: LINK_RAW}
_LOOPBACK = 772


def hardware_type(interface: str) -> int:
    """Give the ARP hardware type of an interface.

    :raises OSError: when there is no such interface.
    """
    kind: int = Struct("=H").unpack_from(_asked(interface, _SIOCGIFHWADDR), 16)[0]
    return kind


def _asked(interface: str, request: int) -> bytes:
    """Ask the kernel about an interface (netdevice(7))."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        return fcntl.ioctl(sock, request, pack("16s240x", interface.encode()[:15]))


def link_type(interface: str) -> int | None:
    """Give the link type of the frames of an interface; None for one that nobody here can read. Raises OSError."""
    return _HARDWARE.get(hardware_type(interface))


class Ring:
    """An open ring. Making it raises OSError: no such interface, no right (CAP_NET_RAW), no memory."""

    def __init__(self, interface: str, program: bytes, *, promiscuous: bool, blocks: tuple[int, ...] = BLOCKS) -> None:
        self._drop_outgoing = hardware_type(interface) == _LOOPBACK
        link = link_type(interface)
        if link is None:
            raise OSError(0, "unknown link type")
        self._link = link
        self.index = socket.if_nametoindex(interface)
        # protocol 0: nothing arrives before bind, so that no frame slips by the filter
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        try:
            if program:
                attach(self._socket, program)
            self._socket.setsockopt(_SOL_PACKET, _VERSION, pack("I", _TPACKET_V3))
            self._count = self._request(blocks)
            self._map = mmap.mmap(self._socket.fileno(), self._count * BLOCK_BYTES)
            self._view = memoryview(self._map)
            self._promiscuous = promiscuous
            self._bind(interface)
        except OSError:
            self._socket.close()
            raise
        self._at = 0
        self.is_calm = False
        """Whether the ring is large, and the last read left nothing in it."""
        self._buffer = bytearray(BATCH_BLOCKS * BLOCK_BYTES + PAD_BYTES)
        self._data = np.frombuffer(self._buffer, np.uint8)

    def follow(self, interface: str) -> None:
        """Go on with an interface that is back, perhaps as another of the same name. No right is needed any more.

        :raises OSError: when it is not back, or another kind of interface.
        """
        if link_type(interface) != self._link:
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        if not int.from_bytes(_asked(interface, _SIOCGIFFLAGS)[16:18], sys.byteorder) & _UP:
            raise OSError(errno.ENETDOWN, os.strerror(errno.ENETDOWN))
        index = socket.if_nametoindex(interface)
        if index != self.index:
            self.index = index
            self._bind(interface)
        self.check()

    def _bind(self, interface: str) -> None:
        self._socket.bind((interface, _ETH_P_ALL))
        if self._promiscuous:
            request = pack("iHH8s", self.index, _PROMISCUOUS, 0, b"")
            self._socket.setsockopt(_SOL_PACKET, _ADD_MEMBERSHIP, request)

    def fileno(self) -> int:
        """Give the descriptor that becomes readable when a block is ready."""
        return self._socket.fileno()

    def _request(self, blocks: tuple[int, ...]) -> int:
        """Ask for the ring, for less when there is not so much memory; give the number of blocks."""
        for count in blocks:
            frames = count * BLOCK_BYTES // _FRAME_BYTES
            request = pack("IIIIIII", BLOCK_BYTES, count, _FRAME_BYTES, frames, RETIRE_MS, 0, 0)
            try:
                self._socket.setsockopt(_SOL_PACKET, _RX_RING, request)
            except OSError as error:
                if error.errno != errno.ENOMEM or count == blocks[-1]:
                    raise
            else:
                return count
        raise AssertionError(blocks)

    def read(self) -> Frames | None:
        """Give the frames of the blocks that are ready, at most :data:`BATCH_BLOCKS`; None when none is."""
        places: list[int] = []
        used = 0
        next_at = _NEXT.unpack_from
        for taken in range(BATCH_BLOCKS):
            begin = self._at * BLOCK_BYTES
            status, count, first, size = _BLOCK.unpack_from(self._map, begin + _STATUS_AT)
            self.is_calm = not status & _TO_USER and self._count >= BLOCKS[0]
            if not status & _TO_USER or (taken and len(places) + count > MAX_FRAMES):
                return self._frames(places) if taken else None
            self._buffer[used : used + size] = self._view[begin : begin + size]
            _NEXT.pack_into(self._map, begin + _STATUS_AT, _TO_KERNEL)
            self._at = (self._at + 1) % self._count
            at = used + first
            for _ in range(count):
                places.append(at)
                at += next_at(self._buffer, at)[0]
            used += size
        return self._frames(places)

    def _frames(self, places: list[int]) -> Frames:
        """Read the headers of the frames in the copies of blocks in bulk."""
        data, place = self._data, np.array(places, np.int64)
        if self._drop_outgoing:
            place = place[data[place + _PACKET_TYPE_AT] != _OUTGOING]
        head = gather(data, place, "V48").view(_HEADER)
        time_ns = head["seconds"].astype(np.int64) * 1_000_000_000 + head["nanoseconds"]
        size = head["size"].astype(np.int64)
        wire = np.maximum(head["wire"].astype(np.int64), size)
        tag = np.where(head["status"] & _VLAN_VALID != 0, head["tag"].astype(np.int64) & 0x0FFF, 0)
        link = np.full(len(place), self._link, np.uint16)
        return Frames(data, place + head["mac"], size, wire, time_ns, link, tag)

    def check(self) -> None:
        """Look whether the interface still works.

        :raises OSError: when it is down or gone.
        """
        error = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            raise OSError(error, os.strerror(error))

    def dropped(self) -> int:
        """Give how many frames the kernel dropped since the last call."""
        statistics = self._socket.getsockopt(_SOL_PACKET, _STATISTICS, 12)
        drops: int = _NEXT.unpack_from(statistics, 4)[0]
        return drops

    def close(self) -> None:
        """End."""
        self._view.release()
        self._map.close()
        self._socket.close()
