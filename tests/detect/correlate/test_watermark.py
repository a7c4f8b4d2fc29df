"""How far the time of each stream has come."""

from soc_agent.detect.correlate.watermark import Mark, Watermarks
from tests.detect.correlate.samples import SECOND


def take(marks: Watermarks, stream: str, time_s: int, offset: int | None = None) -> bool:
    """Take an event, each at a place of its own."""
    return marks.take(stream, time_s * SECOND, marks.turn if offset is None else offset)


def test_each_stream_has_its_own_time() -> None:
    """A log of last week beside a live one is not late."""
    marks = Watermarks(10 * SECOND)
    assert take(marks, "live", 1000)
    assert take(marks, "old", 1)
    assert not take(marks, "live", 989)
    assert take(marks, "live", 990)
    assert take(marks, "old", 2)


def test_time_has_come_as_far_as_in_the_slowest_stream() -> None:
    """Windows of the old log live on while the live one is far ahead."""
    marks = Watermarks(10 * SECOND)
    take(marks, "live", 1000)
    assert marks.look() == 990 * SECOND
    take(marks, "old", 100)
    assert marks.look() == marks.passed_ns == 90 * SECOND
    assert marks.latest_ns() == 1000 * SECOND


def test_a_stream_that_ended_does_not_hold_its_windows_for_ever() -> None:
    """After a rotation the time of the present stream decides."""
    marks = Watermarks(10 * SECOND)
    take(marks, "rotated", 100)
    for second in range(10_001):
        take(marks, "present", 101 + second)
    assert marks.look() == (101 + 10_000 - 10) * SECOND


def test_a_wild_time_does_not_make_everything_late() -> None:
    """One event from 2038 costs a bounded number of events; a clock that was set back goes on."""
    marks = Watermarks(10 * SECOND)
    take(marks, "s", 10**9)
    taken = [take(marks, "s", second) for second in range(100)]
    assert taken.index(True) == 31
    assert all(taken[31:])


def test_what_is_late_is_told_from_what_was_read_before() -> None:
    """Only the first is a loss; a line that is read again is none."""
    marks = Watermarks(10 * SECOND)
    assert take(marks, "s", 100, 0)
    assert take(marks, "s", 120, 50)
    assert (take(marks, "s", 100, 0), marks.late) == (False, False)
    assert (take(marks, "s", 120, 50), marks.late) == (False, False)
    assert (take(marks, "s", 100, 90), marks.late) == (False, True)
    assert take(marks, "s", 121, 130)


def test_a_stream_that_begins_anew_under_its_old_name_is_read() -> None:
    """A later time at an earlier place is no line that was read before."""
    marks = Watermarks(10 * SECOND)
    take(marks, "s", 100, 500)
    assert take(marks, "s", 101, 0)
    assert take(marks, "s", 101, 40)
    assert not take(marks, "s", 101, 40)


def test_marks_are_bounded_and_come_back() -> None:
    """Streams that were quiet longest are forgotten, and that is a change."""
    marks = Watermarks(10 * SECOND)
    for number in range(5000):
        take(marks, str(number), number, 7)
    changes = dict(marks.take_changes())
    assert changes["0"] is None
    assert changes["4999"] == Mark(4999 * SECOND, 5000, 0, 7)
    assert marks.take_changes() == []
    again = Watermarks(10 * SECOND)
    again.restore(changes.items())
    assert again.turn == 5000
    assert not take(again, "4999", 4988, 9)
    take(again, "4999", 5000, 10)
    assert [name for name, _ in again.take_changes()] == ["4999"]
    assert dict(again.all())["4999"] == Mark(5000 * SECOND, 5002, 0, 10)
