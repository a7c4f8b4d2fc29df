"""Adding packets up in bulk gives what walking them one by one gives."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.packets import walk
from collectors.packets.flow import Flow
from collectors.packets.table import TableOptions
from tests.collectors.packets.craft import SECOND
from tests.collectors.packets.test_table import OPTIONS, packet, run, story

_add = walk.Walk._add


def _one_by_one(self: walk.Walk, flow: Flow, row: int, begin: int, end: int) -> None:
    """Take the place of the bulk way; a flow that is new has begun already."""
    self._step(flow, flow.key, begin, end)


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 150), st.sampled_from([7, 300]))
def test_both_ways_agree(rng: random.Random, count: int, active: int) -> None:
    packets = story(rng, count)
    options = TableOptions("edge", 60 * SECOND, active * SECOND, 1000)
    expected = run(packets, options=options)
    walk.Walk._add = _one_by_one  # type: ignore[method-assign]
    try:
        assert run(packets, options=options) == expected
    finally:
        walk.Walk._add = _add  # type: ignore[method-assign]


def test_ordinary_flows_go_the_bulk_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the test above would compare a way with itself, and reading would be slow."""
    stepped: list[int] = []
    original = walk.Walk._step

    def step(self: walk.Walk, flow: Flow | None, key: bytes, begin: int, end: int) -> Flow:
        stepped.append(end - begin)
        return original(self, flow, key, begin, end)

    monkeypatch.setattr(walk.Walk, "_step", step)
    packets = [packet(number * 0.001, 2 if number < 10 else 16, port=number % 10) for number in range(100)]
    run(packets)
    assert stepped == []
    run([packet(0, 2), packet(3, 2)], options=OPTIONS)
    assert stepped == [2]
