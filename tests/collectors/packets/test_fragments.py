"""Fragments after the first get the ports of the first."""

import pytest

from collectors.packets import fragments
from collectors.packets.fragments import Fragments
from collectors.packets.frames import frames_of
from collectors.packets.headers import Headers, decode
from tests.collectors.packets.craft import SYN, ether, ip4, ip6, tcp, udp

V4, V6 = ("10.0.0.1", "10.0.0.2"), ("2001:db8::1", "2001:db8::2")


def first4(number: int, ports: tuple[int, int] = (7, 9)) -> bytes:
    return ether(ip4(*V4, 17, udp(*ports, bytes(16)), fragment=0x2000, number=number), 0x0800)


def later4(number: int, offset: int = 3) -> bytes:
    return ether(ip4(*V4, 17, bytes(8), fragment=offset, number=number), 0x0800)


def completed(packets: list[bytes], table: Fragments | None = None) -> Headers:
    headers = decode(frames_of(packets, [0] * len(packets)))
    (table or Fragments()).complete(headers)
    return headers


def test_later_fragments_get_the_ports_of_their_own_packet() -> None:
    headers = completed([first4(1), first4(2, (70, 90)), later4(2), later4(1)])
    assert headers.source_port.tolist() == [7, 70, 70, 7]
    assert headers.target_port.tolist() == [9, 90, 90, 9]


def test_fragments_of_ipv6() -> None:
    first = ether(ip6(*V6, 44, b"\x11\0\0\x01\0\0\0\x05" + udp(7, 9, bytes(8))), 0x86DD)
    later = ether(ip6(*V6, 44, b"\x11\0\0\x10\0\0\0\x05" + bytes(8)), 0x86DD)
    assert completed([first, later]).source_port.tolist() == [7, 7]


def test_batches_share_what_is_known() -> None:
    table = Fragments()
    completed([first4(1)], table)
    assert completed([later4(1)], table).source_port.tolist() == [7]
    assert table.lost == 0


def test_a_fragment_whose_first_one_is_unknown_is_counted() -> None:
    table = Fragments()
    assert completed([later4(5)], table).source_port.tolist() == [0]
    assert table.lost == 1


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fragments, "_MAX_OPEN", 10)
    table = Fragments()
    completed([first4(number) for number in range(50)], table)
    assert completed([later4(0), later4(49)], table).source_port.tolist() == [0, 7]


def test_a_tcp_header_cut_in_pieces_still_tells_its_ports() -> None:
    whole = tcp(40000, 445, SYN)
    parts = [whole[at : at + 8] for at in range(0, len(whole), 8)]
    bits = [0x2000 if at < len(parts) - 1 else 0 for at in range(len(parts))]
    packets = [
        ether(ip4(*V4, 6, part, fragment=more | at, number=9), 0x0800)
        for at, (part, more) in enumerate(zip(parts, bits, strict=True))
    ]
    headers = completed(packets)
    assert not headers.is_bad.any()
    assert headers.target_port.tolist() == [445] * len(parts)
    assert headers.payload_size.tolist()[0] == 0
