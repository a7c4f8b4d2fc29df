"""A proposal as a Sigma filter: it means what it says whatever stands in the values, and is tried on alerts."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from soc_agent.detect import ir, load_rules
from soc_agent.detect.evaluate.match import fold
from soc_agent.detect.tune.filter_text import Origin, escaped, file_name, filter_text, try_filter
from soc_agent.detect.tune.propose import Case, Clause, Proposal, Verdict, propose
from soc_agent.model import Event, LogSource
from tests.detect.making import rule_of

SOURCE = LogSource(product="linux", service="syslog")
RULE = rule_of("selection: {action: login}", more="id: 00000000-0000-4000-8000-00000000000a", title="Login, failed")
WEB = rule_of(
    "selection: {action: login}",
    more="id: 00000000-0000-4000-8000-00000000000b",
    logsource="{category: webserver}",
)
ORIGIN = Origin("6b9bb6f2-ec82-4815-aaf6-768e0caa25ff", "lan.nt", "our backup", date(2026, 11, 21), date(2027, 2, 19))


def case(number: int, verdict: Verdict, *users: object) -> Case:
    events = tuple(Event(b"", "", "t", (SOURCE,), {"action": "login", "user": user}) for user in users)
    return Case(number, verdict, events)


def one(value: object, field: str = "user") -> Proposal:
    return Proposal((Clause(field, "", (value,)),), spares=True)  # type: ignore[arg-type]


def write(folder: Path, text: str) -> Path:
    (folder / "f.yml").write_text(text, "utf-8")
    return folder


def test_the_filter_is_complete_and_checks_clean(tmp_path: Path) -> None:
    text = filter_text(one("backup"), [RULE], ORIGIN)
    (tree,) = yaml.safe_load_all(text)
    assert tree["id"] == ORIGIN.id
    assert tree["soc"] == {"reason": "our backup", "expires": date(2027, 2, 19)}
    rule = {
        "title": "Login, failed",
        "id": RULE.info.id,
        "logsource": {"product": "linux", "service": "syslog"},
        "detection": {"s": {"action": "login"}, "condition": "s"},
    }
    (tmp_path / "r.yml").write_text(yaml.safe_dump(rule), "utf-8")
    rules = load_rules([write(tmp_path, text)], today=date(2026, 11, 21))
    assert (rules.problems, rules.notices) == ((), ())
    assert rules.filters[0].applies_to == (RULE.info.id,)


def test_outcomes_say_what_would_have_become_of_each_alert() -> None:
    cases = [
        case(1, Verdict.FALSE, "backup", "BACKUP"),
        case(2, Verdict.TRUE, "root"),
        case(3, Verdict.TRUE, "root", "backup"),
        case(4, Verdict.OPEN),
    ]
    found = try_filter(filter_text(one("backup"), [RULE], ORIGIN), [RULE], cases)
    assert [(each.alert_id, each.lines, each.hidden) for each in found] == [(1, 2, 2), (2, 1, 0), (3, 2, 1), (4, 0, 0)]
    assert [each.removed for each in found] == [True, False, False, False]
    assert [each.touched for each in found] == [True, False, True, False]


def test_rules_of_several_log_sources_have_a_filter_each() -> None:
    text = filter_text(one("backup"), [RULE, WEB], ORIGIN)
    first, second = yaml.safe_load_all(text)
    assert first["id"] != second["id"]
    assert second["filter"]["rules"] == [WEB.info.id]
    assert try_filter(text, [RULE, WEB], [case(1, Verdict.FALSE, "backup")])[0].removed


HOSTILE = [
    "*",
    "?",
    "\\",
    "a\\*b",
    "\\\\srv\\c$",
    "%x%",
    "x\u202ey",
    "\x1b[2J",
    "a: b",
    "- x",
    "null",
    "~",
    "yes",
    "\n",
    "'\"",
    "1",
    "ổn",
]


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)))
@example("\x85\u2028\ufeff")
def test_a_value_means_itself_and_nothing_else(value: str) -> None:
    if value in ("-", ""):
        return
    text = filter_text(one(value), [RULE], ORIGIN)
    plain = value.replace("*", "y").replace("?", "y").replace("\\", "")
    # rules compare without regard to case
    others = [other for other in (value + "x", "x" + value, "x", plain + "z") if fold(other) != fold(value)]
    cases = [case(1, Verdict.FALSE, value), *(case(2, Verdict.TRUE, other) for other in others)]
    assert [each.removed for each in try_filter(text, [RULE], cases)] == [True, *[False] * len(others)]


@pytest.mark.parametrize("value", ["x\u202ey", "\x1b[2J", "\x85"])
def test_what_could_fool_an_editor_is_written_as_an_escape(value: str) -> None:
    assert value not in filter_text(one(value), [RULE], ORIGIN)
    assert "ổn" in filter_text(one("ổn"), [RULE], ORIGIN)


@pytest.mark.parametrize("value", [5, 0, True, False])
def test_numbers_and_truth_are_written_as_such(value: object) -> None:
    found = try_filter(filter_text(one(value), [RULE], ORIGIN), [RULE], [case(1, Verdict.FALSE, value)])
    assert found[0].removed


@pytest.mark.parametrize(
    ("modifier", "values", "hit", "miss"),
    [
        ("cidr", ("10.0.0.0/24",), "10.0.0.7", "10.0.1.7"),
        ("startswith", ("/opt/*/",), "/opt/*/x", "/opt/a/x"),
        ("endswith", ("\\x.exe",), "c:\\x.exe", "c:x.exe"),
    ],
)
def test_parts_and_networks_mean_what_they_say(modifier: str, values: tuple[str, ...], hit: str, miss: str) -> None:
    text = filter_text(Proposal((Clause("user", modifier, values),), spares=True), [RULE], ORIGIN)
    outcomes = try_filter(text, [RULE], [case(1, Verdict.FALSE, hit), case(2, Verdict.TRUE, miss)])
    assert [each.removed for each in outcomes] == [True, False]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12), min_size=1, max_size=5),
    st.lists(st.text(min_size=1, max_size=12, alphabet="abc/\\*"), max_size=5),
)
def test_a_proposal_does_in_the_end_what_it_promised(false: list[str], true: list[str]) -> None:
    cases = [
        *(case(n, Verdict.FALSE, user) for n, user in enumerate(false)),
        *(case(100 + n, Verdict.TRUE, user) for n, user in enumerate(true)),
    ]
    found = propose([RULE], cases)
    if found is None:
        return
    outcomes = try_filter(filter_text(found, [RULE], ORIGIN), [RULE], cases)
    assert all(each.removed for each in outcomes if each.verdict is Verdict.FALSE)
    if found.spares:
        assert not any(each.touched for each in outcomes if each.verdict is Verdict.TRUE)


def test_names_of_files_are_those_of_the_specification() -> None:
    assert file_name([RULE], ORIGIN) == "mf_login_failed_6b9bb6f2.yml"
    vietnamese = ir.Rule(RULE.info.__class__("x", "Đăng nhập"), SOURCE, {}, ir.Ref("s"))
    assert 10 <= len(file_name([vietnamese], ORIGIN)) <= 70


def test_escapes() -> None:
    assert escaped(r"C:\x*?") == r"C:\\x\*\?"
