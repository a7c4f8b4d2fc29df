"""What false positives share, and what tells them from the true ones."""

from typing import Any

import pytest

from soc_agent.detect.tune.propose import Case, Clause, Proposal, Verdict, propose
from soc_agent.model import Event, LogSource
from tests.detect.making import rule_of

SOURCE = LogSource(product="linux", service="syslog")
RULE = rule_of("selection: {action: login, outcome: failure}")


def event(**fields: Any) -> Event:
    return Event(b"", "", "test", (SOURCE,), {"action": "login", "outcome": "failure", **fields})


def cases(verdict: Verdict, *fields: dict[str, Any]) -> list[Case]:
    return [Case(number, verdict, (event(**each),)) for number, each in enumerate(fields, 1)]


def false(*fields: dict[str, Any]) -> list[Case]:
    return cases(Verdict.FALSE, *fields)


def true(*fields: dict[str, Any]) -> list[Case]:
    return cases(Verdict.TRUE, *fields)


def clauses(found: Proposal | None) -> list[tuple[str, str, tuple[Any, ...]]]:
    assert found is not None
    return [(clause.field, clause.modifier, clause.values) for clause in found.clauses]


def test_what_all_share_is_found_and_what_changes_is_not() -> None:
    found = propose([RULE], false(*({"user": "backup", "src_ip": "10.0.0.9", "tty": f"pts/{n}"} for n in range(6))))
    assert clauses(found) == [("src_ip", "", ("10.0.0.9",)), ("user", "", ("backup",))]


UNSTABLE = (
    "pid ProcessId SourcePort src_port id.orig_p UtcTime timestamp ts LogonId ProcessGuid bytes duration"
    " EventRecordID uid message with|bar"
)


@pytest.mark.parametrize("field", UNSTABLE.split())
def test_fields_that_change_from_time_to_time_are_left_out(field: str) -> None:
    found = propose([RULE], false({field: "17", "user": "backup"}))
    assert clauses(found) == [("user", "", ("backup",))]


def test_what_the_rule_itself_demands_says_nothing() -> None:
    assert propose([RULE], false({})) is None
    assert propose([RULE], []) is None


def test_what_tells_them_from_the_true_ones_is_always_in() -> None:
    shared = {"src_ip": "10.0.0.9", "user": "root", "host_header": "a", "path": "/x", "exe": "/bin/y"}
    found = propose([RULE], [*false({**shared, "mode": "batch"}), *true({**shared, "mode": "interactive"})])
    assert found is not None
    assert found.spares
    assert ("mode", "", ("batch",)) in clauses(found)
    assert len(found.clauses) <= 5


def test_what_cannot_be_told_apart_is_said() -> None:
    found = propose([RULE], [*false({"user": "root"}), *true({"user": "root"})])
    assert found is not None
    assert not found.spares


def test_a_few_values_are_a_list_and_many_are_none() -> None:
    assert clauses(propose([RULE], false({"user": "a"}, {"user": "B"}, {"user": "b"}))) == [("user", "", ("a", "B"))]
    assert propose([RULE], false(*({"user": f"user{n}"} for n in range(9)))) is None


def test_addresses_of_one_network_are_that_network() -> None:
    found = propose([RULE], false(*({"src_ip": f"10.1.2.{n}"} for n in range(5))))
    assert clauses(found) == [("src_ip", "cidr", ("10.1.2.0/24",))]
    found = propose([RULE], false(*({"src_ip": f"2001:db8::{n}"} for n in range(5))))
    assert clauses(found) == [("src_ip", "cidr", ("2001:db8::/64",))]
    assert propose([RULE], false(*({"src_ip": f"10.{n}.2.1"} for n in range(9)))) is None


def test_paths_below_one_folder_are_that_folder() -> None:
    found = propose([RULE], false(*({"exe": f"/opt/backup/bin/job-{n}x"} for n in range(5))))
    assert clauses(found) == [("exe", "startswith", ("/opt/backup/bin/job-",))]
    found = propose([RULE], false(*({"exe": f"/home/u{n}{n}/.local/agent.py"} for n in range(5))))
    assert clauses(found) == [("exe", "endswith", ("/.local/agent.py",))]


def test_one_of_several_values_of_a_field_may_be_the_shared_one() -> None:
    found = propose([RULE], false({"user": ["a", "root"]}, {"user": ["ROOT", "b"]}))
    assert clauses(found) == [("user", "", ("root",))]


def test_numbers_and_texts_are_not_the_same() -> None:
    clause = Clause("user", "", (5,))
    assert clause.holds(event(user=5))
    assert not clause.holds(event(user=True))
    assert not clause.holds(event())


def test_every_false_positive_meets_the_proposal() -> None:
    given = false(
        *({"user": "Backup" if n % 2 else "backup", "src_ip": f"10.1.2.{n}", "exe": "/x/y"} for n in range(7))
    )
    found = propose([RULE], given)
    assert found is not None
    assert all(clause.holds(case.events[0]) for clause in found.clauses for case in given)


def test_a_field_with_nothing_in_it_is_not_shared() -> None:
    assert propose([RULE], false({"user": "a"}, {"user": "-"})) is None
    assert propose([RULE], false({"user": "a" * 500})) is None


def test_what_every_other_alert_shares_too_is_left_out() -> None:
    others = [*cases(Verdict.TRUE, {"user": "minh", "process": "sshd"}), *cases(Verdict.OPEN, {"process": "sshd"})]
    found = propose([RULE], [*false({"user": "backup", "process": "sshd"}), *others])
    assert clauses(found) == [("user", "", ("backup",))]
