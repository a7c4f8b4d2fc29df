"""What the rules cover: which can fire here, which never can and why, and which ATT&CK techniques are looked for."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from enum import StrEnum

from msgspec import Struct

from soc_agent.detect.correlate import CorrelationSpec
from soc_agent.detect.ruleset import RuleSet
from soc_agent.enrich import PLACE_FIELDS
from soc_agent.model import LogSource, Problem, RuleInfo, RuleKind
from soc_agent.text.explanation import source_words


class Standing(StrEnum):
    """How a rule stands, what can fire first."""

    RUNS = "runs"
    NEEDS_LIST = "needs_list"
    """It has placeholders for which there is no list."""
    NO_DECODER = "no_decoder"
    """No decoder yields its log source."""
    NOT_COLLECTED = "not_collected"
    """Decoders know its log source, but no configured source collects it."""
    NEEDS_DATABASE = "needs_database"
    """It groups by or counts what an address database knows, and none is configured."""
    NO_BASE = "no_base"
    """It counts events of rules that can never fire."""
    NOT_CHOSEN = "not_chosen"
    """It is in no profile that the configuration names."""
    DISABLED = "disabled"
    REFUSED = "refused"


class Standings(Struct, frozen=True):
    """One rule, and how it stands."""

    standing: Standing
    title: str
    id: str = ""
    path: str = ""
    line: int = 0
    kind: RuleKind = RuleKind.SIGMA
    tags: tuple[str, ...] = ()
    detail: str = ""
    """What keeps it from firing, in a word or two: the names of lists, its log source, the code of a problem."""
    problem: Problem | None = None
    """Why it is refused."""


class Coverage(Struct, frozen=True):
    """Every rule that was found, each once."""

    rules: tuple[Standings, ...]

    def counts(self) -> dict[Standing, int]:
        """Give how many rules stand how."""
        counted = Counter(rule.standing for rule in self.rules)
        return {standing: counted[standing] for standing in Standing}

    def details(self, standing: Standing) -> list[tuple[str, int]]:
        """Give what keeps rules of one standing from firing, and how many, the most first."""
        counted = Counter(rule.detail for rule in self.rules if rule.standing is standing)
        return sorted(counted.items(), key=lambda item: (-item[1], item[0]))


def coverage_of(
    rules: RuleSet,
    *,
    known: Collection[LogSource],
    collected: Collection[LogSource] | None = None,
    places: bool = True,
    disabled: Collection[str] = (),
    unchosen: Collection[str] = (),
    yara: Collection[RuleInfo] = (),
    yara_runs: bool = True,
    yara_problems: Collection[Problem] = (),
    made: Collection[RuleInfo] = (),
) -> Coverage:
    """Give the coverage of a rule set, which was loaded with no rule disabled.

    :param known: every log source that some decoder yields.
    :param collected: those that the configured sources can yield; None when there is no configuration.
    :param unchosen: ids of rules that no profile takes.
    :param places: whether there is a database of countries or autonomous systems.
    :param made: rules that no file holds and that run: those of the hits of indicators.
    :param yara: YARA rules beside the set; ``yara_runs`` says whether anything is scanned.
    """
    off = dict.fromkeys(unchosen, Standing.NOT_CHOSEN)
    off |= dict.fromkeys((rule_id.lower() for rule_id in disabled), Standing.DISABLED)
    found: list[Standings] = []
    standing: dict[str, Standing] = {}
    can: dict[LogSource, Standing] = {}
    for rule in rules.rules:
        source = rule.log_source
        if source not in can:
            can[source] = _standing_of(source, known, collected)
        how = off.get(rule.info.id.lower(), can[source])
        standing[rule.info.id] = how
        detail = source_words(source) if how in (Standing.NO_DECODER, Standing.NOT_COLLECTED) else ""
        found.append(_of_info(rule.info, how, detail, rule.line))
    found += _correlations(rules, standing, off, places=places)
    for info in yara:
        how = off.get(info.id.lower(), Standing.RUNS if yara_runs else Standing.NOT_COLLECTED)
        found.append(_of_info(info, how, "yara" if how is Standing.NOT_COLLECTED else ""))
    found += [_of_info(info, off.get(info.id.lower(), Standing.RUNS)) for info in made]
    found += _refused(rules)
    found += [_of_problem(problem) for problem in yara_problems]
    return Coverage(tuple(found))


def _standing_of(source: LogSource, known: Collection[LogSource], collected: Collection[LogSource] | None) -> Standing:
    if not any(map(source.applies_to, known)):
        return Standing.NO_DECODER
    if collected is not None and not any(map(source.applies_to, collected)):
        return Standing.NOT_COLLECTED
    return Standing.RUNS


def _of_info(info: RuleInfo, standing: Standing, detail: str = "", line: int = 0) -> Standings:
    return Standings(standing, info.title, info.id, info.path, line, info.kind, info.tags, detail)


def _correlations(
    rules: RuleSet, standing: Mapping[str, Standing], off: Mapping[str, Standing], *, places: bool
) -> Iterator[Standings]:
    """Yield the correlations: those of rules, then those of correlations that are known by then."""
    known = dict(standing)
    specs = {spec.info.id: spec for spec in rules.correlations}

    def fires(rule_id: str) -> bool:
        if rule_id not in known and rule_id in specs:
            known[rule_id] = _of_correlation(specs[rule_id], off, fires, places=places)
        # what is neither may be a finding or an indicator, which is made when a line says so
        return known.get(rule_id, Standing.RUNS) is Standing.RUNS

    for spec in rules.correlations:
        fires(spec.info.id)
        how = known[spec.info.id]
        dead = [rule_id for rule_id in spec.rule_ids if not fires(rule_id)] if how is Standing.NO_BASE else []
        detail = ", ".join(rules.infos[rule_id].title for rule_id in dead if rule_id in rules.infos)
        if how is Standing.NEEDS_DATABASE:
            detail = ", ".join(sorted(_place_fields(spec)))
        yield _of_info(spec.info, how, detail)


def _place_fields(spec: CorrelationSpec) -> frozenset[str]:
    named = (
        *spec.group_by,
        *spec.value_fields,
        *(field for alias in spec.aliases.values() for field in alias.values()),
    )
    return PLACE_FIELDS.intersection(named)


def _of_correlation(
    spec: CorrelationSpec, off: Mapping[str, Standing], fires: Callable[[str], bool], *, places: bool
) -> Standing:
    if (how := off.get(spec.info.id.lower())) is not None:
        return how
    if not places and _place_fields(spec):
        return Standing.NEEDS_DATABASE
    firing = {number for number, rule_id in enumerate(spec.rule_ids) if fires(rule_id)}
    if spec.terms:
        can = any(firing.issuperset(term.present) for term in spec.terms)
    elif spec.kind.startswith("temporal"):
        least = max((check.least for check in spec.checks), default=len(spec.rule_ids))
        can = len(firing) >= min(least, len(spec.rule_ids))
    else:
        can = bool(firing)
    return Standing.RUNS if can else Standing.NO_BASE


_REFUSING = ("rule.duplicate_id", "rule.unreadable", "rule.not_a_file", "rule.no_such_path")


def _refused(rules: RuleSet) -> Iterator[Standings]:
    told: set[str] = set()
    for refused in rules.refused:
        told.update(map(repr, refused.problems))
        first = refused.problems[0] if refused.problems else Problem("rule.invalid", values={"reason": ""})
        lists = [problem for problem in refused.problems if problem.code == "rule.placeholder"]
        if lists and len(lists) == len(refused.problems):
            names = ", ".join(str(problem.values["names"]) for problem in lists)
            how, detail = Standing.NEEDS_LIST, names
        else:
            how, detail = Standing.REFUSED, first.code
        yield Standings(
            how, refused.title, refused.id, refused.path, refused.line, tags=refused.tags, detail=detail, problem=first
        )
    # what only putting files together finds wrong: one problem a rule
    for problem in rules.problems:
        is_refusal = problem.code in _REFUSING or problem.code.startswith("correlation.")
        if is_refusal and repr(problem) not in told:
            yield _of_problem(problem)


def _of_problem(problem: Problem) -> Standings:
    where = problem.where
    title = str(problem.values.get("title") or problem.values.get("id") or "")
    return Standings(Standing.REFUSED, title, "", where.file, where.line, detail=problem.code, problem=problem)
