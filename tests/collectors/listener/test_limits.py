"""Bounds on senders."""

from hypothesis import given
from hypothesis import strategies as st

from collectors.listener.limits import Rate, Tally


def test_a_sender_has_a_rate_and_a_burst_of_two_seconds() -> None:
    rate = Rate(100)
    assert rate.allow("a", 500, 0.0) == 200
    assert rate.allow("a", 500, 0.5) == 50
    assert rate.allow("b", 10, 0.5) == 10, "another sender has its own"
    assert rate.allow("a", 500, 100.0) == 200


def test_no_limit_is_no_limit() -> None:
    assert Rate(0).allow("a", 10**9, 0.0) == 10**9
    assert Rate(0).charge("a", 10**9, 0.0) == 0.0


def test_lines_that_came_already_make_their_sender_wait() -> None:
    rate = Rate(100)
    assert rate.charge("a", 200, 0.0) == 0.0
    assert rate.charge("a", 100, 0.0) == 1.0
    assert rate.charge("a", 0, 1.0) == 0.0


@given(st.lists(st.tuples(st.integers(0, 300), st.floats(0, 2)), max_size=50))
def test_never_more_than_the_rate_and_one_burst(steps: list[tuple[int, float]]) -> None:
    rate, now, taken = Rate(100), 0.0, 0
    for lines, wait_s in steps:
        now += wait_s
        taken += rate.allow("a", lines, now)
    assert taken <= 200 + 100 * now + 1


def test_a_flood_of_forged_senders_is_bounded() -> None:
    rate, tally = Rate(100), Tally()
    for number in range(100_000):
        rate.allow(str(number), 1, number / 1_000_000)
        tally.add("limited", str(number))
    assert len(rate._levels) <= 16_384
    assert tally.take()["limited"][0] == 100_000


def test_what_went_wrong_is_told_with_the_sender_who_did_it_most() -> None:
    tally = Tally()
    tally.add("malformed", "a")
    tally.add("malformed", "b", 5, "why")
    assert tally.take() == {"malformed": (6, "b", 5, "why")}
    assert tally.take() == {}
