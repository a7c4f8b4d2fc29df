"""What earlier lines of a session said, given to its last event: our own addition to ``temporal_ordered``.

Written as ``soc: session: [src_ip, user]``. A directory names the address when it accepts a connection, and the refusal
only by the number of that connection; a database does the same by its process. Of each session the latest event of each
rule but the last is remembered; an event of the last rule is given the fields that it lacks, and the correlations above
see it with them. It is complete when the session has an event of the first rule.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from soc_agent.detect.correlate.entry import EVENTS, TIME, TURN, WHAT, WITNESS, Entry
from soc_agent.detect.correlate.spec import CorrelationSpec
from soc_agent.detect.correlate.window import ENTRY_COST_BYTES, GROUP_COST_BYTES, Completed, Windows
from soc_agent.errors import RuleError
from soc_agent.model import Event, Problem

FIELDS_CAP = 8
VALUE_CAP_CHARS = 256
"""A longer value is not carried: it would be another one when it is cut."""
_SEPARATOR = "\x00"

Given = tuple[str | None, ...]
"""The values of the fields that are carried, in their order."""


def split_session(document: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Take our ``soc: session:`` out of a correlation document; no fields where it says none.

    :raises RuleError: when it is not what it should be.
    """
    plain, soc = dict(document), document.get("soc")
    if not isinstance(soc, Mapping) or "session" not in soc:
        return plain, ()
    plain["soc"] = {name: value for name, value in soc.items() if name != "session"}
    fields = soc["session"]
    is_list = isinstance(fields, list) and 0 < len(fields) <= FIELDS_CAP
    if not is_list or not all(isinstance(field, str) and field for field in fields):
        raise RuleError(Problem("correlation.session", values={"reason": f"{fields!r:.100}"}))
    return plain, tuple(dict.fromkeys(fields))


def giver(fields: Sequence[str]) -> Callable[[Event], Given]:
    """Give what reads of an event the values that are carried."""

    def given(event: Event) -> Given:
        return tuple(_carried(event.fields.get(field)) for field in fields)

    return given


def within_host(key_of: Callable[[Event], str | None]) -> Callable[[Event], str | None]:
    """Give the maker of a key that is one host's: each counts its connections and processes from one."""

    def key(event: Event) -> str | None:
        own = key_of(event)
        return None if own is None else f"{event.host[:VALUE_CAP_CHARS]}{_SEPARATOR}{own}"

    return key


def with_given(event: Event, fields: Sequence[str], given: Given) -> Event:
    """Give an event the values of the fields that it lacks."""
    more = {
        field: value
        for field, value in zip(fields, given, strict=True)
        if value is not None and event.fields.get(field) in (None, "")
    }
    return msgspec.structs.replace(event, fields={**event.fields, **more}) if more else event


class Sessions(Windows):
    """The sessions of one correlation."""

    def __init__(self, spec: CorrelationSpec) -> None:
        super().__init__(spec)
        self._last = len(spec.rule_ids) - 1

    def take(self, key: str, entry: Entry) -> Completed | None:
        """Remember an event; where it is of the last rule, give the window with what the session said before."""
        if entry[WHAT] != self._last:
            self._remember(key, entry)
            return None
        begin_ns, end_ns = entry[TIME] - self._span_ns, entry[TIME]
        before = [old for old in self.groups.get(key, ()) if begin_ns <= old[TIME] <= end_ns]
        if not any(old[WHAT] == 0 for old in before):
            return None
        given: list[str | None] = [None] * len(self._spec.session)
        for old in before:  # the latest says last
            for place, value in enumerate(old[WITNESS]):
                if value is not None:
                    given[place] = value
        return Completed(1, before[0][TIME], entry[EVENTS], given=tuple(given))

    def _remember(self, key: str, entry: Entry) -> None:
        group = self.groups.get(key)
        if group is None:
            group = self.groups[key] = []
            self.cost_bytes += GROUP_COST_BYTES + len(key)
        for place, old in enumerate(group):
            if old[WHAT] == entry[WHAT]:
                if (old[TIME], old[TURN]) > (entry[TIME], entry[TURN]):
                    return
                self.cost_bytes -= self._cost(old)
                del group[place]
                break
        group.insert(bisect_left(group, (entry[TIME] + 1,)), entry)
        self.cost_bytes += self._cost(entry)
        self._oldest_ns = min(self._oldest_ns, entry[TIME])

    def _cost(self, entry: Entry) -> int:
        return ENTRY_COST_BYTES + sum(50 + len(value) for value in entry[WITNESS] if value is not None)

    def _cost_of(self, group: list[Entry]) -> int:
        return sum(map(self._cost, group))


def _carried(value: Any) -> str | None:
    if value is None or isinstance(value, (list, tuple, dict)):
        return None
    text = str(value)
    return text if 0 < len(text) <= VALUE_CAP_CHARS and text.isprintable() else None
