"""Sigma filters on the hits of indicators: a false positive is tuned out as one of a rule is.

The filter names the rule of the hits (``indicator_domain``, or its id); its log source is that of the events, and its
fields are theirs, with ``indicator.value``, ``indicator.source`` and the others that an alert of an indicator has. One
that names no rule speaks of rules with a log source, and is not for hits.
"""

from collections.abc import Sequence

from soc_agent.detect import ir
from soc_agent.detect.evaluate.leaf import Predicate
from soc_agent.detect.evaluate.predicate import compile_rule
from soc_agent.detect.evaluate.view import View
from soc_agent.detect.indicators.detections import RULE_IDS, RULE_NAMES, rule_infos
from soc_agent.model import Event, LogSource

_IDS = RULE_NAMES | {rule_id: rule_id for rule_id in RULE_IDS.values()}


def filtered_ids(names: Sequence[str]) -> tuple[str, ...]:
    """Give the ids of the rules of indicators among ids and names of rules."""
    return tuple(dict.fromkeys(_IDS[name.lower()] for name in names if name.lower() in _IDS))


class HitFilters:
    """Says which hits are let through."""

    def __init__(self, filters: Sequence[ir.Filter]) -> None:
        """:param filters: those that apply, and that name a rule of indicators."""
        self._filters: dict[str, list[tuple[LogSource, Predicate]]] = {}
        infos = rule_infos() if filters else {}
        for filter_ in filters:
            for rule_id in filtered_ids(filter_.rules):
                rule = ir.Rule(infos[rule_id], filter_.log_source, filter_.selections, filter_.condition)
                self._filters.setdefault(rule_id, []).append((filter_.log_source, compile_rule(rule)))

    def lets_through(self, rule_id: str, event: Event) -> bool:
        """Say whether a hit counts. ``event`` has the fields of the indicator too."""
        filters = self._filters.get(rule_id)
        if not filters:
            return True
        view = View(event)
        sources = event.log_sources or (LogSource(),)
        return all(predicate(view) or not any(map(source.applies_to, sources)) for source, predicate in filters)
