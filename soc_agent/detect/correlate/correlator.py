"""Events of base rules in, detections of correlations out: groups, chains of correlations, bounds, state."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from soc_agent.detect.correlate.books import Books
from soc_agent.detect.correlate.entry import EVIDENCE_CAP_BYTES, LINES_CAP_BYTES, TIME, WHAT, WITNESS, Entry, Lines
from soc_agent.detect.correlate.extract import KEY_CAP_CHARS, Lookup
from soc_agent.detect.correlate.journal import RECORDS_BYTES, TIME_PASSED, Journal
from soc_agent.detect.correlate.replay import Replay
from soc_agent.detect.correlate.report import pack_witness, unpack_witness
from soc_agent.detect.correlate.session import with_given
from soc_agent.detect.correlate.spec import CorrelationSpec, find_cycles
from soc_agent.detect.correlate.state import StateChange
from soc_agent.detect.correlate.taps import Opened, Tap, Taps
from soc_agent.detect.correlate.watermark import TICK_EVENTS, Watermarks
from soc_agent.detect.correlate.window import Completed
from soc_agent.detect.hit import EventRef
from soc_agent.model import Detection, Entities, Event, Problem, entities_of

MEMORY_BYTES = 192 * 1024 * 1024
LATENESS_S = 600
"""Flows are reported when they end and carry the time of their beginning, so they come this much out of order."""
_NANOSECONDS = 1_000_000_000
_REPEAT_CAP = 100_000
_TICK_MASK = TICK_EVENTS - 1


class Correlator:
    """All correlations over all streams. Belongs to one engine; not for several threads."""

    def __init__(
        self,
        specs: Sequence[CorrelationSpec],
        *,
        lateness_s: int = LATENESS_S,
        memory_bytes: int = MEMORY_BYTES,
        lines_bytes: int = LINES_CAP_BYTES,
        records_bytes: int = RECORDS_BYTES,
        lookup: Lookup | None = None,
        unknown: AbstractSet[str] = frozenset(),
    ) -> None:
        """:param lateness_s: how much an event may be older than the latest of its stream.

        :param memory_bytes: what windows may take; a quarter of it besides for values that were seen.
        :param lines_bytes: what lines to be shown may take besides.
        :param records_bytes: how large records of the state grow before a snapshot takes their place.
        :param lookup: asked for a field that an event lacks.
        :param unknown: fields that no event can have, and ``lookup`` never knows.
        """
        if cycles := find_cycles(specs):
            raise ValueError(f"correlations refer to themselves: {', '.join(sorted(cycles))}")
        self._specs = list(specs)
        self._books = Books(specs, memory_bytes)
        self._taps = Taps(specs, self._books.all, lookup, unknown)
        self._of_rule = self._taps.of_rule
        self._silent = {rule_id for spec in specs if not spec.generate for rule_id in spec.rule_ids}
        self._silent -= {rule_id for spec in specs if spec.generate for rule_id in spec.rule_ids}
        self.wants = frozenset(self._of_rule)
        """Ids of the rules whose events it looks at."""
        self._lateness_ns = lateness_s * _NANOSECONDS
        self._marks = Watermarks(self._lateness_ns)
        self._lines = Lines(lines_bytes)
        self._journal = Journal(specs, records_bytes)
        self._memory_bytes = memory_bytes
        self._ref: EventRef | None = None
        self._taken = False
        self._known_of: Event | None = None
        self._known: Entities = {}
        """The entities of an event, which several correlations may have to tell."""
        self._counted: set[tuple[int, str, str]] = set()
        self._late = 0

    def feed(self, rule_id: str, event: Event, ref: EventRef) -> list[Detection]:
        """Take an event of a rule; give the detections of all correlations that it completes.

        A line that several rules match is fed once for each, one after the other, with the same ``ref``.
        """
        due: list[Detection] | None = None
        if ref is not self._ref:
            self._ref = ref
            if self._counted:
                self._counted.clear()
            marks = self._marks
            self._taken = marks.take(ref.stream_id, event.time_ns, ref.offset)
            if not self._taken:
                self._late += marks.late
            if not marks.turn & _TICK_MASK or marks.is_back:
                due = self._tick()
        taps = self._of_rule.get(rule_id) if self._taken else None
        if taps is None:
            return due or []
        found = self._feed(taps, event, ref, event.time_ns, 0, False)
        return due + found if due else found

    def take_late(self) -> int:
        """Give how many events came too late for their windows since the last call."""
        late, self._late = self._late, 0
        return late

    def advance(self, now_ns: int | None) -> list[Detection]:
        """Let time pass though no event comes; give the detections of what did not happen.

        :param now_ns: the time of the clock, where streams are read as they grow and nothing waits to be read; None at
            the end of all streams: time has come to the latest event, and nothing can come before it any more.
        """
        latest_ns = self._marks.latest_ns()
        passed_ns = now_ns - self._lateness_ns if now_ns is not None else latest_ns
        first = self._books.next()
        if passed_ns is None or first is None or first[0] >= passed_ns:
            return []
        return self._judge(passed_ns)

    def problems(self) -> list[Problem]:
        """Give what is wrong: groups that had to be forgotten for want of memory. Empty when well."""
        forgotten = self._books.forgotten
        if not forgotten:
            return []
        return [Problem("correlation.forgotten", values={"count": forgotten, "limit": self._memory_bytes})]

    def take_changes(self) -> list[StateChange]:
        """Give what is to be kept of the state since the last call, for the transaction of the block."""
        self._ref = self._known_of = None
        changes = self._journal.record(self._marks, self._lines)
        if self._journal.is_long:
            for book in self._books.all:
                book.drop_dead()
            changes += self._journal.snapshot(self._marks, self._books.all)
        return changes

    def restore(self, state: Iterable[StateChange]) -> None:
        """Take over what :meth:`take_changes` gave in an earlier run: the last of each row.

        What belongs to no correlation of now, or does not fit it any more, is forgotten.
        """
        found = self._journal.restore(state)
        for name, lines in found.lines.items():
            self._lines.fresh = lines
            self._lines.settle(name)
        Replay(self._specs, self._books, self._journal, self._marks).run(found)

    def _feed(
        self, taps: list[Opened], event: Event, ref: EventRef, time_ns: int, events: int, chained: bool
    ) -> list[Detection]:
        """Give an event to all correlations that take it; ``events`` is how many it stands for, 0: as it says."""
        detections: list[Detection] = []
        turn = self._marks.turn
        fields = event.fields
        if not events:
            events = min(event.repeat, _REPEAT_CAP)
        steps = self._journal.steps
        lines = self._lines.fresh
        for number, field, take, key_of, what_of, what, is_plain, tap in taps:
            key = fields.get(field)
            if type(key) is not str or len(key) > KEY_CAP_CHARS or not key.isascii():
                key = key_of(event)  # the long way to the same, and the only one where there are several fields
                if key is None:
                    continue
            if what_of is not None:
                what = what_of(event)  # noqa: PLW2901 - what the tap itself has is None then
                if what is None:
                    continue
            entry: Entry = (time_ns, events, what, turn)
            if not is_plain or chained:
                if not self._is_new(tap, key, entry, chained=chained):
                    continue
                if tap.needs_witness:
                    entry = (*entry, pack_witness(tap.path, event, ref))
                elif tap.gives is not None:
                    entry = (*entry, tap.gives(event))
            steps += (number, key, entry)
            completed = take(key, entry)
            if completed is not None:
                detections += self._completed(tap, key, event, ref, completed, time_ns)
            elif turn not in lines and tap.gives is None:
                lines[turn] = ref.raw[:EVIDENCE_CAP_BYTES]
        return detections

    def _is_new(self, tap: Tap, key: str, entry: Entry, *, chained: bool) -> bool:
        """Say whether an event is one that its correlation has not seen: not for another rule, not of a known value."""
        if tap.knows is not None and tap.knows(key, entry[WHAT], entry[TIME]):
            return False
        if tap.is_joined or chained:
            token = tap.number, (tap.rule_id if chained or not tap.is_joined else ""), key
            if token in self._counted:
                return False
            self._counted.add(token)
        return True

    def _completed(
        self, tap: Tap, key: str, event: Event, ref: EventRef, completed: Completed, time_ns: int
    ) -> list[Detection]:
        """Give the detection of a window, if it speaks for itself, and those of the correlations above it."""
        detections = []
        if completed.given:
            event = with_given(event, self._specs[tap.number].session, completed.given)
        if tap.spec_id not in self._silent:
            if event is not self._known_of:
                self._known_of, self._known = event, entities_of(event.fields)
            detections.append(tap.reporter.report(key, event, ref, completed, self._lines, self._known))
        above = self._taps.above(tap) if tap.above is None else tap.above
        if above:
            detections += self._feed(above, event, ref, time_ns, 1, True)
        return detections

    def _tick(self) -> list[Detection]:
        """Look how far time has come."""
        passed_ns = self._marks.look()
        # what is judged may be counted in turn, in windows that end before that time
        detections = self._judge(passed_ns) if self._books.waiting else []
        self._journal.steps += (TIME_PASSED, "", (passed_ns, self._marks.turn))
        self._books.sweep(passed_ns, self._marks.turn)
        return detections

    def _judge(self, passed_ns: int) -> list[Detection]:
        """Judge what waited until now, in the order of its times: what did not happen may be what others wait for."""
        detections: list[Detection] = []
        while (first := self._books.next()) is not None and first[0] < passed_ns:
            at_ns, number = first
            # what it gives to others is written besides: another run may know nothing of this correlation
            self._journal.steps += (number, "", (at_ns + 1,))
            for key, entry, completed in self._books.waiting[number].due(at_ns + 1):
                self._counted.clear()
                witness = unpack_witness(entry[WITNESS])
                tap = self._taps.find(number, witness.path)
                if tap is not None:
                    ends_ns = entry[TIME] + self._specs[number].timespan_ns
                    detections += self._completed(tap, key, witness.event, witness.ref, completed, ends_ns)
        self._counted.clear()
        return detections
