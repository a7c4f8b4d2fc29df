from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from soc_agent.detect import ir
from soc_agent.detect.evaluate import fieldindex
from soc_agent.detect.evaluate.fieldindex import FieldIndex
from soc_agent.detect.evaluate.fieldneeds import Need, field_clauses
from soc_agent.detect.evaluate.predicate import compile_rule
from soc_agent.model import LogSource, RuleInfo
from tests.detect.making import rule_of, view_of


def index_of(*detections: str) -> FieldIndex:
    return FieldIndex([field_clauses(rule_of(detection)) for detection in detections])


def test_the_values_of_an_event_say_which_rules_it_may_concern() -> None:
    index = index_of(
        "selection: {A|endswith: '\\x.exe'}",
        "selection: {A|endswith: '\\x.exe', B|contains: hidden}",
        "selection: {EventID: 4625}",
        "selection: {C: null}",
    )
    assert index.candidates({}) == 0b1000
    assert index.candidates({"A": "C:\\X.EXE", "B": "none"}) == 0b1001
    assert index.candidates({"A": "C:\\X.EXE", "B": "is HIDDEN"}) == 0b1011
    assert index.candidates({"EventID": 4625}) == index.candidates({"EventID": "4625"}) == 0b1100
    assert index.candidates({"A": ["y", "\\x.exe"], "EventID": True}) == 0b1001


def test_a_text_counts_only_where_it_must_stand() -> None:
    index = index_of("selection: {A|startswith: ab}", "selection: {A|endswith: ab}", "selection: {A: ab}")
    assert index.candidates({"A": "abc"}) == 0b001
    assert index.candidates({"A": "cab"}) == 0b010
    assert index.candidates({"A": "cabc"}) == 0
    assert index.candidates({"A": "AB"}) == 0b111


def test_an_index_without_rules_names_none() -> None:
    assert FieldIndex([]).candidates({"A": "x"}) == 0


def test_memory_is_bounded_whatever_values_come(monkeypatch: Any) -> None:
    monkeypatch.setattr(fieldindex, "_VALUES_KEPT", 10)
    index = index_of("selection: {A|endswith: '7'}")
    for number in range(100):
        expected = int(number % 10 == 7)
        assert index.candidates({"A": str(number)}) == index.candidates({"A": number}) == expected
    for name, texts, numbers, _ in index._fields:
        assert name == "A"
        assert len(texts) <= 10
        assert len(numbers) <= 10
    assert index.candidates({"A": "x" * 50_000}) == 0
    assert not any(len(text) > 20_000 for text in index._fields[0][1])
    monkeypatch.setattr(fieldindex, "_CHARS_KEPT", 100)
    for number in range(100):
        assert index.candidates({"A": f"{number:040}"}) == int(number % 10 == 7)
        assert sum(map(len, index._fields[0][1])) <= 100


WORDS = (
    "evil",
    "EVIL",
    "a",
    "ab",
    "b",
    "task",
    "taſ\u212a",
    "Kelvin",
    "đăng",
    "ΣΊΣΥΦΟΣ",
    "4625",
    "true",
    "",
    " ",
    "10.0.0.1",
)
FIELDS = ("A", "B", "C")
PARTS = st.lists(st.sampled_from(WORDS) | st.sampled_from((ir.ANY, ir.ONE)), max_size=4).map(tuple)
TESTS: Any = st.recursive(
    st.builds(ir.Text, PARTS, st.booleans())
    | st.builds(ir.Regex, st.sampled_from(("evil", "k", "^a", "ev.l|ab", "[a-c]", "task$")), st.sampled_from(("", "i")))
    | st.builds(ir.Compare, st.sampled_from(("lt", "gte")), st.integers(0, 9000))
    | st.builds(ir.Exists, st.booleans())
    | st.just(ir.Null())
    | st.just(ir.Network("10.0.0.0/8"))
    | st.builds(ir.FieldRef, st.sampled_from(FIELDS), st.booleans(), st.booleans()),
    lambda inner: st.builds(ir.AnyOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
    max_leaves=3,
)
ITEMS = st.builds(
    ir.Item, st.sampled_from(FIELDS), st.just("key"), st.lists(TESTS, min_size=1, max_size=3).map(tuple), st.booleans()
)
NODES: Any = st.recursive(
    ITEMS,
    lambda inner: (
        st.builds(ir.And, st.lists(inner, min_size=1, max_size=3).map(tuple))
        | st.builds(ir.Or, st.lists(inner, min_size=1, max_size=3).map(tuple))
        | st.builds(ir.Not, inner)
    ),
    max_leaves=5,
)
RULES = st.builds(
    lambda selection: ir.Rule(RuleInfo("r", "r"), LogSource(), {"s": selection}, ir.Ref("s")),
    NODES,
)
SCALARS = st.lists(st.sampled_from(WORDS), max_size=3).map("".join) | st.integers(0, 9000) | st.booleans() | st.none()
EVENTS = st.dictionaries(st.sampled_from(FIELDS), SCALARS | st.lists(SCALARS, max_size=3))


@settings(max_examples=400)
@given(st.lists(RULES, min_size=1, max_size=6), st.lists(EVENTS, min_size=1, max_size=4))
def test_no_rule_that_matches_is_left_out(rules: list[ir.Rule], events: list[dict[str, Any]]) -> None:
    index = FieldIndex([field_clauses(rule) for rule in rules])
    predicates = [compile_rule(rule) for rule in rules]
    for fields in events:
        candidates = index.candidates(fields)
        view = view_of(fields)
        missed = [place for place, matches in enumerate(predicates) if matches(view) and not candidates >> place & 1]
        assert missed == []


def test_needs_with_the_same_text_in_different_places_stay_apart() -> None:
    clause = [frozenset({Need("A", "prefix", "x")}), frozenset({Need("A", "suffix", "x")})]
    assert FieldIndex([clause]).candidates({"A": "x1"}) == 0
    assert FieldIndex([clause]).candidates({"A": "x1x"}) == 1
