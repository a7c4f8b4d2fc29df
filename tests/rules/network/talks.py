"""What hosts say to each other: names, TLS, web requests, sessions of Windows."""

import ssl

from scapy.layers.dns import DNS, DNSQR, DNSRR

from tests.collectors.packets import craft_windows as windows
from tests.collectors.packets.craft_windows import der
from tests.collectors.packets.test_certificate import HELLO, certificates, records
from tests.rules.network.kit import (
    CLIENT,
    CLIENT_SAYS,
    OUTSIDE,
    SERVER,
    SERVER_SAYS,
    Packets,
    Said,
    datagrams,
    tcp_flow,
)

RESOLVER = "10.20.0.53"
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nok"


def name_asked(name: str, kind: str = "A", *, at: float = 0.0, number: int = 0, missing: bool = False,
               client: str = CLIENT, resolver: str = RESOLVER) -> Packets:  # fmt: skip
    """Give a question for a name, and its answer."""
    asked = DNSQR(qname=name, qtype=kind)
    data = "192.0.2.9" if kind == "A" else b"v=1"
    given = [] if missing or kind not in ("A", "TXT") else [DNSRR(rrname=name, type=kind, rdata=data)]
    answer = DNS(id=7, qr=1, rcode=3 if missing else 0, qd=[asked], an=given)
    said = ((CLIENT_SAYS, bytes(DNS(id=7, qd=[asked]))), (SERVER_SAYS, bytes(answer)))
    return datagrams(client, resolver, 53, *said, at=at, own=30_000 + number)


def hello(name: str) -> bytes:
    """Give the ClientHello of this machine's own library; without a name where that is empty."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    out = ssl.MemoryBIO()
    client = context.wrap_bio(ssl.MemoryBIO(), out, server_hostname=name or None)
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        return out.read()
    raise AssertionError("a handshake needs two")


def named(*parts: tuple[bytes, str]) -> bytes:
    """Give a distinguished name: of each part its object identifier and text."""
    pairs = (der(0x30, der(6, kind), der(0x0C, text.encode())) for kind, text in parts)
    return der(0x30, *(der(0x31, pair) for pair in pairs))


def certificate(subject: str, issuer: str, serial: int = 77) -> bytes:
    """Give a certificate that nobody could check."""
    common = b"\x55\x04\x03"
    algorithm = der(0x30, der(6, bytes.fromhex("2a8648ce3d040302")))
    dates = der(0x30, der(0x17, b"260101000000Z"), der(0x17, b"360101000000Z"))
    key = der(0x30, der(0x30, der(6, bytes.fromhex("2a8648ce3d0201"))), der(3, bytes(65)))
    body = der(0x30, der(0xA0, der(2, b"\2")), der(2, serial.to_bytes(5, "big")), algorithm, named((common, issuer)),
               dates, named((common, subject)), key)  # fmt: skip
    return der(0x30, body, algorithm, der(3, bytes(70)))


def tls(name: str, *shown: bytes, at: float = 0.0, number: int = 0, client: str = CLIENT, server: str = OUTSIDE,
        port: int = 443, sent: int = 300) -> Packets:  # fmt: skip
    """Give a TLS connection, with the certificates that the server shows in the clear."""
    answer = records(HELLO, certificates(*shown)) if shown else b"\x17\x03\x03\x00\x64" + bytes(100)
    said: tuple[Said, ...] = ((CLIENT_SAYS, hello(name)), (SERVER_SAYS, answer), (CLIENT_SAYS, bytes(sent)),
                              (SERVER_SAYS, bytes(400)))  # fmt: skip
    return tcp_flow(client, server, port, *said, at=at, number=number)


def web(target: str, *, host: str = "www.example.vn", method: str = "GET", headers: str = "",
        agent: str = "Mozilla/5.0", at: float = 0.0, number: int = 0, client: str = CLIENT, server: str = OUTSIDE,
        port: int = 80, answer: bytes = RESPONSE) -> Packets:  # fmt: skip
    """Give a web request in the clear, and its response."""
    head = f"{method} {target} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {agent}\r\n{headers}\r\n"
    said: tuple[Said, ...] = ((CLIENT_SAYS, head.encode()), (SERVER_SAYS, answer))
    return tcp_flow(client, server, port, *said, at=at, number=number)


def called(interface: str, *operations: int, at: float = 0.0, number: int = 0, server: str = SERVER) -> Packets:
    """Give remote procedures that are called on a port of their own."""
    said: list[Said] = [(CLIENT_SAYS, windows.rpc_bind(interface))]
    said += [(CLIENT_SAYS, windows.rpc_request(operation)) for operation in operations]
    return tcp_flow(CLIENT, server, 49_667, *said, at=at, number=number)


def shares(path: str, *names: str, at: float = 0.0, number: int = 0, server: str = SERVER, kind: int = 1,
           deleted: bool = False, step: float = 0.01) -> Packets:  # fmt: skip
    """Give an SMB session in which a share, and files or pipes in it, are opened."""
    said: list[Said] = [(CLIENT_SAYS, windows.tree_connect(path)), (SERVER_SAYS, windows.tree_answer(5, kind))]
    for place, name in enumerate(names, 2):
        options = 0x1000 if deleted else 0
        said.append((CLIENT_SAYS, windows.create(name, 5, place, options)))
        said.append((SERVER_SAYS, windows.create_answer(place.to_bytes(16, "big"), place, tree=5)))
    return tcp_flow(CLIENT, server, 445, *said, at=at, number=number, step=step)
