"""A case holds when its attackers are named; one without attackers, when it is quiet."""

import json
from pathlib import Path
from typing import Any

import pytest

from soc_agent.detect.score import Case, Total, read_cases, score_of, total_of
from soc_agent.detect.suppress import FoldedAlert
from soc_agent.model import Detection, Level, Problem, RuleInfo


def alert(level: Level = Level.MEDIUM, **entities: tuple[str, ...]) -> FoldedAlert:
    return alert_of(entities, level)


def alert_of(entities: dict[str, tuple[str, ...]], level: Level = Level.MEDIUM) -> FoldedAlert:
    rule = RuleInfo("r", "Guessing", level=level)
    detection = Detection(b"d" * 16, rule, 1, "files", "s", 1, b"x", {}, entities=entities)
    return FoldedAlert(detection, 1, 1, 1, entities, [])


def case(*sources: str) -> Case:
    return Case("c", Path("c/log"), sources)


@pytest.mark.parametrize(
    ("source", "kind", "value"),
    [
        ("192.0.2.1", "src_ip", "192.0.2.1"),
        ("::ffff:192.0.2.1", "src_ip", "192.0.2.1"),
        ("2001:db8::1", "src_ip", "2001:0db8:0::1"),
        ("minh", "user", "minh"),
        ("/usr/bin/su", "file", "/usr/bin/su"),
    ],
)
def test_a_source_is_named_in_any_entity_and_form(source: str, kind: str, value: str) -> None:
    score = score_of(case(source), [alert_of({kind: ("x", value)})])
    assert score.holds
    assert score.titles == ("Guessing",)


def test_every_source_must_be_named() -> None:
    score = score_of(case("192.0.2.1", "192.0.2.2"), [alert(src_ip=("192.0.2.1",))])
    assert not score.holds
    assert score.missing == ("192.0.2.2",)


def test_what_is_only_informational_names_nobody() -> None:
    score = score_of(case("192.0.2.1"), [alert(Level.INFORMATIONAL, src_ip=("192.0.2.1",))])
    assert (score.holds, score.level) == (False, None)


@pytest.mark.parametrize(("level", "holds"), [(Level.LOW, True), (Level.MEDIUM, False), (Level.CRITICAL, False)])
def test_a_quiet_case_may_be_low_at_most(level: Level, holds: bool) -> None:
    score = score_of(case(), [alert(level, src_ip=("192.0.2.1",))])
    assert (score.is_quiet_case, score.holds, score.level) == (True, holds, level)


def test_the_sum_counts_attacks_and_quiet_cases_apart() -> None:
    named = score_of(case("192.0.2.1"), [alert(src_ip=("192.0.2.1",))])
    missed = score_of(case("192.0.2.1"), [])
    loud = score_of(case(), [alert()])
    total = total_of([named, missed, loud])
    assert total == Total(attacks=2, named=1, quiet_cases=1, quiet=0)
    assert total.percent == 50
    assert total_of([loud]).percent == 100


def write(folder: Path, tree: Any, log: str = "log") -> None:
    folder.mkdir(parents=True)
    (folder / "expected.json").write_text(tree if isinstance(tree, str) else json.dumps(tree))
    (folder / log).write_text("x\n")


def test_cases_are_read_from_folders_of_any_depth(tmp_path: Path) -> None:
    write(tmp_path / "ssh" / "slow", {"log": "log", "sources": ["192.0.2.1"], "type": "syslog"})
    write(tmp_path / "quiet", {"log": "log"})
    problems: list[Problem] = []
    cases = list(read_cases(tmp_path, problems))
    assert [(each.name, each.sources) for each in cases] == [("quiet", ()), ("ssh/slow", ("192.0.2.1",))]
    assert problems == []


@pytest.mark.parametrize(
    ("tree", "code"),
    [
        ("{", "score.wrong_case"),
        ([], "score.wrong_case"),
        ({"sources": []}, "score.wrong_case"),
        ({"log": "log", "sources": "192.0.2.1"}, "score.wrong_case"),
        ({"log": "other"}, "score.no_log"),
    ],
)
def test_what_is_wrong_with_a_case_is_told_and_the_others_go_on(tmp_path: Path, tree: Any, code: str) -> None:
    write(tmp_path / "a", tree)
    write(tmp_path / "b", {"log": "log"})
    problems: list[Problem] = []
    assert [each.name for each in read_cases(tmp_path, problems)] == ["b"]
    assert [problem.code for problem in problems] == [code]
    assert problems[0].where.file == str(tmp_path / "a" / "expected.json")
