"""Rules are run against their own samples, each by itself."""

from pathlib import Path
from textwrap import dedent

import pytest

from soc_agent.decode import Decoders
from soc_agent.detect.samples.check import SampleResult, check_samples
from soc_agent.errors import describe
from soc_agent.model import RuleKind
from tests import product

RULE_ID = "5b7f7f6e-6e0e-4a0e-9a52-8f0f7f2c1a01"
SUM_ID = "5b7f7f6e-6e0e-4a0e-9a52-8f0f7f2c1a02"

RULE = f"""\
title: A word
id: {RULE_ID}
name: a_word
logsource: {{product: linux, service: syslog}}
detection:
  word:
    message|contains: wanted
  condition: word
"""
CORRELATION = f"""\
title: Many words
id: {SUM_ID}
correlation:
  type: event_count
  rules: [a_word]
  group-by: [program]
  timespan: 1m
  condition: {{gte: 3}}
"""
SAMPLES = """\
samples:
  match:
    - {{type: {type}, lines: "{match}"}}
  ignore:
    - {{type: {type}, lines: "{ignore}"}}
"""
LINE = "Nov 20 08:00:01 h app: "


@pytest.fixture(scope="module")
def decoders() -> Decoders:
    return product.decoders()


def samples(match: str, ignore: str, line_type: str = "syslog") -> str:
    return SAMPLES.format(type=line_type, match=match, ignore=ignore)


def run(folder: Path, decoders: Decoders, **files: str) -> list[SampleResult]:
    for name, text in files.items():
        (folder / f"{name}.yml").write_text(dedent(text), "utf-8")
    return list(check_samples([folder], decoders))


def codes(results: list[SampleResult]) -> list[str]:
    return [result.problem.code for result in results if result.problem]


def test_samples_that_hold_give_results_without_problems(tmp_path: Path, decoders: Decoders) -> None:
    results = run(tmp_path, decoders, rule=RULE + samples(f"{LINE}wanted", f"{LINE}other"))
    assert [(r.rule_id, r.title, r.kind, r.wanted, r.number, r.ok) for r in results] == [
        (RULE_ID, "A word", RuleKind.SIGMA, True, 1, True),
        (RULE_ID, "A word", RuleKind.SIGMA, False, 1, True),
    ]


def test_each_line_of_a_sample_must_be_found(tmp_path: Path, decoders: Decoders) -> None:
    results = run(tmp_path, decoders, rule=RULE + samples(f"{LINE}wanted\\n{LINE}not this", f"{LINE}other"))
    assert codes(results) == ["sample.missed"]
    assert results[0].problem is not None
    assert "not this" in describe(results[0].problem)
    assert "rule.yml:9" in describe(results[0].problem)


def test_no_line_of_a_sample_to_ignore_may_be_found(tmp_path: Path, decoders: Decoders) -> None:
    results = run(tmp_path, decoders, rule=RULE + samples(f"{LINE}wanted", f"{LINE}other\\n{LINE}WANTED"))
    assert codes(results) == ["sample.false_match"]


def test_a_rule_that_only_feeds_a_correlation_is_tried_too(tmp_path: Path, decoders: Decoders) -> None:
    results = run(tmp_path, decoders, rule=RULE + samples(f"{LINE}wanted", f"{LINE}other"), correlation=CORRELATION)
    assert [result.ok for result in results] == [True, True]


def test_the_lines_of_a_correlation_are_one_sequence(tmp_path: Path, decoders: Decoders) -> None:
    three, two = "\\n".join([f"{LINE}wanted"] * 3), "\\n".join([f"{LINE}wanted"] * 2)
    assert codes(run(tmp_path, decoders, rule=RULE, correlation=CORRELATION + samples(three, two))) == []
    assert codes(run(tmp_path, decoders, rule=RULE, correlation=CORRELATION + samples(two, three))) == [
        "sample.no_alert",
        "sample.false_alert",
    ]


def test_samples_may_say_what_is_known_of_addresses(tmp_path: Path, decoders: Decoders) -> None:
    rule = RULE.replace("service: syslog", "service: sshd").replace("wanted", "Accepted")
    travel = CORRELATION.replace("event_count", "value_count").replace("[program]", "[user]")
    travel = travel.replace("{gte: 3}", "{gte: 2, field: src_ip.country}")
    login = "Nov 20 08:00:01 h sshd[1]: Accepted password for an from 192.0.2.{} port 1 ssh2"
    there, here = (f"{login.format(1)}\\n{login.format(number)}" for number in (2, 3))
    known = "  enrich: {192.0.2.1: {country: VN}, 192.0.2.2: {country: NL}, 192.0.2.3: {country: VN}}\n"
    assert codes(run(tmp_path, decoders, rule=rule, correlation=travel + samples(there, here) + known)) == []
    assert codes(run(tmp_path, decoders, rule=rule, correlation=travel + samples(there, here))) == ["sample.no_alert"]
    wrong = travel + samples(there, here) + "  enrich: {web01: {country: VN}}\n"
    assert codes(run(tmp_path, decoders, rule=rule, correlation=wrong)) == ["sample.malformed"]


def test_a_correlation_of_a_correlation_is_tried_with_all_that_it_builds_on(tmp_path: Path, decoders: Decoders) -> None:
    chain = CORRELATION.replace(SUM_ID, SUM_ID[:-1] + "3").replace("a_word", SUM_ID).replace("gte: 3", "gte: 1")
    three = "\\n".join([f"{LINE}wanted"] * 3)
    results = run(tmp_path, decoders, rule=RULE, correlation=CORRELATION, chain=chain + samples(three, f"{LINE}wanted"))
    assert [result.ok for result in results] == [True, True]


def test_a_filter_is_laid_over_the_rule(tmp_path: Path, decoders: Decoders) -> None:
    filter_ = f"""\
    title: Not these
    logsource: {{product: linux}}
    filter:
      rules: [{RULE_ID}]
      these:
        message|contains: harmless
      condition: not these
    """
    rule = RULE + samples(f"{LINE}wanted", f"{LINE}wanted but harmless")
    assert codes(run(tmp_path, decoders, rule=rule)) == ["sample.false_match"]
    assert codes(run(tmp_path, decoders, rule=rule, filter=filter_)) == []


def test_samples_that_cannot_be_tried_are_named(tmp_path: Path, decoders: Decoders) -> None:
    results = run(
        tmp_path,
        decoders,
        malformed=RULE + "samples: {match: [{lines: a}]}\n",
        typeless=RULE.replace(RULE_ID, SUM_ID) + samples("a", "b", "nonsense"),
        broken="title: x\nid: 5b7f7f6e-6e0e-4a0e-9a52-8f0f7f2c1a09\ndetection: {}\n" + samples("a", "b"),
    )
    assert codes(results) == [
        "sample.not_running",
        "sample.not_running",
        "sample.malformed",
        "sample.type",
        "sample.type",
    ]
    for result in results:
        assert result.problem is not None
        assert describe(result.problem)


def test_rules_without_samples_and_decoders_are_passed_over(tmp_path: Path, decoders: Decoders) -> None:
    (tmp_path / "decoders").mkdir()
    (tmp_path / "decoders" / "x.yml").write_text("name: x\nsamples: [1]\n")
    assert run(tmp_path, decoders, rule=RULE, text="just words\n") == []


def test_a_single_file_can_be_checked(tmp_path: Path, decoders: Decoders) -> None:
    run(tmp_path, decoders, rule=RULE + samples(f"{LINE}wanted", f"{LINE}other"), other="]")
    assert len(list(check_samples([tmp_path / "rule.yml"], decoders))) == 2


def test_yara_rules_are_tried_with_the_others(tmp_path: Path, decoders: Decoders) -> None:
    (tmp_path / "x.yar").write_text('rule wanted { meta: id = "y" strings: $a = "wanted" condition: $a }')
    (tmp_path / "x.samples.yml").write_text("wanted: {match: [{text: wanted}], ignore: [{text: wanted}]}\n")
    results = list(check_samples([tmp_path], decoders))
    assert [(r.rule_id, r.kind, r.wanted, r.ok) for r in results] == [
        ("y", RuleKind.YARA, True, True),
        ("y", RuleKind.YARA, False, False),
    ]
