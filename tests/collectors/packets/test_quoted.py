"""What ICMP errors quote, whole and broken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.packets.quoted import Quoted, quoted
from tests.collectors.packets.craft import icmp, ip4, ip6, tcp, udp

V6 = ("2001:db8::1", "2001:db8::2")


@pytest.mark.parametrize(
    ("message", "version", "found"),
    [
        (icmp(5, 0, b"\x0a\0\0\x09" + ip4("10.0.0.1", "10.0.0.2", 6, tcp(9, 80, 2))), 4,
         Quoted("10.0.0.9", 0, "tcp", "10.0.0.1", "10.0.0.2", 80)),
        (icmp(3, 4, b"\0\0\x05\x14" + ip4("10.0.0.1", "10.0.0.2", 47, b"")), 4,
         Quoted("", 1300, "ip-47", "10.0.0.1", "10.0.0.2", -1)),
        (icmp(3, 1, bytes(4) + ip4("10.0.0.1", "10.0.0.2", 17, b"abcdefgh", fragment=9)), 4,
         Quoted("", 0, "udp", "10.0.0.1", "10.0.0.2", -1)),
        (icmp(2, 0, b"\0\0\x05\0" + ip6(*V6, 17, udp(1, 53))), 6, Quoted("", 1280, "udp", *V6, 53)),
        (icmp(11, 0, b"\0\0\0\0short"), 4, Quoted()),
    ],
)  # fmt: skip
def test_what_is_quoted(message: bytes, version: int, found: Quoted) -> None:
    assert quoted(message, version) == found


def test_what_quotes_nothing() -> None:
    assert quoted(icmp(8, 0, bytes(64)), 4) is None
    assert quoted(icmp(3, 0, bytes(64)), 6) is not None
    assert quoted(b"\x03", 4) is None


@given(st.binary(max_size=120), st.sampled_from([4, 6]))
def test_broken_ones_break_nothing(message: bytes, version: int) -> None:
    for head in (b"", b"\x03\x04", b"\x05", b"\x01", b"\x02"):
        quoted(head + message, version)
