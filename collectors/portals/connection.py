"""One connection to a web server: resolved, checked, connected and encrypted, each step timed and bounded.

Addresses are checked after they were resolved and the connection goes to the very address that was checked, so that a
name which resolves to something else a moment later (DNS rebinding) reaches nothing inside.
"""

import io
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from msgspec import Struct

Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], list[str]]
"""Name and port to addresses; raises OSError when there is none."""

_ADDRESSES_TRIED = 4
_NAT64 = IPv6Network("64:ff9b::/96")
_RESOLVERS = threading.Semaphore(16)
"""A name server that never answers holds a thread each time: no more than so many."""


class FetchFailed(Exception):  # noqa: N818 - it is what happened, not a mistake of the program
    """A page could not be got. ``reason`` is one of a few words, ``detail`` what the system said."""

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(f"{reason}: {detail}")


class Steps(Struct):
    """How long each step took, in milliseconds; None: it was not reached, or is not needed."""

    dns_ms: float | None = None
    connect_ms: float | None = None
    tls_ms: float | None = None
    first_byte_ms: float | None = None
    total_ms: float = 0.0


class Limits(Struct, frozen=True):
    """How much a fetch may cost."""

    deadline: float
    """``time.monotonic()`` at which it ends, whatever it does."""
    wire_bytes: int
    """Bytes that are read at most."""

    def left_s(self) -> float:
        """Give how long is left.

        :raises FetchFailed: when nothing is.
        """
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise FetchFailed("timeout")
        return left


class Trust(Struct, frozen=True):
    """What certificates are checked with."""

    verifying: ssl.SSLContext
    accepting: ssl.SSLContext
    """For a second look at a page whose certificate is wrong: it is looked at all the same, and said."""


def make_trust(ca_file: str = "") -> Trust:
    """Make the contexts: those of the system, with the authorities of a file beside them.

    :raises OSError: when the file cannot be read, or holds no certificate.
    """
    verifying = ssl.create_default_context()
    if ca_file:
        verifying.load_verify_locations(ca_file)
    accepting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    accepting.check_hostname = False
    accepting.verify_mode = ssl.CERT_NONE
    return Trust(verifying, accepting)


def is_public(address: str, allowed: Sequence[Network] = ()) -> bool:
    """Say whether a page at this address may be got: a public one, or one of the networks that are allowed."""
    try:
        plain = _inner(ip_address(address.partition("%")[0]))
    except ValueError:
        return False
    if any(plain in network for network in allowed):
        return True
    return plain.is_global and not plain.is_multicast


def _inner(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Give the IPv4 address that stands in an IPv6 one: mapped (RFC 4291), 6to4 (RFC 3056), NAT64 (RFC 6052)."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address


def resolve(host: str, port: int) -> list[str]:
    """Ask the system for the addresses of a name, in the order in which they are to be tried."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def resolve_in_time(host: str, port: int, ask: Resolve, left_s: float) -> list[str]:
    """Resolve a name, and wait no longer than that: the system's resolver cannot be interrupted.

    :raises FetchFailed: when there is no address, or none in time.
    """
    answers: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def work() -> None:
        try:
            answers.put(ask(host, port))
        except (OSError, UnicodeError, ValueError) as error:
            answers.put(error)
        finally:
            _RESOLVERS.release()

    if not _RESOLVERS.acquire(timeout=left_s):
        raise FetchFailed("dns", "no answer to earlier questions")
    threading.Thread(target=work, name=f"resolve {host}", daemon=True).start()
    try:
        answer = answers.get(timeout=left_s)
    except queue.Empty:
        raise FetchFailed("dns", "no answer in time") from None
    if isinstance(answer, Exception):
        raise FetchFailed("dns", getattr(answer, "strerror", None) or str(answer)) from answer
    if not answer:
        raise FetchFailed("dns", "no address")
    return answer


class Connection:
    """An open connection, as :mod:`http.client` takes it. Everything that is read counts against the limits."""

    def __init__(self, plain: socket.socket, address: str, limits: Limits) -> None:
        self._socket = plain
        self.address = address
        self.limits = limits
        self.read_bytes = 0
        self.first_byte_at: float | None = None

    @property
    def socket(self) -> socket.socket:
        """The socket itself."""
        return self._socket

    def sendall(self, data: bytes) -> None:
        """Send all of it within the time."""
        self._socket.settimeout(self.limits.left_s())
        try:
            self._socket.sendall(data)
        except TimeoutError:
            raise FetchFailed("timeout") from None

    def makefile(self, mode: str = "rb", *_: object) -> io.BufferedReader:
        """Give what the server says as a file."""
        return io.BufferedReader(_Stream(self), 16_384)

    def close(self) -> None:
        """Do nothing: http.client lets go of a connection that is still to be read from."""

    def end(self) -> None:
        """Close the socket."""
        with suppress(OSError):
            self._socket.close()


class _Stream(io.RawIOBase):
    """Bytes of a connection, within its limits: a server that drips one byte a second does not prolong anything."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]
        connection = self._connection
        if connection.read_bytes >= connection.limits.wire_bytes:
            raise FetchFailed("too_big")
        connection.socket.settimeout(connection.limits.left_s())
        try:
            count = connection.socket.recv_into(buffer)
        except TimeoutError:
            raise FetchFailed("timeout") from None
        except OSError as error:
            raise FetchFailed("broken", error.strerror or str(error)) from error
        if connection.first_byte_at is None:
            connection.first_byte_at = time.monotonic()
        connection.read_bytes += count
        return count


def connect(
    host: str, port: int, limits: Limits, steps: Steps, allowed: Sequence[Network] = (), ask: Resolve = resolve
) -> Connection:
    """Open a plain connection, and write down how long that took.

    :raises FetchFailed: reason ``dns``, ``private_address``, ``connect`` or ``timeout``.
    """
    begun = time.monotonic()
    addresses = resolve_in_time(host, port, ask, limits.left_s())
    steps.dns_ms = _since(begun)
    public = [address for address in addresses if is_public(address, allowed)]
    if not public:
        raise FetchFailed("private_address", ", ".join(addresses[:_ADDRESSES_TRIED]))
    last: FetchFailed | None = None
    for address in public[:_ADDRESSES_TRIED]:
        begun = time.monotonic()
        try:
            plain = socket.create_connection((address, port), timeout=limits.left_s())
        except TimeoutError:
            last = FetchFailed("timeout", f"connect to {address}")
            continue
        except OSError as error:
            last = FetchFailed("connect", f"{address}: {error.strerror or error}")
            continue
        steps.connect_ms = _since(begun)
        return Connection(plain, address, limits)
    assert last is not None
    raise last


def encrypt(connection: Connection, host: str, context: ssl.SSLContext, steps: Steps) -> bytes:
    """Begin TLS; give the certificate of the server (DER).

    :raises ssl.SSLCertVerificationError: when the certificate is not trusted.
    :raises FetchFailed: reason ``tls`` or ``timeout``.
    """
    begun = time.monotonic()
    connection.socket.settimeout(connection.limits.left_s())
    try:
        encrypted = context.wrap_socket(connection.socket, server_hostname=host)
    except ssl.SSLCertVerificationError:
        raise
    except TimeoutError:
        raise FetchFailed("timeout", "TLS handshake") from None
    except (OSError, ValueError) as error:
        raise FetchFailed("tls", getattr(error, "reason", None) or str(error)) from error
    connection._socket = encrypted  # noqa: SLF001 - of this module
    steps.tls_ms = _since(begun)
    return encrypted.getpeercert(binary_form=True) or b""


def _since(begun: float) -> float:
    return round((time.monotonic() - begun) * 1000, 1)
