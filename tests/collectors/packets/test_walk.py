"""Adding packets up in bulk gives what walking them one by one gives."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.packets import walk
from collectors.packets.flow import Flow
from collectors.packets.table import TableOptions
from tests.collectors.packets.craft import SECOND, frame, icmp, tcp, udp
from tests.collectors.packets.test_table import OPTIONS, Packet, packet, run, story

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


def _plain_run(self: walk.Walk) -> None:
    """Take the place of everything that is done in bulk."""
    groups, flows = self._groups, self._table.flows
    for key, begin, end in zip(groups.keys, groups.begin, groups.end, strict=True):
        flows[key] = self._step(flows.pop(key, None), key, begin, end)


def of_any_kind(rng: random.Random, count: int) -> list[Packet]:
    """Packets of every protocol that is told apart when a flow begins."""
    found: list[Packet] = []
    hosts = [("10.0.0.1", "10.0.0.2"), ("10.0.0.1", "10.0.0.1"), ("2001:db8::1", "fe80::2"), ("10.0.0.9", "224.0.0.1")]
    ports = (53, 80, 443, 1000, 40_000)
    for number in range(count):
        source, target = rng.choice(hosts)[:: rng.choice((1, -1))]
        turn = rng.randrange(4)
        if turn == 0:
            kinds = (128, 129, 133, 134, 3) if ":" in source else (0, 8, 13, 14, 3)
            proto, body = 58 if ":" in source else 1, icmp(rng.choice(kinds), rng.randrange(2))
        elif turn == 1:
            proto, body = 17, udp(rng.choice(ports), rng.choice(ports), bytes(rng.randrange(9)))
        elif turn == 2:
            proto, body = rng.choice((47, 50, 132, 255)), bytes(12)
        else:
            proto, body = (
                6,
                tcp(rng.choice(ports), rng.choice(ports), rng.randrange(32), bytes(rng.randrange(3)), seq=9),
            )
        data = frame(source, target, proto, body)
        if rng.random() < 0.2:
            data = data[:12] + b"\x81\x00\x00\x07" + data[12:]
        found.append((number * rng.choice((0.001, 0.1)), data))
    return sorted(found, key=lambda packet: packet[0])


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 200), st.booleans())
def test_nothing_done_in_bulk_gives_the_same_lines(rng: random.Random, count: int, tells_stories: bool) -> None:
    packets = story(rng, count) if tells_stories else of_any_kind(rng, count)
    expected = run(packets)
    bulk, walk.Walk.run = walk.Walk.run, _plain_run  # type: ignore[method-assign]
    try:
        assert run(packets) == expected
        assert run(packets, range(1, count)) == expected
    finally:
        walk.Walk.run = bulk  # type: ignore[method-assign]


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
