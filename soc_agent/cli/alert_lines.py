"""The lines of stored alerts as events again: decoded as their source is configured now."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from zoneinfo import ZoneInfoNotFoundError

from collectors.archive import read_header
from collectors.columns import TYPES, leading_header
from soc_agent.cli.content import own_decoders
from soc_agent.config import (
    AUTO,
    Config,
    FileSource,
    HostSource,
    IntegritySource,
    PacketSource,
    PortalSource,
    WatchSource,
    zone_of,
)
from soc_agent.decode import Context, guess_type
from soc_agent.detect import RuleSet, ir
from soc_agent.detect.evaluate.predicate import compile_rule
from soc_agent.detect.evaluate.view import View
from soc_agent.detect.tune.propose import Case, Verdict
from soc_agent.model import Alert, Event, Status
from soc_agent.store import Evidence

_VERDICTS = {Status.ACKNOWLEDGED: Verdict.TRUE, Status.CLOSED: Verdict.TRUE, Status.FALSE_POSITIVE: Verdict.FALSE}


def context_of(config: Config, name: str, line: bytes, time_ns: int, place: str = "") -> Context:
    """Give what a line of the source ``name`` does not say itself.

    :param place: the file that it stands in. Columns are named by the header of that file as it is now.
    """
    source = next((source for source in config.sources if source.name == name), None)
    kind = getattr(source, "type", "auto")
    if isinstance(source, PacketSource):
        kind = "zeek"
    elif isinstance(source, WatchSource):
        kind = "yara"
    elif isinstance(source, IntegritySource):
        kind = "integrity"
    elif isinstance(source, PortalSource):
        kind = "portal"
    elif isinstance(source, HostSource):
        kind = "host"
    try:
        zone = zone_of(getattr(source, "timezone", ""))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = zone_of(config.timezone)
    header = read_header(Path(place)) if place and isinstance(source, FileSource) and kind in (AUTO, *TYPES) else b""
    if kind == AUTO:
        kind = guess_type(leading_header(header) or line)
    return Context(name, kind, zone, time_ns, getattr(source, "host", ""), header=header if kind in TYPES else b"")


def rules_behind(rules: RuleSet, rule_id: str) -> list[ir.Rule]:
    """Give a rule; of a correlation, the rules that it builds on. They are what a filter can change."""
    by_id = {rule.info.id: rule for rule in rules.rules}
    correlations = {spec.info.id: spec for spec in rules.correlations}
    found: dict[str, ir.Rule] = {}
    waiting, seen = [rule_id], set()
    while waiting:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        if name in by_id:
            found[name] = by_id[name]
        elif name in correlations:
            waiting.extend(correlations[name].rule_ids)
    return list(found.values())


class CaseReader:
    """Makes cases of alerts: which of their lines the rules find, and what people made of them."""

    def __init__(self, rules: Sequence[ir.Rule], config: Config, folder: Path) -> None:
        """:param folder: where the relative paths of the configuration begin."""
        self._rules = [(rule.log_source, compile_rule(rule)) for rule in rules]
        self._config = config
        self._decoders = own_decoders(config, folder)

    def case(self, alert: Alert, evidence: Iterable[Evidence], chosen: Iterable[int]) -> Case:
        """Give the case of an alert; those ``chosen`` are the false positives that are to be tuned out."""
        verdict = _VERDICTS.get(alert.status, Verdict.OPEN)
        if alert.id in chosen:
            verdict = Verdict.FALSE
        elif verdict is Verdict.FALSE:
            verdict = Verdict.OPEN  # another false positive: it may go, but nobody asked for it
        return Case(alert.id, verdict, tuple(self._events(evidence)))

    def _events(self, evidence: Iterable[Evidence]) -> Iterator[Event]:
        for line in evidence:
            context = context_of(self._config, line.source, line.raw, line.time_ns, line.stream)
            event = self._decoders.decode(line.raw, context)
            view = View(event)
            for source, predicate in self._rules:
                if any(map(source.applies_to, event.log_sources)) and predicate(view):
                    yield event
                    break
