"""Bars over time: nothing that happened is invisible, and severe alerts show without colour."""

from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from soc_agent.model import Level
from tests.tui.stage import HOUR, NOW
from tui.histogram import axis, bars, place, worst
from tui.outside import Line
from tui.paper import width_of

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
BUCKETS = st.lists(st.lists(st.integers(0, 10_000), min_size=5, max_size=5), min_size=1, max_size=60)


def plain(row: Line) -> str:
    return "".join(text for text, _ in row)


@given(BUCKETS, st.integers(1, 4))
def test_every_bucket_with_an_alert_shows(buckets: list[list[int]], height: int) -> None:
    rows = [plain(row) for row in bars(buckets, height)]
    assert len(rows) == height
    assert all(len(row) == len(buckets) for row in rows)
    for index, bucket in enumerate(buckets):
        assert (rows[-1][index] != " ") == bool(sum(bucket))


def test_the_peak_is_full_and_half_of_it_is_half() -> None:
    rows = [plain(row) for row in bars([[0, 0, 8, 0, 0], [0, 0, 4, 0, 0], [0] * 5], 2)]
    assert rows == ["█  ", "██ "]


def test_colour_is_that_of_the_worst_level() -> None:
    (row,) = bars([[9, 0, 0, 1, 0], [9, 0, 1, 0, 0], [9, 0, 0, 0, 1]], 1)
    assert [role for _, role in row] == ["high", "medium", "high"]
    assert worst([1, 1, 0, 0, 0]) is Level.LOW
    assert worst([0] * 5) is None


def test_severe_alerts_stand_on_the_axis_as_glyphs() -> None:
    buckets = [[0, 0, 3, 0, 0]] * 30
    buckets[20] = [0, 0, 0, 1, 0]
    buckets[24] = [0, 0, 0, 1, 2]
    text = plain(axis(buckets, NOW - 24 * HOUR, NOW, ZONE))
    assert text.startswith("╷03:12")
    assert (text[20], text[24]) == ("▲", "◆") or text[20] in "╷0123456789:"
    assert "◆" in text


@given(st.integers(1, 200), st.integers(0, 2 * HOUR))
def test_the_axis_is_as_wide_as_its_buckets(width: int, span: int) -> None:
    row = axis([[0] * 5] * width, NOW - span, NOW, ZONE, cursor=width // 2)
    assert width_of(row) == width


def test_the_cursor_stands_on_axis_and_bars() -> None:
    buckets = [[0] * 5] * 20
    assert plain(axis(buckets, NOW - HOUR, NOW, ZONE, 10))[10] == "▲"
    assert plain(bars(buckets, 1, 10)[0])[10] == "│"


def test_places_on_an_axis() -> None:
    assert [place(t, 0, 100, 10) for t in (0, 9, 10, 99, 100)] == [0, 0, 1, 9, 9]
    assert (place(101, 0, 100, 10), place(-1, 0, 100, 10), place(5, 5, 5, 10)) == (None, None, None)
