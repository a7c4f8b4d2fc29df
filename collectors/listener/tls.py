"""TLS for syslog (RFC 5425) by the standard library: certificates, their renewal, the name of a sender."""

import os
import ssl
from fnmatch import fnmatchcase
from typing import Any

from soc_agent.config import ListenerSource, ListenOptions
from soc_agent.errors import SourceError
from soc_agent.model import Problem
from soc_agent.text import path_text

_VERIFY = {"none": ssl.CERT_NONE, "optional": ssl.CERT_OPTIONAL, "required": ssl.CERT_REQUIRED}


def server_context(door: ListenOptions, name: str, code: str = "listener.bad_certificate") -> ssl.SSLContext:
    """Make what a handshake needs of the files of a door; ``name`` is what a person calls it.

    :raises SourceError: when a file is missing or wrong; the problem, of this code, says which.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION  # one handshake a connection: each costs far more here than there
    path = door.certificate
    try:
        # without an answer for a passphrase, OpenSSL would ask the terminal
        context.load_cert_chain(door.certificate, door.key or None, password=lambda: "")
        context.verify_mode = _VERIFY[door.client_certificates]
        if door.client_ca:
            path = door.client_ca
            context.load_verify_locations(door.client_ca)
    except (OSError, ValueError) as error:
        key = door.key if isinstance(error, ssl.SSLError) and door.key and path == door.certificate else ""
        paths = path_text(path) + (f", {path_text(key)}" if key else "")
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise SourceError(Problem(code, values={"door": name, "path": paths, "reason": reason})) from error
    return context


def files_of(door: ListenOptions) -> list[str]:
    """Give the files of certificates and keys that a door reads, and reads again when they change."""
    return [path for path in (door.certificate, door.key, door.client_ca) if path]


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
        self.problem: Problem | None = None
        """What is wrong with changed files; those before them go on."""

    def look(self) -> bool:
        """Look whether the files changed, and take them when they are sound; whether something is different now."""
        seen = self._signature()
        if seen == self._seen:
            return False
        self._seen = seen
        try:
            self.context, self.problem = server_context(self._door, self._name, "listener.old_certificate"), None
        except SourceError as error:
            self.problem = error.problem
        return True

    def _signature(self) -> tuple[object, ...]:
        found: list[object] = []
        for path in files_of(self._door):
            try:
                status = os.stat(path)  # noqa: PTH116 - the path may be empty
                found.append((status.st_ino, status.st_size, status.st_mtime_ns))
            except OSError as error:
                found.append(error.errno)
        return tuple(found)


def peer_name(connection: ssl.SSLSocket) -> str:
    """Give the name in the verified certificate of the other end: its first DNS name, else its common name."""
    certificate: dict[str, Any] | None = connection.getpeercert()
    if not certificate:
        return ""
    for kind, value in certificate.get("subjectAltName", ()):
        if kind == "DNS":
            return str(value)
    for part in certificate.get("subject", ()):
        for key, value in part:
            if key == "commonName":
                return str(value)
    return ""


def may_send(door: ListenOptions, name: str) -> bool:
    """Whether a sender of this name may send, as ``client_names`` of the door says."""
    return not door.client_names or any(fnmatchcase(name.lower(), known.lower()) for known in door.client_names)
