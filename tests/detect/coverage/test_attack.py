"""ATT&CK tactics and techniques from the tags of rules, and a layer that the Navigator takes."""

import re
from typing import Any

import pytest

from soc_agent.detect.coverage.attack import (
    TACTICS,
    by_technique,
    navigator_layer,
    tactic_table,
    tactics_of,
    techniques_of,
)
from soc_agent.detect.coverage.report import Standing, Standings

WORDS = {"description": "d", "one": "one", "most": "{count} rules", "off": "off", "more": "{count} more"}


def rule(title: str, *tags: str, standing: Standing = Standing.RUNS) -> Standings:
    return Standings(standing, title, title, tags=tuple(f"attack.{tag}" for tag in tags))


RULES = [
    rule("A", "credential-access", "t1110.001"),
    rule("B", "credential_access", "stealth", "T1110.001", "t1078"),
    rule("C", "defense-evasion", "t1036", standing=Standing.NO_DECODER),
    rule("D", "defense-impairment", "g0007", "s0002"),
    rule("E", "quite new"),
]


def test_techniques_and_tactics_of_tags() -> None:
    tags = ["attack.t1110.001", "attack.T1078", "attack.t12", "attack.s0002", "cve.2021-1", "attack.lateral_movement"]
    assert techniques_of(tags) == ["T1110.001", "T1078"]
    assert tactics_of([*tags, "attack.command-and-control", "attack.g0001"]) == [
        "lateral-movement",
        "command-and-control",
    ]


def test_tactics_of_both_taxonomies_stand_in_the_order_of_the_matrix() -> None:
    table = tactic_table(RULES)
    assert [(each.name, each.rules, each.techniques) for each in table] == [
        ("stealth", 1, ("T1078", "T1110.001")),
        ("defense-impairment", 1, ()),
        ("credential-access", 2, ("T1078", "T1110.001")),
        ("quite-new", 1, ()),
    ]
    assert {"defense-evasion", "stealth", "defense-impairment"} <= set(TACTICS)


def test_only_rules_that_run_count() -> None:
    assert list(by_technique(RULES, running=True)) == ["T1078", "T1110.001"]
    assert list(by_technique(RULES, running=False)) == ["T1036"]


_TECHNIQUE_KEYS = {
    "techniqueID": str,
    "tactic": str,
    "comment": str,
    "enabled": bool,
    "score": (int, float),
    "color": str,
    "metadata": list,
    "links": list,
    "showSubtechniques": bool,
}
_LAYER_KEYS = {
    "versions": dict,
    "name": str,
    "description": str,
    "domain": str,
    "filters": dict,
    "sorting": int,
    "layout": dict,
    "hideDisabled": bool,
    "techniques": list,
    "gradient": dict,
    "legendItems": list,
    "metadata": list,
    "links": list,
}


def check_layer(layer: dict[str, Any]) -> None:
    """Hold a layer against the property tables of layer format 4.5."""
    assert {"name", "domain"} <= layer.keys() <= _LAYER_KEYS.keys()
    assert all(isinstance(value, _LAYER_KEYS[key]) for key, value in layer.items())
    assert layer["domain"] == "enterprise-attack"
    assert layer["versions"]["layer"] == "4.5"
    assert tuple(map(int, layer["versions"]["navigator"].split("."))) >= (4, 9, 0)
    assert layer["sorting"] in range(4)
    assert layer["layout"]["layout"] in ("side", "flat", "mini")
    assert layer["layout"]["expandedSubtechniques"] in ("none", "all", "annotated")
    for technique in layer["techniques"]:
        assert {"techniqueID"} <= technique.keys() <= _TECHNIQUE_KEYS.keys()
        assert all(isinstance(value, _TECHNIQUE_KEYS[key]) for key, value in technique.items())  # type: ignore[arg-type]
        assert re.fullmatch(r"T\d{4}(\.\d{3})?", technique["techniqueID"])
    gradient = layer["gradient"]
    assert len(gradient["colors"]) >= 2
    assert all(re.fullmatch(r"#[0-9a-f]{6}", colour) for colour in gradient["colors"])
    assert gradient["maxValue"] > gradient["minValue"]
    assert all(item.keys() == {"label", "color"} for item in layer["legendItems"])


def test_a_layer_is_as_the_navigator_wants_it() -> None:
    layer = navigator_layer(RULES, name="ours", words=WORDS)
    check_layer(layer)
    assert layer["techniques"] == [
        {"techniqueID": "T1036", "comment": "off: C", "enabled": False},
        {"techniqueID": "T1078", "score": 1, "comment": "B", "enabled": True},
        {"techniqueID": "T1110.001", "score": 2, "comment": "A; B", "enabled": True},
    ]
    assert layer["legendItems"][1]["label"] == "2 rules"
    assert (layer["gradient"]["minValue"], layer["gradient"]["maxValue"]) == (1, 2)
    lone = navigator_layer([rule("A", "t1110")], name="ours", words=WORDS)
    assert [item["label"] for item in lone["legendItems"]] == [WORDS["one"]]


@pytest.mark.parametrize("count", [0, 1, 30])
def test_a_layer_of_any_size(count: int) -> None:
    layer = navigator_layer([rule(f"R{n}", "t1110") for n in range(count)], name="x", words=WORDS)
    check_layer(layer)
    if count == 30:
        assert layer["techniques"][0]["comment"].endswith("; R9; 20 more")
