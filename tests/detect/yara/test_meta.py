"""The face of a YARA rule, from its `meta`."""

from typing import Any

import pytest

from soc_agent.detect.yara.meta import info_of_meta, techniques_of
from soc_agent.errors import describe
from soc_agent.model import Layer, Level, Problem, RuleInfo, RuleKind, Tier
from soc_agent.scanning.server import bounded_meta


def face(tags: tuple[str, ...] = (), **meta: Any) -> tuple[RuleInfo, list[Problem]]:
    return info_of_meta("Rule_Name", tags, meta, "r.yar", "yara:r.Rule_Name", 3600)


def test_a_rule_that_says_all() -> None:
    """Every key that our rules use is read."""
    info, problems = face(
        ("webshell",),
        id="abc",
        title="A web shell",
        title_vi="Cửa hậu web",
        description="d",
        level="critical",
        attack="T1505.003, t1059",
        layer=2,
        tier="application",
        suppress="2h",
        author="a",
        reference="https://example.org/x",
        false_positives="admin tools",
        response="isolate",
        response_vi="cô lập",
        level_reason="it stays",
        level_reason_vi="nó ở lại",
    )
    assert problems == []
    assert info == RuleInfo(
        id="abc",
        title="A web shell",
        title_vi="Cửa hậu web",
        description="d",
        kind=RuleKind.YARA,
        level=Level.CRITICAL,
        layer=Layer.MONITORING,
        tier=Tier.APPLICATION,
        tags=("attack.t1505.003", "attack.t1059", "webshell"),
        suppress_s=7200,
        author="a",
        references=("https://example.org/x",),
        false_positives=("admin tools",),
        response="isolate",
        response_vi="cô lập",
        level_reason="it stays",
        level_reason_vi="nó ở lại",
        path="r.yar",
        entity=("file",),
    )


def test_a_rule_that_says_nothing() -> None:
    """Its identifier is its title; its id names its file."""
    info, problems = face()
    assert (info.id, info.title, info.level) == ("yara:r.Rule_Name", "Rule_Name", Level.MEDIUM)
    assert problems == []


@pytest.mark.parametrize(
    ("score", "level"),
    [(100, Level.HIGH), (75, Level.MEDIUM), (40, Level.LOW), (10, Level.INFORMATIONAL), (-5, Level.INFORMATIONAL)],
)
def test_the_score_of_public_rules_is_a_level(score: int, level: Level) -> None:
    """Public sets have no level, but a score from 0 to 100."""
    assert face(score=score)[0].level == level


@pytest.mark.parametrize(
    ("key", "value"), [("level", "awful"), ("severity", "5"), ("layer", 7), ("tier", "moon"), ("suppress", "soon")]
)
def test_what_is_not_understood_is_said(key: str, value: Any) -> None:
    """The default stands, the rule runs, and the person is told what would be allowed."""
    info, (problem,) = face(**{key: value})
    assert info == face()[0]
    assert problem.code == "yara.bad_meta"
    assert f"{key} = {value}" in describe(problem)


def test_outside_text_is_bounded() -> None:
    """A rule of a stranger does not make findings of any length."""
    info, _ = face(title="t" * 9999, description="d" * 99_999, id="i" * 9999)
    assert (len(info.title), len(info.description), len(info.id)) == (200, 2000, 200)
    assert bounded_meta({"a": "x" * 999, "n": 5}) == {"a": "x" * 200, "n": 5}
    assert len(bounded_meta({str(number): number for number in range(99)})) == 32


def test_techniques_are_found_in_tags_too() -> None:
    """Some sets tag their rules with the technique."""
    info, _ = face(("T1059", "APT"))
    assert info.tags == ("attack.t1059", "APT")
    assert techniques_of(info.tags) == ["T1059"]
