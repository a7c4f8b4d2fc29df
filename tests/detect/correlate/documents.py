"""Correlation documents and lines for them, as hypothesis draws them; and what the program makes of both."""

from datetime import date
from typing import Any

import yaml
from hypothesis import strategies as st

from soc_agent.detect.correlate import CorrelationSpec, Correlator, StateChange
from soc_agent.detect.hit import EventRef
from soc_agent.detect.load.assemble import assemble
from soc_agent.detect.load.cache import CorrelationEntry, FileEntry
from soc_agent.detect.load.correlations import parse_correlation
from soc_agent.detect.load.documents import Document, documents_of
from soc_agent.model import Detection, Event
from tests.detect.correlate.oracle import COUNTRIES, KNOWN, SECOND, Found, Line
from tests.detect.making import parse

BASES = ("a", "b", "c", "d")
GROUPS = ("src_ip", "user", "peer", KNOWN)
OPERATORS = st.sampled_from(["gte", "gte", "gt", "lt", "lte", "eq", "neq"])
KINDS = (
    *("event_count", "event_count", "value_count", "value_sum", "value_avg", "value_median", "value_percentile"),
    *("temporal", "temporal_ordered"),
)
_BASE_RULES = tuple(
    parse(
        f"title: {name}\nname: {name}\nlogsource: {{product: linux}}\ndetection: {{s: {{e: {name}}}, condition: s}}"
    ).rule
    for name in BASES
)


@st.composite
def document_sets(draw: st.DrawFn, *, waiting: bool = True, chained: bool = True) -> list[dict[str, Any]]:
    """Draw one to six correlations, each over rules and over correlations drawn before; in any order.

    :param waiting: whether some say what must not happen.
    :param chained: whether there may be correlations over these.
    """
    made: list[dict[str, Any]] = []
    waits: set[str] = set()
    levels = dict.fromkeys(BASES, 0)
    for number in range(draw(st.integers(1, 6))):
        known = [name for name, level in levels.items() if level < 3 and (chained or name not in waits)]
        names = draw(st.lists(st.sampled_from(known), min_size=1, max_size=3, unique=True))
        document = draw(documents(f"k{number}", names, waiting=waiting and (chained or not waits & set(names))))
        levels[document["name"]] = 1 + max(levels[name] for name in names)
        if any(absent for _, absent in document.get("terms", ())) or waits & set(names):
            waits.add(document["name"])
        made.append(document)
    return draw(st.permutations(made))


@st.composite
def documents(draw: st.DrawFn, name: str, rules: list[str], *, waiting: bool) -> dict[str, Any]:
    """Draw one correlation over rules."""
    kind = draw(st.sampled_from(KINDS))
    section: dict[str, Any] = {
        "type": kind,
        "rules": rules,
        "timespan": f"{draw(st.integers(1, 15) | st.integers(15, 60))}s",
    }
    document: dict[str, Any] = {"title": name, "name": name, "correlation": section}
    if kind.startswith("temporal"):
        terms = draw(term_lists(rules, waiting=waiting)) if len(rules) > 1 and draw(st.booleans()) else []
        if terms:
            document["terms"] = terms
            section["condition"] = " or ".join(map(written, terms))
        elif len(rules) > 1 and draw(st.booleans()):
            section["condition"] = {draw(st.sampled_from(["gte", "eq", "neq"])): draw(st.integers(1, len(rules)))}
    else:
        section["condition"] = draw(conditions(kind))
    if kind == "value_count" and draw(st.integers(0, 3)) == 0:
        document["soc"] = {"first_seen": {"learn": "0"}}
        section["condition"] = {"gte": 1, "field": section["condition"]["field"]}
        section["timespan"] = "9d"
    names = draw(st.lists(st.sampled_from(("who", *GROUPS)), max_size=draw(st.sampled_from([0, 1, 1, 3])), unique=True))
    if names:
        section["group-by"] = names
    if "who" in names:
        fields = st.sampled_from(("src_ip", "user", "peer"))
        section["aliases"] = {"who": {rule: draw(fields) for rule in rules}}
    if draw(st.booleans()):
        section["generate"] = draw(st.booleans())
    return document


@st.composite
def conditions(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """Draw comparisons, one or a range, with what the type needs besides."""
    if kind in ("event_count", "value_count"):
        first: dict[str, Any] = {draw(OPERATORS): draw(st.integers(2, 4))}
        found: dict[str, Any] = draw(st.sampled_from([first, first, {"gt": 1, "lte": 5}, {"gte": 2, "neq": 3}]))
    else:
        numbers: st.SearchStrategy[float] = st.integers(-5, 20) | st.sampled_from([0.5, 1.25, 2**53])
        first = {draw(OPERATORS): draw(numbers)}
        found = draw(st.sampled_from([first, first, {"gt": -1, "lt": 8}]))
    if kind == "value_count":
        found = {**found, "field": draw(st.sampled_from(["user", "peer", ["user", "peer"], KNOWN]))}
    elif kind != "event_count":
        found = {**found, "field": "n"}
    if kind == "value_percentile":
        found["percentile"] = draw(st.sampled_from([0, 10, 50, 95, 100]))
    return found


@st.composite
def term_lists(draw: st.DrawFn, rules: list[str], *, waiting: bool) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Draw the ways in which an expression is true: rules that must have an event, and rules that must not."""
    ways: dict[frozenset[str], tuple[tuple[str, ...], tuple[str, ...]]] = {}
    for _ in range(draw(st.integers(1, 2))):
        present = draw(st.lists(st.sampled_from(rules), min_size=1, max_size=2, unique=True))
        left = [rule for rule in rules if rule not in present]
        absent = draw(st.lists(st.sampled_from(left), max_size=2, unique=True)) if left and waiting else []
        term = tuple(sorted(present, key=rules.index)), tuple(sorted(absent, key=rules.index))
        ways[frozenset((*term[0], *(f"not {rule}" for rule in term[1])))] = term
    terms = [term for way, term in ways.items() if not any(other < way for other in ways)]
    named = {rule for term in terms for part in term for rule in part}
    return terms if named == set(rules) else []


def written(term: tuple[tuple[str, ...], tuple[str, ...]]) -> str:
    """Give a term as text."""
    return "(" + " and ".join((*term[0], *(f"not {rule}" for rule in term[1]))) + ")"


@st.composite
def lines(draw: st.DrawFn, most: int = 60) -> list[Line]:
    """Draw lines of two streams, in any order of time or each a little after the one before."""
    some = {
        "src_ip": st.sampled_from(["1", "1", "1", "2", "3", 1, None]),
        "user": st.sampled_from(["u", "u", "u", "v", "ấn", 7, "7", True, "x" * 300]),
        "peer": st.sampled_from(["1", "1", "2", 2**70, -1.5]),
        "n": st.sampled_from([1, 1, 2.5, -3, "4", "0.5", "x", True, 2**62, "", 1e200]),
        "repeat": st.sampled_from([1, 3, 0, "4", 2]),
        KNOWN: st.just("XX"),
    }
    fields = st.fixed_dictionaries({"src_ip": some.pop("src_ip")}, optional=some)
    rules = st.lists(st.sampled_from(BASES), min_size=1, max_size=2, unique=True).map(sorted).map(tuple)
    times = st.integers(0, 90) | st.sampled_from([3.5, 10.25])
    one = st.builds(Line, times, rules, st.sampled_from("sst"), fields, st.sampled_from([1, 1, 1, 1, 3, 2, 150]))
    found = draw(st.lists(one, min_size=8, max_size=most))
    if draw(st.booleans()):
        found.sort(key=lambda line: line.time_s)
    return found


def compiled(made: list[dict[str, Any]]) -> tuple[CorrelationSpec, ...]:
    """Load documents as the program does; they must be without problems."""
    plain = [{key: value for key, value in document.items() if key != "terms"} for document in made]
    found: list[CorrelationEntry] = []
    for document in documents_of(yaml.safe_dump_all(plain, sort_keys=False).encode(), "k.yml"):
        assert isinstance(document, Document)
        parsed = parse_correlation(document, "k.yml")
        assert parsed.correlation is not None, parsed.problems
        assert parsed.problems == []
        found.append(parsed.correlation)
    entry = FileEntry(b"", tuple(rule for rule in _BASE_RULES if rule), correlations=tuple(found))
    rules = assemble([entry], (), disabled=(), default_suppress_s=60, today=date(2026, 11, 22))
    assert rules.problems == ()
    return rules.correlations


class Run:
    """A correlator that is fed with lines, block by block."""

    def __init__(self, specs: tuple[CorrelationSpec, ...], **bounds: Any) -> None:
        self.specs = specs
        self.bounds = bounds
        self.state: dict[tuple[str, str], StateChange] = {}
        self.correlator = Correlator(specs, lookup=lookup, **bounds)

    def feed(self, line: Line, number: int) -> list[Detection]:
        """Feed a line for each of its rules."""
        raw = f"{number}".encode()
        event = Event(raw, raw.decode(), "test", (), line.fields, round(line.time_s * SECOND), "h", repeat=line.repeat)
        ref = EventRef("src", line.stream, line.stream, number, number, raw)
        return [detection for rule in line.rules for detection in self.correlator.feed(rule, event, ref)]

    def commit(self) -> None:
        """End a block."""
        for change in self.correlator.take_changes():
            if change.data is None:
                self.state.pop((change.rule_id, change.group), None)
            else:
                self.state[change.rule_id, change.group] = change

    def restart(self) -> None:
        """Forget everything but what was committed."""
        self.correlator = Correlator(self.specs, lookup=lookup, **self.bounds)
        self.correlator.restore(self.state.values())


def lookup(event: Event, field: str) -> str | None:
    """Give what is known of an address."""
    return COUNTRIES.get(str(event.fields.get("src_ip"))) if field == KNOWN else None


def said(detection: Detection) -> Found:
    """Give a detection as the oracle has it."""
    group = tuple(clause.value for clause in detection.why if clause.item == "group-by")
    measure = "" if detection.why[0].item == "first_seen" else detection.why[0].value
    return Found(detection.rule.id, detection.line_number, group, detection.count, detection.first_ns, measure)
