"""Logins of every kind, frame by frame; no password in any line."""

import pytest

from collectors.packets.login_listener import login_listener_of
from tests.collectors.packets import test_database_logins as databases
from tests.collectors.packets import test_logins as mail
from tests.collectors.packets.craft import Conversation, frame, udp
from tests.collectors.packets.test_pipeline import lines_of, only

SECRET = mail.SECRET
GREETING = b"\x4a\0\0\0\x0a8.0.36\0" + bytes(66)
TALKS = {
    23: ("telnet", "an", [(1, b"\xff\xfd\x18"), (1, b"srv login: "), (0, b"a"), (1, b"a"), (0, b"n\r\0"),
                          (1, b"Password: "), (0, SECRET + b"\r\0")]),
    513: ("rlogin", "an", [(0, b"\0"), (0, b"me\0an\0xterm\0")]),
    110: ("pop3", "an", [(1, b"+OK\r\n"), (0, b"USER an\r\nPASS " + SECRET + b"\r\n")]),
    143: ("imap", "an", [(1, b"* OK\r\n"), (0, b"001 LOGIN {2}\r\n"), (1, b"+\r\n"), (0, b"an {14}\r\n"), (0, SECRET)]),
    25: ("smtp", "an", [(1, b"220 SMTP\r\n"), (0, b"EHLO x\r\n"), (1, b"250 x\r\n"), (0, b"AUTH PLAIN\r\n"),
                        (1, b"334 \r\n"), (0, mail.coded(b"\0an\0" + SECRET) + b"\r\n")]),
    389: ("ldap", "cn=an,dc=vn", [(0, mail.bind())]),
    3306: ("mysql", "an", [(1, GREETING), (0, databases.mysql(b"an", b"mysql_clear_password"))]),
    5432: ("postgresql", "an", [(0, databases.startup(user="an")), (1, b"R\0\0\0\x08\0\0\0\x03"), (0, b"p" + SECRET)]),
    6379: ("redis", "an", [(0, databases.resp(b"AUTH", b"an", SECRET))]),
    1883: ("mqtt", "an", [(0, databases.connect())]),
}  # fmt: skip


@pytest.mark.parametrize("port", TALKS)
def test_a_login_of_each_service(port: int) -> None:
    service, user, said = TALKS[port]
    flow = Conversation("10.0.0.1", 50_000, "10.0.0.2", port).open()
    for side, data in said:
        flow.send(not side, 24, data)
    lines = lines_of(flow.close().frames)
    login = only(lines, "login")
    assert (login["service"], login["user"]) == (service, user)
    assert SECRET.decode() not in str(lines)
    assert only(lines, "conn")["service"] == service


def test_a_community_has_no_name_and_no_value() -> None:
    message = b"\x30\x1b\x02\x01\x01\x04\x06public" + bytes(16)
    packets = [(0.1 * n, frame("10.0.0.1", "10.0.0.2", 17, udp(5000, 161, message))) for n in range(5)]
    login = only(lines_of(packets), "login")
    assert (login["service"], login["user"], login["mechanism"]) == ("snmp", "", "community-v2c")
    assert "public" not in str(lines_of(packets))


def test_services_without_logins() -> None:
    assert login_listener_of("http") is None
