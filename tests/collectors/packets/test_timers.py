"""Timers give flows back when they are due, each once, in the order of their time, like a sorted list would."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.packets.flow import Flow
from collectors.packets.timers import BUCKET_BITS, Timers

BUCKET_NS = 1 << BUCKET_BITS


def flow(queued_ns: int, number: int) -> Flow:
    made = Flow(bytes(40), 6, True, False, 0, number)
    made.queued_ns = queued_ns
    return made


def take_all(timers: Timers, before_ns: int) -> list[Flow]:
    found: list[Flow] = []
    while due := timers.take(before_ns):
        found += due
        for one in due:
            one.queued_ns = -1
    return found


@settings(max_examples=80, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 80))
def test_flows_come_in_the_order_of_their_time_whenever_one_asks(rng: random.Random, count: int) -> None:
    timers = Timers()
    flows = [flow(rng.randrange(1, 6 * BUCKET_NS), number) for number in range(count)]
    for one in flows:
        timers.add(one)
        if rng.random() < 0.3:  # queued anew, earlier
            one.queued_ns = max(one.queued_ns - rng.randrange(2 * BUCKET_NS), 1)
            timers.add(one)
    expected = sorted((one.queued_ns, one.first_index) for one in flows)
    found: list[tuple[int, int]] = []
    for before_ns in [*sorted(rng.randrange(8 * BUCKET_NS) for _ in range(5)), 8 * BUCKET_NS]:
        due = [place for place in expected if place[0] < before_ns][len(found) :]
        times = {one.first_index: one.queued_ns for one in flows}
        assert [(times[one.first_index], one.first_index) for one in take_all(timers, before_ns)] == due
        found += due
    assert found == expected
    assert timers.size == 0


def test_what_is_due_at_that_very_time_is_not_due_before_it() -> None:
    timers = Timers()
    timers.add(flow(100, 1))
    assert timers.take(100) == []
    assert len(timers.take(101)) == 1
    timers.add(flow(BUCKET_NS, 1))
    assert timers.take(BUCKET_NS) == []
    assert len(timers.take(BUCKET_NS + 1)) == 1


def test_old_entries_are_pruned() -> None:
    timers = Timers()
    flows = [flow(number * 1000 + 1, number) for number in range(1000)]
    for one in flows:
        timers.add(one)
        timers.add(one)
    for one in flows[10:]:
        one.queued_ns = -1
    timers.prune()
    assert timers.size == 10
    assert take_all(timers, BUCKET_NS) == flows[:10]
    timers.clear()
    assert timers.take(BUCKET_NS) == []
