"""Raw frames in bulk: what a capture file and a live ring both give, and what everything after them reads."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

PAD_BYTES = 64
"""Readable bytes that follow the last frame in :attr:`Frames.data`: headers are gathered without tests for its end."""

MAX_FRAMES = 32_768
"""Frames in one batch at most; the index of a frame fits 16 bits."""

MAX_FRAME_BYTES = 262_144
"""A longer frame does not exist (libpcap's MAXIMUM_SNAPLEN): a record that claims one is corrupt."""


@dataclass(frozen=True, slots=True)
class Frames:
    """Frames in the order of their arrival. Arrays have one entry a frame."""

    data: NDArray[np.uint8]
    """The bytes that hold all frames. Valid until the reader that gave them reads again."""
    start: Ints
    """Where a frame begins in ``data``."""
    size: Ints
    """Captured bytes of a frame."""
    wire: Ints
    """Bytes of a frame on the wire; never less than ``size``."""
    time_ns: Ints
    """When it was captured, in nanoseconds since 1970 (UTC)."""
    link: NDArray[np.uint16]
    """Link type (the LINKTYPE registry of tcpdump.org)."""
    vlan: Ints | None = None
    """VLAN id of a tag that the kernel took off, 0 for none; None where no tag was taken off."""

    def __len__(self) -> int:
        return len(self.start)

    def where(self, mask: NDArray[Any]) -> "Frames":
        """Give the frames that ``mask`` (booleans, or indices in order) picks."""
        vlan = None if self.vlan is None else self.vlan[mask]
        return Frames(
            self.data, self.start[mask], self.size[mask], self.wire[mask], self.time_ns[mask], self.link[mask], vlan
        )


def gather(data: NDArray[np.uint8], at: Ints, dtype: str) -> NDArray[Any]:
    """Give one value of ``dtype`` (``>u2``, ``V20`` …) at each place ``at``, aligned or not, as a copy."""
    size = np.dtype(dtype).itemsize
    every = np.ndarray((max(len(data) - size + 1, 0),), dtype=dtype, buffer=data, strides=(1,))
    return every[at]


def frames_of(packets: list[bytes], times_ns: list[int], link: int = 1) -> Frames:
    """Give frames from single packets: for what arrives one at a time."""
    sizes = np.array([len(packet) for packet in packets], np.int64)
    data = np.frombuffer(b"".join(packets) + bytes(PAD_BYTES), np.uint8)
    start = np.cumsum(sizes) - sizes
    return Frames(data, start, sizes, sizes, np.array(times_ns, np.int64), np.full(len(packets), link, np.uint16))
