"""The flow table: when flows end, in which order their lines come, and that batches leave no trace in them."""

import random
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.packets import table
from collectors.packets.frames import frames_of
from collectors.packets.grouping import prepare
from collectors.packets.headers import decode
from collectors.packets.marks import mark
from collectors.packets.table import FlowTable, TableOptions
from tests.collectors.packets.craft import ACK, BEGIN_NS, FIN, RST, SECOND, SYN, Conversation, frame, hello, tcp, udp

Packet = tuple[float, bytes]
OPTIONS = TableOptions("edge", 60 * SECOND, 300 * SECOND, 10_000)


def none(_: bytes, __: int) -> None:
    """Dissect nothing."""


def run(
    packets: Sequence[Packet], cuts: Sequence[int] = (), options: TableOptions = OPTIONS, *, end: bool = True
) -> list[bytes]:
    """All lines of packets that come in batches, cut at these places."""
    flows = FlowTable(options, none)
    lines: list[bytes] = []
    for begin, stop in zip([0, *cuts], [*cuts, len(packets)], strict=True):
        part = packets[begin:stop]
        if not part:
            continue
        frames = frames_of([data for _, data in part], [BEGIN_NS + round(at * 1e9) for at, _ in part])
        headers = decode(frames)
        flows.feed(prepare(headers, mark(headers)), [])
        lines += flows.take()
        assert len(flows.flows) <= options.max_flows + table.EVICTION_STEP
    if end:
        flows.flush()
        lines += flows.take(final=True)
        assert flows.allowance.left == table._HELD_BYTES
        assert not flows.flows
    return lines


def conns(lines: list[bytes]) -> list[dict[str, Any]]:
    return [line for line in map(msgspec.json.decode, lines) if line["_path"] == "conn"]


def packet(at: float, flags: int, *, back: bool = False, port: int = 1000, payload: bytes = b"") -> Packet:
    ends, ports = ("10.0.0.1", "10.0.0.2"), (port, 80)
    if back:
        ends, ports = ends[::-1], ports[::-1]
    return at, frame(*ends, 6, tcp(*ports, flags, payload))


def datagram(at: float, *, back: bool = False, port: int = 1000, service: int = 9999) -> Packet:
    ends, ports = ("10.0.0.1", "10.0.0.2"), (port, service)
    if back:
        ends, ports = ends[::-1], ports[::-1]
    return at, frame(*ends, 17, udp(*ports, b"x"))


TICK = (1000.0, frame("10.9.9.9", "10.9.9.8", 17, udp(1, 2)))


def ended_by(packets: list[Packet], at: float) -> list[dict[str, Any]]:
    """The flows that are reported once a packet of another flow comes at this time."""
    return conns(run([*packets, (at, TICK[1])], end=False))


def test_a_whole_conversation() -> None:
    talk = (
        Conversation("10.0.0.1", 5000, "10.0.0.2", 80)
        .open()
        .say(b"GET / HTTP/1.1\r\n\r\n")
        .answer(b"HTTP/1.1 200 OK\r\n\r\n")
        .close()
    )
    [line] = conns(run(talk.frames))
    assert (line["conn_state"], line["history"], line["service"]) == ("SF", "ShADdFf", "http")
    assert (line["orig_pkts"], line["resp_pkts"], line["orig_bytes"], line["resp_bytes"]) == (5, 3, 18, 19)
    assert line["id.orig_p"] == 5000


def test_a_closed_flow_is_reported_two_seconds_after_its_last_packet() -> None:
    talk = Conversation("10.0.0.1", 5000, "10.0.0.2", 80, step=0).open().close()
    assert ended_by(talk.frames, 2.0) == []
    assert len(ended_by(talk.frames, 2.000001)) == 1


@pytest.mark.parametrize(
    ("packets", "state", "after"),
    [
        ([packet(0, SYN)], "S0", 5),
        ([packet(0, SYN), packet(0, RST | ACK, back=True)], "REJ", 2),
        ([packet(0, SYN), packet(0, SYN | ACK, back=True), packet(0, RST)], "RSTO", 2),
        ([datagram(0)], "S0", 5),
        ([datagram(0), datagram(0, back=True)], "SF", 60),
        ([datagram(0, service=53), datagram(0, back=True, service=53)], "SF", 60),
        ([packet(0, SYN), packet(0, SYN | ACK, back=True), packet(0, ACK)], "S1", 60),
        ([packet(0, ACK, payload=b"x")], "OTH", 60),
    ],
)
def test_each_kind_of_flow_has_its_patience(packets: list[Packet], state: str, after: float) -> None:
    assert ended_by(packets, after) == []
    assert [line["conn_state"] for line in ended_by(packets, after + 1e-6)] == [state]


def test_packets_after_the_end_begin_a_new_flow() -> None:
    lines = conns(run([packet(0, SYN), packet(4.9, SYN), packet(9.9, SYN)]))
    assert [(line["orig_pkts"], line["duration"]) for line in lines] == [(2, 4.9), (1, 0.0)]
    assert lines[0]["uid"] != lines[1]["uid"]


def test_a_syn_on_a_closed_flow_begins_a_new_one_at_once() -> None:
    refused = [packet(0, SYN), packet(0.1, RST | ACK, back=True), packet(0.2, SYN), packet(0.3, RST | ACK, back=True)]
    assert [line["history"] for line in conns(run(refused))] == ["Sr", "Sr"]


def test_a_flow_that_lasts_is_reported_in_parts_that_add_up() -> None:
    packets = [packet(at, ACK, payload=b"12345") for at in range(0, 1000, 10)]
    lines = conns(run(packets))
    assert [line["orig_pkts"] for line in lines] == [30, 30, 30, 10]
    assert sum(line["orig_bytes"] for line in lines) == 500
    assert len({line["uid"] for line in lines}) == 1
    assert [line["ts"] - lines[0]["ts"] for line in lines] == [0, 300, 600, 900]


def test_a_quiet_part_is_not_reported_again() -> None:
    options = TableOptions("edge", 60 * SECOND, 10 * SECOND, 100)
    packets = [packet(0, SYN), packet(1, SYN | ACK, back=True), packet(55, ACK)]
    assert [line["orig_pkts"] for line in conns(run(packets, options=options))] == [1, 1]


def test_lines_come_in_the_order_of_their_time() -> None:
    packets = [packet(0, SYN, port=1), packet(1, SYN, port=2), packet(1.5, RST | ACK, back=True, port=2), TICK]
    assert [line["id.orig_p"] for line in conns(run(packets))[:2]] == [2, 1]


def test_the_first_packet_decides_who_asked() -> None:
    [answered] = conns(run([packet(0, SYN | ACK, back=True)]))
    assert (answered["id.orig_h"], answered["history"]) == ("10.0.0.1", "^h")
    [midstream] = conns(run([packet(0, ACK, back=True, payload=b"x")]))
    assert (midstream["id.orig_h"], midstream["history"]) == ("10.0.0.1", "^d")
    [unknown] = conns(run([datagram(0, back=True, service=40000)]))
    assert (unknown["id.orig_h"], unknown["history"]) == ("10.0.0.2", "D")


def test_when_time_goes_back_far_all_flows_end_and_time_begins_anew() -> None:
    future = [packet(1e9, SYN, port=7), packet(1, SYN, port=8), packet(2, SYN, port=8), packet(100, SYN, port=9)]
    lines = conns(run([packet(0, SYN, port=6), *future]))
    assert [(line["id.orig_p"], line["orig_pkts"]) for line in lines] == [(6, 1), (7, 1), (8, 2), (9, 1)]


def test_small_steps_back_in_time_are_no_new_time() -> None:
    [line] = conns(run([packet(10, SYN), packet(9, SYN), packet(8, SYN)]))
    assert (line["orig_pkts"], line["duration"]) == (3, 0.0)


def test_the_oldest_flow_goes_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "EVICTION_STEP", 8)
    options = TableOptions("edge", 60 * SECOND, 300 * SECOND, 16)
    first = [packet(0, SYN, port=1), packet(0, SYN, port=2)]
    more = [packet(0.001 * number, SYN, port=100 + number) for number in range(14)]
    again, last = (
        [packet(0.5, SYN, port=1)],
        [packet(0.6 + 0.001 * number, SYN, port=200 + number) for number in range(7)],
    )
    lines = conns(run([*first, *more, *again, *last, packet(0.7, SYN)], options=options, end=False))
    assert [line["id.orig_p"] for line in lines[:2]] == [2, 100]
    assert 1 not in [line["id.orig_p"] for line in lines]


def test_evicted_flows_are_not_kept_by_their_timers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "EVICTION_STEP", 8)
    monkeypatch.setattr(table, "_IDLE_TIMERS", 10)
    flows = FlowTable(TableOptions("edge", 60 * SECOND, 300 * SECOND, 16), none)
    for begin in range(0, 2000, 100):
        flood = [packet(0.001 * number, SYN, port=number)[1] for number in range(begin, begin + 100)]
        headers = decode(frames_of(flood, [BEGIN_NS + number for number in range(begin, begin + 100)]))
        flows.feed(prepare(headers, mark(headers)), [])
        assert flows._timers.size <= (16 + 8) * 5 // 4 + 10
    assert flows.evicted == 2000 - 16


def test_a_null_segment_is_a_flow_too() -> None:
    [line] = ended_by([packet(0, 0)], 6)
    assert (line["conn_state"], line["history"], line["orig_pkts"]) == ("OTH", "", 1)


def test_time_passes_without_packets() -> None:
    flows = FlowTable(OPTIONS, none)
    headers = decode(frames_of([packet(0, SYN)[1]], [BEGIN_NS]))
    flows.feed(prepare(headers, mark(headers)), [])
    flows.advance(BEGIN_NS + 5 * SECOND)
    assert flows.take() == []
    flows.advance(BEGIN_NS + 5 * SECOND + 1)
    assert len(flows.take()) == 1
    flows.advance(BEGIN_NS)
    assert flows.clock_ns == BEGIN_NS + 5 * SECOND + 1


def test_extra_lines_take_their_place_by_time() -> None:
    flows = FlowTable(OPTIONS, none)
    packets = [packet(0, SYN), packet(1, SYN, port=2), packet(9, SYN, port=3)]
    headers = decode(frames_of([data for _, data in packets], [BEGIN_NS + round(at * 1e9) for at, _ in packets]))
    flows.feed(prepare(headers, mark(headers)), [(0, b"first"), (2, b"last")])
    assert [line if line in (b"first", b"last") else b"conn" for line in flows.take()] == [
        b"first",
        b"conn",
        b"conn",
        b"last",
    ]


def story(rng: random.Random, count: int) -> list[Packet]:
    """Packets of few flows with every turn of events: gaps, resets, repeats, splits, returns in time."""
    found: list[Packet] = []
    at = 0.0
    greeting = hello("story.example.vn")
    said = (
        b"",
        b"",
        b"x" * 50,
        b"GET /%d HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"GET /half",
        b" HTTP/1.1\r\n\r\n",
        greeting[:80],
        greeting[80:],
        b"220 FTP\r\n",
        b"USER a\r\n",
        b"PASS b\r\n",
        b"530 no\r\n",
    )
    for _ in range(count):
        at += rng.choice((0, 0, 0.001, 0.5, 1.999, 2.0, 2.001, 5.0, 30.0, 61.0)) if rng.random() < 0.3 else 0.0001
        back, port = rng.random() < 0.4, rng.choice((1000, 1001, 1002))
        time = at - rng.choice((0, 0, 0, 0.5)) if rng.random() < 0.9 else at
        if rng.random() < 0.002:
            time = at - 5000
        if rng.random() < 0.2:
            found.append(datagram(max(time, 0), back=back, port=port, service=rng.choice((53, 9999))))
            continue
        flags = rng.choice((SYN, SYN | ACK, ACK, ACK, ACK, ACK, ACK, FIN | ACK, RST, 0))
        found.append(
            packet(max(time, 0), flags, back=back, port=port, payload=rng.choice(said) if flags in (ACK, SYN) else b"")
        )
    return found


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 120), st.sampled_from([5, 60]), st.sampled_from([7, 300]))
def test_how_packets_are_cut_into_batches_leaves_no_trace(
    rng: random.Random, count: int, idle: int, active: int
) -> None:
    packets = story(rng, count)
    options = TableOptions("edge", idle * SECOND, active * SECOND, 1000)
    expected = run(packets, options=options)
    cuts = sorted(rng.randrange(count + 1) for _ in range(rng.randrange(1, 12)))
    assert run(packets, cuts, options) == expected
    assert run(packets, range(1, count), options) == expected
    counted = sum(line["orig_pkts"] + line["resp_pkts"] for line in conns(expected))
    assert counted == count


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(50, 150))
def test_evictions_leave_no_trace_of_batches_either(rng: random.Random, count: int) -> None:
    packets = [packet(number * 0.01, SYN, port=rng.randrange(60)) for number in range(count)]
    options = TableOptions("edge", 60 * SECOND, 300 * SECOND, 16)
    before, table.EVICTION_STEP = table.EVICTION_STEP, 8
    try:
        expected = run(packets, options=options)
        cuts = sorted(rng.randrange(count + 1) for _ in range(8))
        assert run(packets, cuts, options) == expected
        assert run(packets, range(1, count), options) == expected
    finally:
        table.EVICTION_STEP = before


def test_ends_wait_for_all_packets_of_their_time() -> None:
    """A SYN ends a closed flow; a request that is answered at the very same time comes before, in any batch."""
    talk = (
        Conversation("10.0.0.5", 5000, "10.0.0.2", 80, step=0)
        .say(b"GET / HTTP/1.1\r\n\r\n")
        .answer(b"HTTP/1.1 200 OK\r\n\r\n")
    )
    request, response = talk.frames
    packets = [packet(0, SYN), packet(0, RST | ACK, back=True), request, packet(1, SYN), (1.0, response[1])]
    paths = [msgspec.json.decode(line)["_path"] for line in run(packets)]
    assert paths[:2] == ["http", "conn"]
    assert run(packets, [4]) == run(packets)


def test_many_flows_in_one_batch_add_up() -> None:
    rng = random.Random(1)
    packets = []
    for number in range(5000):
        flags, back, port = rng.choice((SYN, ACK, FIN | ACK)), rng.random() < 0.5, rng.randrange(500)
        packets.append(packet(number * 0.0001, flags, back=back, port=port, payload=b"ab"))
    lines = conns(run(packets))
    assert sum(line["orig_pkts"] + line["resp_pkts"] for line in lines) == 5000
    assert sum(line["orig_bytes"] + line["resp_bytes"] for line in lines) == 10_000
    assert np.all(np.diff([line["ts"] for line in lines]) <= 1.0)
