"""The counters of the loss ledger add up."""

from soc_agent.model import Counters

FIELDS = Counters.__struct_fields__


def test_every_counter_is_added() -> None:
    total = Counters(*range(1, len(FIELDS) + 1))
    total.add(Counters(*range(10, 10 * len(FIELDS) + 1, 10)))
    assert total == Counters(*range(11, 11 * len(FIELDS) + 1, 11))


def test_what_ended_nowhere_is_missing() -> None:
    whole = Counters(read=10, decoded=4, skipped=3, undecodable=2, dropped=1)
    assert whole.missing == 0
    whole.add(Counters(read=5, decoded=4))
    assert whole.missing == 1
