"""Which service a flow carries, told by its first payload bytes, and by the port where bytes say nothing.

Names are those of Zeek's ``service`` field where Zeek has one.
"""

import re
from collections.abc import Callable

from collectors.packets.rpc import is_rpc

_TCP_PORTS = {21: "ftp", 22: "ssh", 23: "telnet", 25: "smtp", 53: "dns", 88: "krb_tcp", 110: "pop3", 143: "imap",
              135: "dce_rpc", 389: "ldap", 445: "smb", 502: "modbus", 587: "smtp", 1433: "mssql", 1521: "oracle",
              1883: "mqtt", 3306: "mysql", 3389: "rdp", 5432: "postgresql", 5900: "vnc", 5901: "vnc",
              6379: "redis"}  # fmt: skip
_UDP_PORTS = {53: "dns", 67: "dhcp", 68: "dhcp", 69: "tftp", 88: "krb", 123: "ntp", 137: "netbios_ns",
              138: "netbios_dgm", 161: "snmp", 162: "snmp", 500: "ike", 514: "syslog", 546: "dhcpv6", 547: "dhcpv6",
              1812: "radius", 1813: "radius", 1900: "ssdp", 3544: "teredo", 4500: "ike", 5060: "sip", 5353: "dns",
              5355: "dns"}  # fmt: skip
SERVER_PORTS = frozenset(_TCP_PORTS) | frozenset(_UDP_PORTS) | {80, 443, 8000, 8080, 8443, 5985, 5986, 9200, 27017}
"""Ports that a server rather than a client has: they tell who began a flow whose beginning was not seen."""

_IRC = re.compile(rb"(?:NICK|USER|PASS|CAP|:\S+ (?:NOTICE|\d{3})) ", re.IGNORECASE)
_IRC_LOGIN = re.compile(
    rb"(?:CAP LS[^\r\n]*\r?\n|PASS [^\r\n]*\r?\n)*"
    rb"(?:NICK \S+\r?\n(?:USER \S+ \S+ \S+ |$)|USER \S+ \S+ \S+ :?[^\r\n]*\r?\n(?:NICK |$))",
    re.IGNORECASE,
)
"""What IRC clients alone send first, on any port: `USER` of other protocols has one word behind it."""
_STRATUM = re.compile(
    rb'\{[^}]{0,512}"method"\s*:\s*"(?:mining\.(?:subscribe|authorize|configure)|eth_(?:submitLogin|login))"'
    rb'|\{[^{}]{0,128}"method"\s*:\s*"login"(?=.{0,1024}"(?:agent|algo|rigid|pass)"\s*:)',
    re.DOTALL,
)
"""What programs that mine coins say first to a pool."""
_SHELL = re.compile(
    rb"\s{0,8}(?:Microsoft Windows \[Version \d|Windows PowerShell\r?\nCopyright"
    rb"|(?:PS )?[A-Za-z]:\\[^\r\n>]{0,200}>\s*$"
    rb"|(?:/bin/)?(?:ba|da|a|k|z)?sh: (?:\d+: )?(?:cannot set terminal process group|can't access tty|no job control)"
    rb"|(?:ba|da|a|k|z)?sh-\d\.\d+[$#] |[\w.-]{1,32}@[\w.-]{1,64}:[^\r\n$#]{1,200}[$#] $|[#$] $"
    rb"|uid=\d+(?:\([\w.$-]{1,32}\))? gid=\d|root:[x*]?:0:0:)"
)
"""What a shell that nobody logged in to writes first: banner, complaint, prompt, or the answer to ``id``."""
_SIP = re.compile(rb"(?:SIP/2\.0 \d{3}|[A-Z]{3,9} sips?:\S+ SIP/2\.0)")
_POP3_CLIENT = re.compile(rb"(?:USER|CAPA|AUTH|STLS|QUIT)\b", re.IGNORECASE)
_QUIC_VERSIONS = (b"\x00\x00\x00\x01", b"\x6b\x33\x43\xcf", b"\xff\x00\x00")


def tcp_service(data: bytes, from_orig: bool, resp_p: int) -> str:
    """Give the service that the first payload of one side of a TCP flow shows, or an empty string.

    When the responder's bytes say nothing, its port does. TLS, HTTP and DNS are not told here: what looks for their
    messages tells them.
    """
    tests = _FROM_ORIG if from_orig else _FROM_RESP
    for name, test in tests:
        if test(data, resp_p):
            return name
    return "" if from_orig else _TCP_PORTS.get(resp_p, "")


def udp_service(data: bytes, orig_p: int, resp_p: int) -> str:
    """Give the service that the first payload of a UDP flow shows."""
    if data[236:240] == b"\x63\x82\x53\x63":
        return "dhcp"
    if len(data) >= 20 and data[0] & 0xC0 == 0xC0 and data[1:5].startswith(_QUIC_VERSIONS):
        return "quic"
    if _SIP.match(data):
        return "sip"
    name = _UDP_PORTS.get(resp_p) or _UDP_PORTS.get(orig_p, "")
    if name == "krb" and not _is_kerberos(data):
        return ""
    return name


def _is_kerberos(data: bytes) -> bool:
    """Application tags 10 to 30 of RFC 4120 section 5.10, constructed."""
    return len(data) > 4 and 0x6A <= data[0] <= 0x7E


_Test = Callable[[bytes, int], bool]


def _greets(word: bytes, other: bytes, *ports: int) -> _Test:
    """Test for a greeting 220, which FTP and SMTP share: by a word in it, else by the port."""

    def test(data: bytes, port: int) -> bool:
        if not data.startswith(b"220"):
            return False
        upper = data[:256].upper()
        return word in upper or (port in ports and other not in upper)

    return test


_EITHER: tuple[tuple[str, _Test], ...] = (
    ("ssh", lambda d, _: d.startswith(b"SSH-")),
    ("smb", lambda d, _: d[4:8] in (b"\xffSMB", b"\xfeSMB", b"\xfdSMB") and d[0] == 0),
    ("rdp", lambda d, _: d[:2] == b"\x03\x00" and len(d) >= 7 and d[5] in (0xE0, 0xD0)),
    ("krb_tcp", lambda d, port: port == 88 and _is_kerberos(d[4:])),
    ("ldap", lambda d, port: port in (389, 3268) and d[:1] == b"\x30"),
    ("dce_rpc", lambda d, _: d[:2] == b"\x05\x00" and is_rpc(d)),
    ("telnet", lambda d, _: len(d) >= 3 and d[0] == 0xFF and 0xFB <= d[1] <= 0xFE),
    ("vnc", lambda d, _: d.startswith(b"RFB 00")),
    ("modbus", lambda d, port: port == 502 and len(d) >= 8 and d[2:4] == b"\x00\x00"),
    ("sip", lambda d, _: _SIP.match(d) is not None),
    ("shell", lambda d, _: _SHELL.match(d[:1024]) is not None),
)
_FROM_ORIG: tuple[tuple[str, _Test], ...] = (
    *_EITHER,
    ("smtp", lambda d, _: d[:5].upper() in (b"EHLO ", b"HELO ")),
    ("pop3", lambda d, port: port == 110 and _POP3_CLIENT.match(d) is not None),
    ("ftp", lambda d, port: port == 21 and d[:5].upper() in (b"USER ", b"AUTH ", b"FEAT\r")),
    ("postgresql", lambda d, _: d[4:8] in (b"\x00\x03\x00\x00", b"\x04\xd2\x16\x2f") and d[:2] == b"\x00\x00"),
    ("mqtt", lambda d, _: d[:1] == b"\x10" and d[4:8] in (b"MQTT", b"MQIs")),
    ("redis", lambda d, port: port == 6379 and (d[:1] == b"*" or d[:5].upper() == b"AUTH ")),
    ("rlogin", lambda d, port: port == 513 and d[:1] == b"\0"),
    ("irc", lambda d, port: (_IRC if 6660 <= port <= 7000 else _IRC_LOGIN).match(d) is not None),
    ("stratum", lambda d, _: d[:1] == b"{" and _STRATUM.match(d[:2048]) is not None),
)
_FROM_RESP: tuple[tuple[str, _Test], ...] = (
    *_EITHER,
    ("ftp", _greets(b"FTP", b"SMTP", 21)),
    ("smtp", _greets(b"SMTP", b"FTP", 25, 465, 587, 2525)),
    ("pop3", lambda d, _: d.startswith(b"+OK")),
    ("imap", lambda d, _: d.startswith((b"* OK", b"* PREAUTH"))),
    ("mysql", lambda d, _: len(d) > 10 and d[3:5] == b"\x00\x0a" and int.from_bytes(d[:3], "little") + 4 == len(d)),
    ("irc", lambda d, port: 6660 <= port <= 7000 and _IRC.match(d) is not None),
)
