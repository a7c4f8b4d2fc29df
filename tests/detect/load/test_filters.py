"""Filters: who wrote them, why, until when; what names nothing is said, and what has expired hides nothing."""

from datetime import date
from pathlib import Path

import pytest

from soc_agent.detect import RuleSet, load_rules
from soc_agent.detect.evaluate.predicate import compile_rule
from soc_agent.detect.load.documents import Document, documents_of
from soc_agent.detect.load.filters import FilterState, next_expiry
from soc_agent.detect.load.parse import parse_document
from tests.detect.making import view_of

ONE = "00000000-0000-4000-8000-00000000000a"
RULE = f"""
title: Base
id: {ONE}
name: base
logsource: {{product: linux}}
detection: {{s: {{f: 1}}, condition: s}}
"""
COUNT = """
title: Many
name: many
correlation: {type: event_count, rules: [base], group-by: [host], timespan: 1h, condition: {gte: 3}}
"""


def filter_text(*, rules: str = "[base]", author: str = "author: lan.nt", soc: str = "reason: ours") -> str:
    return (
        f"title: Backup\nid: 6b9bb6f2-ec82-4815-aaf6-768e0caa252f\n{author}\nlogsource: {{product: linux}}\n"
        f"filter: {{rules: {rules}, backup: {{host: bk}}, condition: not backup}}\nsoc: {{{soc}}}\n"
    )


def load(folder: Path, text: str, *, today: str = "2026-11-21", disabled: tuple[str, ...] = ()) -> RuleSet:
    (folder / "a.yml").write_text(f"{RULE}---\n{COUNT}", "utf-8")
    (folder / "f.yml").write_text(text, "utf-8")
    return load_rules([folder], today=date.fromisoformat(today), disabled=disabled)


def hides(rules: RuleSet) -> bool:
    return not compile_rule(rules.rules[0])(view_of({"f": 1, "host": "bk"}))


def test_a_filter_says_who_why_and_until_when(tmp_path: Path) -> None:
    rules = load(tmp_path, filter_text(soc="reason: our backup, reason_vi: sao lưu, expires: 2026-12-31"))
    (found,) = rules.filters
    assert (found.author, found.reason, found.reason_vi) == ("lan.nt", "our backup", "sao lưu")
    assert found.expires == date(2026, 12, 31)
    assert found.state is FilterState.ACTIVE
    assert found.applies_to == (ONE,)
    assert (Path(found.path).name, found.line) == ("f.yml", 1)
    assert (rules.problems, rules.notices) == ((), ())


@pytest.mark.parametrize(("today", "applies"), [("2026-12-30", True), ("2026-12-31", True), ("2027-01-01", False)])
def test_its_last_day_is_the_last_on_which_it_hides_anything(tmp_path: Path, today: str, applies: bool) -> None:
    rules = load(tmp_path, filter_text(soc="reason: ours, expires: 2026-12-31"), today=today)
    assert hides(rules) is applies
    assert [problem.code for problem in rules.problems] == ([] if applies else ["tuning.expired"])
    if not applies:
        assert Path(rules.problems[0].where.file).name == "f.yml"
        assert rules.filters[0].state is FilterState.EXPIRED
        assert rules.filters[0].applies_to == ()


def test_the_next_day_on_which_something_changes_is_known(tmp_path: Path) -> None:
    def ends(today: str) -> date | None:
        texts = [filter_text(soc=f"reason: ours, expires: 2026-{month}-01") for month in ("12", "11")]
        return next_expiry(load(tmp_path, "---\n".join([*texts, filter_text()]), today=today).filters)

    assert ends("2026-10-01") == date(2026, 11, 1)
    assert ends("2026-11-21") == date(2026, 12, 1)
    assert ends("2026-12-02") is None


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (filter_text(author=""), ["tuning.no_author"]),
        (filter_text(soc=""), ["tuning.no_reason"]),
        (filter_text(rules="[base, nobody]"), ["tuning.unknown_rule"]),
        (filter_text(rules="[base, MANY]"), ["tuning.correlation"]),
    ],
)
def test_what_a_filter_lacks_is_said_and_it_applies_all_the_same(tmp_path: Path, text: str, codes: list[str]) -> None:
    rules = load(tmp_path, text)
    assert [notice.code for notice in rules.notices] == codes
    assert Path(rules.notices[0].where.file).name == "f.yml"
    assert rules.problems == ()
    assert hides(rules)


def test_a_correlation_is_not_changed_by_a_filter(tmp_path: Path) -> None:
    """It has no log source and no detection that a condition could be added to."""
    rules = load(tmp_path, filter_text(rules="[many]"))
    assert [problem.code for problem in rules.problems] == ["rule.filter_unused"]
    assert [notice.code for notice in rules.notices] == ["tuning.correlation"]
    assert rules.filters[0].state is FilterState.UNUSED


def test_a_filter_of_a_rule_that_is_switched_off_waits(tmp_path: Path) -> None:
    rules = load(tmp_path, filter_text(), disabled=(ONE,))
    assert rules.filters[0].state is FilterState.IDLE
    assert "rule.filter_unused" not in [problem.code for problem in rules.problems]
    assert rules.notices == ()


@pytest.mark.parametrize("soc", ["expires: soon", "expires: 5", "reson: ours", "expires: 2026-13-45"])
def test_a_filter_whose_end_cannot_be_read_hides_nothing(tmp_path: Path, soc: str) -> None:
    rules = load(tmp_path, filter_text(soc=soc))
    assert rules.problems[0].code in {"tuning.soc", "rule.not_yaml"}
    assert rules.problems[0].where.line
    assert not hides(rules)
    assert rules.filters == ()


def test_what_a_filter_says_is_kept_in_the_cache(tmp_path: Path) -> None:
    text = filter_text(soc="reason: ours, expires: 2026-12-31")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.yml").write_text(f"{RULE}---\n{text}", "utf-8")
    first, second = (load_rules([tmp_path / "rules"], cache_dir=tmp_path / "cache") for _ in range(2))
    assert first.filters == second.filters
    later = load_rules([tmp_path / "rules"], cache_dir=tmp_path / "cache", today=date(2027, 1, 1))
    assert later.filters[0].state is FilterState.EXPIRED


def test_a_filter_document_alone_is_read_without_rules() -> None:
    (document,) = documents_of(filter_text().encode(), "f.yml")
    assert isinstance(document, Document)
    parsed = parse_document(document, "f.yml")
    assert parsed.filter is not None
    assert parsed.filter.id == "6b9bb6f2-ec82-4815-aaf6-768e0caa252f"
