"""Walks through watched folders, or parts of them: which are wanted, which one runs."""

from collections.abc import Callable

from collectors.file_watch.tree import Seen, WalkLog, walk

_PARTS = 256
"""When more parts of a folder than this are to be walked through, the whole is."""


class Walk:
    """One walk, in progress."""

    def __init__(
        self,
        number: int,
        top: str,
        whole: str,
        *,
        recursive: bool,
        excludes: Callable[[str], bool],
        again: bool = False,
    ) -> None:
        self.again = again
        """Whether files are scanned that did not change either."""
        self.number = number
        """Number of the folder."""
        self.full = top == whole
        """Whether it goes through the whole folder."""
        self.log = WalkLog()
        self.present: set[int] = set()
        """Keys of the files that are there."""
        self._files = walk(top, recursive=recursive, excludes=excludes, log=self.log)

    def step(self) -> Seen | None:
        """Give the next file; None at the end."""
        return next(self._files, None)


class Walks:
    """The walks of one source, one after the other. Guarded by the lock of the collector."""

    def __init__(self, start: Callable[[int, str], Walk | None]) -> None:
        self._start = start
        self._wanted: dict[tuple[int, str], float] = {}
        self.running: Walk | None = None

    def want(self, number: int, top: str, whole: str, at: float) -> None:
        """Ask for a walk through the part ``top`` of a folder, at a time; an earlier wish for it stays."""
        parts = sum(known[0] == number and known[1] != whole for known in self._wanted)
        key = (number, whole if parts >= _PARTS else top)
        self._wanted[key] = min(at, self._wanted.get(key, at))

    def forget(self, number: int) -> None:
        """Ask for no walk through a folder, and end the one that runs."""
        self._wanted = {key: at for key, at in self._wanted.items() if key[0] != number}
        if self.running is not None and self.running.number == number:
            self.running = None

    def next_due(self) -> float | None:
        """Give when the next walk is due; None when none is wanted."""
        return min(self._wanted.values(), default=None)

    def current(self, now: float) -> Walk | None:
        """Give the walk that runs, or begin the one that is due first; None when there is none."""
        while self.running is None:
            key = min(self._wanted, key=self._wanted.__getitem__, default=None)
            if key is None or self._wanted[key] > now:
                return None
            del self._wanted[key]
            self.running = self._start(*key)
        return self.running
