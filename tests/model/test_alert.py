"""Which alerts still need somebody."""

from soc_agent.model import Status


def test_only_new_and_acknowledged_alerts_are_open() -> None:
    assert [status for status in Status if status.is_open] == [Status.NEW, Status.ACKNOWLEDGED]
