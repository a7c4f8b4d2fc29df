"""From false positives to the condition of a filter: what they share, and what tells them from the true ones.

Only fields that stay the same from one time to the next are looked at: no times, ports, process ids, sizes. The
condition is the narrowest that is still of use: what is needed to leave the true ones alone, and all that the
false positives share in fields that name somebody or something, as far as not every other alert shares it too.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from msgspec import Struct

from soc_agent.detect import ir
from soc_agent.model import Event
from soc_agent.model.entity import ENTITY_FIELDS

Value = str | int | bool
CLAUSES = 4
"""So many clauses a proposal has at most: with more it fits the past alone."""
_LISTED = 10
"""A list of more values is no pattern."""
_VALUE_CAP_CHARS = 200
_SHORTEST_PART = 6
"""A shared beginning or end shorter than this may be chance."""
_V4_PREFIX, _V6_PREFIX = 24, 64
"""A network wider than this is not one place."""

_UNSTABLE = re.compile(
    r"(?:time|date|timestamp|pid|port|guid|uuid|sequence|seq|duration|bytes|size|length|count|serial|repeat|offset"
    r"|logonid|sessionid|session|recordid|processid|threadid|logonguid|_p|(?:^|[._-])(?:ts|id|uid|tid|ses|line))$",
    re.IGNORECASE,
)
_NAMED = frozenset(name for kind, names in ENTITY_FIELDS.items() if kind != "dst_port" for name in names)
_TELLING = re.compile(
    r"command|cmd|image|process|exe|path|file|url|uri|query|agent|referer|hash|signer|company|product|target|object|key"
    r"|service|task|pipe|domain|host|computer|user|account|group|address|ip$|name$",
    re.IGNORECASE,
)
_WHOLE = frozenset({"message", "msg", "raw", "text", "log", "event.original", "_raw"})
_EDGE = re.compile(r"[/\\ ._:@-]")


class Verdict(StrEnum):
    """What people made of an alert."""

    FALSE = "false"
    """One of the false positives that the filter is for."""
    TRUE = "true"
    """Taken on, or closed as handled: it must stay."""
    OPEN = "open"
    """Nobody has judged it."""


class Case(Struct, frozen=True):
    """An alert, and those of its lines that its rule finds."""

    alert_id: int
    verdict: Verdict
    events: tuple[Event, ...]


class Clause(Struct, frozen=True):
    """One thing that the false positives share."""

    field: str
    modifier: str
    """Empty: the whole value; else ``cidr``, ``startswith`` or ``endswith``."""
    values: tuple[Value, ...]
    """One of these."""

    def holds(self, event: Event) -> bool:
        """Whether it is so of an event."""
        return any(self._fits(value) for value in _values(event, self.field))

    def _fits(self, value: Value) -> bool:
        if not self.modifier:
            return any(_same(value, wanted) for wanted in self.values)
        text, wanted = str(value).lower(), [str(each).lower() for each in self.values]
        if self.modifier == "cidr":
            address = _address(text)
            return address is not None and any(address in ip_network(network) for network in wanted)
        return text.startswith(tuple(wanted)) if self.modifier == "startswith" else text.endswith(tuple(wanted))


class Proposal(Struct, frozen=True):
    """A condition that all false positives meet."""

    clauses: tuple[Clause, ...]
    """All must hold."""
    spares: bool
    """Whether not one event of a true alert meets it."""


def propose(rules: Sequence[ir.Rule], cases: Sequence[Case]) -> Proposal | None:
    """Give the condition of a filter for ``rules``; None when the false positives share nothing that says who or what.

    ``cases`` are the alerts of the rules, the false positives among them.
    """
    false = [case for case in cases if case.verdict is Verdict.FALSE and case.events]
    true = [event for case in cases if case.verdict is Verdict.TRUE for event in case.events]
    clauses = sorted(_shared(false, _fixed(rules)), key=_rank)
    chosen: list[Clause] = []
    left = true
    while left:
        best = max(clauses, key=lambda clause: sum(not clause.holds(event) for event in left), default=None)
        if best is None or all(best.holds(event) for event in left):
            break
        chosen.append(best)
        left = [event for event in left if best.holds(event)]
    others = [event for case in cases if case.verdict is not Verdict.FALSE for event in case.events]
    naming = [clause for clause in clauses if _rank(clause)[0] < _OTHER and clause not in chosen]
    telling = [clause for clause in naming if not others or any(not clause.holds(event) for event in others)]
    chosen += (telling if chosen or telling else naming)[: max(0, CLAUSES - len(chosen))]
    if not chosen:
        return None
    return Proposal(tuple(sorted(chosen, key=_rank)), not left)


_OTHER = 2


def _rank(clause: Clause) -> tuple[int, int, str]:
    """Sort what names somebody or something first, then one value before several."""
    kind = 0 if clause.field in _NAMED else 1 if _TELLING.search(clause.field) else _OTHER
    return kind, len(clause.values) + (len(clause.values) > 1 or bool(clause.modifier)), clause.field


def _fixed(rules: Sequence[ir.Rule]) -> frozenset[str]:
    """Give the fields that the rules themselves demand one value of: to demand it again says nothing."""
    return frozenset(
        item.field
        for rule in rules
        for item in _items(rule.selections.values())
        if len(item.tests) == 1
        and isinstance(item.tests[0], ir.Text)
        and not any(isinstance(part, int) for part in item.tests[0].parts)
    )


def _items(nodes: Iterable[ir.Node]) -> Iterator[ir.Item]:
    for node in nodes:
        if isinstance(node, ir.Item):
            yield node
        elif isinstance(node, (ir.And, ir.Or)):
            yield from _items(node.nodes)


def _shared(false: Sequence[Case], fixed: frozenset[str]) -> Iterator[Clause]:
    events = [event for case in false for event in case.events]
    if not events:
        return
    for field in events[0].fields:
        if field in fixed or not _is_stable(field):
            continue
        each = [_values(event, field) for event in events]
        if all(each) and (clause := _clause(field, each, len(false))) is not None:
            yield clause


def _is_stable(field: str) -> bool:
    # a name with a bar cannot be written in Sigma: what follows would be a modifier
    return bool(field) and "|" not in field and field.lower() not in _WHOLE and not _UNSTABLE.search(field)


def _clause(field: str, each: Sequence[tuple[Value, ...]], alerts: int) -> Clause | None:
    common = [value for value in each[0] if all(any(_same(value, other) for other in values) for values in each)]
    if common:
        return Clause(field, "", (common[0],))
    if any(len(values) > 1 for values in each):
        return None
    found: dict[str, Value] = {}
    for (value,) in each:
        found.setdefault(str(value).lower(), value)
    texts = sorted(found)
    part = _network(texts) or _part(texts)
    if part is not None and len(texts) > _FEW:
        return Clause(field, *part)
    # as many values as alerts: that is a list of what happened, nothing shared
    if len(texts) <= min(_LISTED, max(_FEW, alerts // 2)):
        return Clause(field, "", tuple(found[text] for text in texts))
    return None


_FEW = 3


def _network(texts: Sequence[str]) -> tuple[str, tuple[Value, ...]] | None:
    addresses = [_address(text) for text in texts]
    if any(address is None for address in addresses):
        return None
    versions = {address.version for address in addresses if address is not None}
    if len(versions) != 1:
        return None
    widest = _V4_PREFIX if versions == {4} else _V6_PREFIX
    network: IPv4Network | IPv6Network = ip_network(f"{texts[0]}/{widest}", strict=False)
    if not all(address in network for address in addresses):
        return None
    return "cidr", (str(network),)


def _part(texts: Sequence[str]) -> tuple[str, tuple[Value, ...]] | None:
    """Give a shared beginning or end that stops at an edge of words."""
    beginning = _beginning(texts)
    end = _beginning([text[::-1] for text in texts])[::-1]
    edges = [found.end() for found in _EDGE.finditer(beginning)]
    beginning = beginning[: edges[-1]] if edges else ""
    edge = _EDGE.search(end)
    end = end[edge.start() :] if edge else ""
    if max(len(beginning), len(end)) < _SHORTEST_PART:
        return None
    return ("startswith", (beginning,)) if len(beginning) >= len(end) else ("endswith", (end,))


def _beginning(texts: Sequence[str]) -> str:
    first, last = min(texts), max(texts)
    same = next((place for place, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), None)
    return first if same is None else first[:same]


def _values(event: Event, field: str) -> tuple[Value, ...]:
    """Give the values of a field that a filter can name."""
    fields: Mapping[str, object] = event.fields
    value = fields.get(field)
    items = value if isinstance(value, (list, tuple)) else (value,)
    return tuple(
        item
        for item in items
        if (isinstance(item, str) and item not in ("", "-") and len(item) <= _VALUE_CAP_CHARS)
        or isinstance(item, (bool, int))
    )


def _same(one: Value, other: Value) -> bool:
    """Whether two values are one for Sigma, which does not look at case."""
    if isinstance(one, str) and isinstance(other, str):
        return one.lower() == other.lower()
    return type(one) is type(other) and one == other


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
