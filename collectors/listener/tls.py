"""TLS for syslog (RFC 5425) by the standard library: certificates, their renewal and revocation, who a sender is."""

import base64
import os
import re
import ssl
import time
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from collectors.listener.revoked import Revoked, read_revoked
from collectors.packets import certificate as x509
from soc_agent.config import ListenerSource, ListenOptions
from soc_agent.errors import SourceError
from soc_agent.model import Problem
from soc_agent.text import path_text

_VERIFY = {"none": ssl.CERT_NONE, "optional": ssl.CERT_OPTIONAL, "required": ssl.CERT_REQUIRED}
_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----(.*?)-----END", re.DOTALL)
_WARN_S = 14 * 86_400
"""A certificate that ends so soon is told; of a revocation list, which lives for days or hours, when it has ended."""


def server_context(door: ListenOptions, name: str, code: str = "listener.bad_certificate") -> ssl.SSLContext:
    """Make what a handshake needs of the files of a door; ``name`` is what a person calls it.

    :raises SourceError: when a file is missing or wrong; the problem, of this code, says which.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION  # one handshake a connection: each costs far more here than there
    context.options |= ssl.OP_NO_TICKET
    context.num_tickets = 0  # whoever comes again shows its certificate again
    path = door.certificate
    try:
        # without an answer for a passphrase, OpenSSL would ask the terminal
        context.load_cert_chain(door.certificate, door.key or None, password=lambda: "")
        context.verify_mode = _VERIFY[door.client_certificates]
        if door.client_ca:
            path = door.client_ca
            context.load_verify_locations(door.client_ca)
        if door.crl:
            path = door.crl
            read_revoked(Path(door.crl).read_bytes())
            context.load_verify_locations(door.crl)
            context.verify_flags |= ssl.VerifyFlags.VERIFY_CRL_CHECK_LEAF
    except (OSError, ValueError) as error:
        key = door.key if isinstance(error, ssl.SSLError) and door.key and path == door.certificate else ""
        paths = path_text(path) + (f", {path_text(key)}" if key else "")
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise SourceError(Problem(code, values={"door": name, "path": paths, "reason": reason})) from error
    return context


def files_of(door: ListenOptions) -> list[str]:
    """Give the files of certificates and keys that a door reads, and reads again when they change."""
    return [path for path in (door.certificate, door.key, door.client_ca, door.crl) if path]


def own_files(source: ListenerSource) -> list[str]:
    """Give those of all doors."""
    return [path for door in source.listen if door.transport == "tls" for path in files_of(door)]


class Certificates:
    """The context of a door, made anew when its files change. New connections get the new one."""

    def __init__(self, door: ListenOptions, name: str) -> None:
        """Read the files. Raises as :func:`server_context`."""
        self._door, self._name = door, name
        self._seen = self._signature()
        self.context = server_context(door, name)
        self._wrong: Problem | None = None
        self._read()

    def look(self) -> bool:
        """Look whether the files changed, and take them when they are sound; whether something is different now."""
        seen = self._signature()
        if seen == self._seen:
            return False
        self._seen = seen
        try:
            self.context, self._wrong = server_context(self._door, self._name, "listener.old_certificate"), None
            self._read()
        except SourceError as error:
            self._wrong = error.problem
        except (OSError, ValueError):  # changed again meanwhile
            self._seen = ()
        return True

    @property
    def revoked(self) -> frozenset[int]:
        """Numbers of the certificates whose connections should end."""
        return self._revoked.serials

    def problems(self, now: float | None = None) -> list[Problem]:
        """Give what is wrong: changed files that cannot be used, while those before go on; what ends to count soon.

        :param now: seconds since 1970.
        """
        now = time.time() if now is None else now
        found = [self._wrong] if self._wrong else []
        for code, path, until, before_s in (
            ("listener.certificate_ends", self._door.certificate, self._until, _WARN_S),
            ("listener.crl_ended", self._door.crl, self._revoked.until, 0),
        ):
            if until is not None and now >= until - before_s:
                when = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(until))
                found.append(Problem(code, values={"door": self._name, "path": path_text(path), "until": when}))
        return found

    def _read(self) -> None:
        """Read what the standard library does not tell of files that it has taken."""
        pem = _CERTIFICATE.search(Path(self._door.certificate).read_bytes())
        own = x509.parse(base64.b64decode(pem[1])) if pem else None
        self._until = own.not_valid_after if own else None
        self._revoked = read_revoked(Path(self._door.crl).read_bytes()) if self._door.crl else Revoked()

    def _signature(self) -> tuple[object, ...]:
        found: list[object] = []
        for path in files_of(self._door):
            try:
                status = os.stat(path)  # noqa: PTH116 - as OpenSSL is given it
                found.append((status.st_ino, status.st_size, status.st_mtime_ns))
            except OSError as error:
                found.append(error.errno)
        return tuple(found)


def peer_of(connection: ssl.SSLSocket) -> tuple[str, int]:
    """Give the name in the verified certificate of the other end, and its number; without one an empty name and 0.

    The name is its first DNS name, else its common name.
    """
    certificate: dict[str, Any] | None = connection.getpeercert()
    if not certificate:
        return "", 0
    serial = int(certificate.get("serialNumber", "0"), 16)
    for kind, value in certificate.get("subjectAltName", ()):
        if kind == "DNS":
            return str(value), serial
    for part in certificate.get("subject", ()):
        for key, value in part:
            if key == "commonName":
                return str(value), serial
    return "", serial


def may_send(door: ListenOptions, name: str) -> bool:
    """Whether a sender of this name may send, as ``client_names`` of the door says."""
    return not door.client_names or any(fnmatchcase(name.lower(), known.lower()) for known in door.client_names)
