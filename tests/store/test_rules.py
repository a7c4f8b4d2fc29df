from pathlib import Path

import msgspec

from soc_agent.model import Problem, RuleInfo, RuleKind, Where
from soc_agent.store import AlertFilter, Store
from tests.store.making import RULE, Clock, detection, put


def load(store: Store, *rules: RuleInfo) -> None:
    with store.transaction() as transaction:
        transaction.put_rules(rules)


def test_the_loaded_rules_are_told_and_changes_are_history(store: Store) -> None:
    other = RuleInfo("other", "Ẩn danh", kind=RuleKind.CORRELATION)
    load(store, RULE, other)
    load(store, other, RULE)
    assert store.rules() == [other, RULE]
    changed = msgspec.structs.replace(RULE, title="Password guessing")
    load(store, changed)
    assert store.rules() == [changed]
    load(store)
    assert [entry.data for entry in store.history()] == [
        {"loaded": 0, "added": 0, "removed": 1, "changed": 0},
        {"loaded": 1, "added": 0, "removed": 1, "changed": 1},
        {"loaded": 2, "added": 2, "removed": 0, "changed": 0},
    ]


def test_a_rule_that_is_no_longer_loaded_is_known_for_old_alerts(store: Store) -> None:
    load(store, RULE)
    load(store)
    assert store.rules() == []
    assert store.rule_info(RULE.id) == RULE
    assert store.rule_info("never") is None


def test_a_rule_that_only_a_detection_brings_along_is_known_and_found(store: Store) -> None:
    brought = RuleInfo("yara-webshell", "Webshell trong thư mục web", kind=RuleKind.YARA)
    put(store, detection(0, rule=brought))
    assert store.rule_info("yara-webshell") == brought
    assert store.rules() == []
    assert list(store.alert_ids(AlertFilter.parse('rule="thu muc"'))) == [1]
    load(store, brought)
    assert store.rules() == [brought]


def test_a_loaded_rule_wins_over_what_a_detection_says(store: Store) -> None:
    load(store, RULE)
    put(store, detection(0, rule=msgspec.structs.replace(RULE, title="Something else")))
    assert store.rule_info(RULE.id) == RULE
    assert store.alerts([1])[0].title == "Something else"


def test_what_is_wrong_with_rules_is_told_at_any_moment(path: Path) -> None:
    wrong = [Problem("rule.not_a_rule", Where(f"x{n}.yml", n)) for n in range(30)]
    clock = Clock()
    with Store.open(path, clock=clock) as store:
        assert store.rules_state() is None
        with store.transaction() as transaction:
            transaction.put_rules([RULE], wrong)
        entries = store.last_seq()
        with store.transaction() as transaction:
            transaction.put_rules([RULE], wrong)
        assert store.last_seq() == entries, "said once"
        clock.pass_s(60)
        with store.transaction() as transaction:
            transaction.put_rules([RULE], (), [RULE.id, "unknown"])
        now, before = store.rules_state(), store.rules_state(clock() - 1)
        assert now is not None
        assert before is not None
        assert (now.loaded, now.refused, now.problems) == (1, 0, ())
        assert (before.refused, before.problems) == (30, tuple(wrong[:20]))
        assert store.history(limit=1)[0].data["changed"] == 1
        assert store.verify_history().ok
