"""What is handed in is checked, counted and bounded."""

import pytest

from soc_agent.detect.indicators.build import Builder
from soc_agent.detect.indicators.feeds import intake as module
from soc_agent.detect.indicators.feeds.intake import Full, Intake
from soc_agent.detect.indicators.indicator import Meta


def line() -> int:
    return 7


@pytest.fixture
def intake() -> Intake:
    return Intake(Builder(), "list.txt", Meta("list"), changed_s=1000, now_s=2000)


def test_values_are_counted(intake: Intake) -> None:
    assert intake.take("203.0.113.9", line)
    assert intake.take("203.0.113.8", line, expires_s=1500)
    assert not intake.take("10.0.0.1", line)
    report = intake.report
    assert (report.taken, report.refused, report.expired) == (2, 1, 1)
    assert [str(problem.where) for problem in intake.problems] == ["list.txt:7"]


def test_what_feeds_say_is_read(intake: Intake) -> None:
    meta = intake.meta_of(line, source="NCSC", tlp="TLP:RED", level="Cao", confidence="80.5", comment=" a\n b ")
    assert (meta.source, meta.tlp, meta.level, meta.confidence, meta.comment) == ("NCSC", "red", "high", 80, "a b")
    assert intake.meta_of(line) is intake.meta
    assert intake.meta_of(line, confidence="high").confidence == 90
    assert intake.meta_of(line, confidence="?").confidence == -1
    assert intake.meta_of(line, confidence=1e400).confidence == -1


def test_words_that_are_not_known_are_told_and_the_default_counts(intake: Intake) -> None:
    meta = intake.meta_of(line, tlp="purple", level="apocalyptic")
    assert (meta.tlp, meta.level) == ("amber", "")
    assert intake.expiry("some day", line) is None
    codes = [problem.code for problem in intake.problems]
    assert codes == ["indicator.bad_tlp", "indicator.bad_level", "indicator.bad_date"]
    assert intake.report.refused == 0


def test_faults_are_told_up_to_a_bound_and_then_counted(intake: Intake) -> None:
    for _ in range(200):
        intake.take("10.0.0.1", line)
    intake.close()
    assert len(intake.problems) == 51
    assert intake.problems[-1].code == "indicator.more"
    assert intake.problems[-1].values == {"count": 150}


def test_a_file_that_is_no_list_is_left(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_REFUSED_CAP", 10)
    for _ in range(9):
        assert not intake.take("no indicator", line)
    with pytest.raises(Full):
        intake.take("no indicator", line)
    assert intake.problems[-1].code == "indicator.not_a_list"


def test_there_is_room_for_so_many(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TOTAL_CAP", 2)
    intake.take("203.0.113.1", line)
    intake.take("203.0.113.2", line)
    with pytest.raises(Full):
        intake.take("203.0.113.3", line)
    assert intake.problems[-1].code == "indicator.too_many"
