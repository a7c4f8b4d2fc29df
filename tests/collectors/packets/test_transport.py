"""Transport headers that are cut or contradict themselves; what is well is tried with the headers as a whole."""

import struct

import pytest

from collectors.packets.frames import frames_of
from collectors.packets.headers import Headers, decode
from tests.collectors.packets.craft import ACK, frame, icmp, tcp, udp

V4 = ("10.1.2.3", "192.0.2.9")


def headers_of(packets: list[bytes]) -> Headers:
    return decode(frames_of(packets, [0] * len(packets)))


@pytest.mark.parametrize(
    ("proto", "body"),
    [(6, tcp(1, 2, ACK)[:19]), (17, udp(1, 2)[:7]), (1, icmp(8, 0)[:3]), (132, bytes(11))],
    ids=["tcp", "udp", "icmp", "sctp"],
)
def test_a_header_that_is_cut_is_refused(proto: int, body: bytes) -> None:
    headers = headers_of([frame(*V4, proto, body)])
    assert (headers.is_flow.tolist(), headers.is_bad.tolist()) == ([False], [True])


@pytest.mark.parametrize("words", [4, 15])
def test_a_tcp_header_shorter_or_longer_than_can_be_is_refused(words: int) -> None:
    segment = bytearray(tcp(1, 2, ACK))
    segment[12] = words << 4
    headers = headers_of([frame(*V4, 6, bytes(segment))])
    assert headers.is_bad.tolist() == [True]


def test_a_length_of_udp_beyond_the_packet_does_not_count() -> None:
    datagram = struct.pack(">HHHH", 53, 53, 4000, 0) + b"four"
    headers = headers_of([frame(*V4, 17, datagram)])
    assert headers.payload_size.tolist() == [4]


def test_question_and_answer_of_icmp_are_of_one_flow() -> None:
    headers = headers_of([frame(*V4, 1, icmp(8, 0)), frame(*V4, 1, icmp(0, 0)), frame(*V4, 1, icmp(3, 1))])
    assert headers.source_port.tolist() == [8, 8, 3]
    assert headers.target_port.tolist() == [8, 8, 1]
    assert headers.is_answer.tolist() == [False, True, False]
