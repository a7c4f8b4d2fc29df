"""How far the time of each stream has come."""

from soc_agent.detect.correlate.watermark import Mark, Watermarks
from tests.detect.correlate.samples import SECOND


def test_each_stream_has_its_own_time() -> None:
    """A log of last week beside a live one is not late."""
    marks = Watermarks(10 * SECOND)
    assert marks.take("live", 1000 * SECOND)
    assert marks.take("old", 1 * SECOND)
    assert not marks.take("live", 989 * SECOND)
    assert marks.take("live", 990 * SECOND)
    assert marks.take("old", 2 * SECOND)


def test_what_a_stream_has_passed_depends_on_that_stream() -> None:
    """Windows of the old log live on while the live one is far ahead."""
    marks = Watermarks(10 * SECOND)
    marks.take("old", 100 * SECOND)
    marks.take("live", 1000 * SECOND)
    assert not marks.is_passed("old", 95 * SECOND)
    assert marks.is_passed("old", 89 * SECOND)
    assert marks.is_passed("live", 989 * SECOND)


def test_a_stream_that_ended_does_not_hold_its_windows_for_ever() -> None:
    """After a rotation the time of the present stream decides."""
    marks = Watermarks(10 * SECOND)
    marks.take("rotated", 100 * SECOND)
    for second in range(10_001):
        marks.take("present", (101 + second) * SECOND)
    assert marks.is_passed("rotated", 100 * SECOND)


def test_a_wild_time_does_not_make_everything_late() -> None:
    """One event from 2038 costs a bounded number of events; a clock that was set back goes on."""
    marks = Watermarks(10 * SECOND)
    marks.take("s", 10**18)
    taken = [marks.take("s", second * SECOND) for second in range(100)]
    assert taken.index(True) == 31
    assert all(taken[31:])


def test_marks_are_bounded_and_come_back() -> None:
    """Streams that were quiet longest are forgotten, and that is a change."""
    marks = Watermarks(10 * SECOND)
    for number in range(5000):
        marks.take(str(number), number * SECOND)
    changes = dict(marks.take_changes())
    assert changes["0"] is None
    assert changes["4999"] == Mark(4999 * SECOND, 5000)
    assert marks.take_changes() == []
    again = Watermarks(10 * SECOND)
    again.restore({stream: mark for stream, mark in changes.items() if mark})
    assert again.turn == 5000
    assert not again.take("4999", 4988 * SECOND)
