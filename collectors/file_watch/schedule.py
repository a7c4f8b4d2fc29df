"""Which file is to be scanned when: events come in bursts, and files are written in more than one go.

A file that was closed is due almost at once; one that merely appeared a little later, for its writer to finish. A file
that was just scanned waits, so that one which is closed ten times a second is not scanned ten times a second.
"""

import heapq
from collections import OrderedDict

from msgspec import Struct


class Timing(Struct, frozen=True):
    """How long to wait for what, in seconds."""

    settle_s: float = 0.03
    """From the end of writing to the scan."""
    created_s: float = 0.5
    """From the appearance of a file to the scan, when nobody closed it meanwhile."""
    again_s: float = 1.0
    """Between two scans of a file."""
    gather_s: float = 0.2
    """From the first finding to the block that tells it: what else is found meanwhile comes with it."""
    clean_s: float = 2.0
    """From the first scan without a finding to the block that commits it. What a kill leaves out is scanned again."""
    vanished_s: float = 60.0
    """Between two lines that tell of files in a folder that were gone before they could be scanned."""
    stuck_s: float = 120.0
    """Beyond a file's own time, how long one may take before that is a problem: rules are compiled meanwhile."""
    check_s: float = 1.0
    """Between two looks at whether folders are there and watched."""
    reconcile_s: float = 300.0
    """Between two walks through a folder that is watched: what events did not tell is found then."""
    poll_s: float = 10.0
    """Between two walks through a folder that cannot be watched."""


QUEUE_LIMIT = 8192
"""So many files wait at most; the folder of any more is walked through instead."""
File = tuple[int, str]
"""Number of the folder, and the path."""


class Schedule:
    """Files that wait to be scanned. Not for several threads; times are those of any clock that only goes forward."""

    def __init__(self, timing: Timing, limit: int | None = None) -> None:
        self._timing = timing
        self._limit = QUEUE_LIMIT if limit is None else limit
        self._due: dict[File, float] = {}
        self._heap: list[tuple[float, int, File]] = []
        self._turn = 0
        self._scanned: OrderedDict[File, float] = OrderedDict()

    def __len__(self) -> int:
        """Give how many files wait."""
        return len(self._due)

    def closed(self, file: File, now: float) -> bool:
        """Take note that a file was closed after writing; False when too many wait already."""
        return self._put(file, now + self._timing.settle_s, now)

    def created(self, file: File, now: float) -> bool:
        """Take note that a file appeared; False when too many wait already."""
        return self._put(file, now + self._timing.created_s, now)

    def pop(self, now: float) -> File | None:
        """Give a file that is due, the longest due first."""
        while self._heap and self._heap[0][0] <= now:
            due, _, file = heapq.heappop(self._heap)
            if self._due.get(file) == due:
                del self._due[file]
                return file
        return None

    def scanned(self, file: File, now: float) -> None:
        """Take note that a file was scanned just now."""
        self._scanned[file] = now
        self._scanned.move_to_end(file)
        while self._scanned and next(iter(self._scanned.values())) < now - self._timing.again_s:
            self._scanned.popitem(last=False)

    def next_due(self) -> float | None:
        """Give when the next file is due; None when none waits."""
        while self._heap and self._due.get(self._heap[0][2]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def forget(self, file: File) -> None:
        """Forget a file: it has another name now."""
        self._due.pop(file, None)

    def drop(self, folder: int) -> None:
        """Forget the files of a folder: a walk will find them."""
        self._due = {file: due for file, due in self._due.items() if file[0] != folder}

    def _put(self, file: File, due: float, now: float) -> bool:
        last = self._scanned.get(file)
        if last is not None:
            due = max(due, last + self._timing.again_s)
        known = self._due.get(file)
        if known is None and len(self._due) >= self._limit:
            return False
        if known is None or due < known:
            self._due[file] = max(due, now)
            self._turn += 1
            heapq.heappush(self._heap, (self._due[file], self._turn, file))
        return True
