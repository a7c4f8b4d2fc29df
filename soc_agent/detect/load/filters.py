"""Filters laid over rules: false positives tuned out, each with an author, a reason and an end.

A filter changes what a rule matches, so it is for rules with a log source and a detection. It is not for correlations
(Sigma filters specification 2.1: the filter belongs to a log source; pySigma leaves correlations alone): one that names
a correlation is told to name the rules that the correlation builds on.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from soc_agent.detect import ir
from soc_agent.model import Problem, Where


class FilterAttributes(Struct, frozen=True, forbid_unknown_fields=True):
    """What a filter of ours says beyond Sigma, under its key ``soc``."""

    reason: str = ""
    reason_vi: str = ""
    expires: date | None = None
    """The last day on which it applies."""


class FilterState(StrEnum):
    """Whether a filter applies."""

    ACTIVE = "active"
    EXPIRED = "expired"
    """Its last day is over: it hides nothing any more."""
    IDLE = "idle"
    """The rules that it names are switched off."""
    UNUSED = "unused"
    """It fits no rule."""


class FilterInfo(Struct, frozen=True):
    """The face of a filter: what is tuned out, by whom, why and until when."""

    id: str
    title: str
    path: str
    line: int
    rules: tuple[str, ...]
    """Ids or names of rules as the filter has them; empty: every rule of its log source."""
    applies_to: tuple[str, ...]
    """Ids of the rules that it is laid over."""
    author: str
    reason: str
    reason_vi: str
    expires: date | None
    state: FilterState


class KnownRules(Struct, frozen=True):
    """What a filter may name, whether it runs or not."""

    rules: tuple[ir.Rule, ...]
    correlations: frozenset[str]
    """Ids and names of correlations, in lower case."""
    made: Callable[[Sequence[str]], tuple[str, ...]] = lambda _: ()
    """Gives the ids of rules that no file holds (those of the hits of indicators) among ids and names."""


class Filtered(Struct, frozen=True):
    """Rules with filters laid over them, and what there is to say of the filters."""

    rules: tuple[ir.Rule, ...]
    filters: tuple[FilterInfo, ...]
    problems: tuple[Problem, ...]
    notices: tuple[Problem, ...]
    on_made: tuple[ir.Filter, ...] = ()
    """Those that name rules which no file holds."""


def lay_over(filters: Sequence[ir.Filter], rules: Sequence[ir.Rule], known: KnownRules, today: date) -> Filtered:
    """Lay filters over the rules that they name, in order; those that expired before ``today`` are left out."""
    result = list(rules)
    infos: list[FilterInfo] = []
    problems: list[Problem] = []
    notices: list[Problem] = []
    on_made: list[ir.Filter] = []
    names = _names_of(known.rules)
    for filter_ in filters:
        made = known.made(filter_.rules)
        expires = date.fromisoformat(filter_.expires) if filter_.expires else None
        places = [place for place, rule in enumerate(result) if _fits(filter_, rule)]
        state = FilterState.ACTIVE
        if expires is not None and expires < today:
            state = FilterState.EXPIRED
            problems.append(_problem("expired", filter_, title=filter_.title, expires=filter_.expires))
        elif not places and not made and any(_fits(filter_, rule) for rule in known.rules):
            state = FilterState.IDLE
        elif not places and not made:
            state = FilterState.UNUSED
            where = Where(filter_.path, filter_.line)
            problems.append(Problem("rule.filter_unused", where, {"title": filter_.title}))
        else:
            for place in places:
                result[place] = with_filter(result[place], filter_)
            on_made += [filter_] if made else []
        notices.extend(_notices(filter_, names, known))
        applied = (*(result[place].info.id for place in places), *made) if state is FilterState.ACTIVE else ()
        infos.append(_info(filter_, applied, expires, state))
    return Filtered(tuple(result), tuple(infos), tuple(problems), tuple(notices), tuple(on_made))


def next_expiry(filters: Sequence[FilterInfo]) -> date | None:
    """Give the first day that is the last of a filter which applies; None when none ever ends."""
    ends = [found.expires for found in filters if found.expires is not None and found.state is not FilterState.EXPIRED]
    return min(ends, default=None)


def with_filter(rule: ir.Rule, filter_: ir.Filter) -> ir.Rule:
    """Give a rule with a filter laid over it: both conditions must hold."""
    prefix = f"{filter_.title}: "
    while any(name.startswith(prefix) for name in rule.selections):
        prefix = f"+{prefix}"
    selections = {prefix + name: node for name, node in filter_.selections.items()}
    condition = ir.And((rule.condition, _renamed(filter_.condition, prefix)))
    return replace(rule, selections=rule.selections | selections, condition=condition)


def _fits(filter_: ir.Filter, rule: ir.Rule) -> bool:
    wanted = {name.lower() for name in filter_.rules}
    named = not wanted or rule.info.id.lower() in wanted or (rule.name != "" and rule.name.lower() in wanted)
    return named and filter_.log_source.applies_to(rule.log_source)


def _names_of(rules: Sequence[ir.Rule]) -> frozenset[str]:
    return frozenset(name.lower() for rule in rules for name in (rule.info.id, rule.name) if name)


def _notices(filter_: ir.Filter, rules: frozenset[str], known: KnownRules) -> Iterator[Problem]:
    if not filter_.author:
        yield _problem("no_author", filter_, title=filter_.title)
    if not filter_.reason:
        yield _problem("no_reason", filter_, title=filter_.title)
    for name in filter_.rules:
        if name.lower() in known.correlations:
            yield _problem("correlation", filter_, title=filter_.title, name=name)
        elif name.lower() not in rules and not known.made([name]):
            yield _problem("unknown_rule", filter_, title=filter_.title, name=name)


def _problem(code: str, filter_: ir.Filter, **values: str) -> Problem:
    return Problem(f"tuning.{code}", Where(filter_.path, filter_.line), dict(values))


def _info(filter_: ir.Filter, applied: tuple[str, ...], expires: date | None, state: FilterState) -> FilterInfo:
    return FilterInfo(
        id=filter_.id,
        title=filter_.title,
        path=filter_.path,
        line=filter_.line,
        rules=filter_.rules,
        applies_to=applied,
        author=filter_.author,
        reason=filter_.reason,
        reason_vi=filter_.reason_vi,
        expires=expires,
        state=state,
    )


def _renamed(node: ir.Node, prefix: str) -> ir.Node:
    if isinstance(node, ir.Ref):
        return ir.Ref(prefix + node.name)
    if isinstance(node, ir.Not):
        return ir.Not(_renamed(node.node, prefix))
    if isinstance(node, ir.Item):
        return node
    nodes = tuple(_renamed(child, prefix) for child in node.nodes)
    return ir.And(nodes) if isinstance(node, ir.And) else ir.Or(nodes)
