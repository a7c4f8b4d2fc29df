"""What was read from single files becomes one set: duplicates, filters, references of correlations, who is silent."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from msgspec.structs import replace

from soc_agent.detect import ir
from soc_agent.detect.correlate import CorrelationSpec, find_cycles
from soc_agent.detect.indicators import RULE_NAMES
from soc_agent.detect.indicators.filters import filtered_ids
from soc_agent.detect.load.cache import CorrelationEntry, FileEntry
from soc_agent.detect.load.filters import KnownRules, lay_over
from soc_agent.detect.load.info import UNSET_S
from soc_agent.detect.load.profiles import EVERYTHING, Selection
from soc_agent.detect.ruleset import RuleSet
from soc_agent.model import Problem, RuleInfo, Where


def assemble(
    entries: Sequence[FileEntry],
    problems: Sequence[Problem],
    *,
    disabled: Collection[str],
    default_suppress_s: int,
    today: date,
    selection: Selection = EVERYTHING,
) -> RuleSet:
    """Put the entries of all files together. Of two rules with one id the first counts, the other is a problem.

    Filters that expired before ``today`` do not apply.
    """
    found = [*problems, *(problem for entry in entries for problem in entry.problems)]
    off = frozenset(rule_id.lower() for rule_id in (*disabled, *selection.unwanted(entries)))
    places: dict[str, Where] = {}
    rules = [
        _with_suppression(rule, default_suppress_s)
        for entry in entries
        for rule in entry.rules
        if _is_new(rule.info, rule.line, places, found) and rule.info.id.lower() not in off
    ]
    correlations = [
        correlation
        for entry in entries
        for correlation in entry.correlations
        if _is_new(correlation.spec.info, correlation.line, places, found)
    ]
    silent = _silent(correlations, _ids(rules, correlations))
    running = [correlation for correlation in correlations if correlation.spec.info.id.lower() not in off]
    specs = _bound(running, rules, default_suppress_s, found)
    filters = [filter_ for entry in entries for filter_ in entry.filters]
    filtered = lay_over(filters, rules, _known(entries), today)
    infos = {rule.info.id: rule.info for rule in rules} | {spec.info.id: spec.info for spec in specs}
    return RuleSet(
        filtered.rules,
        tuple(specs),
        infos,
        (*found, *filtered.problems),
        silent,
        refused=tuple(refused for entry in entries for refused in entry.refused),
        filters=filtered.filters,
        notices=filtered.notices,
        hit_filters=filtered.on_made,
    )


def _known(entries: Sequence[FileEntry]) -> KnownRules:
    """Give every rule and correlation that was read, whether it runs or not."""
    return KnownRules(
        tuple(rule for entry in entries for rule in entry.rules),
        frozenset(
            name.lower()
            for entry in entries
            for correlation in entry.correlations
            for name in (correlation.spec.info.id, correlation.name)
            if name
        ),
        filtered_ids,
    )


def _is_new(info: RuleInfo, line: int, places: dict[str, Where], problems: list[Problem]) -> bool:
    where = Where(info.path, line, "id")
    first = places.setdefault(info.id, where)
    if first is not where:
        problems.append(Problem("rule.duplicate_id", where, {"id": info.id, "other": f"{first.file}:{first.line}"}))
    return first is where


def _with_suppression(rule: ir.Rule, default_s: int) -> ir.Rule:
    return replace(rule, info=_info(rule.info, default_s)) if rule.info.suppress_s == UNSET_S else rule


def _info(info: RuleInfo, default_s: int) -> RuleInfo:
    return replace(info, suppress_s=default_s) if info.suppress_s == UNSET_S else info


def _bound(
    entries: Sequence[CorrelationEntry], rules: Sequence[ir.Rule], default_s: int, problems: list[Problem]
) -> list[CorrelationSpec]:
    """Give the correlations with ids in the place of references; those that refer to nothing are problems.

    Dropping one may leave another without what it refers to, so this goes on until nothing is dropped.
    """
    entries = list(entries)
    while True:
        ids = _ids(rules, entries)
        specs = [_resolve(entry.spec, ids, default_s) for entry in entries]
        cycles = find_cycles(spec for spec in specs if isinstance(spec, CorrelationSpec))
        kept: list[CorrelationEntry] = []
        for entry, spec in zip(entries, specs, strict=True):
            fault = spec if isinstance(spec, Problem) else None
            if entry.spec.info.id in cycles:
                fault = Problem("correlation.cycle", values={"id": entry.spec.info.id})
            if fault is None:
                kept.append(entry)
            else:
                where = Where(entry.spec.info.path, entry.line, "correlation")
                problems.append(Problem(fault.code, where, fault.values))
        if len(kept) == len(entries):
            return [spec for spec in specs if isinstance(spec, CorrelationSpec)]
        entries = kept


def _ids(rules: Sequence[ir.Rule], entries: Sequence[CorrelationEntry]) -> dict[str, str]:
    """Give names and ids, in lower case, to ids. An id counts before a name."""
    named = [*RULE_NAMES.items(), *((rule.name, rule.info.id) for rule in rules)]
    named += [(entry.name, entry.spec.info.id) for entry in entries]
    return {name.lower(): rule_id for name, rule_id in named if name} | {
        rule_id.lower(): rule_id for _, rule_id in named
    }


def _resolve(spec: CorrelationSpec, ids: Mapping[str, str], default_s: int) -> CorrelationSpec | Problem:
    references = [*spec.rule_ids, *(reference for fields in spec.aliases.values() for reference in fields)]
    for reference in references:
        if reference.lower() not in ids:
            return Problem("correlation.unknown_rule", values={"reference": reference})
    rule_ids = tuple(ids[reference.lower()] for reference in spec.rule_ids)
    if spec.kind == "temporal" and len(set(rule_ids)) < len(rule_ids):
        return Problem("correlation.repeated_rule")
    aliases = {
        alias: {ids[reference.lower()]: field for reference, field in fields.items()}
        for alias, fields in spec.aliases.items()
    }
    return replace(spec, info=_info(spec.info, default_s), rule_ids=rule_ids, aliases=aliases)


def _silent(entries: Sequence[CorrelationEntry], ids: Mapping[str, str]) -> frozenset[str]:
    """Give the ids of what correlations refer to, but for what one of them wants to be heard (``generate``).

    Also what a correlation that does not run refers to: nobody wants an alert for each event that it would count.
    """
    heard: set[str] = set()
    quiet: set[str] = set()
    for spec in (entry.spec for entry in entries):
        referred = {ids[reference.lower()] for reference in spec.rule_ids if reference.lower() in ids}
        (heard if spec.generate else quiet).update(referred)
    return frozenset(quiet - heard)
