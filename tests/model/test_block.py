"""The counters of the loss ledger add up."""

from soc_agent.model import Counters


def test_every_counter_is_added() -> None:
    total = Counters(bytes=1, lines=2, candidates=3, undecodable=4, late=5, dropped=6, truncated=7)
    total.add(Counters(bytes=10, lines=20, candidates=30, undecodable=40, late=50, dropped=60, truncated=70))
    assert total == Counters(bytes=11, lines=22, candidates=33, undecodable=44, late=55, dropped=66, truncated=77)
