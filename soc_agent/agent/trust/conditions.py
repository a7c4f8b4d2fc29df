"""What is not well right now: each condition has a source, a kind and a beginning, and ends when it is well again.

Its beginning is a line of health, of which a rule makes an alert. Its end is a line too, of kind ``well_again``: when
that is committed, the alerts that the beginning led to are closed, in the same transaction.
"""

import threading
import time
from collections.abc import Iterable

from soc_agent.agent.health import HealthLog


class Conditions:
    """All conditions of one agent. Safe to use from any thread."""

    def __init__(self, health: HealthLog) -> None:
        self._health = health
        self._lock = threading.Lock()
        self._since: dict[tuple[str, str], int] = {}

    def restore(self, open_ones: Iterable[tuple[str, str, int]]) -> None:
        """Take over those of an earlier run whose alerts are open: kind, source, since when."""
        with self._lock:
            for kind, source, since_ns in open_ones:
                self._since.setdefault((kind, source), since_ns)

    def since(self, kind: str, source: str) -> int | None:
        """Give since when this is so, in nanoseconds since 1970; None when it is not."""
        with self._lock:
            return self._since.get((kind, source))

    def of_kind(self, kind: str) -> list[str]:
        """Give the sources that are in this condition."""
        with self._lock:
            return [source for known, source in self._since if known == kind]

    def of_source(self, source: str) -> list[str]:
        """Give the conditions that a source is in."""
        with self._lock:
            return [kind for kind, known in self._since if known == source]

    def all(self) -> dict[tuple[str, str], int]:
        """Give every condition, by kind and source, with its beginning."""
        with self._lock:
            return dict(self._since)

    def begin(self, kind: str, source: str, detail: str = "", count: int = 1, since_ns: int | None = None) -> None:
        """Say that something is not well. Nothing is said when that is known.

        :param since_ns: since when; now when not given.
        """
        if self.note(kind, source, since_ns):
            began = self.since(kind, source)
            self._health.write(kind, source, detail, count, about=str(began), since_ns=began)

    def note(self, kind: str, source: str, since_ns: int | None = None) -> bool:
        """Remember a condition whose line somebody else writes; False when it is known."""
        with self._lock:
            if (kind, source) in self._since:
                return False
            self._since[kind, source] = time.time_ns() if since_ns is None else since_ns
        return True

    def end(self, kind: str, source: str, detail: str = "") -> None:
        """Say that it is well again. Nothing is said when it was."""
        with self._lock:
            began = self._since.pop((kind, source), None)
        if began is not None:
            self._health.well_again(kind, source, detail, began)
