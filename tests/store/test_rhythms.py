"""Rhythms are kept by source, and the limit stands in the ledger."""

from soc_agent.model import Counters
from soc_agent.store import Store


def test_the_last_one_counts(store: Store) -> None:
    with store.transaction() as transaction:
        transaction.add_counters("auth", Counters(read=1))
        transaction.add_counters("web", Counters(read=1))
        transaction.put_rhythm("auth", b"1", 5)
    with store.transaction() as transaction:
        transaction.put_rhythm("auth", b"2", 900)
    assert store.rhythms() == {"auth": b"2"}
    assert [(source.source, source.silent_after_s) for source in store.ledger()] == [("auth", 900), ("web", None)]
