"""A parsed Sigma correlation becomes plain data; what cannot run is refused by name."""

from typing import Any

import msgspec
import pytest
import yaml
from sigma.correlations import SigmaCorrelationRule

from soc_agent.detect.correlate import Check, CorrelationSpec, compile_correlation, split_first_seen, split_range
from soc_agent.detect.correlate.spec import Absence, Term
from soc_agent.errors import RuleError, describe
from soc_agent.model import RuleInfo, RuleKind
from tests.detect.correlate.samples import SECOND

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
    "other": "3",
    "5638f7c0-ac70-491d-8465-2a65075e0d86": "2",
}


def compiled(text: str, **correlation: Any) -> CorrelationSpec:
    document = yaml.safe_load(text)
    document["correlation"] |= correlation
    own, first_seen = split_first_seen(document)
    document, more = split_range(own)
    info = RuleInfo(id=document["id"], title=document["title"], kind=RuleKind.CORRELATION)
    return compile_correlation(SigmaCorrelationRule.from_dict(document), info, IDS.get, more, first_seen)


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
    for count in ("x", True, float("nan")):
        odd = {"correlation": {"condition": {"gt": 1, "lt": count}}}
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


@pytest.mark.parametrize("kind", ["value_sum", "value_avg", "value_median"])
def test_types_that_measure_numbers(kind: str) -> None:
    """They have one field, and may have fractions."""
    spec = compiled(BRUTE_FORCE, type=kind, condition={"field": "bytes", "gt": 1.5})
    assert (spec.kind, spec.value_fields, spec.checks) == (kind, ("bytes",), (Check("gt", 1.5),))


def test_a_percentile_is_kept() -> None:
    """Beside the field and the comparison."""
    spec = compiled(BRUTE_FORCE, type="value_percentile", condition={"field": "bytes", "percentile": 95, "gt": 10})
    assert (spec.kind, spec.percentile, spec.condition) == ("value_percentile", 95, "gt 10")


def test_an_expression_takes_its_rules_from_the_list_or_from_itself() -> None:
    """Where there is a list, its order counts; else the order in which they are named."""
    rules = ["failed_login", "other"]
    spec = compiled(BRUTE_FORCE, type="temporal", rules=rules, condition="other and not failed_login", aliases={})
    assert spec.rule_ids == ("1", "3")
    assert spec.terms == (Term((1,), (Absence(0, 0),)),)
    assert (spec.waits, spec.condition) == (True, "other and not failed_login")
    document = yaml.safe_load(BRUTE_FORCE)
    del document["correlation"]["rules"]
    plain = yaml.safe_dump(document)
    spec = compiled(plain, type="temporal_ordered", condition="other and failed_login", aliases={})
    assert (spec.rule_ids, spec.terms, spec.waits) == (("3", "1"), (Term((0, 1)),), False)


def test_first_seen_is_a_value_count_with_a_memory() -> None:
    """The timespan says how long values are remembered; `soc` says how long a group is only learnt from."""
    text = BRUTE_FORCE + "soc: {first_seen: {learn: 14d}, layer: 2}\n"
    spec = compiled(text, type="value_count", timespan="90d", condition={"field": "src_ip", "gte": 1})
    assert (spec.kind, spec.learn_ns, spec.timespan_ns) == ("first_seen", 14 * 86_400 * SECOND, 90 * 86_400 * SECOND)
    document, first_seen = split_first_seen({"soc": {"layer": 2}})
    assert (document, first_seen) == ({"soc": {"layer": 2}}, None)
    document, first_seen = split_first_seen({"soc": {"layer": 2, "first_seen": None}})
    assert document == {"soc": {"layer": 2}}
    assert first_seen is not None
    assert first_seen.learn_ns == 7 * 86_400 * SECOND


@pytest.mark.parametrize(
    ("changes", "code", "says"),
    [
        ({"type": "temporal", "condition": "failed_login or not other"}, "correlation.absence_alone", "not other"),
        ({"type": "temporal", "condition": "failed_login and other and not other"}, "correlation.never_true", "never"),
        ({"type": "value_avg", "condition": {"field": ["n", "m"], "gte": 2}}, "correlation.one_field", "one field"),
        ({"type": "value_percentile", "condition": {"field": "n", "gte": 2}}, "correlation.percentile", "percentile"),
        (
            {"type": "value_percentile", "condition": {"field": "n", "gte": 2, "percentile": 101}},
            "correlation.percentile",
            "101",
        ),
        ({"condition": {"gte": 1_000_000}}, "correlation.threshold", "100000"),
        ({"condition": {"lt": 10**30}}, "correlation.number", "number"),
        ({"timespan": "99999999y"}, "correlation.timespan", "10y"),
        ({"condition": {"gte": 2, "field": "user"}}, "correlation.field_unused", "value_count"),
        ({"rules": ["nobody"]}, "correlation.unknown_rule", "nobody"),
        ({"rules": []}, "correlation.no_rules", "no rules"),
        ({"rules": ["failed_login"] * 300}, "correlation.many_rules", "300"),
        ({"type": "temporal", "rules": ["failed_login"] * 2}, "correlation.repeated_rule", "twice"),
        ({"aliases": {"x": {"nobody": "y"}}}, "correlation.unknown_rule", "nobody"),
    ],
)
def test_what_cannot_run_is_refused_by_name(changes: dict[str, Any], code: str, says: str) -> None:
    """Nothing is taken and then never true."""
    if isinstance(changes.get("condition"), str):
        changes = {"rules": ["failed_login", "other"], "aliases": {}} | changes
    if "condition" not in changes and str(changes.get("type")).startswith("temporal"):
        changes = {"condition": {"gte": 2}} | changes
    with pytest.raises(RuleError) as error:
        compiled(BRUTE_FORCE, **changes)
    assert error.value.problem.code == code
    assert says in describe(error.value.problem)


def test_it_survives_the_cache() -> None:
    """Compiled correlations are plain data."""
    spec = compiled(BRUTE_FORCE)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(spec), type=CorrelationSpec) == spec


def test_a_group_is_not_learnt_from_for_ever() -> None:
    """A number that cannot be written is never made."""
    with pytest.raises(RuleError) as error:
        compiled(
            BRUTE_FORCE + "soc: {first_seen: {learn: 999999w}}\n",
            type="value_count",
            condition={"field": "src_ip", "gte": 1},
        )
    assert error.value.problem.code == "correlation.timespan"


@pytest.mark.parametrize("soc", ["{learn: soon}", "{days: 3}", "[7d]"])
def test_a_wrong_first_seen_is_refused(soc: str) -> None:
    """It is never taken for something else."""
    with pytest.raises(RuleError) as error:
        compiled(BRUTE_FORCE + f"soc: {{first_seen: {soc}}}\n", type="value_count")
    assert error.value.problem.code == "correlation.first_seen"
    with pytest.raises(RuleError) as error:
        compiled(BRUTE_FORCE + "soc: {first_seen: {}}\n")
    assert error.value.problem.code == "correlation.first_seen"
