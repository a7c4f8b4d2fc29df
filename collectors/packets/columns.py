"""Arrays in which headers are gathered, column by column, for all frames at once."""

import numpy as np
from numpy.typing import NDArray

from collectors.packets.frames import Frames, Ints


class Work:
    """What the headers of some frames say, while it is read: arrays with one entry a frame."""

    def __init__(self, frames: Frames) -> None:
        count = len(frames)
        self.frames = frames
        self.end = frames.start + frames.size
        self.wire_end = frames.start + frames.wire
        self.ints: dict[str, Ints] = {}
        self.count = count
        self.bad = np.zeros(count, bool)
        self.flow = np.zeros(count, bool)
        self.done = np.zeros(count, bool)
        """Of a flow, and the transport header is read."""
        self.later = np.zeros(count, bool)
        self.fragment = np.zeros(count, bool)
        self.answer = np.zeros(count, bool)
        self.addresses = [np.zeros(count, np.uint64) for _ in range(4)]
        self.ip_end = np.zeros(count, np.int64)
        self.transport = np.zeros(count, np.int64)
        for name in ("version", "proto", "hops", "source_port", "target_port", "fragment_id", "tcp_flags", "sequence",
                     "payload_at", "payload_size"):  # fmt: skip
            self.ints[name] = np.zeros(count, np.int64)


def keep(work: Work, at: Ints, good: NDArray[np.bool_], ethertype: Ints | None = None) -> Ints:
    """Mark as bad what is not good; give the rest."""
    if good.all():
        return at
    work.bad[at[~good]] = True
    if ethertype is not None:
        ethertype[at[~good]] = 0
    return at[good]


def refuse(work: Work, at: Ints) -> None:
    """Take packets that contradict themselves out of the flows; they are counted."""
    work.flow[at] = False
    work.bad[at] = True


def table(values: dict[int, int], size: int = 256) -> Ints:
    """Give an array to look values up in, 0 where there is none."""
    table = np.zeros(size, np.int64)
    for key, value in values.items():
        table[key] = value
    return table
