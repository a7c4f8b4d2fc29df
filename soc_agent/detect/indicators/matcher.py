"""The indicators of all lists as an engine uses them: which lines to look at, and what an event names."""

import time
from bisect import bisect_right
from collections.abc import Callable, Collection, Container, Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from soc_agent.detect.indicators.detections import RULE_IDS, IndicatorHit, hits_of
from soc_agent.detect.indicators.find import Finder
from soc_agent.detect.indicators.gate import LITERALS_CAP, gate_of, gated
from soc_agent.detect.indicators.indicator import FileReport
from soc_agent.detect.indicators.packed import Packed
from soc_agent.detect.indicators.table import Table
from soc_agent.detect.prefilter.scanner import Scanner
from soc_agent.errors import describe
from soc_agent.model import Event, Problem

if TYPE_CHECKING:
    from soc_agent.detect.indicators.scan import BlockScan


class Indicators:
    """Finds indicators in blocks and events. Belongs to one thread."""

    def __init__(
        self,
        packed: Packed,
        *,
        reports: Sequence[FileReport] = (),
        problems: Sequence[Problem] = (),
        disabled: Collection[str] = (),
        gate: bool = True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """:param disabled: ids of rules of indicators that do not run.

        :param gate: off, the scan looks at whole blocks: slower for short lists, with the same lines.

        :param clock: gives the time, in seconds since 1970, at which an indicator must still count.
        """
        self.table = Table(packed)
        self.reports = list(reports)
        """What became of each file."""
        self.problems = list(problems)
        self._packed = packed
        self._with_gate = gate
        self._finder = Finder(self.table)
        off = {rule_id.lower() for rule_id in disabled}
        self._families = frozenset(family for family, rule_id in RULE_IDS.items() if rule_id not in off)
        self._clock = clock

    def __len__(self) -> int:
        return len(self.table)

    def summary(self) -> list[Problem]:
        """Give what is wrong, for a place where each list should take one line: a feed may have many small faults."""
        by_file: dict[str, list[Problem]] = {}
        for problem in self.problems:
            by_file.setdefault(problem.where.file, []).append(problem)
        return [
            problems[0]
            if len(problems) == 1
            else Problem("indicator.several", problems[0].where, {"first": describe(problems[0]), "file": file})
            for file, problems in by_file.items()
        ]

    def lines(self, block: bytes) -> list[int]:
        """Give where the lines of a block begin that may name an indicator, in order. None is lost."""
        from soc_agent.detect.indicators.scan import lines_of

        if self._gate is None:
            return lines_of(block, self._scan.places(block))
        gated_lines = gated(self._gate, block)
        if not gated_lines:
            return []
        part = b"".join(block[start:end] for start, end in gated_lines)
        begins = list(accumulate((end - start for start, end in gated_lines), initial=0))
        return [gated_lines[bisect_right(begins, start) - 1][0] for start in lines_of(part, self._scan.places(part))]

    def hits(self, event: Event) -> list[IndicatorHit]:
        """Give the indicators that an event names and that count now."""
        if event.type == "health":  # what this program says of itself names what it found
            return []
        found = self._finder.find(event)
        if not found:
            return []
        hits = hits_of(event, found, self.table.entry, self._clock())
        return [hit for hit in hits if hit.family in self._families]

    def join(
        self, lines: Iterator[tuple[int, int, int]], block: bytes, *, scan: bool = True
    ) -> tuple[Iterator[tuple[int, int, int]], Container[int]]:
        """Join lines that other things concern (begin, end, rules) with those that may name an indicator.

        :param scan: off, every line that comes may name one.
        :returns: all lines in order, each once, and the begins of those to ask :meth:`hits` about.
        """
        if not scan:
            return lines, _Everything()
        starts = self.lines(block)
        return (_joined(lines, starts, block) if starts else lines), frozenset(starts)

    @cached_property
    def _gate(self) -> Scanner | None:
        if not self._with_gate or len(self.table) > LITERALS_CAP:
            return None
        return gate_of(self.table, wide=self.table.notes.wide)

    @cached_property
    def _scan(self) -> "BlockScan":
        from soc_agent.detect.indicators.build import scan_data
        from soc_agent.detect.indicators.scan import BlockScan

        return BlockScan(scan_data(self._packed, self.table.notes))


def _joined(
    lines: Iterator[tuple[int, int, int]], starts: Sequence[int], block: bytes
) -> Iterator[tuple[int, int, int]]:
    waiting = iter(starts)
    start = next(waiting, -1)
    for line in lines:
        while 0 <= start < line[0]:
            yield _line_at(block, start)
            start = next(waiting, -1)
        if start == line[0]:
            start = next(waiting, -1)
        yield line
    while start >= 0:
        yield _line_at(block, start)
        start = next(waiting, -1)


def _line_at(block: bytes, start: int) -> tuple[int, int, int]:
    end = block.find(b"\n", start)
    return start, end if end >= 0 else len(block), 0


class _Everything:
    """Holds every number."""

    def __contains__(self, number: object) -> bool:
        return True
