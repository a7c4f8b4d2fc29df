"""The rhythm of a source is that of its hour of the day, and an outage does not teach that outages are usual."""

import msgspec
import pytest

from soc_agent.agent.trust.rhythm import Rhythm

DAY = 86_400
STEP = 60


def live(rhythm: Rhythm, days: range, speaks: list[tuple[int, int, int]]) -> float:
    """Let days pass: within each span (from hour, to hour) it speaks every so many seconds. Gives the silence."""
    silence = 0.0
    for second in range(days.start * DAY, days.stop * DAY, STEP):
        hour = second % DAY // 3600
        rhythm.watch(second, silence, STEP)
        if any(first <= hour < last and second % every == 0 for first, last, every in speaks):
            rhythm.arrived(silence)
            silence = 0.0
        silence += STEP
    return silence


def test_nothing_is_known_of_a_source_that_hardly_spoke() -> None:
    rhythm = Rhythm()
    live(rhythm, range(10), [(8, 9, 3600)])
    assert rhythm.arrivals == 10
    assert rhythm.limit_s(10 * DAY) is None


def test_what_is_quiet_at_night_may_be_quiet_at_night_and_not_at_noon() -> None:
    rhythm = Rhythm()
    live(rhythm, range(5), [(8, 18, 60)])
    noon, night = rhythm.limit_s(5 * DAY + 12 * 3600), rhythm.limit_s(5 * DAY + 7 * 3600)
    assert noon is not None
    assert night is not None
    assert noon <= 5 * STEP
    assert night > 13 * 3600


def test_the_first_night_is_no_alert() -> None:
    rhythm = Rhythm()
    live(rhythm, range(1), [(0, 18, 60)])
    limit = rhythm.limit_s(DAY + 3600 * 19)
    assert limit is not None
    limit_unseen = Rhythm(arrivals=100, observed_s=9999.0, longest_s=60.0).limit_s(0)
    assert limit_unseen == 4 * 3600


def test_one_outage_in_two_weeks_is_not_believed() -> None:
    rhythm = Rhythm()
    live(rhythm, range(12), [(0, 24, 60)])
    before = rhythm.limit_s(13 * DAY + 3 * 3600)
    live(rhythm, range(12, 13), [(12, 24, 60)])
    assert rhythm.limit_s(13 * DAY + 3 * 3600) == before


def test_what_it_teaches_now_does_not_excuse_it_now() -> None:
    rhythm = Rhythm()
    live(rhythm, range(3), [(0, 24, 60)])
    limit = rhythm.limit_s(3 * DAY)
    for second in range(3 * DAY, 3 * DAY + 3600, STEP):
        rhythm.watch(second, second - 3 * DAY, STEP)
    assert rhythm.limit_s(3 * DAY + 3599) == limit


@pytest.mark.parametrize("days", [40])
def test_it_stays_small(days: int) -> None:
    rhythm = Rhythm()
    live(rhythm, range(days), [(0, 24, 300)])
    data = msgspec.json.encode(rhythm)
    assert len(data) < 5000
    assert msgspec.json.decode(data, type=Rhythm) == rhythm
