"""DHCPv6: messages made by scapy, relayed ones, broken ones."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from collectors.packets.dhcp6 import parse
from tests.collectors.packets.craft import frame, udp
from tests.collectors.packets.test_pipeline import lines_of, only

ROGUE = "fe80::bad"


def reply() -> Any:
    from scapy.layers import dhcp6

    address = dhcp6.DHCP6OptIAAddress(addr="2001:db8::50", preflft=300, validlft=600)
    return (
        dhcp6.DHCP6_Reply(trid=7)
        / dhcp6.DHCP6OptClientId(duid=dhcp6.DUID_LL(lladdr="02:00:00:00:00:07"))
        / dhcp6.DHCP6OptServerId(duid=dhcp6.DUID_LLT(timeval=1, lladdr="02:00:00:00:00:66"))
        / dhcp6.DHCP6OptIA_NA(iaid=1, ianaopts=[address])
        / dhcp6.DHCP6OptDNSServers(dnsservers=["2001:db8::bad", "2001:db8::53"])
    )


def test_what_a_server_gives() -> None:
    found = parse(bytes(reply()))
    assert found is not None
    assert (found.type, found.addresses, found.lease_s, found.mac) == (
        "REPLY",
        ("2001:db8::50",),
        600,
        "02:00:00:00:00:07",
    )
    assert found.dns == ("2001:db8::bad", "2001:db8::53")
    assert found.server_id.endswith("020000000066")


def test_a_prefix_a_name_and_a_relay() -> None:
    from scapy.layers import dhcp6

    prefix = dhcp6.DHCP6OptIAPrefix(prefix="2001:db8:7::", plen=56)
    inner = dhcp6.DHCP6_Request(trid=1) / dhcp6.DHCP6OptIA_PD(iapdopt=[prefix])
    inner = inner / dhcp6.DHCP6OptClientFQDN(fqdn="may-7.tinh.vn")
    relayed = dhcp6.DHCP6_RelayForward() / dhcp6.DHCP6OptRelayMsg(message=inner)
    for data in (bytes(inner), bytes(relayed)):
        found = parse(data)
        assert found is not None
        assert (found.type, found.prefixes, found.host_name) == ("REQUEST", ("2001:db8:7::/56",), "may-7.tinh.vn")


def test_relays_in_relays_end() -> None:
    data = b"\x01\0\0\x01"
    for _ in range(40):
        data = b"\x0c" + bytes(33) + b"\0\x09" + len(data).to_bytes(2, "big") + data
    assert parse(data) is None


def test_it_becomes_a_line() -> None:
    packets = [(0.1 * n, frame(ROGUE, "fe80::7", 17, udp(547, 546, bytes(reply())))) for n in range(3)]
    lines = [line for line in lines_of(packets) if line["_path"] == "dhcpv6"]
    assert len(lines) == 3
    assert (lines[0]["msg_types"], lines[0]["dns_servers"][0]) == (["REPLY"], "2001:db8::bad")
    assert only(lines_of(packets), "conn")["service"] == "dhcpv6"


@given(st.binary(max_size=80), st.integers(0, 120), st.integers(0, 14))
def test_broken_ones_break_nothing(junk: bytes, cut: int, kind: int) -> None:
    parse(bytes((kind,)) + junk)
    parse(bytes(reply())[:cut] + junk)
