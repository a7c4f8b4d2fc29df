"""ICMP by the minute: what is told at once, what is summed up, and that floods stay bounded."""

import socket
import struct
from typing import Any
from unittest import mock

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.packets import icmp as counted
from collectors.packets.frames import frames_of
from collectors.packets.pipeline import Pipeline
from soc_agent.config import PacketSource
from tests.collectors.packets.craft import BEGIN_NS, frame, icmp, ip4, udp

A, B, GATE = "10.0.0.1", "10.0.0.2", "10.0.0.254"
MINUTE = 60.0
START = 40.0
"""BEGIN is 20 seconds into a minute: so many are left of it."""


def icmp_lines(packets: list[tuple[float, bytes]], batch: int = 1_000_000) -> list[dict[str, Any]]:
    made = Pipeline(PacketSource(name="edge", paths=("x",)), filtered=False)
    lines: list[bytes] = []
    for begin in range(0, len(packets), batch):
        part = packets[begin : begin + batch]
        lines += made.feed(frames_of([data for _, data in part], [BEGIN_NS + round(at * 1e9) for at, _ in part]))
    lines += made.finish()
    found = [msgspec.json.decode(line) for line in lines]
    return [line for line in found if line["_path"] == "icmp"]


def echo(at: float, payload: bytes, source: str = A, target: str = B) -> tuple[float, bytes]:
    return at, frame(
        source, target, 58 if ":" in source else 1, icmp(128 if ":" in source else 8, 0, bytes(4) + payload)
    )


def ping(at: float) -> tuple[float, bytes]:
    """As iputils sends it: the time first, then always the same."""
    return echo(at, struct.pack("<QQ", int(at), int(at * 1e6) % 10**6) + bytes(range(0x10, 0x38)))


@pytest.mark.parametrize("ends", [(A, B), ("2001:db8::1", "2001:db8::2")])
def test_a_flood_of_echoes_is_one_line_a_minute(ends: tuple[str, str]) -> None:
    flood = [echo(number * 0.01, bytes(56), *ends) for number in range(12_000)]
    lines = icmp_lines(flood)
    assert [line["count"] for line in lines] == [4000, 6000, 2000]
    assert {(line["type"], line["id.orig_h"], line["id.resp_h"], line["payload_most"]) for line in lines} == {
        ("echo-request", *ends, 56)
    }
    assert len({line["uid"] for line in lines}) == 3


def test_a_ping_repeats_itself_and_a_tunnel_does_not() -> None:
    pings = icmp_lines([ping(number) for number in range(20)])
    tunnel = icmp_lines([echo(number, b"%d" % number * 300) for number in range(20)])
    assert (pings[0]["payload_kinds"], pings[0]["payload_least"], pings[0]["payload_most"]) == (1, 56, 56)
    assert (tunnel[0]["payload_kinds"], tunnel[0]["payload_bytes"]) == (20, 10 * 300 + 10 * 600)
    noise = icmp_lines([echo(0, bytes(16) + bytes(range(256)))])
    assert noise[0]["payload_entropy"] == 8.0
    assert icmp_lines([echo(0, bytes(40))])[0]["payload_entropy"] == 0.0


def test_a_redirect_is_told_at_once_and_summed_up() -> None:
    about = ip4(A, "192.0.2.7", 17, udp(4000, 443))
    redirect = frame(GATE, A, 1, icmp(5, 1, socket.inet_aton("10.0.0.66") + about))
    first, rest = icmp_lines([(number, redirect) for number in range(5)])
    assert (first["type"], first["gateway"], first["about_resp_h"], first["about_resp_p"], first["count"]) == (
        "redirect",
        "10.0.0.66",
        "192.0.2.7",
        443,
        1,
    )
    assert (rest["count"], rest["duration"], rest["uid"]) == (5, 4.0, first["uid"])
    assert len(icmp_lines([(0, redirect)])) == 1


def test_unreachable_says_why_and_timestamp_is_named() -> None:
    port = frame(B, A, 1, icmp(3, 3, bytes(4) + ip4(A, B, 17, udp(4000, 161))))
    stamp = frame(A, B, 1, icmp(13, 0, bytes(16)))
    answer = frame(B, A, 1, icmp(14, 0, bytes(16)))
    lines = {line["type"]: line for line in icmp_lines([(0, port), (1, stamp), (2, answer)])}
    assert (lines["unreachable"]["reason"], lines["unreachable"]["about_resp_p"]) == ("port", 161)
    assert (lines["timestamp-request"]["id.orig_p"], lines["timestamp-request"]["id.resp_p"]) == (13, 14)
    assert lines["timestamp-reply"]["id.orig_h"] == B


def test_more_pairs_than_are_kept_apart_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counted, "MAX_PAIRS", 10)
    lines = icmp_lines(
        [echo(number * 0.001, bytes(9), f"10.1.{number // 250}.{number % 250 + 1}") for number in range(500)]
    )
    assert len(lines) == 11
    assert sum(line["count"] for line in lines) == 500
    assert [line["count"] for line in lines if line["id.orig_h"] == "0.0.0.0"] == [490]


def test_lines_at_once_are_bounded_and_nothing_is_lost() -> None:
    packets = [
        (number * 0.0001, frame(f"10.1.{number // 250}.{number % 250 + 1}", A, 1, icmp(3, 1))) for number in range(1000)
    ]
    lines = icmp_lines(packets)
    assert len(lines) == 1000
    assert len({line["id.orig_h"] for line in lines}) == 1000


def test_contents_are_not_looked_at_where_payloads_are_not() -> None:
    made = Pipeline(PacketSource(name="edge", paths=("x",), payloads=False), filtered=False)
    packets = [echo(number, b"%d" % number * 300)[1] for number in range(20)]
    lines = made.feed(frames_of(packets, [BEGIN_NS + number for number in range(20)])) + made.finish()
    [line] = [line for line in map(msgspec.json.decode, lines) if line["_path"] == "icmp"]
    assert (line["count"], line["payload_kinds"], line["payload_entropy"]) == (20, 0, 0.0)
    assert line["payload_most"] == 600


def test_neighbours_and_groups_have_no_line_here() -> None:
    packets = [
        (0.0, frame("fe80::1", "ff02::1", 58, icmp(kind, 0, bytes(24)))) for kind in (131, 133, 134, 135, 136, 143)
    ]
    assert icmp_lines(packets) == []


_moments = st.one_of(st.floats(0, 400), st.floats(-2000, 2000))


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(_moments, st.sampled_from([0, 3, 5, 8, 11, 13, 99]), st.integers(0, 3), st.binary(max_size=60)),
        max_size=40,
    ),
    st.integers(1, 7),
)
def test_how_it_is_cut_into_batches_does_not_matter(found: list[tuple[float, int, int, bytes]], batch: int) -> None:
    packets = [(at, frame(f"10.0.0.{who + 1}", B, 1, icmp(kind, 0, bytes(4) + body))) for at, kind, who, body in found]
    whole = icmp_lines(packets)
    assert icmp_lines(packets, batch) == whole
    finals = {line["uid"]: line["count"] for line in whole}
    assert sum(finals.values()) == len(packets)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 200), st.sampled_from([3, 8, 13]), st.integers(1, 9)), max_size=40),
    st.integers(1, 7),
)
def test_nor_when_there_are_more_pairs_than_are_kept_apart(found: list[tuple[int, int, int]], batch: int) -> None:
    packets = [(float(at), frame(f"10.0.0.{who}", B, 1, icmp(kind, 0, bytes(30)))) for at, kind, who in sorted(found)]
    with mock.patch.object(counted, "MAX_PAIRS", 2):
        whole = icmp_lines(packets)
        assert icmp_lines(packets, batch) == whole
    assert sum({line["uid"]: line["count"] for line in whole}.values()) == len(packets)


def test_an_idle_capture_tells_when_the_minute_is_over() -> None:
    made = Pipeline(PacketSource(name="edge", interface="lo"), filtered=True)
    made.feed(frames_of([ping(0)[1]], [BEGIN_NS]))
    assert not any(b'"icmp"' in line and b'"count"' in line for line in made.advance(BEGIN_NS + 30 * 10**9))
    assert any(b'"count":1' in line for line in made.advance(BEGIN_NS + 41 * 10**9))
