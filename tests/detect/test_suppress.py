"""Repeats are folded into one alert, and nothing is lost by it."""

import itertools
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from soc_agent.detect.suppress import FoldedAlert, Folder, fold, target_of
from soc_agent.model import Detection, Level, RuleInfo

SECOND = 1_000_000_000


def make(
    time_s: int,
    *,
    rule: str = "r",
    key: str = "k",
    level: Level = Level.HIGH,
    within_s: int = 100,
    count: int = 1,
    first_s: int | None = None,
    users: Sequence[str] = (),
    evidence: tuple[bytes, ...] = (),
) -> Detection:
    return Detection(
        uid=f"{rule}{key}{time_s}".encode(),
        rule=RuleInfo(id=rule, title=rule, level=level, suppress_s=within_s),
        time_ns=time_s * SECOND,
        source="s",
        stream="s",
        line_number=1,
        raw=f"line at {time_s}".encode(),
        fields={},
        entities={"user": tuple(users)} if users else {},
        entity_key=key,
        count=count,
        first_ns=(time_s if first_s is None else first_s) * SECOND,
        evidence=evidence,
    )


def spans(alerts: Sequence[FoldedAlert]) -> list[tuple[int, int, int]]:
    return [(alert.count, alert.first_ns // SECOND, alert.last_ns // SECOND) for alert in alerts]


def test_repeats_extend_the_alert_from_its_last_event() -> None:
    """What goes on for hours with small gaps is one alert; after a gap it is a new one."""
    assert spans(fold(make(second) for second in (0, 90, 180, 270, 371))) == [(4, 0, 270), (1, 371, 371)]


def test_earlier_events_fold_too() -> None:
    """A line that comes out of order, or from an older file, belongs to the alert around it."""
    assert spans(fold(make(second) for second in (500, 450, 700, 599, 350))) == [(4, 350, 599), (1, 700, 700)]


def test_rules_and_entities_are_kept_apart() -> None:
    """Another rule or another address is another alert."""
    assert len(fold([make(0), make(0, rule="other"), make(0, key="other"), make(1)])) == 3


def test_what_is_worse_is_an_alert_of_its_own() -> None:
    """A rise in severity is never hidden in an older alert; what is less bad folds into the worse."""
    alerts = fold([make(0, level=Level.LOW), make(1, level=Level.CRITICAL), make(2, level=Level.LOW)])
    assert [(alert.level, alert.count) for alert in alerts] == [(Level.LOW, 1), (Level.CRITICAL, 2)]


def test_a_correlation_brings_its_count_and_beginning() -> None:
    """The first detection of a correlation stands for the events of its window."""
    (alert,) = fold([make(20, count=5, first_s=3, evidence=(b"a", b"b")), make(21)])
    assert spans([alert]) == [(6, 3, 21)]
    assert alert.evidence == [b"a", b"b", b"line at 20", b"line at 21"]


def test_entities_and_evidence_are_joined_and_bounded() -> None:
    """A spray over many users names the first of them, and keeps the first lines."""
    (alert,) = fold(make(second, users=(f"u{second}", "root")) for second in range(90))
    assert alert.entities["user"][:3] == ("u0", "root", "u1")
    assert len(alert.entities["user"]) == 50
    assert len(alert.evidence) == 20
    assert alert.count == 90


def test_a_new_alert_is_told_at_once() -> None:
    """A search that prints as it goes sees which detections are news."""
    folder = Folder()
    assert folder.add(make(0)) is folder.alerts()[0]
    assert folder.add(make(1)) is None


def test_the_keeper_of_alerts_decides_what_is_open() -> None:
    """The agent folds into what its store finds, and asks for exactly this rule, entity, time and span."""
    asked = []
    open_alert = fold([make(0)])[0]

    def find(rule_id: str, entity_key: str, time_ns: int, within_s: int) -> FoldedAlert | None:
        asked.append((rule_id, entity_key, time_ns, within_s))
        return open_alert if len(asked) == 1 else None

    assert target_of(make(50), find) is open_alert
    assert target_of(make(50), find) is None
    assert asked == [("r", "k", 50 * SECOND, 100)] * 2


@given(
    st.lists(st.tuples(st.integers(0, 2000), st.sampled_from("ab"), st.sampled_from(list(Level)), st.integers(1, 4)))
)
def test_every_event_is_in_exactly_one_alert(items: list[tuple[int, str, Level, int]]) -> None:
    """Counts add up, no alert hides what is worse, and each event lies within its alert."""
    alerts = fold(make(time_s, key=key, level=level, count=count) for time_s, key, level, count in items)
    assert sum(alert.count for alert in alerts) == sum(item[3] for item in items)
    for time_s, key, level, _ in items:
        assert any(
            alert.detection.entity_key == key
            and alert.first_ns <= time_s * SECOND <= alert.last_ns
            and alert.level >= level
            for alert in alerts
        )


@given(st.lists(st.integers(0, 3000), min_size=1))
def test_in_order_of_time_an_alert_ends_where_a_gap_begins(times: list[int]) -> None:
    """The same as cutting the sorted times at each gap longer than the span."""
    times.sort()
    gaps = sum(after - before > 100 for before, after in itertools.pairwise(times))
    assert len(fold(map(make, times))) == gaps + 1
