"""The indicators of all lists as an engine uses them: which lines to look at, and what an event names."""

import time
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from soc_agent.detect.indicators.detections import IndicatorHit, hits_of
from soc_agent.detect.indicators.find import Finder
from soc_agent.detect.indicators.indicator import FileReport
from soc_agent.detect.indicators.packed import Packed
from soc_agent.detect.indicators.table import Table
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
        clock: Callable[[], float] = time.time,
    ) -> None:
        """:param clock: gives the time, in seconds since 1970, at which an indicator must still count."""
        self.table = Table(packed)
        self.reports = list(reports)
        """What became of each file."""
        self.problems = list(problems)
        self._packed = packed
        self._finder = Finder(self.table)
        self._clock = clock

    def __len__(self) -> int:
        return len(self.table)

    def lines(self, block: bytes) -> list[int]:
        """Give where the lines of a block begin that may name an indicator, in order. None is lost."""
        from soc_agent.detect.indicators.scan import lines_of

        return lines_of(block, self._scan.places(block))

    def hits(self, event: Event) -> list[IndicatorHit]:
        """Give the indicators that an event names and that count now."""
        if event.type == "health":  # what this program says of itself names what it found
            return []
        found = self._finder.find(event)
        return hits_of(event, found, self.table.entry, self._clock()) if found else []

    @cached_property
    def _scan(self) -> "BlockScan":
        from soc_agent.detect.indicators.build import scan_data
        from soc_agent.detect.indicators.scan import BlockScan

        return BlockScan(scan_data(self._packed, self.table.notes))
