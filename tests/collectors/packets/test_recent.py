"""Packets of the last moments: the first of each flow, tags in their place, bounded."""

import random
from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.packets.frames import Frames, frames_of
from collectors.packets.grouping import Packets, prepare
from collectors.packets.headers import decode
from collectors.packets.marks import mark
from collectors.packets.recent import FIRST_PACKETS, Recent, raw_packets
from tests.collectors.packets.craft import ACK, BEGIN_NS, ether, frame, ip4, tcp, udp


def batch(*data: bytes, vlan: int = 0) -> Packets:
    made = frames_of(list(data), [BEGIN_NS + number for number in range(len(data))])
    if vlan:
        made = Frames(
            made.data, made.start, made.size, made.wire, made.time_ns, made.link, np.full(len(data), vlan, np.int64)
        )
    headers = decode(made)
    return prepare(headers, mark(headers))


def segment(number: int, port: int = 80, payload: bytes = b"") -> bytes:
    return frame("10.0.0.1", "10.0.0.2", 6, tcp(1000, port, ACK, payload, seq=number))


def test_the_first_packets_of_each_flow_and_those_that_begin_a_message() -> None:
    many = [segment(number) for number in range(FIRST_PACKETS + 10)]
    packets = batch(*many, segment(1, port=81), segment(99, payload=b"GET / HTTP/1.1\r\n\r\n"))
    recent = Recent()
    recent.add(packets)
    found = [raw.data for raw in recent.find(np.unique(packets.hash))]
    assert found == [*many[:FIRST_PACKETS], segment(1, port=81), segment(99, payload=b"GET / HTTP/1.1\r\n\r\n")]
    assert [raw.data for raw in recent.find(packets.hash[-2:-1])] == [segment(1, port=81)]
    assert recent.held >= sum(map(len, found))


def test_newer_packets_take_the_room_of_older_ones() -> None:
    recent = Recent(most_bytes=2000)
    for number in range(50):
        recent.add(batch(segment(number, payload=bytes(100))))
    assert 0 < recent.held <= 2000
    packets = batch(segment(49, payload=bytes(100)))
    found = recent.find(packets.hash)
    assert found[-1].data == segment(49, payload=bytes(100))
    assert [raw.data for raw in found] == [segment(number, payload=bytes(100)) for number in range(50 - len(found), 50)]
    assert recent.held // 2 < sum(len(raw.data) for raw in found) <= recent.held


def test_what_is_of_no_flow_is_not_held() -> None:
    recent = Recent()
    recent.add(batch(ether(bytes(40), 0x88CC)))
    assert recent.held == 0


def test_a_tag_that_the_kernel_took_off_is_put_back() -> None:
    bare = ether(ip4("10.0.0.1", "10.0.0.2", 17, udp(1, 2)), 0x0800)
    packets = batch(bare, vlan=42)
    [raw] = raw_packets(packets.headers.frames, packets.at, packets.hash)
    assert raw.data == ether(ip4("10.0.0.1", "10.0.0.2", 17, udp(1, 2)), 0x0800, [(0x8100, 42)])
    assert raw.wire == len(raw.data)


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 400))
def test_every_packet_comes_back_as_it_was_whatever_stands_between(rng: random.Random, count: int) -> None:
    """Of elephants the first packets of a batch, of others all; what is left out leaves holes of any length."""
    sent = []
    for number in range(count):
        port = 80 if rng.random() < 0.8 else rng.randrange(1, 5)
        sent.append(segment(number, port, bytes(rng.choice((0, 1, 5, 300)))))
        if rng.random() < 0.1:
            sent.append(ether(bytes(rng.randrange(200)), 0x88CC))
    recent = Recent()
    expected: dict[int, list[bytes]] = {}
    places = sorted(rng.randrange(len(sent) + 1) for _ in range(2))
    for begin, end in zip([0, *places], [*places, len(sent)], strict=True):
        if begin == end:
            continue
        packets = batch(*sent[begin:end])
        recent.add(packets)
        counts: Counter[int] = Counter()
        for index in packets.at.tolist():
            number = int(packets.hash[index])
            counts[number] += 1
            if counts[number] <= FIRST_PACKETS:
                expected.setdefault(number, []).append(sent[begin + index])
    for number, raws in expected.items():
        found = recent.find(np.array([number], np.uint64))
        assert [raw.data for raw in found] == raws
        assert all(raw.wire == len(raw.data) and raw.hash == number for raw in found)
