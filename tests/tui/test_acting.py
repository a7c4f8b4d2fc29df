"""What people can do: each act reaches the store, and of many alerts only those that it fits."""

import pytest

from soc_agent.errors import StoreError
from soc_agent.model import Status
from soc_agent.store import AlertFilter, Store
from tui.acting import ACTS, Needs, offers, perform
from tui.keys import ACTING


def ids(store: Store, text: str) -> list[int]:
    return list(store.alert_ids(AlertFilter.parse(text)))


def status(store: Store, key: int) -> Status:
    (alert,) = store.alerts([key])
    return alert.status


def test_every_acting_key_has_its_act() -> None:
    assert [key.name for key in ACTING] == list(ACTS)


def test_each_act_does_what_its_name_says(store: Store) -> None:
    key = ids(store, "status=new")[0]
    steps = [
        ("acknowledge", "", Status.ACKNOWLEDGED),
        ("assign", "binh.tv", Status.ACKNOWLEDGED),
        ("note", "seen", Status.ACKNOWLEDGED),
        ("close", "done", Status.CLOSED),
        ("reopen", "", Status.ACKNOWLEDGED),
        ("false_positive", "ours", Status.FALSE_POSITIVE),
        ("suppress", "8h our own scanner", Status.FALSE_POSITIVE),
        ("lift", "", Status.FALSE_POSITIVE),
    ]
    for name, text, after in steps:
        assert perform(ACTS[name], store, [key], text, "lan.nt") == 1
        assert status(store, key) is after
    assert [entry.actor for entry in store.history(key, 8)] == ["lan.nt"] * 8


def test_of_many_those_that_are_closed_stay_as_they_are(store: Store) -> None:
    both = ids(store, "status=new")[:2] + ids(store, "status=closed")[:2]
    assert perform(ACTS["acknowledge"], store, both, "", "lan.nt") == 2
    assert perform(ACTS["assign"], store, both, "binh.tv", "lan.nt") == 2
    assert status(store, both[-1]) is Status.CLOSED


def test_a_single_one_that_cannot_be_taken_is_refused_with_a_reason(store: Store) -> None:
    with pytest.raises(StoreError, match="closed"):
        perform(ACTS["acknowledge"], store, ids(store, "status=closed")[:1], "", "lan.nt")


def test_only_what_can_be_taken_back_is_done_without_asking() -> None:
    assert {name for name, act in ACTS.items() if act.needs is Needs.NOTHING} == {"acknowledge", "reopen"}
    assert ACTS["false_positive"].needs is Needs.WORDS


def test_usual_answers_are_offered_where_something_is_asked() -> None:
    assert all(bool(offers(act)) == bool(act.offers) for act in ACTS.values())
    assert not any(act.offers for act in ACTS.values() if act.needs is Needs.NOTHING)


def test_what_is_suppressed_says_for_how_long_and_why(store: Store) -> None:
    key = ids(store, "status=new")[0]
    assert perform(ACTS["suppress"], store, [key], "8h our own scanner", "lan.nt") == 1
    (found,) = store.suppressions(alert_id=key)
    assert (found.reason, found.until_ns - found.since_ns) == ("our own scanner", 8 * 3600 * 10**9)
    for text in ("our own scanner", "8h", "100d too long"):
        with pytest.raises(StoreError):
            perform(ACTS["suppress"], store, [key], text, "lan.nt")
    for offer in offers(ACTS["suppress"]):
        assert perform(ACTS["suppress"], store, [key], offer, "lan.nt") == 1
