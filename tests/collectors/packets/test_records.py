"""Banners, dialects, certificates, logins and DHCP in flows become lines of their own."""

from typing import Any

import pytest

from tests.collectors.packets import test_certificate as certificate
from tests.collectors.packets import test_dhcp as dhcp
from tests.collectors.packets import test_greetings as greetings
from tests.collectors.packets import test_logins as logins
from tests.collectors.packets.craft import Conversation, frame, hello, udp
from tests.collectors.packets.test_pipeline import lines_of, only

PLAIN = b"AUTH PLAIN " + logins.coded(b"\0an\0" + logins.SECRET) + b"\r\n"
V4, V6 = ("10.0.0.1", "10.0.0.2"), ("2001:db8::1", "2001:db8::2")


def talk(port: int, ends: tuple[str, str] = V4) -> Conversation:
    return Conversation(ends[0], 5000, ends[1], port).open()


@pytest.mark.parametrize("ends", [V4, V6])
@pytest.mark.parametrize("server_first", [True, False])
def test_ssh_banners_of_both_sides(ends: tuple[str, str], server_first: bool) -> None:
    flow = talk(2222, ends)
    if server_first:
        flow = flow.answer(b"SSH-2.0-may-chu\r\n").say(b"SSH-2.0-may-khach\r\n")
    else:
        flow = flow.say(b"SSH-2.0-may-khach\r\n").answer(b"SSH-2.0-may-chu\r\n")
    line = only(lines_of(flow.say(b"\0\0\1").close().frames), "ssh")
    assert (line["version"], line["client"], line["server"]) == (2, "SSH-2.0-may-khach", "SSH-2.0-may-chu")


def test_an_ssh_server_that_nobody_answers() -> None:
    line = only(lines_of(talk(22).answer(b"SSH-2.0-may-chu\r\n").close().frames), "ssh")
    assert line["server"] == "SSH-2.0-may-chu"
    assert "client" not in line


def test_the_dialect_of_smb() -> None:
    ask = greetings.smb2(0, flags=0)
    line = only(lines_of(talk(445).say(ask).answer(greetings.smb2(0x0311, 1)).close().frames), "smb")
    assert (line["version"], line["dialect"], line["signing_required"]) == ("SMB3", "3.1.1", False)


@pytest.mark.parametrize("cut", [0, 100, 300])
def test_the_certificate_of_a_server(cut: int) -> None:
    data = certificate.records(certificate.HELLO, certificate.certificates(certificate.DER))
    flow = talk(443).say(hello("cong.example.vn"))
    for part in (data[:cut], data[cut:]):
        flow = flow.answer(part) if part else flow
    lines = lines_of(flow.close().frames)
    line = only(lines, "x509")
    assert line["uid"] == only(lines, "ssl")["uid"]
    assert line["certificate.serial"] == "8BB00EE"
    assert line["san.dns"] == ["cong.example.vn", "www.example.vn"]


def test_a_server_of_tls_1_3_shows_none() -> None:
    data = certificate.records(certificate.HELLO) + b"\x14\x03\x03\x00\x01\x01" + b"\x17\x03\x03\x00\x05hello"
    lines = lines_of(talk(443).say(hello("cong.example.vn")).answer(data).close().frames)
    assert [line["_path"] for line in lines] == ["ssl", "conn"]


@pytest.mark.parametrize(
    ("port", "greeting", "said", "user"),
    [
        (110, b"+OK hi\r\n", [b"USER an\r\n", b"PASS " + logins.SECRET + b"\r\n"], "an"),
        (143, b"* OK hi\r\n", [b"a CAPABILITY\r\n", b"b LOGIN an " + logins.SECRET + b"\r\n"], "an"),
        (25, b"220 x ESMTP\r\n", [b"EHLO x\r\n", PLAIN], "an"),
        (389, b"", [logins.bind()], "cn=an,dc=vn"),
    ],
)
def test_a_login_in_the_clear(port: int, greeting: bytes, said: list[bytes], user: str) -> None:
    flow = talk(port)
    if greeting:
        flow = flow.answer(greeting)
    for data in said:
        flow = flow.say(data).answer(b"+OK\r\n")
    lines = lines_of(flow.close().frames)
    assert only(lines, "login")["user"] == user
    assert logins.SECRET.decode() not in str(lines)


def test_basic_authentication_names_the_user_alone() -> None:
    head = b"GET / HTTP/1.1\r\nHost: a.vn\r\nAuthorization: Basic " + logins.coded(b"an:" + logins.SECRET) + b"\r\n\r\n"
    line = only(lines_of(talk(80).say(head).answer(b"HTTP/1.1 200 OK\r\n\r\n").close().frames), "http")
    assert line["username"] == "an"
    assert logins.coded(logins.SECRET).decode()[:8] not in str(line)


def test_each_dhcp_message_is_a_line() -> None:
    packets: list[tuple[float, bytes]] = [
        (number / 10, frame("10.0.0.9", "10.0.0.1", 17, udp(68, 67, dhcp.build(kind, op=1))))
        for number, kind in enumerate((1, 3, 3))
    ]
    found: list[dict[str, Any]] = [line for line in lines_of(packets) if line["_path"] == "dhcp"]
    assert [line["msg_types"] for line in found] == [["DISCOVER"], ["REQUEST"], ["REQUEST"]]
    assert found[0]["mac"] == "02:00:00:00:00:01"
