"""What the agent said of a source ends in the same transaction as the line that says so."""

from msgspec.structs import replace

from soc_agent.model import Status
from soc_agent.store import Store
from tests.store.making import detection


def line(kind: str, source: str) -> bytes:
    return b'{"type":"health","kind":"%s","source":"%s"}' % (kind.encode(), source.encode())


def put(store: Store, number: int, raw: bytes, source: str = "agent") -> None:
    made = replace(detection(number), source=source, raw=raw, evidence=(), entity_key=f"key-{number}")
    with store.transaction() as transaction:
        assert transaction.add_alert(made) is not None


def statuses(store: Store) -> list[Status]:
    return [alert.status for alert in sorted(store.alerts(store.alert_ids()), key=lambda alert: alert.id)]


def test_only_what_is_over_is_closed(store: Store) -> None:
    put(store, 1, line("source_silent", "auth"))
    put(store, 2, line("source_silent", "web"))
    put(store, 3, line("dropped", "auth"))
    put(store, 4, line("source_silent", "auth"), source="somebody")
    put(store, 5, b"no line of health")
    assert [(found.kind, found.source) for found in store.open_health()] == [
        ("source_silent", "auth"),
        ("source_silent", "web"),
        ("dropped", "auth"),
    ]
    with store.transaction() as transaction:
        transaction.end_health("source_silent", "auth", "It speaks again.")
    assert statuses(store) == [Status.CLOSED, *[Status.NEW] * 4]
    entry = store.history(limit=1)[0]
    assert (entry.actor, entry.kind, entry.data["reason"]) == ("agent", "close", "It speaks again.")
    assert store.verify_history().ok
    assert store.counts().open == 4


def test_what_begins_and_ends_in_one_transaction(store: Store) -> None:
    made = replace(detection(1), source="agent", raw=line("dropped", "lan"), evidence=())
    with store.transaction() as transaction:
        transaction.add_alert(made)
        transaction.end_health("dropped", "lan", "x" * 10_000)
        transaction.end_health("dropped", "never", "")
    assert statuses(store) == [Status.CLOSED]
    assert store.verify_history().ok


def test_a_closed_one_is_left_alone(store: Store) -> None:
    put(store, 1, line("dropped", "lan"))
    store.mark_false_positive(store.alert_ids(), "ours", "lan.nt")
    with store.transaction() as transaction:
        transaction.end_health("dropped", "lan", "")
    assert statuses(store) == [Status.FALSE_POSITIVE]
