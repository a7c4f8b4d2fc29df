from soc_agent.model import Level, Status
from soc_agent.store import Counts


def test_counts_sum_up() -> None:
    counts = Counts({Level.LOW: 2, Level.HIGH: 3}, {}, {Status.NEW: 5, Status.CLOSED: 4})
    assert (counts.open, counts.total) == (5, 9)
    assert (Counts().open, Counts().total) == (0, 0)
