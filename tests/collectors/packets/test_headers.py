"""Headers in bulk agree with headers read one at a time, on every kind of frame and on broken ones."""

import random
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.packets.frames import Frames, frames_of
from collectors.packets.headers import Headers, decode, knows_link
from tests.collectors.packets import craft, slow_decode
from tests.collectors.packets.craft import ACK, SYN, ether, frame, icmp, ip4, ip6, tcp, udp

V4, V6 = ("10.1.2.3", "192.0.2.9"), ("2001:db8::1", "fe80::ffff:1")


def extension(following: int, kind: int, body: bytes = bytes(6)) -> bytes:
    """An IPv6 extension header of 8 bytes, or an authentication header of 12."""
    return struct.pack(">BB", following, 1) + bytes(10) if kind == 51 else struct.pack(">BB", following, 0) + body


def with_extensions(kinds: list[int], proto: int, body: bytes) -> bytes:
    chain = b""
    for kind, following in zip(kinds, [*kinds[1:], proto], strict=True):
        chain += extension(following, kind)
    return ether(ip6(*V6, kinds[0], chain + body), 0x86DD)


FRAMES = {
    "tcp": frame(*V4, 6, tcp(1000, 80, SYN, b"early", seq=7)),
    "tcp options": frame(*V4, 6, tcp(1000, 80, ACK, b"data", options=bytes(12))),
    "tcp6": frame(*V6, 6, tcp(443, 60000, ACK, b"x" * 300)),
    "ip options": ether(ip4(*V4, 17, udp(53, 53, b"q"), options=bytes(8)), 0x0800),
    "udp6": frame(*V6, 17, udp(5353, 5353, b"mdns")),
    "udp empty": frame(*V4, 17, udp(1, 2)),
    "padding": frame(*V4, 17, udp(1, 2, b"ab")) + bytes(16),
    "no total length": ether(ip4(*V4, 6, tcp(1, 2, ACK, b"segmented later"), length=0), 0x0800),
    "echo": frame(*V4, 1, icmp(8, 0)),
    "echo reply": frame(*V4, 1, icmp(0, 0)),
    "unreachable": frame(*V4, 1, icmp(3, 1)),
    "echo6": frame(*V6, 58, icmp(129, 0)),
    "advertisement": frame(*V6, 58, icmp(136, 0)),
    "sctp": frame(*V4, 132, struct.pack(">HHII", 36412, 36413, 1, 2) + b"chunk"),
    "gre": frame(*V4, 47, b"anything"),
    "no next header": frame(*V6, 59, b""),
    "vlan": ether(ip4(*V4, 17, udp(9, 10, b"v")), 0x0800, [(0x8100, 0x6064)]),
    "qinq": ether(ip6(*V6, 6, tcp(9, 10, ACK)), 0x86DD, [(0x88A8, 7), (0x8100, 8)]),
    "priority tag": ether(ip4(*V4, 17, udp(9, 10)), 0x0800, [(0x8100, 0), (0x8100, 5)]),
    "five tags": ether(ip4(*V4, 17, udp(9, 10)), 0x0800, [(0x8100, 1)] * 5),
    "first fragment": ether(ip4(*V4, 17, udp(9, 10, b"part"), fragment=0x2000), 0x0800),
    "later fragment": ether(ip4(*V4, 17, b"the rest", fragment=0x00B9), 0x0800),
    "tiny later fragment": ether(ip4(*V4, 6, b"r", fragment=1), 0x0800),
    "extensions": with_extensions([0, 43, 60, 51], 6, tcp(1, 2, SYN)),
    "too many extensions": with_extensions([0] * 9, 6, tcp(1, 2, SYN)),
    "first fragment6": ether(ip6(*V6, 44, b"\x11\0\0\x01\0\0\0\x09" + udp(5, 6, b"p")), 0x86DD),
    "later fragment6": ether(ip6(*V6, 44, b"\x11\0\0\x10\0\0\0\x09" + b"rest"), 0x86DD),
    "arp": ether(bytes(28), 0x0806),
    "short arp": ether(bytes(27), 0x0806),
    "lldp": ether(bytes(50), 0x88CC),
    "802.3": ether(bytes(50), 0x0026),
    "runt": b"\0" * 13,
    "empty": b"",
    "header length 4": ether(b"\x41" + ip4(*V4, 6, tcp(1, 2, SYN))[1:], 0x0800),
    "version 5": ether(b"\x55" + ip4(*V4, 6, tcp(1, 2, SYN))[1:], 0x0800),
    "version 5 as ipv6": ether(b"\x50" + ip6(*V6, 6, tcp(1, 2, SYN))[1:], 0x86DD),
    "tcp header too long": frame(*V4, 6, tcp(1, 2, SYN)[:12] + b"\xf0" + tcp(1, 2, SYN)[13:]),
    "tcp header too short": frame(*V4, 6, tcp(1, 2, SYN)[:12] + b"\x40" + tcp(1, 2, SYN)[13:]),
    "udp length lies": frame(*V4, 17, struct.pack(">HHHH", 1, 2, 900, 0) + b"ab"),
    "udp length 3": frame(*V4, 17, struct.pack(">HHHH", 1, 2, 3, 0) + b"ab"),
    "cut in tcp": frame(*V4, 6, tcp(1, 2, SYN))[:-1],
}  # fmt: skip


def row(headers: Headers, index: int) -> slow_decode.Decoded:
    """What the bulk decoder says of one frame, as the slow one would."""

    def value(array: np.ndarray[tuple[int], np.dtype[np.int64]]) -> int:
        return int(array[index])

    start, held = value(headers.payload_at), value(headers.payload_held)
    source = int(headers.source_high[index]) << 64 | int(headers.source_low[index])
    target = int(headers.target_high[index]) << 64 | int(headers.target_low[index])
    return slow_decode.Decoded(
        value(headers.version), value(headers.proto), source, target, value(headers.source_port),
        value(headers.target_port), value(headers.tcp_flags), value(headers.sequence), value(headers.vlan),
        bool(headers.is_later[index]), headers.frames.data[start : start + held].tobytes() if held else b"",
        value(headers.payload_size),
    )  # fmt: skip


def check(packets: list[bytes]) -> None:
    headers = decode(frames_of(packets, [0] * len(packets)))
    for index, packet in enumerate(packets):
        try:
            expected = slow_decode.decode(packet)
        except slow_decode.BadFrameError:
            assert headers.is_bad[index], packet.hex()
            assert not headers.is_flow[index]
            continue
        assert not headers.is_bad[index], packet.hex()
        assert headers.is_flow[index] == isinstance(expected, slow_decode.Decoded)
        assert (headers.ethertype[index] == 0x0806) == (expected == "arp")
        if isinstance(expected, slow_decode.Decoded):
            assert row(headers, index) == expected, packet.hex()


@pytest.mark.parametrize("name", FRAMES)
def test_each_kind_of_frame_alone(name: str) -> None:
    check([FRAMES[name]])


def test_all_kinds_of_frames_together() -> None:
    check(list(FRAMES.values()))


@settings(max_examples=150, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 60))
def test_generated_frames_cut_and_changed_at_random(rng: random.Random, count: int) -> None:
    packets = []
    for _ in range(count):
        packet = bytearray(rng.choice(list(FRAMES.values())))
        for _ in range(rng.choice((0, 0, 1, 3))):
            if packet:
                packet[rng.randrange(len(packet))] = rng.randrange(256)
        packets.append(bytes(packet[: rng.choice((len(packet), rng.randrange(len(packet) + 1)))]))
    check(packets)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.binary(max_size=120), max_size=30))
def test_random_bytes_agree_too(packets: list[bytes]) -> None:
    check(packets)


@pytest.mark.parametrize(
    ("link", "head"),
    [(101, b""), (12, b""), (228, b""), (229, b""), (0, b"\x02\0\0\0"), (108, b"\0\0\0\x18"),
     (113, bytes(14)), (276, b"")],
)  # fmt: skip
@pytest.mark.parametrize("version", [4, 6])
def test_other_link_types(link: int, head: bytes, version: int) -> None:
    packet = ip4(*V4, 17, udp(5, 6, b"x")) if version == 4 else ip6(*V6, 17, udp(5, 6, b"x"))
    ethertype = b"\x08\0" if version == 4 else b"\x86\xdd"
    if link == 113:
        head += ethertype
    elif link == 276:
        head = ethertype + bytes(18)
    headers = decode(frames_of([head + packet, head[:3]], [0, 0], link))
    assert knows_link(link)
    assert headers.is_flow.tolist() == [True, False]
    assert (headers.version[0], headers.source_port[0], headers.payload_size[0]) == (version, 5, 1)
    assert headers.is_bad.tolist() == [False, True]


def test_an_unknown_link_type_is_bad_and_mixed_ones_are_told_apart() -> None:
    one, two = frames_of([FRAMES["tcp"]] * 2, [0, 0], 1), 105
    link = np.array([1, two], np.uint16)
    headers = decode(Frames(one.data, one.start, one.size, one.wire, one.time_ns, link))
    assert headers.is_flow.tolist() == [True, False]
    assert headers.is_bad.tolist() == [False, True]
    assert not knows_link(two)


def test_bytes_on_the_wire_count_where_the_capture_was_cut() -> None:
    packet = frame(*V4, 6, tcp(1, 2, ACK, bytes(1000)))
    frames = frames_of([packet[:60]], [0])
    cut = Frames(frames.data, frames.start, frames.size, frames.size + 994, frames.time_ns, frames.link)
    headers = decode(cut)
    assert (headers.payload_size[0], headers.payload_held[0]) == (1000, 6)


def test_a_length_of_ip_beyond_the_frame_does_not_count() -> None:
    headers = decode(frames_of([ether(ip4(*V4, 6, tcp(1, 2, ACK, b"abc"), length=65000), 0x0800)], [0]))
    assert headers.payload_size[0] == 3


def test_a_tag_that_the_kernel_took_off_is_the_vlan() -> None:
    frames = frames_of([FRAMES["tcp"], FRAMES["vlan"]], [0, 0])
    vlan = np.array([42, 43], np.int64)
    headers = decode(Frames(frames.data, frames.start, frames.size, frames.wire, frames.time_ns, frames.link, vlan))
    assert headers.vlan.tolist() == [42, 43]
    assert frames.vlan is None
    assert vlan.tolist() == [42, 43]


def test_answers_of_icmp_are_known_as_such() -> None:
    packets = [FRAMES["echo"], FRAMES["echo reply"], FRAMES["unreachable"], FRAMES["echo6"]]
    assert decode(frames_of(packets, [0] * 4)).is_answer.tolist() == [False, True, False, True]


def test_no_frames_are_no_headers() -> None:
    assert len(decode(frames_of([], [])).proto) == 0


def test_craft_frames_are_what_scapy_makes_of_them() -> None:
    """The hand-made frames are real ones: scapy reads the same fields."""
    from scapy.layers.inet import IP, TCP
    from scapy.layers.l2 import Ether

    packet = Ether(craft.frame("10.1.2.3", "192.0.2.9", 6, tcp(1000, 80, SYN, b"early", seq=7)))
    assert (packet[IP].src, packet[IP].dst, packet[TCP].sport, packet[TCP].seq) == ("10.1.2.3", "192.0.2.9", 1000, 7)
    assert bytes(packet[TCP].payload) == b"early"
