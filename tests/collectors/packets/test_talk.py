"""What the payload of a flow says: services and messages, whole, split, repeated and out of order."""

import time
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.packets.frames import frames_of
from collectors.packets.headers import decode
from collectors.packets.lines import Names
from collectors.packets.marks import mark
from collectors.packets.talk import Allowance, Talk
from tests.collectors.packets import craft
from tests.collectors.packets import craft_windows as windows
from tests.collectors.packets.craft import ACK, frame, tcp, udp

WEB = Names("Cx", "10.0.0.1", 5000, "10.0.0.2", 8080, "tcp", "edge", False)
GET = b"GET /a HTTP/1.1\r\nHost: a.vn\r\n\r\n"


def none(_: bytes, __: int) -> None:
    """Dissect nothing."""


class Flow:
    """Feeds a talk in both directions."""

    def __init__(self, names: Names = WEB, allowance: int = 10**6) -> None:
        self.allowance = Allowance(allowance)
        self.talk = Talk(self.allowance)
        self.names = names
        self.seq = [100, 200]
        self.lines: list[dict[str, Any]] = []

    def send(
        self, side: int, payload: bytes, *, seq: int | None = None, first: int = -1, is_cut: bool = False
    ) -> "Flow":
        at = self.seq[side] if seq is None else seq
        found = self.talk.segment(self.names, side, at, payload, 10**9, none, first=first, is_cut=is_cut)
        self.lines += [msgspec.json.decode(line) for line in found]
        if seq is None:
            self.seq[side] += len(payload)
        return self

    def finish(self) -> "Flow":
        self.lines += [msgspec.json.decode(line) for line in self.talk.finish(self.names, 2 * 10**9, none)]
        return self

    @property
    def paths(self) -> list[str]:
        return [line["_path"] for line in self.lines]


def test_http_on_any_port_with_its_status() -> None:
    flow = (
        Flow()
        .send(0, GET)
        .send(1, b"HTTP/1.1 200 OK\r\n\r\n")
        .send(0, GET.replace(b"/a", b"/b"))
        .send(1, b"HTTP/1.1 404 X\r\n\r\n")
    )
    assert [(line["uri"], line["status_code"]) for line in flow.lines] == [("/a", 200), ("/b", 404)]
    assert flow.talk.service == "http"


@pytest.mark.parametrize("cut", [1, 2, 5, 30, 200])
def test_a_hello_split_in_two_segments(cut: int) -> None:
    data = craft.hello("split.example.vn", ["h2"])
    flow = Flow().send(0, data[:cut])
    assert flow.lines == []
    assert flow.talk.waits_for(0)
    flow.send(0, data[cut:]).finish()
    assert [(line["_path"], line["server_name"], line["alpn"]) for line in flow.lines] == [
        ("ssl", "split.example.vn", ["h2"])
    ]
    assert flow.talk.service == "ssl"


def test_segments_out_of_order_and_repeated_are_put_together() -> None:
    data = craft.hello("order.example.vn")
    flow = Flow()
    flow.send(0, data[100:], seq=1100, first=1000).send(0, data[100:], seq=1100, first=1000)
    assert flow.lines == []
    flow.send(0, data[:100], seq=1000, first=1000).finish()
    assert [line["server_name"] for line in flow.lines] == ["order.example.vn"]


def test_a_segment_sent_again_is_not_told_again() -> None:
    flow = Flow().send(0, GET, seq=100).send(0, GET, seq=100).send(1, b"HTTP/1.1 200 OK\r\n\r\n").finish()
    assert flow.paths == ["http"]


def test_a_hello_later_in_the_flow_is_seen_and_the_service_stays() -> None:
    names = Names("Cx", "10.0.0.1", 5000, "10.0.0.2", 25, "tcp", "edge", False)
    flow = Flow(names).send(1, b"220 mail ESMTP\r\n").send(0, b"EHLO x\r\n").send(0, craft.hello("mail.vn")).finish()
    assert flow.paths == ["ssl"]
    assert flow.talk.service == "smtp"


def test_one_hello_a_flow() -> None:
    data = craft.hello("a.vn")
    assert Flow().send(0, data).send(0, data).paths == ["ssl"]


def test_ftp_logins_on_their_own_port_and_another() -> None:
    for port, greeting in ((21, b"220 ready\r\n"), (2121, b"220 FTP ready\r\n")):
        names = Names("Cx", "10.0.0.1", 5000, "10.0.0.2", port, "tcp", "edge", False)
        flow = (
            Flow(names)
            .send(1, greeting)
            .send(0, b"USER bob\r\n")
            .send(1, b"331 x\r\n")
            .send(0, b"PASS p\r\n")
            .send(1, b"530 no\r\n")
        )
        assert [(line["_path"], line["user"], line["reply_code"]) for line in flow.lines] == [("ftp", "bob", 530)]


def test_dns_over_tcp_in_pieces() -> None:
    names = Names("Cx", "10.0.0.1", 5000, "10.0.0.2", 53, "tcp", "edge", False)
    question = b"\0\x07\x01\0\0\x01\0\0\0\0\0\0\x01a\x02vn\0\0\x01\0\x01"
    answer = b"\0\x07\x81\x80" + question[4:]
    framed = len(answer).to_bytes(2, "big") + answer
    flow = Flow(names).send(0, len(question).to_bytes(2, "big") + question).send(1, framed[:1]).send(1, framed[1:9])
    assert flow.lines == []
    flow.send(1, framed[9:])
    assert [(line["query"], line["rcode_name"], line["proto"]) for line in flow.lines] == [("a.vn", "NOERROR", "tcp")]
    assert flow.talk.service == "dns"


def test_junk_on_the_port_of_dns_is_no_line() -> None:
    names = Names("Cx", "10.0.0.1", 5000, "10.0.0.2", 53, "tcp", "edge", False)
    assert Flow(names).send(0, b"\0\x0cSSH-2.0-xxxxx").finish().lines == []
    udp_names = Names("Cx", "10.0.0.1", 5000, "10.0.0.2", 53, "udp", "edge", False)
    assert Talk(Allowance(1)).datagram(udp_names, 0, b"junk", 0, none) is None


def test_datagrams_name_their_service() -> None:
    talk = Talk(Allowance(1000))
    names = Names("Cx", "10.0.0.1", 5000, "10.0.0.2", 123, "udp", "edge", False)
    assert talk.datagram(names, 0, b"x", 0, none) == []
    assert (talk.service, talk.waits_for(0), talk.waits_for(1)) == ("ntp", False, False)


def test_half_a_request_is_told_when_the_flow_ends() -> None:
    """What a slow-loris client sends: a request that never ends."""
    flow = Flow().send(0, b"GET /slow HTTP/1.1\r\nHost: a.vn\r\n").finish()
    assert [(line["uri"], line["host"]) for line in flow.lines] == [("/slow", "a.vn")]


def test_a_payload_that_was_cut_by_the_capture_is_read_as_it_is() -> None:
    flow = Flow().send(0, b"GET /cut HTTP/1.1\r\nHost: a.", is_cut=True)
    assert not flow.talk.waits_for(0)
    assert [line["uri"] for line in flow.finish().lines] == ["/cut"]


def test_messages_that_never_end_are_bounded_and_given_back() -> None:
    flow = Flow()
    before = flow.allowance.left
    flow.send(0, b"\x16\x03\x01\x40\x00\x01\x00\x3f\xff" + bytes(1000))
    for _ in range(40):
        flow.send(0, bytes(1000))
    assert before - flow.allowance.left < 20_000
    flow.finish()
    assert flow.allowance.left == before


def test_without_an_allowance_messages_are_read_as_far_as_they_are_there() -> None:
    flow = Flow(allowance=0).send(0, b"GET /now HTTP/1.1\r\n")
    assert [line["uri"] for line in flow.lines] == ["/now"]
    assert not flow.talk.waits_for(0)


def test_what_says_nothing_is_not_waited_for_after_its_first_payload() -> None:
    flow = Flow().send(0, b"\x01\x02\x03").send(1, b"\x04\x05\x06")
    assert (flow.talk.service, flow.talk.waits_for(0), flow.talk.waits_for(1)) == ("", False, False)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 1), st.binary(max_size=60), st.integers(90, 400)), max_size=12),
    st.integers(0, 2000),
    st.sampled_from([21, 53, 80, 443]),
)
def test_random_segments_never_raise_and_give_back_what_they_held(
    segments: list[tuple[int, bytes, int]], allowance: int, port: int
) -> None:
    flow = Flow(Names("Cx", "10.0.0.1", 5000, "10.0.0.2", port, "tcp", "edge", False), allowance)
    for side, payload, seq in segments:
        flow.send(side, payload, seq=seq, first=100)
    flow.finish()
    assert flow.allowance.left == allowance


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        (tcp(1, 2, ACK, b"GET / HTTP/1.1"), True),
        (tcp(1, 2, ACK, b"HTTP/1.1 200"), True),
        (tcp(1, 2, ACK, b"530 no"), True),
        (tcp(1, 2, ACK, b"230-no"), True),
        (tcp(1, 2, ACK, b"5301"), False),
        (tcp(1, 2, ACK, b"PASS x"), True),
        (tcp(1, 2, ACK, b"\x16\x03\x01\0\x10\x01"), True),
        (tcp(1, 2, ACK, b"\x16\x03\x01\0\x10\x02"), False),
        (tcp(1, 2, ACK, b"\x16\x03\x01\0\x10"), False),
        (tcp(1, 2, ACK, b"nothing"), False),
        (tcp(53, 2, ACK, b"x"), True),
        (tcp(53, 2, ACK), False),
        (tcp(1, 2, ACK, b"GET"), False),
    ],
)
def test_segments_that_matter(body: bytes, marked: bool) -> None:
    """Right at the end of the data, too: nothing is read beyond it."""
    assert mark(decode(frames_of([frame("10.0.0.1", "10.0.0.2", 6, body)], [0]))).tolist() == [marked]


def test_datagrams_that_matter() -> None:
    packets = [frame("10.0.0.1", "10.0.0.2", 17, udp(*ports)) for ports in ((53, 9), (9, 5353), (5355, 9), (9, 123))]
    assert mark(decode(frames_of([*packets, b"runt"], [0] * 5))).tolist() == [True, True, True, False, False]
    assert mark(decode(frames_of([], []))).tolist() == np.zeros(0, bool).tolist()


@pytest.mark.parametrize("side", [0, 1])
def test_a_message_in_thousands_of_small_pieces_costs_little(side: int) -> None:
    """Records of one byte in segments of one byte: read anew for each of them, it would take minutes."""
    flow = Flow()
    if side == 1:
        flow.send(0, craft.hello("a.vn"))
    body = bytes((1 + side,)) + b"\0\xff\xff" + bytes(2600)
    begin = time.process_time()
    for piece in b"".join(b"\x16\x03\x03\0\x01" + bytes((byte,)) for byte in body):
        flow.send(side, bytes((piece,)))
    assert time.process_time() - begin < 2
    flow.finish()
    assert flow.paths == (["ssl"] if side else [])


@pytest.mark.parametrize("size", [1, 7, 100])
def test_a_message_in_small_pieces_is_told(size: int) -> None:
    data = craft.hello("pieces.example.vn", ["h2"])
    flow = Flow()
    for at in range(0, len(data), size):
        flow.send(0, data[at : at + size])
    assert [line["server_name"] for line in flow.finish().lines] == ["pieces.example.vn"]


def test_when_all_that_may_be_held_is_in_use_what_is_known_is_told() -> None:
    greeting = Flow(allowance=0).send(0, craft.hello("a.vn"))
    assert greeting.paths == ["ssl"]
    names = Names("Cx", "10.0.0.1", 5000, "10.0.0.2", 3389, "tcp", "edge", False)
    desktop = Flow(names, allowance=0).send(0, windows.rdp_request("an"))
    assert desktop.paths == ["rdp"]
    assert not desktop.talk.waits
    for flow in (greeting, desktop):
        flow.finish()
        assert flow.allowance.left == 0
        assert len(flow.lines) == 1


def test_idle_listeners_hold_next_to_nothing() -> None:
    """Thousands of connections that said nothing yet must not keep others from being put together."""
    for port, said in (
        (88, windows.kerberos_error(6)),
        (135, windows.rpc_bind("367abb81-9844-35f1-ad32-98f038001003")),
    ):
        names = Names("Cx", "10.0.0.1", 5000, "10.0.0.2", port, "tcp", "edge", False)
        flow = Flow(names).send(0, len(said).to_bytes(4, "big") + said if port == 88 else said)
        assert 10**6 - flow.allowance.left < 500


SECOND = b"POST /evil?x=../../etc/passwd HTTP/1.1\r\nHost: a.vn\r\nContent-Length: 3\r\n\r\nabc"
TWO_ANSWERS = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize("cut", [0, 31, 32, 35, 40, 60, 100])
def test_requests_behind_each_other_in_one_segment(cut: int) -> None:
    """An attack is not hidden behind a harmless request."""
    said = GET + SECOND + GET
    flow = Flow()
    for part in (said[:cut], said[cut:]):
        flow = flow.send(0, part) if part else flow
    flow.send(1, TWO_ANSWERS).send(1, b"HTTP/1.1 304 Not Modified\r\n\r\n").finish()
    assert [(line["uri"], line["status_code"]) for line in flow.lines] == [
        ("/a", 200),
        ("/evil?x=../../etc/passwd", 404),
        ("/a", 304),
    ]


def test_a_body_that_looks_like_a_request_is_none() -> None:
    body = b"GET /inner HTTP/1.1\r\n\r\n"
    head = b"POST /form HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body)
    assert [line["uri"] for line in Flow().send(0, head + body).finish().lines] == ["/form"]


@pytest.mark.parametrize("between", [b"\r\n", b"\n", b"\r\n\r\n"])
def test_empty_lines_before_a_request_hide_nothing(between: bytes) -> None:
    flow = Flow().send(0, between + GET + between + SECOND).finish()
    assert [line["uri"] for line in flow.lines] == ["/a", "/evil?x=../../etc/passwd"]
    assert Flow().send(0, between).send(0, GET).finish().paths == ["http"]
