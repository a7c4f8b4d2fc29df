"""What lists show besides: suppressions that hold, and alerts that the agent ended; now and at earlier moments."""

from soc_agent.model import Alert
from soc_agent.store import Store
from soc_agent.store.history import AGENT
from tests.store.making import Clock, detection, put


def only(store: Store, at_ns: int | None = None) -> Alert:
    (alert,) = store.alerts([1], at_ns)
    return alert


def test_a_suppression_shows_as_long_as_it_holds(store: Store, clock: Clock) -> None:
    put(store, detection(1, entity_key="a"))
    put(store, detection(2, entity_key="b"))
    before = clock.now_ns
    clock.pass_s(10)
    store.suppress([1], 3600, "our scanner", "lan")
    assert [alert.suppressed for alert in store.alerts([1, 2])] == [True, False]
    during = clock.now_ns
    clock.pass_s(10)
    store.lift([1], "done", "lan")
    assert not only(store).suppressed
    assert only(store, during).suppressed
    assert not only(store, before).suppressed
    store.suppress([1], 60, "again", "lan")
    assert only(store).suppressed
    clock.pass_s(120)
    assert not only(store).suppressed, "it ended by itself"


def test_who_closed_it_tells_whether_it_ended_by_itself(store: Store, clock: Clock) -> None:
    put(store, detection(1, entity_key="a"))
    assert not only(store).ended
    store.close_alerts([1], "speaks again", AGENT)
    assert only(store).ended
    clock.pass_s(1)
    at_ns = clock.now_ns
    clock.pass_s(1)
    store.reopen([1], "lan")
    assert not only(store).ended, "it is open"
    store.close_alerts([1], "done", "lan")
    assert not only(store).ended, "a person closed it this time"
    assert only(store, at_ns).ended
    assert store.alerts([]) == []
