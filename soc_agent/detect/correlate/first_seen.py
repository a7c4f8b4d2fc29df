"""Values that a group never had before, or not for so long: our own type of correlation, ``first_seen``.

What was seen is remembered by the day, so that a value costs little however often it comes.
"""

from typing import Any

from soc_agent.detect.correlate.entry import EVENTS, TIME, TURN, WHAT, Entry
from soc_agent.detect.correlate.spec import CorrelationSpec
from soc_agent.detect.correlate.window import Completed

VALUES_CAP = 4096
"""A group remembers so many values; beyond it, those that were not seen for the longest time are forgotten."""
DAY_NS = 86_400 * 1_000_000_000

Seen = list[Any]
"""When the group's first event was, the number of its last to come, and the day on which each value was last seen."""
BEGUN, LAST_TURN, DAYS = range(3)

_GROUP_COST_BYTES = 500
_VALUE_COST_BYTES = 170
_SWEPT_FROM = 1024


class FirstSeen:
    """The groups of one correlation of this type."""

    def __init__(self, spec: CorrelationSpec) -> None:
        self.groups: dict[str, Seen] = {}
        self.cost_bytes = 0
        self.forgotten = 0
        """Values that were forgotten for want of room."""
        self._days = -(-spec.timespan_ns // DAY_NS)
        self._learn_ns = spec.learn_ns
        self._passed_ns = -(2**62)
        self._sweep_at = _SWEPT_FROM

    def knows(self, key: str, value: str, time_ns: int) -> bool:
        """Say whether an event changes nothing: its value was seen on its day, or after."""
        group = self.groups.get(key)
        return group is not None and group[DAYS].get(value, -1) >= time_ns // DAY_NS

    def take(self, key: str, entry: Entry) -> Completed | None:
        """Take an event; its window is complete when its value is new and the group is no longer learnt from."""
        time_ns, value = entry[TIME], entry[WHAT]
        day = time_ns // DAY_NS
        group = self.groups.get(key)
        if group is None:
            group = self.groups[key] = [time_ns, entry[TURN], {}]
            self.cost_bytes += _GROUP_COST_BYTES + len(key)
        elif time_ns < group[BEGUN]:
            group[BEGUN] = time_ns  # it came late; what it says is as new as if it had come first
        days: dict[str, int] = group[DAYS]
        known = days.get(value)
        group[LAST_TURN] = entry[TURN]
        days[value] = day if known is None else max(day, known)
        if known is None:
            self.cost_bytes += _VALUE_COST_BYTES + len(value)
            if len(days) > VALUES_CAP:
                self._forget_values(days)
        elif day - known <= self._days:
            return None
        if time_ns < group[BEGUN] + self._learn_ns:
            return None
        return Completed(measure=1, first_ns=time_ns, events=abs(entry[EVENTS]), values=(value,))

    def sweep(self, passed_ns: int) -> None:
        """Note that no event before a time can come any more; drop what was not seen for too long, now and then."""
        self._passed_ns = passed_ns
        if len(self.groups) >= self._sweep_at:
            self.drop_dead()
            self._sweep_at = max(_SWEPT_FROM, 2 * len(self.groups))

    def drop_dead(self) -> None:
        """Drop values that would be new again. Their group stays: it need not be learnt again."""
        since = self._passed_ns // DAY_NS - self._days
        for group in self.groups.values():
            days = group[DAYS]
            for value in [value for value, day in days.items() if day < since]:
                del days[value]
                self.cost_bytes -= _VALUE_COST_BYTES + len(value)

    def drop(self, keys: list[str]) -> None:
        """Drop groups; they are learnt anew."""
        for key in keys:
            self.cost_bytes -= self._cost_of(key, self.groups.pop(key))

    def turns(self) -> list[int]:
        """Give for each group the number of its last event."""
        return [group[LAST_TURN] for group in self.groups.values()]

    def forget(self, turn: int) -> int:
        """Drop the groups whose last event has this number or a lower one; give how many."""
        keys = [key for key, group in self.groups.items() if group[LAST_TURN] <= turn]
        self.drop(keys)
        return len(keys)

    def pack(self) -> tuple[Any, ...]:
        """Give what must be known besides the groups, as plain data."""
        return self._passed_ns, self._sweep_at

    def load(self, rest: tuple[Any, ...]) -> None:
        """Take over what :meth:`pack` gave."""
        self._passed_ns, self._sweep_at = rest

    def add_groups(self, groups: dict[str, Seen]) -> None:
        """Take over groups of an earlier run."""
        self.groups.update(groups)
        self.cost_bytes += sum(self._cost_of(key, group) for key, group in groups.items())

    def _cost_of(self, key: str, group: Seen) -> int:
        values = sum(map(len, group[DAYS])) + _VALUE_COST_BYTES * len(group[DAYS])
        return _GROUP_COST_BYTES + len(key) + values

    def _forget_values(self, days: dict[str, int]) -> None:
        oldest = sorted(days, key=days.__getitem__)[: VALUES_CAP // 4]
        for value in oldest:
            del days[value]
            self.cost_bytes -= _VALUE_COST_BYTES + len(value)
        self.forgotten += len(oldest)
