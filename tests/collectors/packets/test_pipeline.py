"""Frames become lines: every kind of line from built packets, and hostile frames that break nothing."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.packets import pipeline
from collectors.packets.frames import frames_of
from collectors.packets.pipeline import Budget, Pipeline
from soc_agent.config import PacketSource
from tests.collectors.packets.craft import (
    ACK,
    BEGIN_NS,
    RST,
    SYN,
    Conversation,
    ether,
    frame,
    hello,
    icmp,
    ip4,
    tcp,
    udp,
)  # fmt: skip

V6 = ("2001:db8::1", "2001:db8::2")


def lines_of(packets: list[tuple[float, bytes]], link: int = 1, **options: Any) -> list[dict[str, Any]]:
    made = Pipeline(PacketSource(name="edge", paths=("x",), **options), filtered=False)
    frames = frames_of([data for _, data in packets], [BEGIN_NS + round(at * 1e9) for at, _ in packets], link)
    return [msgspec.json.decode(line) for line in made.feed(frames) + made.finish()]


def only(lines: list[dict[str, Any]], path: str) -> dict[str, Any]:
    [line] = [line for line in lines if line["_path"] == path]
    return line


@pytest.mark.parametrize(("client", "server"), [("10.0.0.1", "10.0.0.2"), V6])
def test_http_tls_and_ftp_of_both_versions(client: str, server: str) -> None:
    web = (
        Conversation(client, 5000, server, 8080)
        .open()
        .say(b"GET /x?id=1 HTTP/1.1\r\nHost: a.vn\r\nUser-Agent: sqlmap\r\n\r\n")
    )
    web.answer(b"HTTP/1.1 500 Error\r\n\r\n").close()
    data = hello("split.vn", ["h2"])
    tls = Conversation(client, 5001, server, 443).open().say(data[:150]).say(data[150:]).close()
    ftp = Conversation(client, 5002, server, 21).open().answer(b"220 hi\r\n").say(b"USER bob\r\n").answer(b"331 x\r\n")
    ftp.say(b"PASS secret\r\n").answer(b"530 no\r\n").close()
    lines = lines_of([*web.frames, *tls.frames, *ftp.frames])
    http = only(lines, "http")
    assert [http[key] for key in ("method", "uri", "host", "user_agent", "status_code")] == [
        "GET",
        "/x?id=1",
        "a.vn",
        "sqlmap",
        500,
    ]
    assert (only(lines, "ssl")["server_name"], only(lines, "ssl")["ja4"][:4]) == ("split.vn", "t13d")
    assert (only(lines, "ftp")["user"], only(lines, "ftp")["reply_code"]) == ("bob", 530)
    assert "secret" not in str(lines)
    flows = {line["id.resp_p"]: line for line in lines if line["_path"] == "conn"}
    assert {port: flow["service"] for port, flow in flows.items()} == {8080: "http", 443: "ssl", 21: "ftp"}
    assert {flow["conn_state"] for flow in flows.values()} == {"SF"}
    assert http["uid"] == flows[8080]["uid"]
    assert {flow["id.orig_h"] for flow in flows.values()} == {client}


def test_dns_arp_and_neighbour_discovery_built_by_scapy() -> None:
    from scapy.layers.dns import DNS, DNSQR, DNSRR
    from scapy.layers.inet import IP, UDP
    from scapy.layers.inet6 import ICMPv6ND_NS, ICMPv6ND_RA, ICMPv6NDOptPrefixInfo, IPv6
    from scapy.layers.l2 import ARP, Dot1Q, Ether

    ends: dict[str, Any] = {"src": "02:00:00:00:00:01", "dst": "02:00:00:00:00:02"}
    asked = Ether(**ends) / IP(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=5000) / DNS(id=9, qd=DNSQR(qname="a.vn"))
    answer = DNS(id=9, qr=1, qd=DNSQR(qname="a.vn"), an=[DNSRR(rrname="a.vn", rdata="192.0.2.7")])
    answered = Ether(**ends) / IP(src="10.0.0.2", dst="10.0.0.1") / UDP(sport=53, dport=5000) / answer
    arp = Ether(**ends) / Dot1Q(vlan=12) / ARP(op=2, hwsrc="02:00:00:00:00:01", psrc="10.0.0.1", pdst="10.0.0.9")
    ra = (
        Ether(**ends)
        / IPv6(src="fe80::1", dst="ff02::1", hlim=255)
        / ICMPv6ND_RA()
        / ICMPv6NDOptPrefixInfo(prefix="2001:db8::")
    )
    ns = Ether(**ends) / IPv6(src="fe80::1", dst="ff02::2", hlim=255) / ICMPv6ND_NS(tgt="fe80::5")
    lines = lines_of([(0.1 * n, bytes(packet)) for n, packet in enumerate((asked, answered, arp, ra, ns))])
    dns, arp_line = only(lines, "dns"), only(lines, "arp")
    assert (dns["query"], dns["answers"], dns["rcode_name"], dns["id.orig_p"]) == (
        "a.vn",
        ["192.0.2.7"],
        "NOERROR",
        5000,
    )
    assert (arp_line["operation"], arp_line["src_ip"], arp_line["vlan"]) == ("reply", "10.0.0.1", 12)
    found = {line["type"]: line for line in lines if line["_path"] == "nd"}
    assert (found["ra"]["prefixes"], found["ra"]["hop_limit"], found["ra"]["src_ip"]) == (
        ["2001:db8::/64"],
        255,
        "fe80::1",
    )
    assert found["ns"]["target"] == "fe80::5"
    assert [line["proto"] for line in lines if line["_path"] == "conn"].count("icmp") == 2


def test_vlan_fragments_and_an_echo() -> None:
    whole = udp(5000, 9999, bytes(64))
    ends = ("10.0.0.1", "10.0.0.2")
    first = ether(ip4(*ends, 17, whole[:40], fragment=0x2000, number=5), 0x0800, [(0x8100, 7)])
    later = ether(ip4(*ends, 17, whole[40:], fragment=5, number=5), 0x0800, [(0x8100, 7)])
    echo, reply = frame(*ends, 1, icmp(8, 0)), frame(*ends[::-1], 1, icmp(0, 0))
    lines = lines_of([(0, first), (0.1, later), (0.2, echo), (0.3, reply)])
    flows = {line["proto"]: line for line in lines if line["_path"] == "conn"}
    udp_flow, ping = flows["udp"], flows["icmp"]
    assert (udp_flow["orig_pkts"], udp_flow["orig_bytes"], udp_flow["vlan"], udp_flow["id.resp_p"]) == (2, 64, 7, 9999)
    assert (ping["id.orig_p"], ping["id.resp_p"], ping["orig_pkts"], ping["resp_pkts"]) == (8, 0, 1, 1)
    assert "vlan" not in ping


def test_a_scan_shows_its_answers() -> None:
    packets = []
    for port in range(1, 21):
        packets.append((port * 0.01, frame("10.0.0.9", "10.0.0.2", 6, tcp(40000, port, SYN))))
        if port % 2:
            packets.append((port * 0.01 + 0.001, frame("10.0.0.2", "10.0.0.9", 6, tcp(port, 40000, RST | ACK))))
    states = [line["conn_state"] for line in lines_of(packets)]
    assert (states.count("REJ"), states.count("S0")) == (10, 10)


def test_the_filter_of_the_options_applies_to_files() -> None:
    pytest.importorskip("scapy")
    from ctypes.util import find_library

    if find_library("pcap") is None:
        pytest.skip("libpcap is not installed")
    packets = [(0.0, frame("10.0.0.1", "10.0.0.2", 17, udp(1, port))) for port in (7, 8)]
    assert [line["id.resp_p"] for line in lines_of(packets, filter="udp port 8")] == [8]


def test_frames_are_counted_by_what_became_of_them() -> None:
    made = Pipeline(PacketSource(name="edge", paths=("x",)), filtered=False)
    packets = [
        frame("10.0.0.1", "10.0.0.2", 17, udp(1, 53, b"junk")),
        b"runt",
        ether(bytes(60), 0x88CC),
        ether(bytes(28), 0x0806),
    ]
    made.feed(frames_of(packets, [0] * 4))
    tally = made.tally
    assert (tally.frames, tally.flow_packets, tally.undecodable, tally.other, tally.unread) == (4, 1, 1, 1, 2)
    made.feed(frames_of([b"x"], [0], 999))
    assert tally.unknown_link == 999


def test_scapy_is_kept_to_a_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """A flood of router advertisements raises what it should, and does not stop the rest."""
    monkeypatch.setattr(pipeline.Budget.__init__, "__defaults__", (3,))
    advertisement = frame("fe80::1", "ff02::1", 58, b"\x86\0\0\0" + bytes(12))
    made = Pipeline(PacketSource(name="edge", paths=("x",)), filtered=False)
    lines = made.feed(frames_of([advertisement] * 10, [BEGIN_NS] * 10))
    assert sum(b'"nd"' in line for line in lines) == 3
    assert made.tally.unread == 7


def test_a_budget_is_new_each_second() -> None:
    budget = Budget(2)
    assert [budget.allows(at) for at in (0, 1, 2, 10**9, 10**9 + 1, 10**9 + 2)] == [
        True,
        True,
        False,
        True,
        True,
        False,
    ]


def test_an_idle_capture_reports_as_time_passes() -> None:
    made = Pipeline(PacketSource(name="edge", interface="lo"), filtered=True)
    made.feed(frames_of([frame("10.0.0.1", "10.0.0.2", 17, udp(1, 2))], [BEGIN_NS]))
    assert made.advance(BEGIN_NS + 4_000_000_000) == []
    assert len(made.advance(BEGIN_NS + 6_000_000_000)) == 1


@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.tuples(st.binary(max_size=150), st.integers(-(2**62), 2**62)), max_size=25),
    st.sampled_from([0, 1, 12, 101, 108, 113, 228, 276, 105]),
    st.sampled_from(
        [b"", b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\0\x45", b"\2\0\0\0\0\1\2\0\0\0\0\2\x86\xdd\x60", b"\x45\0\0\x40", b"\x60"]
    ),
)
def test_hostile_frames_never_raise_and_the_counts_add_up(
    packets: list[tuple[bytes, int]], link: int, head: bytes
) -> None:
    made = Pipeline(PacketSource(name="edge", paths=("x",)), filtered=False)
    lines = made.feed(frames_of([head + data for data, _ in packets], [at for _, at in packets], link)) + made.finish()
    tally = made.tally
    arps = sum(b'"_path":"arp"' in line for line in lines)
    assert tally.frames == len(packets)
    assert tally.flow_packets + tally.undecodable + tally.other + arps <= len(packets)
    assert tally.flow_packets + tally.undecodable + tally.other + arps + tally.unread >= len(packets)
    flows = [msgspec.json.decode(line) for line in lines]
    assert sum(line["orig_pkts"] + line["resp_pkts"] for line in flows if line["_path"] == "conn") == tally.flow_packets


def test_without_payloads_flows_and_neighbours_alone() -> None:
    web = Conversation("10.0.0.1", 5000, "10.0.0.2", 80).open().say(b"GET / HTTP/1.1\r\n\r\n").close()
    late = Conversation("10.0.0.1", 5000, "10.0.0.2", 80, at=3000).open().say(b"GET / HTTP/1.1\r\n\r\n").close()
    frames = [*web.frames, *late.frames]
    full = lines_of(frames)
    bare = lines_of(frames, payloads=False)
    assert {line["_path"] for line in full} == {"conn", "http"}
    assert bare == [{**line, "service": ""} for line in full if line["_path"] == "conn"]
    assert len(bare) == 2
