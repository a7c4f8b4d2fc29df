"""How far behind sources are: what was said last counts, and of nobody else."""

from soc_agent.store import SourceStatus, Store
from tests.store.making import Clock


def ledgers(store: Store, at_ns: int | None = None) -> dict[str, tuple[int, float, int]]:
    return {one.source: (one.lag_bytes, one.lag_s, one.failures) for one in store.ledger(at_ns)}


def test_what_the_agent_said_last_counts(store: Store, clock: Clock) -> None:
    with store.transaction() as transaction:
        for name in ("auth", "web"):
            transaction.set_source_state(name, SourceStatus.RUNNING)
        transaction.put_lags({"auth": (1 << 70, 2.5), "web": (7, 0.0)})
    assert ledgers(store) == {"auth": ((1 << 63) - 1, 2.5, 0), "web": (7, 0.0, 0)}
    clock.pass_s(1)
    with store.transaction() as transaction:
        transaction.put_lags({"web": (0, 0.0)})
    assert ledgers(store) == {"auth": (0, 0.0, 0), "web": (0, 0.0, 0)}
    assert ledgers(store, clock.now_ns)["web"] == (0, 0.0, 0), "of an earlier moment nothing is known"
