"""How many datagrams the receiving process holds, in memory that outlives it: what a kill costs is counted too."""

import mmap
import os

_BYTES = 24
_TAKEN, _KEPT, _TOLD = 0, 1, 2


class Held:
    """Counts of datagrams. One process writes them; the other reads them when that one is gone.

    Each is counted when it is taken from the kernel, and again when it is in the spool, or told as lost. A process
    that ends between writing and counting makes the difference too large by what it wrote last, never too small.
    """

    def __init__(self, fd: int) -> None:
        """:param fd: of :meth:`memory`, which stays open."""
        self.counts = memoryview(mmap.mmap(fd, _BYTES)).cast("Q")
        """The first is how many were taken: whoever takes one adds it there at once."""
        self.waiting = 0
        """So many of them are to be written in this round."""

    @staticmethod
    def memory() -> int:
        """Give the descriptor of new memory."""
        fd = os.memfd_create("listener-held", os.MFD_CLOEXEC)
        os.ftruncate(fd, _BYTES)
        return fd

    def keep(self) -> None:
        """Say that those of this round are in the spool."""
        self.counts[_KEPT] += self.waiting
        self.waiting = 0

    def tell(self, count: int) -> None:
        """Say that so many were told as lost."""
        self.counts[_TOLD] += count

    @property
    def left(self) -> int:
        """How many were taken and are neither kept nor told."""
        return max(0, self.counts[_TAKEN] - self.counts[_KEPT] - self.counts[_TOLD])
