"""DNS messages: as scapy reads them, and hostile ones."""

import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.packets.dns import MAX_ANSWERS, netbios_name, parse, scapy_answers, type_name


def none(_: bytes) -> None:
    """Dissect nothing."""


def message(*answers: Any, name: str = "www.example.vn", qtype: str = "A", **fields: Any) -> bytes:
    from scapy.layers.dns import DNS, DNSQR

    return bytes(
        DNS(
            id=7,
            qr=1 if answers or fields.get("rcode") else 0,
            qd=DNSQR(qname=name, qtype=qtype),
            an=list(answers),
            **fields,
        )
    )


def record(kind: str, data: Any, name: str = "www.example.vn") -> Any:
    from scapy.layers.dns import DNSRR

    return DNSRR(rrname=name, type=kind, rdata=data)


def test_a_question() -> None:
    found = parse(message(name="WWW.Example.VN", qtype="AAAA"), none)
    assert found is not None
    assert (found.id, found.is_response, found.query, found.qtype_name) == (7, False, "www.example.vn", "AAAA")
    assert (found.answers, found.rejected) == ((), False)


def test_ordinary_answers_are_read_without_scapy() -> None:
    from scapy.layers.dns import DNSRRMX, DNSRRSOA, DNSRRSRV

    def refuse(_: bytes) -> None:
        raise AssertionError

    answers = [
        record("A", "192.0.2.1"),
        record("AAAA", "2001:db8::1"),
        record("CNAME", "A.b.vn"),
        record("NS", "ns.b.vn"),
        record("PTR", "host.b.vn"),
        record("TXT", [b"v=spf1", b"\xff-all"]),
        DNSRRMX(exchange="mx.b.vn"),
        DNSRRSRV(target="srv.b.vn", port=5060),
        DNSRRSOA(mname="soa.b.vn"),
    ]
    found = parse(message(*answers), refuse)
    assert found is not None
    assert found.answers == (
        "192.0.2.1",
        "2001:db8::1",
        "a.b.vn",
        "ns.b.vn",
        "host.b.vn",
        "v=spf1 \\xff-all",
        "mx.b.vn",
        "srv.b.vn",
        "soa.b.vn",
    )


def test_other_answers_are_read_by_scapy() -> None:
    from scapy.layers.dns import DNSRRDS, DNSRRHTTPS

    data = message(record("A", "192.0.2.1"), DNSRRHTTPS(svc_priority=1, target_name="h.vn"), DNSRRDS(), qtype="HTTPS")
    found = parse(data, scapy_answers)
    assert found is not None
    assert found.answers[0] == "192.0.2.1"
    assert found.answers[1].startswith("HTTPS svc_priority=1 target_name=h.vn")
    assert found.answers[2].startswith("DS ")
    without = parse(data, none)
    assert without is not None
    assert without.answers[0] == "192.0.2.1"
    assert without.answers[1].endswith(" bytes")


@pytest.mark.parametrize(
    ("rcode", "name", "rejected"),
    [(0, "NOERROR", False), (2, "SERVFAIL", True), (3, "NXDOMAIN", True), (5, "REFUSED", True), (15, "RCODE15", True)],
)
def test_codes_of_answers_without_a_record(rcode: int, name: str, rejected: bool) -> None:
    found = parse(struct.pack(">HHHHHH", 1, 0x8000 | rcode, 1, 0, 0, 0) + b"\x01a\0\0\x01\0\x01", none)
    assert found is not None
    assert (found.rcode_name, found.rejected) == (name, rejected)


def test_a_missing_name_with_its_authority_is_not_rejected() -> None:
    found = parse(struct.pack(">HHHHHH", 1, 0x8003, 1, 0, 1, 0) + b"\x01a\0\0\x01\0\x01", none)
    assert found is not None
    assert not found.rejected


def test_strange_names_are_shown_without_harm() -> None:
    head = struct.pack(">HHHHHH", 1, 0, 1, 0, 0, 0)
    found = parse(head + b"\x05a.b\x1b\xff\x02vn\0\0\x01\0\x01", none)
    assert found is not None
    assert found.query == "a\\.b\\x1b\\xff.vn"
    root = parse(head + b"\0\0\x02\0\x01", none)
    assert root is not None
    assert (root.query, root.qtype_name) == ("", "NS")


@pytest.mark.parametrize(
    "name",
    [b"\xc0\x0c", b"\x3f" + b"a" * 62, (b"\x3f" + b"a" * 63) * 5 + b"\0", b"\x41" + b"a" * 65 + b"\0", b"\x05ab"],
    ids=["loop", "cut", "too long", "label too long", "label cut"],
)
def test_names_that_are_none(name: bytes) -> None:
    assert parse(struct.pack(">HHHHHH", 1, 0, 1, 0, 0, 0) + name, none) is None


def test_answers_that_are_cut_off_are_left_out() -> None:
    data = message(record("A", "192.0.2.1"), record("A", "192.0.2.2"))
    found = parse(data[:-3], none)
    assert found is not None
    assert found.answers == ("192.0.2.1",)


def test_answers_are_bounded() -> None:
    found = parse(message(*[record("A", f"192.0.2.{n}") for n in range(100)]), none)
    assert found is not None
    assert len(found.answers) == MAX_ANSWERS


@pytest.mark.parametrize("data", [b"", bytes(11), struct.pack(">HHHHHH", 1, 0, 900, 0, 0, 0) + bytes(90)])
def test_what_is_no_message(data: bytes) -> None:
    assert parse(data, none) is None


def test_scapy_failing_is_no_answer() -> None:
    assert scapy_answers(b"\xff" * 5) in (None, ())


def test_an_answer_without_its_question_is_about_its_first_record() -> None:
    data = message(record("A", "192.0.2.7", "may-in.local"), name="x")
    found = parse(data[:4] + b"\0\0" + data[6:12] + data[12 + len(b"\x01x\0\0\x01\0\x01") :], none)
    assert found is not None
    assert (found.query, found.qtype_name, found.answers) == ("may-in.local", "A", ("192.0.2.7",))


def test_names_of_netbios() -> None:
    assert netbios_name("eggjgmgfhdgfhchgcacacacacacacaaa") == "fileserv"
    assert netbios_name("www.example.vn") == "www.example.vn"
    assert netbios_name("z" * 32) == "z" * 32


def test_who_wants_the_whole_answer() -> None:
    found = [parse(message(rd=wants), none) for wants in (0, 1)]
    assert [one.is_recursive for one in found if one] == [False, True]


def test_a_type_without_a_name_has_its_number() -> None:
    assert (type_name(28), type_name(65280)) == ("AAAA", "TYPE65280")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=120), st.integers(0, 300), st.integers(0, 255))
def test_random_and_changed_bytes_never_raise(data: bytes, place: int, value: int) -> None:
    parse(data, none)
    real = bytearray(
        struct.pack(">HHHHHH", 1, 0x8180, 1, 3, 0, 0)
        + b"\x03www\x02vn\0\0\x01\0\x01"
        + b"\xc0\x0c\0\x05\0\x01\0\0\0\x05\0\x04\x01a\xc0\x10"
        + b"\xc0\x0c\0\x10\0\x01\0\0\0\x05\0\x04\x03abc"
        + b"\xc0\x0c\0\x21\0\x01\0\0\0\x05\0\x08\0\0\0\0\0\x05\xc0\x10"
    )
    real[place % len(real)] = value
    parse(bytes(real), none)


@pytest.mark.data
def test_real_messages_read_as_scapy_reads_them(shared_data: Path) -> None:
    from scapy.layers.dns import DNS
    from scapy.utils import PcapReader

    compared = 0
    for name in ("dns-edns-ecs.pcap", "smtp.pcap", "tunnels_Teredo.pcap"):
        with PcapReader(str(shared_data / "pcap" / name)) as packets:
            for packet in packets:
                if DNS not in packet or packet.haslayer("TCP"):
                    continue
                theirs, found = packet[DNS], parse(bytes(packet[DNS]), scapy_answers)
                assert found is not None
                assert found.query == theirs.qd[0].qname.decode().rstrip(".").lower()
                assert (found.id, found.is_response) == (theirs.id, bool(theirs.qr))
                assert len(found.answers) == len(theirs.an)
                for text, answer in zip(found.answers, theirs.an, strict=True):
                    if answer.type in (1, 28):
                        assert text == answer.rdata
                compared += 1
    assert compared > 80
