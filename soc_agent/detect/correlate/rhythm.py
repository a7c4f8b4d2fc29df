"""Events at regular intervals, as a program that calls home has them: our own type of correlation, ``rhythm``.

Written as ``soc: rhythm:`` over an ``event_count`` of so many beats. Events that lie close together are one beat, so
that a program which opens two connections each time keeps its rhythm; and a few intervals may be quite different, so
that one which misses a beat does, too.
"""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta, Struct

from soc_agent.detect.correlate.entry import TIME, Entry
from soc_agent.errors import RuleError
from soc_agent.model import Problem

SECOND_NS = 1_000_000_000
LOOKED_AT = 4
"""So many events for each beat are looked at, the latest ones: a flood is no rhythm."""
_REGULAR, _OF = 4, 5
"""Of five intervals at least four must be like the median."""
_APART = 3
_PERCENT = 100
_SECONDS = {"s": 1, "m": 60, "h": 3600}


class Rhythm(Struct, frozen=True, forbid_unknown_fields=True):
    """What ``soc: rhythm:`` of a correlation says."""

    spread: Annotated[int, Meta(ge=1, le=90)] = 35
    """By how many percent of the median an interval may be off it."""
    least: Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,4}[smh]$")] = "5s"
    """Events that are closer together are one beat, and an interval is three times as long at least."""

    @property
    def least_ns(self) -> int:
        """The same in nanoseconds."""
        found = re.fullmatch(r"(\d+)([smh])", self.least)
        return int(found[1]) * _SECONDS[found[2]] * SECOND_NS if found else 0


def split_rhythm(document: Mapping[str, Any]) -> tuple[dict[str, Any], Rhythm | None]:
    """Take our ``soc: rhythm:`` out of a correlation document.

    :raises RuleError: when it is not what it should be.
    """
    plain, soc = dict(document), document.get("soc")
    if not isinstance(soc, Mapping) or "rhythm" not in soc:
        return plain, None
    plain["soc"] = {name: value for name, value in soc.items() if name != "rhythm"}
    try:
        return plain, msgspec.convert(soc["rhythm"] or {}, Rhythm)
    except msgspec.ValidationError as error:
        raise RuleError(Problem("correlation.rhythm", values={"reason": str(error)})) from None


class Beats:
    """How many beats, the latest ones, came in a rhythm: as many as are asked for, or none."""

    takes_any_order: ClassVar[bool] = False

    def __init__(self, rhythm: Rhythm, wanted: int) -> None:
        self._spread, self._least_ns, self._wanted = rhythm.spread, rhythm.least_ns, wanted
        self._times: list[int] = []
        self._dropped = 0

    def add(self, entry: Entry) -> None:
        """Take an event that came into the window, later than all others."""
        self._times.append(entry[TIME])

    def drop(self, entry: Entry) -> None:
        """Give up the oldest event."""
        self._dropped += 1
        if self._dropped > len(self._times) // 2:
            del self._times[: self._dropped]
            self._dropped = 0

    def measure(self, begin_ns: int) -> int:
        """Give how many beats there are in a rhythm; ``begin_ns`` is where the window begins."""
        beats = self._beats()
        is_found = len(beats) == self._wanted and is_regular(beats, self._spread, _APART * self._least_ns)
        return self._wanted if is_found else 0

    def _beats(self) -> list[int]:
        """Give the times of the latest beats, the last one first; a beat is where its last event is."""
        times, least_ns, wanted = self._times, self._least_ns, self._wanted
        oldest = max(self._dropped, len(times) - LOOKED_AT * wanted)
        beats: list[int] = []
        for place in range(len(times) - 1, oldest - 1, -1):
            if not beats or beats[-1] - times[place] >= least_ns:
                beats.append(times[place])
                if len(beats) == wanted:
                    break
        return beats


def is_regular(times: list[int], spread: int, least: int) -> bool:
    """Say whether most intervals between times, the latest one first, are like their median: so many percent off it.

    A median below ``least`` is none: what is no closer than so much is regular by that alone.
    """
    intervals = sorted(later - earlier for later, earlier in pairwise(times))
    median = intervals[len(intervals) // 2]
    alike = sum(abs(interval - median) * _PERCENT <= spread * median for interval in intervals)
    return median >= least and alike * _OF >= _REGULAR * len(intervals)
