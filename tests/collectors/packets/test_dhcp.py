"""DHCP messages, whole, cut and broken."""

import socket

from hypothesis import given
from hypothesis import strategies as st

from collectors.packets.dhcp import parse


def build(kind: int = 5, options: bytes = b"", op: int = 2) -> bytes:
    head = bytes([op, 1, 6, 0]) + bytes(8) + socket.inet_aton("10.0.0.9") + socket.inet_aton("10.0.0.10") + bytes(8)
    head += bytes.fromhex("020000000001").ljust(16, b"\0") + bytes(192)
    return head + b"\x63\x82\x53\x63" + b"\0" + bytes([53, 1, kind]) + options + b"\xff"


def test_what_a_message_says() -> None:
    options = b"\x32\x04\x0a\x00\x00\x0a" + b"\x36\x04\x0a\x00\x00\x01" + b"\x33\x04\x00\x00\x0e\x10"
    found = parse(build(5, options + b"\x0c\x05may-1" + b"\x0f\x04a.vn"))
    assert found is not None
    assert (found.type, found.mac) == ("ACK", "02:00:00:00:00:01")
    assert (found.client_addr, found.assigned_addr) == ("10.0.0.9", "10.0.0.10")
    assert (found.requested_addr, found.server_addr) == ("10.0.0.10", "10.0.0.1")
    assert (found.host_name, found.domain, found.lease_s) == (b"may-1", b"a.vn", 3600)
    assert (found.routers, found.dns) == ((), ())


def test_where_an_offer_sends_a_client() -> None:
    found = parse(build(2, b"\x03\x04\x0a\x00\x00\x01" + b"\x06\x08\x0a\x00\x00\x02\x0a\x00\x00\x03"))
    assert found is not None
    assert (found.routers, found.dns) == (("10.0.0.1",), ("10.0.0.2", "10.0.0.3"))


def test_unusual_ones() -> None:
    bare = parse(build()[:240] + b"\xff")
    assert bare is not None
    assert bare.type == "BOOTP"
    odd = parse(build(99))
    assert odd is not None
    assert odd.type == "TYPE99"
    assert parse(build()[:239]) is None
    assert parse(build(op=3)) is None


@given(st.binary(max_size=60), st.integers(0, 260))
def test_broken_ones_break_nothing(junk: bytes, at: int) -> None:
    parse(build()[:at] + junk)
    parse(build()[:240] + junk)
