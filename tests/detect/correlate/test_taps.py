"""The ways of events to correlations: from rules, through other correlations, and those that do not exist."""

from soc_agent.detect.correlate.books import Books
from soc_agent.detect.correlate.spec import CorrelationSpec
from soc_agent.detect.correlate.taps import Taps
from tests.detect.correlate.samples import make_event, make_spec

INNER = make_spec(
    rule_id="inner", rules=("a", "b"), group_by=("peer",), aliases={"peer": {"a": "src_ip", "b": "dst_ip"}}
)
OUTER = make_spec(rule_id="outer", rules=("inner", "c"), group_by=("peer",))


def taps(*specs: CorrelationSpec, unknown: frozenset[str] = frozenset()) -> Taps:
    return Taps(specs, Books(specs, 1_000_000).all, None, unknown)


def test_each_rule_has_a_way_to_each_correlation_that_refers_to_it() -> None:
    made = taps(INNER, OUTER, make_spec(rules=("a",)))
    ways = {rule_id: [tap.spec_id for *_, tap in opened] for rule_id, opened in made.of_rule.items()}
    assert ways == {"a": ["inner", "many"], "b": ["inner"], "inner": ["outer"], "c": ["outer"]}


def test_a_way_through_a_correlation_knows_the_fields_at_its_bottom() -> None:
    """What the inner correlation groups by has another name in each of its rules."""
    made = taps(INNER, OUTER)
    for rule_id, field in (("a", "src_ip"), ("b", "dst_ip")):
        ((*_, tap),) = made.of_rule[rule_id]
        ((_, group, _, key_of, _, _, _, above),) = made.above(tap)
        assert (group, above.path) == (field, (rule_id, "inner"))
        assert key_of(make_event(0, src_ip="1", dst_ip="2")) == {"src_ip": "1", "dst_ip": "2"}[field]
        assert made.above(above) == []


def test_a_way_is_found_again_by_its_path() -> None:
    made = taps(INNER, OUTER)
    found = made.find(1, ("b", "inner"))
    assert found is not None
    assert (found.number, found.path) == (1, ("b", "inner"))
    assert made.find(1, ("c", "inner")) is None
    assert made.find(1, ("gone",)) is None


def test_there_is_no_way_for_what_needs_a_field_that_no_event_has() -> None:
    assert taps(make_spec("value_count", field=("odd",)), unknown=frozenset(("odd",))).of_rule == {}
