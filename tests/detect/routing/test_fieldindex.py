from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from soc_agent.detect import ir
from soc_agent.detect.evaluate.predicate import compile_rule
from soc_agent.detect.routing import fieldindex
from soc_agent.detect.routing.fieldindex import FieldIndex
from soc_agent.detect.routing.fieldneeds import Need, field_clauses
from soc_agent.model import LogSource, RuleInfo
from tests.detect.making import rule_of, view_of


class Index(FieldIndex):
    def of(self, fields: dict[str, Any]) -> int:
        """Give the rules that an event may concern."""
        return self.candidates(self.key(fields))


def index_of(*detections: str) -> Index:
    return Index([field_clauses(rule_of(detection)) for detection in detections])


def test_the_values_of_an_event_say_which_rules_it_may_concern() -> None:
    index = index_of(
        "selection: {A|endswith: '\\x.exe'}",
        "selection: {A|endswith: '\\x.exe', B|contains: hidden}",
        "selection: {EventID: 4625}",
        "selection: {C: null}",
    )
    assert index.of({}) == 0b1000
    assert index.of({"A": "C:\\X.EXE", "B": "none"}) == 0b1001
    assert index.of({"A": "C:\\X.EXE", "B": "is HIDDEN"}) == 0b1011
    assert index.of({"EventID": 4625}) == index.of({"EventID": "4625"}) == 0b1100
    assert index.of({"A": ["y", "\\x.exe"], "EventID": True}) == 0b1001


def test_a_text_counts_only_where_it_must_stand() -> None:
    index = index_of("selection: {A|startswith: ab}", "selection: {A|endswith: ab}", "selection: {A: ab}")
    assert index.of({"A": "abc"}) == 0b001
    assert index.of({"A": "cab"}) == 0b010
    assert index.of({"A": "cabc"}) == 0
    assert index.of({"A": "AB"}) == 0b111


def test_an_index_without_rules_names_none() -> None:
    assert Index([]).of({"A": "x"}) == 0


def test_memory_is_bounded_whatever_values_come(monkeypatch: Any) -> None:
    monkeypatch.setattr(fieldindex, "_VALUES_KEPT", 10)
    index = index_of("selection: {A|endswith: '7'}")
    for number in range(100):
        expected = int(number % 10 == 7)
        assert index.of({"A": str(number)}) == index.of({"A": number}) == expected
    (values,) = index._values
    assert len(values) <= 10
    assert index.of({"A": "x" * 50_000}) == 0
    assert not any(isinstance(text, str) and len(text) > 20_000 for text in values)
    monkeypatch.setattr(fieldindex, "_CHARS_KEPT", 100)
    for number in range(100):
        assert index.of({"A": f"{number:040}"}) == int(number % 10 == 7)
        assert sum(len(text) for text in values if isinstance(text, str)) <= 100


def test_classes_are_bounded_whatever_texts_values_pass(monkeypatch: Any) -> None:
    monkeypatch.setattr(fieldindex, "_VALUES_KEPT", 10)
    index = index_of(*(f"selection: {{A|contains: ab{number}}}" for number in range(20)))
    for number in range(20):
        for other in range(20):
            for value in (f"ab{number} ab{other}", [f"ab{number}", f"ab{other}"]):
                texts = value if isinstance(value, list) else [value]
                assert index.of({"A": value}) == sum(
                    1 << place for place in range(20) if any(f"ab{place}" in text for text in texts)
                )
    (values,) = index._values
    kept: tuple[Any, ...] = (values, values._classes, values._passed, values._bits)
    assert max(map(len, kept)) <= 10


def test_a_truth_value_is_no_number() -> None:
    index = index_of("selection: {A: 'true'}", "selection: {A: 1}", "selection: {A: 'false'}", "selection: {A: 0}")
    for value, expected in ((True, 1), (1, 2), (False, 4), (0, 8), (1.0, 2), (True, 1), (0.0, 8), (1, 2), (False, 4)):
        assert index.of({"A": value}) == expected


def test_values_are_told_apart_by_the_tests_that_are_named() -> None:
    tests = [frozenset({Need("A", "contains", "x")}), frozenset({Need("A", "exact", "y"), Need("A", "suffix", "zz")})]
    index = Index([], tests)
    same: tuple[list[Any], ...] = (
        [{"A": "ax"}, {"A": "XB"}],
        [{"A": "y"}, {"A": "Zzz"}, {"A": ["a", "y"]}],
        [{}, {"A": None}, {"A": "a"}],
    )
    keys = [{index.key(fields) for fields in some} for some in same]
    assert list(map(len, keys)) == [1, 1, 1]
    assert len(set.union(*keys)) == 3
    assert index.of({"A": "x"}) == 0


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
    index = Index([field_clauses(rule) for rule in rules])
    predicates = [compile_rule(rule) for rule in rules]
    for fields in events:
        candidates = index.of(fields)
        view = view_of(fields)
        missed = [place for place, matches in enumerate(predicates) if matches(view) and not candidates >> place & 1]
        assert missed == []


def test_needs_with_the_same_text_in_different_places_stay_apart() -> None:
    clause = [frozenset({Need("A", "prefix", "x")}), frozenset({Need("A", "suffix", "x")})]
    assert Index([clause]).of({"A": "x1"}) == 0
    assert Index([clause]).of({"A": "x1x"}) == 1
