"""What is wrong with a source right now, and what went wrong lately. Read from any thread."""

import threading
from collections import deque
from collections.abc import Callable

from soc_agent.model import Problem

_RECENT_S = 3600.0
_RECENT_MAX = 50


class Reports:
    """Problems that last until they are cleared, by a key; and problems that happened once, kept for an hour."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._lasting: dict[str, Problem] = {}
        self._recent: deque[tuple[float, Problem]] = deque(maxlen=_RECENT_MAX)

    def report(self, key: str, problem: Problem) -> bool:
        """Say that something is wrong; True when that is news."""
        with self._lock:
            news = self._lasting.get(key) != problem
            self._lasting[key] = problem
        return news

    def clear(self, key: str) -> None:
        """Say that it is well again."""
        with self._lock:
            self._lasting.pop(key, None)

    def keep_only(self, prefix: str, keys: set[str]) -> None:
        """Clear every problem whose key begins with ``prefix`` and is not among ``keys``."""
        with self._lock:
            for key in [key for key in self._lasting if key.startswith(prefix) and key not in keys]:
                del self._lasting[key]

    def happened(self, problem: Problem) -> None:
        """Say that something went wrong, once."""
        with self._lock:
            self._recent.append((self._clock(), problem))

    def current(self) -> list[Problem]:
        """Give all of it, newest last."""
        with self._lock:
            now = self._clock()
            recent = [problem for at, problem in self._recent if now - at < _RECENT_S]
            return [*self._lasting.values(), *recent]
