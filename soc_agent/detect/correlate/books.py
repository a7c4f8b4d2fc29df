"""What all correlations have counted, and the memory that it may take together."""

from collections.abc import Sequence

from soc_agent.detect.correlate.absence import Absences
from soc_agent.detect.correlate.first_seen import FirstSeen
from soc_agent.detect.correlate.session import Sessions
from soc_agent.detect.correlate.spec import CorrelationSpec
from soc_agent.detect.correlate.watermark import TICK_EVENTS
from soc_agent.detect.correlate.window import Windows

Book = Windows | Absences | FirstSeen


def book_for(spec: CorrelationSpec) -> Book:
    """Give an empty book for a correlation."""
    if spec.kind == "first_seen":
        return FirstSeen(spec)
    if spec.session:
        return Sessions(spec)
    return Absences(spec) if spec.waits else Windows(spec)


class Books:
    """The books of all correlations, by their numbers."""

    def __init__(self, specs: Sequence[CorrelationSpec], memory_bytes: int) -> None:
        """:param memory_bytes: what windows may take; a quarter of it besides for values that were seen."""
        self.all: list[Book] = [book_for(spec) for spec in specs]
        self.waiting = {number: book for number, book in enumerate(self.all) if isinstance(book, Absences)}
        """Those that wait for what must not happen."""
        seen = [number for number, book in enumerate(self.all) if isinstance(book, FirstSeen)]
        windows = [number for number in range(len(self.all)) if number not in seen]
        self._pools = (windows, memory_bytes), (seen, memory_bytes // 4)
        self._forgotten = 0

    @property
    def forgotten(self) -> int:
        """How many groups, and events of groups, were dropped for want of room."""
        return self._forgotten + sum(book.forgotten for book in self.all)

    def forgive(self) -> None:
        """Take nothing as forgotten: what an earlier run forgot was told then."""
        self._forgotten = 0
        for book in self.all:
            book.forgotten = 0

    def next(self) -> tuple[int, int] | None:
        """Give when the next event that waits is to be judged, and by which correlation."""
        times = ((book.next_ns, number) for number, book in self.waiting.items())
        return min(((at_ns, number) for at_ns, number in times if at_ns is not None), default=None)

    def sweep(self, passed_ns: int, turn: int) -> None:
        """Drop what nobody can need any more, and what there is no memory for."""
        for book in self.all:
            book.sweep(passed_ns)
        for numbers, limit_bytes in self._pools:
            books = [self.all[number] for number in numbers]
            if sum(book.cost_bytes for book in books) > limit_bytes:
                self._forget_oldest(books, limit_bytes, turn)

    def _forget_oldest(self, books: Sequence[Book], limit_bytes: int, turn: int) -> None:
        """Make room: forget the groups that had no event for the longest time, but those that just had."""
        while sum(book.cost_bytes for book in books) > limit_bytes * 7 // 8:
            turns = sorted(last for book in books for last in book.turns())
            dropped = min(turns[len(turns) // 4], turn - TICK_EVENTS)
            forgotten = sum(book.forget(dropped) for book in books)
            self._forgotten += forgotten
            if not forgotten:
                return
