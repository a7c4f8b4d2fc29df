"""From one recorded alert to the next, also where thousands of entries lie between."""

from soc_agent.store import Store
from tests.tui.stage import HOUR, NOW, SECOND, Clock, brute
from tui.steps import alert_after, alert_before


def recorded(store: Store) -> list[int]:
    return sorted({alert.recorded_ns for alert in store.alerts(store.alert_ids())})


def test_stepping_visits_every_moment_of_an_alert(store: Store) -> None:
    moments = recorded(store)
    seen = []
    at = alert_after(store, moments[0] - HOUR)
    while at is not None:
        seen.append(at)
        at = alert_after(store, at)
    assert seen == moments
    back = []
    at = alert_before(store, NOW + HOUR)
    while at is not None:
        back.append(at)
        at = alert_before(store, at)
    assert back == moments[::-1]


def test_repeats_and_what_people_do_are_passed_over(store: Store, clock: Clock) -> None:
    last = recorded(store)[-1]
    key = store.alert_ids()[0]
    for number in range(1200):
        store.note([key], f"note {number}", "lan.nt")
    clock.now_ns += 5 * SECOND
    with store.transaction() as transaction:
        transaction.add_alert(brute(clock.now_ns, "198.51.100.1", "h", 10, 1))
    assert alert_after(store, last) == NOW + 5 * SECOND
    assert alert_before(store, NOW + 5 * SECOND) == last
    assert alert_after(store, NOW + 5 * SECOND) is None


def test_an_empty_store_has_no_next_alert(tmp_path: object, clock: Clock) -> None:
    with Store.open(tmp_path / "empty.db", clock=clock) as store:  # type: ignore[operator]
        assert alert_after(store, 0) is None
        assert alert_before(store, NOW) is None
