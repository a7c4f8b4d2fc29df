"""Correlations, events and a way to feed them, for the tests of this folder."""

from collections.abc import Sequence
from typing import Any

from soc_agent.detect.correlate import Check, CorrelationSpec, Correlator, StateChange
from soc_agent.detect.correlate.spec import Kind, Operator, Term
from soc_agent.detect.hit import EventRef
from soc_agent.model import Detection, Event, RuleInfo, RuleKind

SECOND = 1_000_000_000
DAY_S = 86_400


def make_spec(
    kind: Kind = "event_count",
    op: Operator = "gte",
    count: float = 3,
    *,
    rule_id: str = "many",
    rules: tuple[str, ...] = ("base",),
    timespan_s: int = 60,
    group_by: tuple[str, ...] = ("src_ip",),
    field: tuple[str, ...] = (),
    aliases: dict[str, dict[str, str]] | None = None,
    more: tuple[Check, ...] = (),
    generate: bool = False,
    entity: tuple[str, ...] = (),
    percentile: int = 50,
    terms: tuple[Term, ...] = (),
    expression: str = "",
    learn_s: int = 0,
) -> CorrelationSpec:
    return CorrelationSpec(
        info=RuleInfo(id=rule_id, title=rule_id, kind=RuleKind.CORRELATION, entity=entity),
        kind=kind,
        rule_ids=rules,
        timespan_ns=timespan_s * SECOND,
        checks=(Check("gte", 1),) if terms else (Check(op, count), *more),
        generate=generate,
        group_by=group_by,
        aliases=aliases or {},
        value_fields=field,
        percentile=percentile,
        terms=terms,
        expression=expression,
        learn_ns=learn_s * SECOND,
    )


def make_event(time_s: float, *, repeat: int = 1, **fields: Any) -> Event:
    """:param repeat: how many events the line stands for."""
    raw = f"{time_s} {fields}".encode()
    named = {name.replace("__", "."): value for name, value in fields.items()}
    return Event(raw, raw.decode(), "test", (), named, time_ns=round(time_s * SECOND), host="web01", repeat=repeat)


class Feeder:
    """Feeds events as an engine does: each with its place in its stream."""

    def __init__(self, correlator: Correlator) -> None:
        self.correlator = correlator
        self.offset = 0
        self.state: dict[tuple[str, str], StateChange] = {}

    def feed(self, time_s: float, *rules: str, stream: str = "s", **fields: Any) -> list[Detection]:
        event = make_event(time_s, **({"src_ip": "10.0.0.1"} | fields))
        ref = EventRef("src", stream, stream, self.offset + 1, self.offset, event.raw)
        self.offset += 1
        found = []
        for rule in rules or ("base",):
            found += self.correlator.feed(rule, event, ref)
        return found

    def groups(self, number: int = 0) -> dict[str, Any]:
        """Give the groups of one of the correlations."""
        return self.correlator._books.all[number].groups

    def commit(self) -> None:
        for change in self.correlator.take_changes():
            if change.data is None:
                self.state.pop((change.rule_id, change.group), None)
            else:
                self.state[change.rule_id, change.group] = change

    def restart(self, specs: Sequence[CorrelationSpec], **bounds: Any) -> None:
        self.correlator = Correlator(specs, **bounds)
        self.correlator.restore(self.state.values())


def feeder(*specs: CorrelationSpec, **bounds: Any) -> Feeder:
    return Feeder(Correlator(specs, **bounds))
