"""What was counted since the last commit, and the rows of state that the store holds of it."""

from collections.abc import Iterable
from typing import Any

from soc_agent.detect.correlate.entry import Lines
from soc_agent.detect.correlate.spec import CorrelationSpec
from soc_agent.detect.correlate.state import (
    LINES,
    RECORDS,
    SNAPSHOT,
    Counted,
    Head,
    Part,
    Record,
    StateChange,
    condition_of,
    fingerprint,
    new_head,
    new_record,
    pack_groups,
    pack_lines,
    unpack_head,
    unpack_lines,
    unpack_part,
    unpack_record,
)
from soc_agent.detect.correlate.watermark import Watermarks

RECORDS_BYTES = 16 * 1024 * 1024
"""Records are not replaced by a snapshot before they are so large."""
TIME_PASSED = -1
"""A step: no event before its time can come any more."""


class Restored:
    """What the store held: a snapshot's head and parts, and the records after it, in order."""

    def __init__(self) -> None:
        self.head: Head | None = None
        self.parts: list[Part] = []
        self.records: list[Record] = []
        self.lines: dict[str, dict[int, bytes]] = {}


class Journal:
    """Gathers the steps of the present block; knows which rows the store holds."""

    def __init__(self, specs: Iterable[CorrelationSpec], records_bytes: int = RECORDS_BYTES) -> None:
        self.steps: list[Any] = []
        self._specs = [
            Counted(number, spec.info.id, fingerprint(spec), condition_of(spec)) for number, spec in enumerate(specs)
        ]
        self._least_bytes = records_bytes
        self._rows: dict[tuple[str, str], None] = {}
        self._number = 0
        self._records_bytes = 0
        self._snapshot_bytes = 0
        self._is_stale = False

    def record(self, marks: Watermarks, lines: Lines) -> list[StateChange]:
        """Give the present block as rows, if there is anything to say."""
        changed = marks.take_changes()
        if not self.steps and not changed:
            return []
        used = {number for number in self.steps[::3] if number >= 0}
        self._number += 1
        name = f"{self._number:012d}"
        specs = [spec for spec in self._specs if spec.number in used]
        data = new_record(self._number, marks.turn, specs, self.steps, changed)
        self.steps.clear()
        self._records_bytes += len(data)
        rows = [self._row(RECORDS, name, data)]
        if lines.fresh:
            rows.append(self._row(LINES, name, pack_lines(lines.fresh)))
            for gone in lines.settle(name):
                del self._rows[LINES, gone]
                rows.append(StateChange(LINES, gone, None))
        return rows

    @property
    def is_long(self) -> bool:
        """Whether it is time for a snapshot."""
        return self._is_stale or self._records_bytes > max(self._least_bytes, 2 * self._snapshot_bytes)

    def snapshot(self, marks: Watermarks, books: Iterable[Any]) -> list[StateChange]:
        """Give everything but the lines as rows, and what becomes of the rows of before."""
        before = self._rows
        self._rows = {key: None for key in before if key[0] == LINES}
        self._records_bytes, self._is_stale = 0, False
        rows = [self._row(SNAPSHOT, "head", new_head(self._number, marks.turn, marks.all()))]
        for spec, book in zip(self._specs, books, strict=True):
            if book.groups:
                for place, data in enumerate(pack_groups(spec.id, spec.print, book.pack(), book.groups)):
                    rows.append(self._row(SNAPSHOT, f"{spec.number:04d}.{place:04d}", data))
        self._snapshot_bytes = sum(len(row.data or b"") for row in rows)
        return [*(StateChange(*key, None) for key in before if key not in self._rows), *rows]

    def restore(self, state: Iterable[StateChange]) -> Restored:
        """Take over the rows of an earlier run; what does not fit is replaced with the next snapshot."""
        found = Restored()
        for change in state:
            if change.data is None:
                continue
            self._rows[change.rule_id, change.group] = None
            if change.rule_id == RECORDS and (record := unpack_record(change.data)):
                found.records.append(record)
                self._records_bytes += len(change.data)
            elif change.rule_id == LINES and (lines := unpack_lines(change.data)) is not None:
                found.lines[change.group] = lines
            elif change.rule_id == SNAPSHOT and change.group == "head" and (head := unpack_head(change.data)):
                found.head = head
                self._snapshot_bytes += len(change.data)
            elif change.rule_id == SNAPSHOT and (part := unpack_part(change.data)):
                found.parts.append(part)
                self._snapshot_bytes += len(change.data)
            else:
                self._is_stale = True
        begin = found.head.number if found.head else 0
        found.records = sorted((r for r in found.records if r.number > begin), key=lambda record: record.number)
        self._number = max([begin, *(record.number for record in found.records)])
        found.lines = dict(sorted(found.lines.items()))
        return found

    def number_of(self, rule_id: str, print_: bytes) -> int | None:
        """Give the number that a correlation of an earlier run has now; None when there is none of that meaning."""
        for spec in self._specs:
            if spec.id == rule_id and spec.print == print_:
                return spec.number
        self._is_stale = True
        return None

    def _row(self, kind: str, name: str, data: bytes) -> StateChange:
        self._rows[kind, name] = None
        return StateChange(kind, name, data)
