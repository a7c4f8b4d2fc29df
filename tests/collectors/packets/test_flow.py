"""One flow: its state in Zeek's terms, its names, its patience."""

import msgspec
import pytest

from collectors.packets.flow import (
    ACK,
    CLOSED_IDLE_NS,
    DATA,
    FIN,
    HIGH_SHIFT,
    KEY,
    RESET,
    SYN,
    SYN_ACK,
    UNANSWERED_IDLE_NS,
    Flow,
    conn_state,
)  # fmt: skip
from collectors.packets.talk import Allowance, Talk
from collectors.packets.transport import ICMP, ICMP6, TCP, UDP

IDLE = 60 * 10**9


def flow(proto: int = TCP, low: tuple[int, int] = (1, 1000), high: tuple[int, int] = (2, 80), version: int = 4,
         orig_low: bool = True) -> Flow:  # fmt: skip
    key = KEY.pack(0, low[0], 0, high[0], low[1] << 48 | high[1] << 32 | proto << 8 | version)
    return Flow(key, proto, orig_low, False, 5, 7)


@pytest.mark.parametrize(
    ("history", "state"),
    [("S", "S0"), ("Sr", "REJ"), ("ShADadFf", "SF"), ("ShADad", "S1"), ("ShADadF", "S2"), ("ShADadf", "S3"),
     ("ShADadR", "RSTO"), ("ShADadr", "RSTR"), ("ShADadRr", "RSTO"), ("ShADadrR", "RSTR"), ("SR", "RSTOS0"),
     ("^hr", "RSTRH"), ("SF", "SH"), ("^hf", "SHR"), ("Dd", "OTH"), ("", "OTH"), ("F", "OTH"), ("Fr", "RSTR"),
     ("R", "OTH"), ("ShADadFfR", "SF"), ("ShADadFRf", "RSTO"), ("^r", "OTH"), ("Sh", "S1"), ("SahR", "RSTO"),
     ("AafF", "SF")],
)  # fmt: skip
def test_conn_state_of_tcp(history: str, state: str) -> None:
    assert conn_state(TCP, history, 1, 1) == state


@pytest.mark.parametrize(("orig", "resp", "state"), [(1, 0, "S0"), (1, 1, "SF"), (0, 1, "SHR"), (0, 0, "OTH")])
def test_conn_state_of_udp_is_who_sent(orig: int, resp: int, state: str) -> None:
    assert conn_state(UDP, "", orig, resp) == state
    assert conn_state(ICMP, "", orig, resp) == "OTH"


def test_letters_are_upper_case_for_the_originator_whichever_end_it_is() -> None:
    steps = (
        SYN,
        SYN_ACK << HIGH_SHIFT,
        ACK,
        DATA,
        ACK << HIGH_SHIFT,
        DATA,
        DATA << HIGH_SHIFT | FIN << HIGH_SHIFT,
        FIN,
    )
    one, other = flow(), flow(orig_low=False)
    for events in steps:
        one.note(events)
        other.note((events << HIGH_SHIFT | events >> HIGH_SHIFT) & 0xFFFF)
    assert one.history == other.history == "ShADadfF"


@pytest.mark.parametrize(
    ("events", "expected", "closed"),
    [(0, UNANSWERED_IDLE_NS, False), (SYN, UNANSWERED_IDLE_NS, False), (SYN | DATA, IDLE, False),
     (SYN | SYN_ACK << HIGH_SHIFT, IDLE, False), (RESET << HIGH_SHIFT, CLOSED_IDLE_NS, True),
     (FIN | FIN << HIGH_SHIFT, CLOSED_IDLE_NS, True), (FIN, UNANSWERED_IDLE_NS, False)],
)  # fmt: skip
def test_how_long_a_tcp_flow_may_be_idle(events: int, expected: int, closed: bool) -> None:
    one = flow()
    one.note(events)
    one.set_idle(IDLE)
    assert (one.idle_ns, one.is_closed) == (expected, closed)
    one.set_idle(10)
    assert one.idle_ns == 10


def test_dns_and_unanswered_udp_end_early() -> None:
    one = flow(UDP)
    one.note(DATA)
    one.set_idle(IDLE)
    assert one.idle_ns == UNANSWERED_IDLE_NS
    one.note(DATA << HIGH_SHIFT)
    one.set_idle(IDLE)
    assert one.idle_ns == IDLE
    one.talk = Talk(Allowance(100))
    one.talk.service = "dns"
    one.set_idle(IDLE)
    assert one.idle_ns == UNANSWERED_IDLE_NS


def test_names_of_both_versions_and_directions() -> None:
    names = flow(low=(0x0A000001, 1000), high=(0xC0000201, 80), orig_low=False).name("sensor")
    assert (names.orig_h, names.orig_p, names.resp_h, names.resp_p) == ("192.0.2.1", 80, "10.0.0.1", 1000)
    assert (names.proto, names.sensor, names.is_group) == ("tcp", "sensor", False)
    six = flow(UDP, low=(1, 5), high=(2, 6), version=6).name("s")
    assert (six.orig_h, six.resp_h, six.proto) == ("::1", "::2", "udp")


@pytest.mark.parametrize(
    ("proto", "kind", "version", "expected"),
    [(ICMP, 8, 4, (8, 0)), (ICMP6, 128, 6, (128, 129)), (ICMP6, 135, 6, (135, 136)), (ICMP, 13, 4, (13, 14))],
)
def test_icmp_has_the_types_of_question_and_answer_as_ports(
    proto: int, kind: int, version: int, expected: tuple[int, int]
) -> None:
    names = flow(proto, (1, kind), (2, kind), version).name("s")
    assert (names.orig_p, names.resp_p, names.proto) == (*expected, "icmp")


@pytest.mark.parametrize(
    ("address", "version", "is_group"),
    [((0, 0xE00000FB), 4, True), ((0, 0xFFFFFFFF), 4, True), ((0, 0xC0000201), 4, False),
     ((0xFF02 << 48, 1), 6, True), ((0x2001 << 48, 1), 6, False)],
)  # fmt: skip
def test_groups_are_known_by_address(address: tuple[int, int], version: int, is_group: bool) -> None:
    key = KEY.pack(0, 1, *address, 1 << 48 | 2 << 32 | UDP << 8 | version)
    assert Flow(key, UDP, True, False, 0, 0).name("s").is_group is is_group


def test_the_line_of_a_flow() -> None:
    one = flow(low=(0x0A000001, 1000), high=(0x0A000002, 80))
    one.start_ns = 1_700_000_000_123_456_789
    one.begin_ns, one.last_ns = 10 * 10**9, 12_345_678_901
    one.packets_low, one.packets_high, one.bytes_low, one.bytes_high = 3, 2, 30, 20
    one.note(SYN)
    line = msgspec.json.decode(one.line("edge"))
    uid = line.pop("uid")
    assert uid.startswith("C")
    assert line == {
        "_path": "conn", "ts": 1700000000.123457, "id.orig_h": "10.0.0.1", "id.orig_p": 1000, "id.resp_h": "10.0.0.2",
        "id.resp_p": 80, "proto": "tcp", "service": "", "duration": 2.345679, "orig_bytes": 30, "resp_bytes": 20,
        "conn_state": "S0", "history": "S", "orig_pkts": 3, "resp_pkts": 2, "sensor": "edge",
    }  # fmt: skip


def test_the_uid_is_time_and_place_in_the_capture() -> None:
    def uid(index: int, start_ns: int) -> str:
        one = Flow(KEY.pack(0, 1, 0, 2, TCP << 8 | 4), TCP, True, False, 0, index)
        one.start_ns = start_ns
        return one.name("s").uid

    assert uid(1, 2) == uid(1, 2)
    assert len({uid(1, 2), uid(2, 2), uid(1, 3), uid(0x12, 0), uid(2, 1)}) == 5


def test_a_flipped_flow_says_so() -> None:
    assert Flow(KEY.pack(0, 1, 0, 2, TCP << 8 | 4), TCP, True, True, 0, 0).history == "^"


def test_an_unnamed_protocol_has_its_number() -> None:
    assert flow(253).name("s").proto == "ip-253"
    assert flow(132).name("s").proto == "sctp"
