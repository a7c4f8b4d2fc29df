"""Services told by first bytes, and by port where bytes say nothing."""

import pytest

from collectors.packets.services import SERVER_PORTS, tcp_service, udp_service


@pytest.mark.parametrize(
    ("data", "from_orig", "port", "service"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", False, 2222, "ssh"),
        (b"SSH-2.0-libssh\r\n", True, 22, "ssh"),
        (b"220 FTP server ready\r\n", False, 2121, "ftp"),
        (b"220 ready\r\n", False, 21, "ftp"),
        (b"220 mail.example.vn ESMTP Postfix\r\n", False, 2525, "smtp"),
        (b"220 mail\r\n", False, 25, "smtp"),
        (b"220 something\r\n", False, 9999, ""),
        (b"EHLO client\r\n", True, 2525, "smtp"),
        (b"USER bob\r\n", True, 21, "ftp"),
        (b"USER bob\r\n", True, 110, "pop3"),
        (b"+OK POP3\r\n", False, 1110, "pop3"),
        (b"* OK IMAP4rev1\r\n", False, 1143, "imap"),
        (b"\0\0\0\x2f\xfeSMB" + bytes(20), True, 4455, "smb"),
        (b"\0\0\0\x2f\xffSMB" + bytes(20), False, 445, "smb"),
        (b"\x03\0\0\x13\x0e\xe0\0\0\0\0\0", True, 13389, "rdp"),
        (b"\x4a\0\0\0\x0a8.0.36\0" + bytes(66), False, 33060, "mysql"),
        (b"\0\0\0\x40\x6a\x81\x00\x30\x81", True, 88, "krb_tcp"),
        (b"\0\0\0\x08\x04\xd2\x16\x2f", True, 15432, "postgresql"),
        (b"\x10\x10\0\x04MQTT", True, 8883, "mqtt"),
        (b"*1\r\n$4\r\nPING\r\n", True, 6379, "redis"),
        (b"\xff\xfd\x18\xff\xfd\x20", False, 2323, "telnet"),
        (b"RFB 003.008\n", False, 5999, "vnc"),
        (b"NICK bob\r\n", True, 6667, "irc"),
        (b"\x00\x01\x00\x00\x00\x06\x01\x03", True, 502, "modbus"),
        (b"REGISTER sip:example.vn SIP/2.0\r\n", True, 5070, "sip"),
        (b"nothing that is known", True, 3306, ""),
        (b"nothing that is known", False, 3306, "mysql"),
        (b"nothing that is known", False, 4444, ""),
        (b"x", True, 1, ""),
        (b"NICK x86\r\nUSER x86 0 * :x86\r\n", True, 8080, "irc"),
        (b"PASS a\r\nNICK x86\r\n", True, 443, "irc"),
        (b"USER bob\r\n", True, 8080, ""),
        (b'{"params": ["miner/4"], "id": 1, "method": "mining.subscribe"}\n', True, 443, "stratum"),
        (b'{ "method" : "login", "params" : {"login":"48ed.w1", "pass": "x"}, "id": 1}\n', True, 80, "stratum"),
        (b'{"method":"login","user":"an","token":"x"}\n', True, 9000, ""),
        (b"Microsoft Windows [Version 10.0.19045.4412]\r\n", True, 443, "shell"),
        (b"bash: cannot set terminal process group (812): Inappropriate ioctl\n", True, 9001, "shell"),
        (b"/bin/sh: 0: can't access tty; job control turned off\n$ ", True, 53123, "shell"),
        (b"uid=0(root) gid=0(root) groups=0(root)\n", False, 31337, "shell"),
        (b"C:\\inetpub\\wwwroot>", True, 8443, "shell"),
        (b"$ ", True, 4444, "shell"),
        (b"$1 price list", True, 4444, ""),
        (b"login: ", False, 4444, ""),
    ],
)  # fmt: skip
def test_tcp(data: bytes, from_orig: bool, port: int, service: str) -> None:
    assert tcp_service(data, from_orig, port) == service


@pytest.mark.parametrize(
    ("data", "ports", "service"),
    [
        (bytes(236) + b"\x63\x82\x53\x63", (1068, 1067), "dhcp"),
        (b"\xc3\0\0\0\x01\x08" + bytes(30), (5000, 8443), "quic"),
        (b"SIP/2.0 200 OK\r\n", (1, 2), "sip"),
        (b"\x6a\x81\x10\x30\x00", (5000, 88), "krb"),
        (b"\x01\x02\x03\x04\x05", (5000, 88), ""),
        (b"anything", (5000, 123), "ntp"),
        (b"anything", (161, 5000), "snmp"),
        (b"anything", (5000, 6000), ""),
        (b"", (1, 2), ""),
    ],
)  # fmt: skip
def test_udp(data: bytes, ports: tuple[int, int], service: str) -> None:
    assert udp_service(data, *ports) == service


def test_server_ports_tell_a_server_from_a_client() -> None:
    assert {22, 53, 80, 443, 3389} <= SERVER_PORTS
    assert 50000 not in SERVER_PORTS
