"""Events at regular intervals: a program calls home, a person does not."""

import random
from itertools import pairwise
from statistics import median_high

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soc_agent.detect.correlate.rhythm import Rhythm, split_rhythm
from soc_agent.detect.correlate.spec import CorrelationSpec
from soc_agent.detect.correlate.state import fingerprint
from soc_agent.errors import RuleError
from tests.detect.correlate.samples import feeder, make_spec

BEATS = 12
SPEC = msgspec.structs.replace(
    make_spec("rhythm", count=BEATS, timespan_s=6 * 3600), rhythm=Rhythm(spread=35, least="5s")
)


def found_at(times: list[float], spec: CorrelationSpec = SPEC, lateness_s: int = 0) -> list[float]:
    """Give the times of the events that completed a rhythm, in the order in which they came."""
    feed = feeder(spec, lateness_s=lateness_s).feed
    return [time for time in times if feed(time)]


def is_rhythm(times: list[float]) -> bool:
    """Say the same in other words, of events of which each is a beat."""
    intervals = [later - earlier for earlier, later in pairwise(times)]
    middle = median_high(intervals)
    alike = sum(abs(interval - middle) * 100 <= 35 * middle for interval in intervals)
    return middle >= 15 and alike * 5 >= 4 * len(intervals)


def test_a_call_every_minute_is_found_with_the_last_beat_and_each_one_after_it() -> None:
    assert found_at([60.0 * beat for beat in range(14)]) == [60.0 * beat for beat in (11, 12, 13)]


@settings(max_examples=60, deadline=None)
@given(
    st.integers(45, 1500), st.floats(0, 0.25), st.randoms(use_true_random=False), st.integers(0, 3), st.integers(1, 3)
)
def test_jitter_and_several_connections_a_beat_do_not_hide_it(
    period: int, jitter: float, chance: random.Random, apart_s: int, each: int
) -> None:
    """A sleep of up to a quarter less than its period, as control programs are set to, always has a rhythm."""
    at, times = 0.0, []
    for _ in range(BEATS):
        times += [at + apart_s * number for number in range(each)]
        at += period * (1 - jitter * chance.random())
    spec = msgspec.structs.replace(SPEC, rhythm=Rhythm(spread=60, least="10s")) if apart_s and each > 1 else SPEC
    assert found_at(times, spec)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(6, 400), min_size=BEATS - 1, max_size=BEATS + 6))
def test_it_is_what_it_says_of_any_intervals(intervals: list[int]) -> None:
    times = [0.0]
    for interval in intervals:
        times.append(times[-1] + interval)
    spec = msgspec.structs.replace(SPEC, timespan_ns=10**15)
    expected = [times[end - 1] for end in range(BEATS, len(times) + 1) if is_rhythm(times[end - BEATS : end])]
    assert found_at(times, spec) == expected


def test_who_clicks_has_no_rhythm() -> None:
    """The intervals of people and of busy servers are of all lengths."""
    chance = random.Random(4)
    spec = msgspec.structs.replace(SPEC, checks=make_spec(count=20).checks)
    for mean_s in (15, 60, 300):
        at, times = 0.0, []
        for _ in range(2000):
            at += chance.expovariate(1 / mean_s)
            times.append(at)
        assert found_at(times, spec) == []


def test_a_beat_now_and_then_may_be_missed() -> None:
    assert found_at([60.0 * beat for beat in range(16) if beat not in (4, 9)])


def test_a_flood_and_a_burst_are_no_rhythm() -> None:
    assert found_at([number / 10 for number in range(3000)]) == []
    assert found_at([float(number) for number in range(9)]) == []


def test_what_comes_too_seldom_for_the_timespan_is_none() -> None:
    assert found_at([2000.0 * beat for beat in range(40)]) == []


def test_the_order_in_which_lines_come_does_not_matter() -> None:
    times = [60.0 * beat for beat in range(BEATS)]
    assert found_at([*times[:3], *times[4:], times[3]], lateness_s=600) == [times[3]]


def test_groups_are_apart() -> None:
    feed = feeder(SPEC).feed
    assert not any(feed(60.0 * beat, src_ip=f"10.0.0.{beat % 2}") for beat in range(2 * BEATS - 2))


def test_a_rhythm_goes_on_over_a_restart() -> None:
    feed = feeder(SPEC)
    for beat in range(BEATS - 1):
        assert feed.feed(60.0 * beat) == []
    feed.commit()
    feed.restart([SPEC])
    assert feed.feed(60.0 * (BEATS - 1))


def test_another_rhythm_is_another_correlation() -> None:
    assert fingerprint(SPEC) != fingerprint(msgspec.structs.replace(SPEC, rhythm=Rhythm(spread=10)))


def test_a_group_is_bounded() -> None:
    feed = feeder(SPEC)
    for number in range(5000):
        feed.feed(number / 100)
    assert len(feed.groups()["10.0.0.1"]) <= 1100
    assert feed.correlator.problems() == []


def test_it_is_taken_out_of_a_document() -> None:
    plain, rhythm = split_rhythm({"soc": {"layer": 1, "rhythm": {"spread": 20, "least": "1m"}}})
    assert (plain, rhythm) == ({"soc": {"layer": 1}}, Rhythm(20, "1m"))
    assert rhythm is not None
    assert rhythm.least_ns == 60 * 10**9
    assert split_rhythm({"soc": {"layer": 1}})[1] is None
    assert split_rhythm({})[1] is None


@pytest.mark.parametrize("said", [{"spread": 0}, {"spread": "much"}, {"least": "10"}, {"jitter": 3}, 7])
def test_what_it_does_not_know_is_refused(said: object) -> None:
    with pytest.raises(RuleError) as refused:
        split_rhythm({"soc": {"rhythm": said}})
    assert [problem.code for problem in refused.value.problems] == ["correlation.rhythm"]
