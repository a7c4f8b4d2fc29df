"""What became of the last canary of each source, and on which alert they are counted."""

from msgspec.structs import replace

from soc_agent.model import Status
from soc_agent.store import CanaryResult, Store
from tests.store.making import detection

GOOD = CanaryResult("auth", "file", 1, 2, 3, 4)
LOST = CanaryResult("web", "file", 1, 2)
NONE = CanaryResult("lan", "packets", 0, problem="why")


def test_the_last_result_of_each_source_is_kept(store: Store) -> None:
    with store.transaction() as transaction:
        transaction.put_canaries([LOST, replace(GOOD, stored_ns=0), NONE])
    with store.transaction() as transaction:
        transaction.put_canaries([GOOD], of=["auth", "web"])
    assert store.canaries() == [GOOD, LOST]


def test_the_first_stage_that_failed_is_named() -> None:
    assert [one.broken_stage for one in (GOOD, LOST, NONE)] == ["", "detect", ""]
    assert CanaryResult("a", "file", 1).broken_stage == "read"
    assert CanaryResult("a", "file", 1, 2, 3).broken_stage == "store"
    assert CanaryResult("a", "file", 1, problem="refused").broken_stage == "send"


def test_canaries_are_counted_on_one_closed_alert(store: Store) -> None:
    for numbers in ((1, 2), (3,), (3,)):
        with store.transaction() as transaction:
            known = [transaction.add_hidden(detection(number)) for number in numbers]
    assert known == [False]
    (alert,) = store.alerts(store.alert_ids())
    assert (alert.status, alert.count) == (Status.CLOSED, 3)
    assert store.counts().open == 0
    assert store.counts().by_status == {Status.CLOSED: 1}
    assert store.has_detection(detection(3).uid)
    assert not store.has_detection(detection(4).uid)
    assert store.verify_history().ok
