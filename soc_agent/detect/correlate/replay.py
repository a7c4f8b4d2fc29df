"""An earlier run, counted again up to its last commit: its detections were made then.

What was counted stays counted, and what no detection counted is still to be counted, though the threshold has changed
since: the events of before are counted again under the condition that they came under, and then handed over.
"""

from collections.abc import Sequence
from typing import Any

from soc_agent.detect.correlate.absence import Absences
from soc_agent.detect.correlate.books import Books
from soc_agent.detect.correlate.first_seen import FirstSeen
from soc_agent.detect.correlate.journal import TIME_PASSED, Journal, Restored
from soc_agent.detect.correlate.session import Sessions
from soc_agent.detect.correlate.spec import CorrelationSpec
from soc_agent.detect.correlate.state import Part, Record, condition_of, unpack_seen, unpack_windows, with_condition
from soc_agent.detect.correlate.watermark import Watermarks
from soc_agent.detect.correlate.window import Windows


class Replay:
    """Fills the books of a new run with what the rows of an earlier one say."""

    def __init__(self, specs: Sequence[CorrelationSpec], books: Books, journal: Journal, marks: Watermarks) -> None:
        self._specs = specs
        self._books = books
        self._journal = journal
        self._marks = marks
        self._own = list(books.all)
        """The books that taps count into."""
        self._conditions = [condition_of(spec) for spec in specs]
        """Under which condition each book counts at this point of the replay."""

    def run(self, found: Restored) -> None:
        """Take over a snapshot, and the records after it."""
        if found.head is not None:
            self._marks.restore(found.head.marks)
            self._marks.turn = found.head.turn
            for part in found.parts:
                self._load(part)
        for record in found.records:
            self._count(record)
        for number, spec in enumerate(self._specs):
            self._turn_to(number, condition_of(spec))
        self._books.forgive()

    def _load(self, part: Part) -> None:
        number = self._journal.number_of(part.spec_id, part.print)
        if number is None:
            return
        book = self._books.all[number]
        if isinstance(book, FirstSeen):
            book.add_groups(unpack_seen(part.groups))
        else:
            book.add_groups(unpack_windows(part.groups))
        book.load(part.rest)

    def _count(self, record: Record) -> None:
        numbers = {}
        for then in record.specs:
            number = self._journal.number_of(then.id, then.print)
            if number is not None:
                numbers[then.number] = number
                self._turn_to(number, then.condition)
        steps: Any = iter(record.steps)
        for then, key, entry in zip(steps, steps, steps, strict=True):
            if then == TIME_PASSED:
                self._books.sweep(*entry)
            elif (number := numbers.get(then)) is None:
                continue
            elif len(entry) > 1:
                self._books.all[number].take(key, entry)
            elif (waiting := self._books.waiting.get(number)) is not None:
                waiting.due(*entry)
        self._marks.restore(record.marks)
        self._marks.turn = record.turn

    def _turn_to(self, number: int, condition: bytes) -> None:
        """Let a correlation count under another condition from here on."""
        book, own = self._books.all[number], self._own[number]
        if condition == self._conditions[number] or isinstance(book, Absences | FirstSeen | Sessions):
            return
        self._conditions[number] = condition
        spec = self._specs[number]
        if condition == condition_of(spec):
            assert isinstance(own, Windows)
            other = own
        else:
            other = Windows(with_condition(spec, condition))
        groups, rest = dict(book.groups), book.pack()
        book.drop(list(groups))
        other.add_groups(groups)
        other.load(rest)
        self._books.all[number] = other
