"""Weak services, doors that stand open, and programs that a level-3 system does not allow."""

import base64

from scapy.layers.inet import IP
from scapy.layers.l2 import GRE

from tests.collectors.packets.test_login_listener import TALKS
from tests.collectors.packets.test_tls import server_body, server_records
from tests.rules.network.kit import (
    CLIENT,
    CLIENT_SAYS,
    INTRUDER,
    OUTSIDE,
    SERVER,
    SERVER_SAYS,
    Case,
    Packets,
    Said,
    datagrams,
    frame,
    joined,
    tcp_flow,
    unanswered,
)
from tests.rules.network.talks import hello, name_asked, tls, web

BANNERS: tuple[Said, ...] = ((CLIENT_SAYS, b"SSH-2.0-OpenSSH_9.7\r\n"), (SERVER_SAYS, b"SSH-2.0-OpenSSH_9.2\r\n"))
TLS12, TLS10 = 0x0303, 0x0301
RC4_MD5, AES_GCM = 0x0004, 0xC02F


def login(port: int, server: str = SERVER) -> Packets:
    """Give a login in the clear of the service of a port."""
    return tcp_flow(CLIENT, server, port, *((not side, data) for side, data in TALKS[port][2]))


def visits(port: int, days: int, *, first_day: int = 0) -> Packets:
    """Give a visitor from the Internet, once a day."""
    said: tuple[Said, ...] = ((CLIENT_SAYS, b"\x17" * 300), (SERVER_SAYS, b"\x17" * 900))
    return joined(
        tcp_flow(INTRUDER, SERVER, port, *said, at=(first_day + day) * 86_400.0, number=day) for day in range(days)
    )


def chosen(cipher: int, version: int = TLS12) -> Packets:
    """Give a connection for which the server chooses a cipher."""
    answer = server_records(server_body(version, cipher))
    return tcp_flow(CLIENT, SERVER, 443, (CLIENT_SAYS, hello("cu.example.vn")), (SERVER_SAYS, answer))


def old_hello(version: int) -> bytes:
    """Give a ClientHello that offers no more than a version."""
    body = version.to_bytes(2, "big") + bytes(32) + b"\0" + b"\0\x02\x00\x2f" + b"\x01\0" + b"\0\0"
    return b"\x16" + version.to_bytes(2, "big") + (len(body) + 4).to_bytes(2, "big") + b"\x01" + len(body).to_bytes(
        3, "big") + body  # fmt: skip


def community(version: int) -> Packets:
    message = b"\x30\x1b\x02\x01" + bytes([version]) + b"\x04\x06public" + bytes(16)
    return datagrams(CLIENT, SERVER, 161, (CLIENT_SAYS, message), (SERVER_SAYS, message))


def tunnelled(server: str) -> Packets:
    inner = IP(src="10.99.0.1", dst="10.99.0.2") / b"x"
    return [(number * 1.0, frame(CLIENT, server, GRE() / inner)) for number in range(4)]


def dialect(answer: bytes) -> Packets:
    ask = b"\0\0\0\x2f\xffSMB\x72" + bytes(27) + b"\0\x0c\0\x02NT LM 0.12\0"
    return tcp_flow(CLIENT, SERVER, 445, (CLIENT_SAYS, ask), (SERVER_SAYS, answer))


SMB1_ANSWER = b"\0\0\0\x55\xffSMB\x72\0\0\0\0\x80" + bytes(22) + b"\x11\0\0" + bytes(50)
SMB2_ANSWER = (
    b"\0\0\0\x80\xfeSMB\x40\0" + bytes(6) + b"\0\0\x01\0\x01" + bytes(47) + b"\x41\0\x01\0\x11\x03" + bytes(60)
)
BASIC = "Authorization: Basic " + base64.b64encode(b"an:bi-mat").decode() + "\r\n"

CASES = {
    "Password Sent In The Clear": Case(lambda: login(110), lambda: tls("mail.example.vn", server=SERVER, port=995)),
    "Password Sent In The Clear Over The Internet": Case(lambda: login(25, OUTSIDE), lambda: login(25)),
    "Remote Login Without Encryption In Use": Case(
        lambda: login(23), lambda: tcp_flow(CLIENT, SERVER, 22, *BANNERS)
    ),
    "Password Sent To A Web Page Without Encryption": Case(
        lambda: web("/account/login", method="POST", server=SERVER), lambda: web("/account/login", server=SERVER)
    ),
    "Password Of A Web Login Readable On The Wire": Case(
        lambda: web("/quan-ly", headers=BASIC, server=SERVER), lambda: web("/quan-ly", server=SERVER)
    ),
    "SNMP With A Community Name": Case(lambda: community(1), lambda: community(3)),
    "Management Or Database Service Answered To The Internet": Case(
        lambda: tcp_flow(INTRUDER, SERVER, 3306, *BANNERS), lambda: unanswered(INTRUDER, SERVER, 3306, refused=True)
    ),
    "New Service Of Ours Answers To The Internet": Case(
        lambda: joined([visits(443, 9), visits(8081, 1, first_day=9)]), lambda: visits(443, 10)
    ),
    "Outdated TLS Version In Use": Case(
        lambda: tcp_flow(CLIENT, SERVER, 443, (CLIENT_SAYS, old_hello(TLS10))), lambda: tls("www.example.vn")
    ),
    "Broken Cipher Chosen For TLS": Case(lambda: chosen(RC4_MD5), lambda: chosen(AES_GCM)),
    "Outdated SMB Version In Use": Case(lambda: dialect(SMB1_ANSWER), lambda: dialect(SMB2_ANSWER)),
    "Remote Control Program In Use": Case(
        lambda: tls("dc1.ultraviewer.net"), lambda: tls("ultraviewer.net.example.vn")
    ),
    "BitTorrent In Use": Case(
        lambda: web("/announce?info_hash=%12a&peer_id=-qB4500-&port=6881"), lambda: web("/announce?id=4")
    ),
    "Private VPN Service In Use": Case(lambda: tls("api.nordvpn.com"), lambda: tls("vpn.example.vn")),
    "Tunnel From Inside To The Internet": Case(lambda: tunnelled(OUTSIDE), lambda: tunnelled("10.20.9.1")),
    "Encrypted DNS Past Our Own Servers": Case(lambda: tls("dns.google"), lambda: tls("www.example.vn")),
    "SSH From Inside To The Internet": Case(
        lambda: tcp_flow(CLIENT, OUTSIDE, 22, *BANNERS), lambda: tcp_flow(CLIENT, SERVER, 22, *BANNERS)
    ),
    "Whole DNS Zone Asked For": Case(
        lambda: name_asked("example.vn", "AXFR"), lambda: name_asked("axfr.example.vn")
    ),
    "Switch Managed By Smart Install": Case(
        lambda: tcp_flow(CLIENT, SERVER, 4786, *BANNERS), lambda: unanswered(CLIENT, SERVER, 4786, refused=True)
    ),
    "File Fetched From Or Sent To A TFTP Server": Case(
        lambda: datagrams(CLIENT, SERVER, 69, (CLIENT_SAYS, b"\0\x01sw01.cfg\0octet\0")),
        lambda: datagrams(CLIENT, SERVER, 123, (CLIENT_SAYS, b"\x1b" + bytes(47)), (SERVER_SAYS, bytes(48))),
    ),
}  # fmt: skip
