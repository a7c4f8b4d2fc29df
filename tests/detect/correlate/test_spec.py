"""A parsed Sigma correlation becomes plain data; what cannot run is refused by name."""

from typing import Any

import msgspec
import pytest
import yaml
from sigma.correlations import SigmaCorrelationRule

from soc_agent.detect.correlate import Check, CorrelationSpec, compile_correlation, find_cycles, split_range
from soc_agent.errors import RuleError, describe
from soc_agent.model import RuleInfo, RuleKind
from tests.detect.correlate.samples import SECOND, make_spec

BRUTE_FORCE = """
title: Many failed logins
id: 0e95725d-7320-415d-80f7-004da920fc11
correlation:
    type: event_count
    rules: [failed_login, 5638f7c0-ac70-491d-8465-2a65075e0d86]
    aliases:
        peer: {failed_login: src_ip, 5638f7c0-ac70-491d-8465-2a65075e0d86: id.orig_h}
    group-by: peer
    timespan: 5m
    condition: {gte: 10}
    generate: true
"""
IDS = {
    "failed_login": "1",
    "5638f7c0-ac70-491d-8465-2a65075e0d86": "2",
}


def compiled(text: str, **correlation: Any) -> CorrelationSpec:
    document = yaml.safe_load(text)
    document["correlation"] |= correlation
    document, more = split_range(document)
    info = RuleInfo(id=document["id"], title=document["title"], kind=RuleKind.CORRELATION)
    return compile_correlation(SigmaCorrelationRule.from_dict(document), info, IDS.get, more)


def test_references_become_ids_everywhere() -> None:
    """Names and ids are resolved, in the list of rules and in aliases."""
    spec = compiled(BRUTE_FORCE)
    assert spec.rule_ids == ("1", "2")
    assert spec.field_of("peer", "2") == "id.orig_h"
    assert spec.field_of("user", "2") == "user"
    assert (spec.timespan_ns, spec.group_by, spec.generate) == (300 * SECOND, ("peer",), True)
    assert spec.checks == (Check("gte", 10),)


def test_a_range_is_two_comparisons() -> None:
    """pySigma refuses two; the specification allows them."""
    spec = compiled(BRUTE_FORCE, condition={"gt": 100, "lte": 200})
    assert [spec.holds(measure) for measure in (100, 101, 200, 201)] == [False, True, True, False]
    assert spec.condition == "gt 100, lte 200"


def test_a_document_without_a_range_stays_as_it_is() -> None:
    """What is wrong with it is for pySigma to say."""
    for document in ({}, {"correlation": 3}, {"correlation": {"condition": "a and b"}}, yaml.safe_load(BRUTE_FORCE)):
        assert split_range(document) == (document, ())
    odd = {"correlation": {"condition": {"gt": 1, "lt": "x"}}}
    assert split_range(odd) == (odd, ())


def test_temporal_asks_for_all_rules_by_itself() -> None:
    """Without a condition, each rule must have an event."""
    document = yaml.safe_load(BRUTE_FORCE)
    del document["correlation"]["condition"]
    spec = compiled(yaml.safe_dump(document), type="temporal")
    assert (spec.kind, spec.checks) == ("temporal", (Check("gte", 2),))


def test_value_count_has_its_fields() -> None:
    """One field, or several that are counted together."""
    assert compiled(BRUTE_FORCE, type="value_count", condition={"field": "user", "gte": 2}).value_fields == ("user",)
    several = compiled(BRUTE_FORCE, type="value_count", condition={"field": ["user", "host"], "gte": 2})
    assert several.value_fields == ("user", "host")


@pytest.mark.parametrize(
    ("changes", "code", "says"),
    [
        ({"type": "value_avg", "condition": {"field": "n", "gte": 2}}, "correlation.type", "value_avg"),
        ({"type": "temporal", "condition": "failed_login and other"}, "correlation.extended", "expression"),
        ({"rules": ["nobody"]}, "correlation.unknown_rule", "nobody"),
        ({"rules": []}, "correlation.no_rules", "no rules"),
        ({"type": "temporal", "rules": ["failed_login"] * 2}, "correlation.repeated_rule", "twice"),
        ({"aliases": {"x": {"nobody": "y"}}}, "correlation.unknown_rule", "nobody"),
    ],
)
def test_what_cannot_run_is_refused_by_name(changes: dict[str, Any], code: str, says: str) -> None:
    """Nothing is taken and then never true."""
    if isinstance(changes.get("condition"), str):
        changes = {"rules": ["failed_login", "other"]} | changes
    with pytest.raises(RuleError) as error:
        compiled(BRUTE_FORCE, **changes)
    assert error.value.problem.code == code
    assert says in describe(error.value.problem)


def test_it_survives_the_cache() -> None:
    """Compiled correlations are plain data."""
    spec = compiled(BRUTE_FORCE)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(spec), type=CorrelationSpec) == spec


def test_circles_are_found() -> None:
    """A correlation that refers to itself, however far around, and those that wait for it."""
    chain = [make_spec(rule_id="a", rules=("x",)), make_spec(rule_id="b", rules=("a", "y"))]
    circle = [
        make_spec(rule_id="c", rules=("d",)),
        make_spec(rule_id="d", rules=("c",)),
        make_spec(rule_id="e", rules=("c",)),
    ]
    assert find_cycles(chain) == frozenset()
    assert find_cycles(chain + circle) == {"c", "d", "e"}
    assert find_cycles([make_spec(rule_id="a", rules=("a",))]) == {"a"}
