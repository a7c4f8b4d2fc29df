"""One page over loopback: what a good server says, and what a hostile one cannot do."""

import gzip
import socket
import threading
import time
import zlib
from ipaddress import ip_network
from pathlib import Path

import pytest
from msgspec.structs import replace

from collectors.portals.connection import make_trust
from collectors.portals.fetch import Fetch, fetch
from tests.collectors.portals.server import LOOPBACK, Answer, Authority, anywhere, context_of, say, serving

TRUST = make_trust()


def get(answer: Answer, path: str = "/", **bounds: float) -> Fetch:
    with serving(answer) as server:
        return fetch(server.url(path=path), replace(LOOPBACK, **bounds), TRUST, anywhere)


def test_a_page_is_got_with_the_times_of_each_step() -> None:
    found = get(say("<h1>Chào</h1>"))
    assert (found.reason, found.status, found.complete) == ("", 200, True)
    assert found.body.decode() == "<h1>Chào</h1>"
    steps = found.steps
    assert steps.dns_ms is not None
    assert steps.connect_ms is not None
    assert steps.first_byte_ms is not None
    assert steps.tls_ms is None
    assert steps.total_ms >= steps.first_byte_ms


def test_it_says_who_asks_and_asks_once() -> None:
    with serving(say("")) as server:
        fetch(server.url(path="/tin tức?a=b c"), LOOPBACK, TRUST, anywhere)
        (request,) = server.requests
    assert "User-Agent: soc-agent" in request
    assert request.startswith("GET /tin%20t%E1%BB%A9c?a=b%20c HTTP/1.1\r\n")
    assert f"Host: portal.example.vn:{server.port}\r\n" in request


def test_without_the_body_only_the_answer_is_read() -> None:
    with serving(say("x" * 100_000)) as server:
        found = fetch(server.url(), LOOPBACK, TRUST, anywhere, body=False)
    assert (found.status, found.body, found.reason) == (200, b"", "")


def test_gzip_is_unpacked() -> None:
    assert get(say(gzip.compress(b"<p>a</p>" * 1000), "Content-Encoding: gzip")).body == b"<p>a</p>" * 1000


def test_a_gzip_bomb_is_cut_where_the_cap_is() -> None:
    bomb = gzip.compress(bytes(150_000_000))
    assert len(bomb) < 200_000
    begun = time.process_time()
    found = get(say(bomb, "Content-Encoding: gzip"))
    assert (found.reason, len(found.body), found.complete) == ("too_big", 200_000, False)
    assert time.process_time() - begun < 1.0


@pytest.mark.parametrize("encoding", ["br", "gzip, gzip", "compress"])
def test_an_encoding_that_nobody_asked_for_is_no_page(encoding: str) -> None:
    assert get(say(b"\x00\x01", f"Content-Encoding: {encoding}")).reason == "encoding"


def test_damaged_gzip_is_no_page() -> None:
    assert get(say(gzip.compress(b"a" * 1000)[:-9], "Content-Encoding: gzip")).reason == "broken"
    assert get(say(b"no gzip at all", "Content-Encoding: gzip")).reason == "broken"


def endless(connection: socket.socket, _: str) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        connection.sendall(b"<p>x</p>" * 1000)


def test_an_endless_body_is_cut() -> None:
    found = get(endless)
    assert (found.reason, found.complete, found.status) == ("too_big", False, 200)
    assert len(found.body) == 200_000


def test_an_endless_header_is_refused() -> None:
    def flood(connection: socket.socket, _: str) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            connection.sendall(b"X-Flood: " + b"a" * 1000 + b"\r\n")

    assert get(flood).reason == "bad_answer"


def test_a_header_line_without_end_is_refused() -> None:
    def flood(connection: socket.socket, _: str) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        while True:
            connection.sendall(b"a" * 10_000)

    assert get(flood).reason in ("bad_answer", "too_big")


def test_a_server_that_drips_does_not_hold_anybody_longer_than_the_time() -> None:
    with serving(say("")) as server:

        def drip(connection: socket.socket, _: str) -> None:
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            while not server.stopped.wait(0.1):
                connection.sendall(b"x")

        server.answer = drip
        begun = time.monotonic()
        found = fetch(server.url(), replace(LOOPBACK, timeout_s=0.5), TRUST, anywhere)
        assert found.reason == "timeout"
        # each byte came in time: only the deadline of the whole ends it, long before the patience of the test
        assert time.monotonic() - begun < 30


def test_a_server_that_says_nothing_is_a_timeout() -> None:
    with serving(say("")) as server:
        server.answer = lambda _, __: (server.stopped.wait(10) and None) or None
        found = fetch(server.url(), replace(LOOPBACK, timeout_s=0.3), TRUST, anywhere)
    assert (found.reason, found.status) == ("timeout", 0)


def test_a_server_that_hangs_up_is_broken() -> None:
    assert get(lambda connection, _: None).reason == "bad_answer"
    cut = get(lambda c, _: c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"))
    assert (cut.reason, cut.complete, cut.body) == ("broken", False, b"short")


def test_what_is_no_http_is_told() -> None:
    assert get(lambda c, _: c.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")).reason == "bad_answer"


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    found = fetch(f"http://portal.example.vn:{port}/", LOOPBACK, TRUST, anywhere)
    assert found.reason == "connect"
    assert "127.0.0.1" in found.detail


def test_a_name_that_does_not_resolve() -> None:
    def nowhere(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    found = fetch("http://portal.example.vn/", LOOPBACK, TRUST, nowhere)
    assert (found.reason, found.detail) == ("dns", "Name or service not known")


def to(target: str) -> Answer:
    return say("", f"Location: {target}", status="302 Found")


def test_a_redirect_is_followed_and_told() -> None:
    with serving(say("")) as server:

        def answer(connection: socket.socket, path: str) -> None:
            (say("there") if path == "/vi" else to("/vi"))(connection, path)

        server.answer = answer
        found = fetch(server.url(), LOOPBACK, TRUST, anywhere)
        assert found.hops == (server.url(path="/vi"),)
    assert (found.status, found.body) == (200, b"there")


def test_a_circle_of_redirects_ends() -> None:
    found = get(to("/again"))
    assert found.reason == "redirects"
    assert len(found.hops) == LOOPBACK.redirects + 1


@pytest.mark.parametrize("target", ["file:///etc/passwd", "gopher://127.0.0.1/", "javascript:alert(1)", "http://[bad/"])
def test_a_redirect_leads_to_pages_only(target: str) -> None:
    assert get(to(target)).reason == "bad_redirect"


def test_a_redirect_to_an_inside_address_is_not_followed() -> None:
    with serving(say("secret")) as inside:

        def ask(host: str, port: int) -> list[str]:
            return {"portal.example.vn": ["127.0.0.1"], "rebound.example": ["10.0.0.7", "127.1.1.1"]}[host]

        with serving(to(f"http://rebound.example:{inside.port}/admin")) as server:
            only = replace(LOOPBACK, allowed=(LOOPBACK.allowed[0].__class__("127.0.0.1/32"),))
            found = fetch(server.url(), only, TRUST, ask)
        assert inside.requests == []
    assert found.reason == "private_address"
    assert found.hops == (f"http://rebound.example:{inside.port}/admin",)


def test_a_trusted_certificate_is_read(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    context = context_of(*authority.certificate("portal.example.vn"))
    with serving(say("<p>ok</p>"), context) as server:
        found = fetch(server.url(), LOOPBACK, make_trust(str(authority.pem)), anywhere)
    assert (found.reason, found.tls_error, found.body) == ("", "", b"<p>ok</p>")
    assert found.steps.tls_ms is not None
    assert found.certificate is not None
    assert found.certificate.issuer == "O=Ủy ban, CN=Test CA"


def test_a_page_with_a_wrong_certificate_is_looked_at_and_told(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    context = context_of(*authority.certificate("portal.example.vn"))
    with serving(say("<p>ok</p>"), context) as server:
        stranger = fetch(server.url(), LOOPBACK, TRUST, anywhere)
        misnamed = fetch(server.url("other.example.vn"), LOOPBACK, make_trust(str(authority.pem)), anywhere)
    assert (stranger.status, stranger.body) == (200, b"<p>ok</p>")
    assert "certificate" in stranger.tls_error
    assert stranger.certificate is not None
    assert "other.example.vn" in misnamed.tls_error
    assert misnamed.body == b"<p>ok</p>"


def test_a_plain_server_on_a_tls_port(tmp_path: Path) -> None:
    with serving(say("")) as server:
        found = fetch(server.url().replace("http:", "https:"), replace(LOOPBACK, timeout_s=2), TRUST, anywhere)
    assert found.reason in ("tls", "timeout")


@pytest.mark.parametrize("bits", [15, -15])
def test_deflate_is_unpacked_in_both_forms(bits: int) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, bits)
    body = packer.compress(b"<p>a</p>" * 1000) + packer.flush()
    assert get(say(body, "Content-Encoding: deflate")).body == b"<p>a</p>" * 1000


@pytest.mark.parametrize(
    "body",
    [
        *(b"5\r\nhello\r\n", b"zz\r\nhello\r\n0\r\n\r\n", b"5\r\nhelloworld\r\n0\r\n\r\n", b"-5\r\nhello\r\n0\r\n\r\n"),
        b"ffffffffffffffff\r\nhello",
    ],
)
def test_chunks_that_are_garbage_are_no_whole_page(body: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    found = get(lambda connection, _: connection.sendall(head + body))
    assert (found.reason, found.complete) == ("broken", False)


def test_chunks_are_put_together() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    found = get(lambda connection, _: connection.sendall(head + b"5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nT: x\r\n\r\n"))
    assert (found.reason, found.body) == ("", b"hello!")


def test_a_certificate_of_another_host_is_told(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with serving(say("x"), context_of(*authority.certificate("other.example.vn"))) as server:
        found = fetch(server.url(), LOOPBACK, make_trust(str(authority.pem)), anywhere)
    assert (found.status, found.reason) == (200, "")
    assert "mismatch" in found.tls_error
    assert found.certificate is not None
    assert found.certificate.names == ("other.example.vn", "www.other.example.vn")


def test_an_expired_certificate_is_told(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with serving(say("x"), context_of(*authority.certificate("portal.example.vn", -1))) as server:
        found = fetch(server.url(), LOOPBACK, make_trust(str(authority.pem)), anywhere)
    assert (found.status, "expired" in found.tls_error) == (200, True)


def test_a_page_at_an_ipv6_address() -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                asked.append(connection.recv(65_536).decode())
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

        asked: list[str] = []
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        port = listening.getsockname()[1]
        found = fetch(f"http://[::1]:{port}/", replace(LOOPBACK, allowed=(ip_network("::1/128"),)), TRUST)
        thread.join(10)
    assert (found.reason, found.body, found.address) == ("", b"ok", "::1")
    assert f"Host: [::1]:{port}\r\n" in asked[0]
