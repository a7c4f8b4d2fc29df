"""Packet filters: compiled through scapy, run by the kernel or over frames out of files."""

import socket
import struct
import sys
from ctypes.util import find_library

import pytest

from collectors.packets import bpf
from collectors.packets.bpf import LINK_NULL, LINK_RAW, OfflineFilter, attach, both_versions, compile_filter
from collectors.packets.frames import Frames, frames_of
from soc_agent.errors import SourceError, describe
from tests.collectors.packets.craft import ACK, SYN, frame, tcp, udp

needs_libpcap = pytest.mark.skipif(find_library("pcap") is None, reason="libpcap is not installed")
DNS = frame("10.0.0.1", "10.0.0.2", 17, udp(5000, 53, b"x"))
WEB = frame("2001:db8::1", "2001:db8::2", 6, tcp(5000, 80, SYN))


@needs_libpcap
def test_a_filter_compiles_to_whole_instructions() -> None:
    program = compile_filter("udp port 53")
    assert len(program) % 8 == 0
    assert len(program) > 8


@needs_libpcap
def test_a_bad_filter_is_a_problem_that_shows_libpcaps_reason() -> None:
    with pytest.raises(SourceError) as caught:
        compile_filter("udp prot 53")
    assert caught.value.problem.code == "packets.bad_filter"
    assert "udp prot 53" in describe(caught.value.problem)
    assert "syntax error" in describe(caught.value.problem)


@pytest.mark.parametrize("gone", ["scapy.libs.winpcapy"])
def test_without_libpcap_there_is_a_problem_with_a_remedy(gone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, gone, None)
    with pytest.raises(SourceError) as caught:
        compile_filter("udp")
    assert caught.value.problem.code == "packets.no_libpcap"
    assert "apt install libpcap" in describe(caught.value.problem)


def test_without_libpcap_frames_cannot_be_filtered(monkeypatch: pytest.MonkeyPatch) -> None:
    bpf._libpcap.cache_clear()
    monkeypatch.setattr(bpf, "find_library", lambda _: None)
    with pytest.raises(SourceError) as caught:
        OfflineFilter("udp").accepts(frames_of([DNS], [1]))
    assert caught.value.problem.code == "packets.no_libpcap"


@needs_libpcap
@pytest.mark.parametrize(
    ("expression", "kept"),
    [
        ("udp port 53", [0]),
        ("ip6", [1]),
        ("ip or ip6", [0, 1]),
        ("tcp port 81", []),
        ("ip6[6]=6 and ip6[53] & 2 != 0", [1]),
    ],
)
def test_frames_are_filtered(expression: str, kept: list[int]) -> None:
    frames = frames_of([DNS, WEB, b"", b"short"], [1, 2, 3, 4])
    assert [int(at) - 1 for at in OfflineFilter(expression).accepts(frames).time_ns] == kept


@needs_libpcap
def test_each_link_type_has_its_own_program() -> None:
    for link, cut in ((LINK_RAW, b""), (LINK_NULL, b"\x02\0\0\0")):
        frames = frames_of([cut + DNS[14:], cut + WEB[14:], cut[:2]], [1, 2, 3], link)
        assert OfflineFilter("udp port 53").accepts(frames).time_ns.tolist() == [1]


@needs_libpcap
def test_all_frames_kept_are_the_same_frames() -> None:
    frames: Frames = frames_of([DNS], [1])
    assert OfflineFilter("ip").accepts(frames) is frames


def test_the_kernel_takes_a_program() -> None:
    """A program of one instruction, *return 0*, keeps everything from a socket; no privilege is needed for that."""
    receiver, sender = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    with receiver, sender:
        receiver.bind(("127.0.0.1", 0))
        receiver.setblocking(False)
        attach(receiver, struct.pack("HBBI", 6, 0, 0, 0))
        sender.sendto(b"x", receiver.getsockname())
        with pytest.raises(BlockingIOError):
            receiver.recv(1)
        attach(receiver, struct.pack("HBBI", 6, 0, 0, 0xFFFF))
        sender.sendto(b"y", receiver.getsockname())
        assert receiver.recv(1) == b"y"


@needs_libpcap
@pytest.mark.parametrize(
    ("expression", "kept"),
    [
        ("tcp[tcpflags] & tcp-syn != 0", [0, 3]),
        ("not (tcp[tcpflags] & tcp-syn != 0)", [1, 2, 4, 5]),
        ("tcp[((tcp[12:1] & 0xf0) >> 2):4] = 0x47455420", [1, 4]),
        ("udp[8:2] = 0x6869 or tcp[13] = 2", [0, 2, 3, 5]),
        ("tcp port 80", [0, 1, 3, 4]),
    ],
)
def test_bytes_of_tcp_and_udp_are_matched_in_both_versions(expression: str, kept: list[int]) -> None:
    """In libpcap they are looked for in IPv4 alone."""
    packets = [
        frame(source, target, proto, body)
        for source, target in (("10.0.0.1", "10.0.0.2"), ("2001:db8::1", "2001:db8::2"))
        for proto, body in ((6, tcp(1, 80, SYN)), (6, tcp(1, 80, ACK, b"GET / HTTP/1.1")), (17, udp(1, 2, b"hi")))
    ]
    frames = frames_of(packets, list(range(len(packets))))
    assert OfflineFilter(expression).accepts(frames).time_ns.tolist() == kept


@needs_libpcap
def test_an_expression_that_looks_at_no_bytes_stays_as_it_is() -> None:
    assert both_versions("host 10.0.0.1 and tcp port 80") == "host 10.0.0.1 and tcp port 80"
    assert both_versions("tcp[") != ""
    with pytest.raises(SourceError):
        compile_filter("tcp[13 & 2")
