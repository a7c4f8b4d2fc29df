"""Getting one page: redirects, TLS that is wrong, bodies that never end; every bit of it bounded."""

import http.client
import ssl
import time
import zlib
from collections.abc import Sequence
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from msgspec import Struct

from collectors.portals.certificate import Certificate, read_certificate
from collectors.portals.connection import (
    Connection,
    FetchFailed,
    Limits,
    Network,
    Resolve,
    Steps,
    Trust,
    connect,
    encrypt,
    resolve,
)

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HEADER_BYTES = 262_144
"""Beside the body; http.client refuses more than 100 headers, and lines of more than 64 KiB, by itself."""
_CHUNK_BYTES = 65_536
_PORTS = {"http": 80, "https": 443}
_URL_KEPT = 2_000
USER_AGENT = "soc-agent (portal watch)"


class Bounds(Struct, frozen=True):
    """What a fetch may cost, and where it may go."""

    timeout_s: float = 15.0
    """For all of it, redirects included."""
    size_cap_bytes: int = 4_194_304
    """Of the body, as it is sent and as it is unpacked."""
    redirects: int = 5
    allowed: tuple[Network, ...] = ()
    """Networks that are reached though they are not public."""
    user_agent: str = USER_AGENT
    referer: str = ""
    """The page from which a visitor comes."""


class Fetch(Struct, frozen=True):
    """What came of getting a page."""

    url: str
    """Where it was in the end."""
    steps: Steps
    status: int = 0
    reason: str = ""
    """Why there is no answer, or not all of it: ``dns``, ``connect``, ``private_address``, ``tls``, ``timeout``,
    ``broken``, ``bad_answer``, ``bad_redirect``, ``redirects``, ``too_big``, ``encoding``; empty when there is."""
    detail: str = ""
    hops: tuple[str, ...] = ()
    """Where it was sent on to, in order."""
    address: str = ""
    body: bytes = b""
    complete: bool = False
    """Whether all of the body is there: only then can it be compared."""
    content_type: str = ""
    certificate: Certificate | None = None
    """Of the first server, where that speaks TLS."""
    tls_error: str = ""
    """What is wrong with that certificate, by the system's own check."""


class _Answer(Struct):
    """One answer, not yet followed."""

    status: int
    location: str
    content_type: str
    body: bytes
    reason: str


def fetch(url: str, bounds: Bounds, trust: Trust, ask: Resolve = resolve, *, body: bool = True) -> Fetch:
    """Get a page, or (without ``body``) only its status and headers.

    Never raises for what the server or the network does: that is what it tells.

    The times of the steps are those of the first server; the total is that of all.
    """
    begun = time.monotonic()
    limits = Limits(begun + bounds.timeout_s, bounds.size_cap_bytes + _HEADER_BYTES)
    steps = Steps()
    seen = _Seen()
    hops: list[str] = []
    answer: _Answer | None = None
    reason = detail = ""
    try:
        while True:
            answer = _get(url, bounds, trust, ask, limits, steps if not hops else Steps(), seen, body=body)
            if answer.status not in _REDIRECTS or not answer.location:
                reason = answer.reason
                break
            url = _target(url, answer.location)
            hops.append(url)
            if len(hops) > bounds.redirects:
                reason, detail = "redirects", str(len(hops))
                break
    except FetchFailed as failure:
        reason, detail = failure.reason, failure.detail
    steps.total_ms = round((time.monotonic() - begun) * 1000, 1)
    whole = answer is not None and not reason
    return Fetch(
        url=url,
        steps=steps,
        status=answer.status if answer else 0,
        reason=reason,
        detail=detail,
        hops=tuple(hops),
        address=seen.address,
        body=answer.body if answer and answer.status not in _REDIRECTS else b"",
        complete=whole,
        content_type=answer.content_type if answer else "",
        certificate=seen.certificate,
        tls_error=seen.tls_error,
    )


class _Seen:
    """What the first server showed."""

    def __init__(self) -> None:
        self.address = ""
        self.certificate: Certificate | None = None
        self.tls_error = ""


def _get(
    url: str,
    bounds: Bounds,
    trust: Trust,
    ask: Resolve,
    limits: Limits,
    steps: Steps,
    seen: "_Seen",
    *,
    body: bool,
) -> _Answer:
    parts, host, port = _split(url)
    connection = _open(parts.scheme, host, port, trust, ask, bounds.allowed, limits, steps, seen)
    try:
        begun = time.monotonic()
        answer = _ask(connection, parts, bounds, body=body)
        if connection.first_byte_at is not None and steps.first_byte_ms is None:
            steps.first_byte_ms = round((connection.first_byte_at - begun) * 1000, 1)
        return answer
    finally:
        connection.end()


def _open(
    scheme: str,
    host: str,
    port: int,
    trust: Trust,
    ask: Resolve,
    allowed: Sequence[Network],
    limits: Limits,
    steps: Steps,
    seen: _Seen,
) -> Connection:
    """Connect; where the certificate is wrong, once more without checking it."""
    first = not seen.address
    connection = connect(host, port, limits, steps, allowed, ask)
    seen.address = seen.address or connection.address
    if scheme == "http":
        return connection
    try:
        try:
            der = encrypt(connection, host, trust.verifying, steps)
        except ssl.SSLCertVerificationError as error:
            connection.end()
            if first:
                seen.tls_error = error.verify_message or str(error)
            connection = connect(host, port, limits, Steps(), allowed, ask)
            der = encrypt(connection, host, trust.accepting, steps)
    except BaseException:
        connection.end()
        raise
    if first:
        seen.certificate = read_certificate(der)
    return connection


def _ask(connection: Connection, parts: SplitResult, bounds: Bounds, *, body: bool) -> _Answer:
    client = http.client.HTTPConnection(parts.hostname or "", parts.port or _PORTS[parts.scheme])
    client.sock = connection  # it has what is needed of a socket
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]") if parts.query else ""
    try:
        client.putrequest("GET", path + query, skip_host=True, skip_accept_encoding=True)
        headers = {
            "Host": parts.netloc.rpartition("@")[2].encode("idna" if not parts.netloc.isascii() else "ascii").decode(),
            "User-Agent": bounds.user_agent,
            "Accept": "text/html,application/xhtml+xml,*/*;q=0.1",
            "Accept-Encoding": "gzip",
            "Connection": "close",
        }
        if bounds.referer:
            headers["Referer"] = bounds.referer
        for name, value in headers.items():
            client.putheader(name, value)
        client.endheaders()
        response = client.getresponse()
        reason, data = "", b""
        if body and response.status not in _REDIRECTS:
            data, reason = _body(response, bounds.size_cap_bytes)
        location = response.getheader("Location") or ""
        return _Answer(response.status, location, (response.getheader("Content-Type") or "")[:200], data, reason)
    except (http.client.HTTPException, ValueError, UnicodeError) as error:
        raise FetchFailed("bad_answer", f"{type(error).__name__}: {error}"[:200]) from error
    except OSError as error:
        raise FetchFailed("broken", error.strerror or str(error)) from error


def _body(response: http.client.HTTPResponse, cap: int) -> tuple[bytes, str]:
    """Read a body, unpacked; with why it is not whole, if it is not."""
    encoding = (response.getheader("Content-Encoding") or "identity").strip().lower()
    unpack = None
    if encoding in ("gzip", "x-gzip"):
        unpack = zlib.decompressobj(31)
    elif encoding == "deflate":
        unpack = zlib.decompressobj()
    elif encoding != "identity":
        return b"", "encoding"
    kept = bytearray()
    try:
        while data := response.read1(_CHUNK_BYTES):
            if encoding == "deflate" and not kept and data[0] & 0x0F != 8:
                # RFC 9110, 8.4.1.2: meant is the zlib format, and some servers send the bare stream
                unpack, encoding = zlib.decompressobj(-15), "bare"
            # an answer of a thousand times its size is cut where the cap is: nothing beyond it is ever unpacked
            kept += unpack.decompress(data, cap + 1 - len(kept)) if unpack else data
            if len(kept) > cap:
                return bytes(kept[:cap]), "too_big"
        if unpack is not None and not unpack.eof:
            return bytes(kept), "broken"
    except FetchFailed as failure:
        return bytes(kept), failure.reason
    except (http.client.HTTPException, OSError, zlib.error):
        return bytes(kept), "broken"
    if response.length:  # the server promised more than it sent
        return bytes(kept), "broken"
    return bytes(kept), ""


def _split(url: str) -> tuple[SplitResult, str, int]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise FetchFailed("bad_redirect", url[:_URL_KEPT]) from error
    if parts.scheme not in _PORTS or not host or not url.isprintable():
        raise FetchFailed("bad_redirect", url[:_URL_KEPT])
    return parts, host, port


def _target(base: str, location: str) -> str:
    """Give where a redirect leads.

    :raises FetchFailed: when that is no page: another scheme, or no URL.
    """
    try:
        raw = location.encode("latin-1").decode("utf-8", "replace")  # http.client reads headers as Latin-1
    except UnicodeEncodeError:
        raw = location
    try:
        target = urljoin(base, raw.strip())
    except ValueError as error:
        raise FetchFailed("bad_redirect", raw[:_URL_KEPT]) from error
    if len(target) > _URL_KEPT:
        raise FetchFailed("bad_redirect", target[:_URL_KEPT])
    _split(target)
    return target.replace(" ", "%20")
