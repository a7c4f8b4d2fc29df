"""Which file is scanned when."""

from hypothesis import given
from hypothesis import strategies as st

from collectors.file_watch.schedule import File, Schedule, Timing

TIMING = Timing(settle_s=1, created_s=10, again_s=100)
A, B = (0, "/a"), (0, "/b")


def test_closed_files_come_before_those_that_only_appeared() -> None:
    """A writer is given time to finish."""
    schedule = Schedule(TIMING)
    schedule.created(A, 0)
    schedule.closed(B, 0)
    assert schedule.pop(0.9) is None
    assert (schedule.pop(1), schedule.pop(9.9), schedule.pop(10)) == (B, None, A)


def test_closing_what_appeared_makes_it_due_sooner_and_never_later() -> None:
    """One scan, at the earliest time."""
    schedule = Schedule(TIMING)
    schedule.created(A, 0)
    schedule.closed(A, 2)
    schedule.created(A, 2.5)
    assert schedule.next_due() == 3
    assert schedule.pop(3) == A
    assert schedule.pop(1000) is None
    assert schedule.next_due() is None


def test_a_file_that_was_just_scanned_waits() -> None:
    """A file that is closed all the time is scanned at a bounded rate, and once more at the end."""
    schedule = Schedule(TIMING)
    scans = []
    for tick in range(1000):
        if tick < 500:
            schedule.closed(A, tick)
        if schedule.pop(tick) is not None:
            scans.append(tick)
            schedule.scanned(A, tick)
    assert scans == [1, 101, 201, 301, 401, 501]


def test_the_queue_is_bounded() -> None:
    """What does not fit is refused, so that the caller walks instead; what is known already always fits."""
    schedule = Schedule(TIMING, limit=1)
    assert schedule.closed(A, 0)
    assert schedule.closed(A, 0)
    assert not schedule.closed(B, 0)
    schedule.drop(0)
    assert len(schedule) == 0
    assert schedule.pop(100) is None


events = st.lists(
    st.tuples(st.sampled_from([A, B, (1, "/a")]), st.booleans(), st.floats(0, 50), st.booleans()), max_size=60
)


@given(events)
def test_every_file_that_was_told_is_scanned_after_it_was(told: list[tuple[File, bool, float, bool]]) -> None:
    """No event is lost, whatever comes between; nothing is scanned twice for one event."""
    schedule, now = Schedule(TIMING), 0.0
    waiting: set[File] = set()
    for file, closed, after, pops in told:
        now += after
        (schedule.closed if closed else schedule.created)(file, now)
        waiting.add(file)
        while pops and (popped := schedule.pop(now)) is not None:
            assert popped in waiting
            waiting.discard(popped)
            schedule.scanned(popped, now)
    while (popped := schedule.pop(now + 1000)) is not None:
        assert popped in waiting
        waiting.discard(popped)
    assert waiting == set()
