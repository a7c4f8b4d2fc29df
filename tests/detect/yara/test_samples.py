"""YARA rules are run against the contents beside them."""

from pathlib import Path

import pytest

from soc_agent.detect.yara.samples import YaraSampleResult, check_yara_samples
from soc_agent.errors import describe

RULE = """
rule wanted { meta: id = "one" title = "One" strings: $a = "wanted" condition: $a }
rule program { strings: $a = { 7F 45 4C 46 } condition: $a at 0 and extension == ".jpg" }
"""


@pytest.fixture
def rule(tmp_path: Path) -> Path:
    path = tmp_path / "x.yar"
    path.write_text(RULE)
    return path


def run(rule: Path, samples: str) -> list[YaraSampleResult]:
    rule.with_name("x.samples.yml").write_text(samples)
    return list(check_yara_samples(rule))


def codes(results: list[YaraSampleResult]) -> list[str]:
    return [result.problem.code if result.problem else "" for result in results]


def test_contents_are_scanned_by_the_rule_they_belong_to(rule: Path) -> None:
    results = run(
        rule,
        """
        wanted: {match: [{text: this is wanted}], ignore: [{text: other}]}
        program:
          match: [{hex: 7F 45 4C 46, path: /srv/www/x.jpg}]
          ignore: [{hex: 7F 45 4C 46, path: /usr/bin/x}, {text: wanted}]
        """,
    )
    assert codes(results) == [""] * 5
    assert [(r.rule_id, r.title, r.wanted, r.number) for r in results][:2] == [
        ("one", "One", True, 1),
        ("one", "One", False, 1),
    ]


def test_what_does_not_hold_is_named_with_its_place(rule: Path) -> None:
    results = run(rule, "wanted:\n  match:\n    - text: other\n  ignore:\n    - text: wanted\n")
    assert codes(results) == ["sample.missed", "sample.false_match"]
    assert results[0].problem is not None
    assert "x.samples.yml:1" in describe(results[0].problem)


@pytest.mark.parametrize(
    ("samples", "code"),
    [
        ("absent: {match: [{text: a}]}", "sample.not_running"),
        ("wanted: {match: [{hex: xy}]}", "sample.not_hex"),
        ("wanted: {match: [{txt: a}]}", "sample.malformed"),
        ("wanted: [", "rule.not_yaml"),
    ],
)
def test_samples_that_cannot_be_tried_are_named(rule: Path, samples: str, code: str) -> None:
    assert codes(run(rule, samples)) == [code]


def test_a_file_without_samples_gives_nothing(rule: Path) -> None:
    assert list(check_yara_samples(rule)) == []
