"""What listens to a flow of which the service is known, and gives the lines of that service.

A listener says how many more payloads of each side it wants (:attr:`Listener.wants`); the table hands it those, and
those that begin like a message that is looked for, each in order.
"""

from typing import Protocol

from msgspec import UNSET

from collectors.packets import kerberos, rdp
from collectors.packets.greetings import smb_answer, ssh_banner
from collectors.packets.lines import (
    DceRpc,
    Kerberos,
    Names,
    Ntlm,
    Rdp,
    Smb,
    SmbFiles,
    SmbMapping,
    encode,
    of_flow,
    text,
)
from collectors.packets.login_listener import login_listener_of
from collectors.packets.ntlm import Ntlm as NtlmLogin
from collectors.packets.records import ssh_line
from collectors.packets.rpc import RpcCalls
from collectors.packets.smb import File, Found, Mapping, SmbSession
from collectors.packets.smb1 import Smb1Session

_NAME_CAP = 512
_KERBEROS_PAYLOADS = 64


class Listener(Protocol):
    """Listens to one flow."""

    wants: list[int]
    """By side (0: originator): so many more payloads are wanted, however they begin."""

    @property
    def held(self) -> int:
        """Bytes that it keeps, about."""

    def read(self, names: Names, side: int, data: bytes, time_ns: int) -> list[bytes]:
        """Take a payload; give lines.

        :raises EOFError: when more of the stream is needed to make sense of it.
        """

    def finish(self, names: Names, time_ns: int) -> list[bytes]:
        """Give what is left when the flow has ended."""


class SshListener:
    """The banners of both sides."""

    __slots__ = ("_banners", "wants")
    held = 0

    def __init__(self) -> None:
        self.wants = [1, 1]
        self._banners = [b"", b""]

    def read(self, names: Names, side: int, data: bytes, time_ns: int) -> list[bytes]:
        """Take a banner."""
        self.wants[side] = 0
        self._banners[side] = ssh_banner(data) or self._banners[side]
        return self.finish(names, time_ns) if all(self._banners) else []

    def finish(self, names: Names, time_ns: int) -> list[bytes]:
        """Give the banners that were heard."""
        (client, server), self._banners = self._banners, [b"", b""]
        return [ssh_line(names, client, server, time_ns)] if client or server else []


class SmbListener:
    """The dialect that a server chose; shares, files and procedures after that."""

    __slots__ = ("_old", "_session", "wants")

    def __init__(self) -> None:
        self.wants = [2, 2]
        self._session = SmbSession()
        self._old: Smb1Session | None = None
        """Of those who speak version 1 after the negotiation too."""

    @property
    def held(self) -> int:
        """Bytes that the session keeps."""
        return self._session.held + (self._old.held if self._old is not None else 0)

    def read(self, names: Names, side: int, data: bytes, time_ns: int) -> list[bytes]:
        """Take messages."""
        if side == 1 and self.wants[1] and (answer := smb_answer(data)) is not None:
            self.wants[1] = 0
            return [encode(Smb(*of_flow(names, time_ns), *answer))]
        if data[4:8] == b"\xffSMB":
            self._old = self._old or Smb1Session()
            return [_smb_line(names, found, time_ns) for found in self._old.read(data)]
        return [_smb_line(names, found, time_ns) for found in self._session.read(data)]

    def finish(self, names: Names, time_ns: int) -> list[bytes]:
        """Give what was opened without an answer."""
        left = [*self._session.finish(), *(self._old.finish() if self._old is not None else ())]
        return [_smb_line(names, found, time_ns) for found in left]


def _smb_line(names: Names, found: Found, time_ns: int) -> bytes:
    ends = of_flow(names, time_ns)
    if isinstance(found, Mapping):
        return encode(SmbMapping(*ends, _clean(found.path), found.kind))
    if isinstance(found, File):
        before = _clean(found.before) if found.before else UNSET
        return encode(SmbFiles(*ends, found.action, _clean(found.path), _clean(found.name), found.size, before))
    if isinstance(found, NtlmLogin):
        user, domain, host = map(_clean, found[:3])
        return encode(Ntlm(*ends, user, domain, host, found.success, found.status))
    return encode(DceRpc(*ends, found.endpoint, found.operation, _clean(found.pipe) if found.pipe else UNSET))


class RpcListener:
    """Remote procedures that a client calls over TCP."""

    __slots__ = ("_calls", "wants")

    def __init__(self) -> None:
        self.wants = [4, 0]
        self._calls = RpcCalls()

    @property
    def held(self) -> int:
        """Bytes that the names of calls take, about."""
        return self._calls.held

    def read(self, names: Names, side: int, data: bytes, time_ns: int) -> list[bytes]:
        """Take messages of the client."""
        calls = self._calls.read(data) if side == 0 else []
        return [encode(DceRpc(*of_flow(names, time_ns), *call)) for call in calls]

    def finish(self, names: Names, time_ns: int) -> list[bytes]:
        """Give nothing: what was called was told."""
        return []


class KerberosListener:
    """Requests for tickets, each with its answer."""

    __slots__ = ("_asked", "_is_framed", "wants")

    def __init__(self, *, is_framed: bool) -> None:
        self.wants = [_KERBEROS_PAYLOADS, _KERBEROS_PAYLOADS]
        self._is_framed = is_framed
        """Whether messages have their length before them, as on TCP."""
        self._asked: tuple[kerberos.Message, int] | None = None

    @property
    def held(self) -> int:
        """Bytes that a request which waits takes, about."""
        return 0 if self._asked is None else 1000

    def read(self, names: Names, side: int, data: bytes, time_ns: int) -> list[bytes]:
        """Take a message."""
        found = kerberos.parse(kerberos.framed(data) if self._is_framed else data)
        if found is None:
            return []
        if found.is_request:
            lines = self.finish(names, time_ns)
            self._asked = found, time_ns
            return lines
        asked, asked_ns = self._asked or (found, time_ns)
        self._asked = None
        return [_kerberos_line(names, asked, found, asked_ns)]

    def finish(self, names: Names, time_ns: int) -> list[bytes]:
        """Give the request that was not answered."""
        asked, self._asked = self._asked, None
        return [_kerberos_line(names, asked[0], None, asked[1])] if asked is not None else []


def _kerberos_line(names: Names, asked: kerberos.Message, answer: kerberos.Message | None, time_ns: int) -> bytes:
    client = (answer.client if answer is not None else "") or asked.client
    service = (answer.service if answer is not None else "") or asked.service
    return encode(
        Kerberos(
            *of_flow(names, time_ns),
            request_type=asked.request_type or (answer.request_type if answer is not None else ""),
            client=_clean(client),
            service=_clean(service),
            success=UNSET if answer is None else not answer.error,
            error_msg=answer.error or UNSET if answer is not None else UNSET,
            cipher=answer.cipher or UNSET if answer is not None else UNSET,
            till=asked.till or UNSET,
            forwardable=asked.forwardable,
            renewable=asked.renewable,
            preauth=asked.has_preauth if asked.is_request and asked.request_type == "AS" else UNSET,
            offered=asked.offered or UNSET,
        )
    )


class RdpListener:
    """The request of a client, and the answer."""

    __slots__ = ("_cookie", "wants")
    held = 0

    def __init__(self) -> None:
        self.wants = [1, 1]
        self._cookie: bytes | None = None

    def read(self, names: Names, side: int, data: bytes, time_ns: int) -> list[bytes]:
        """Take the first payload of a side."""
        self.wants[side] = 0
        if side == 0:
            self._cookie = rdp.cookie(data)
            return []
        answer = rdp.confirm(data)
        if answer is None:
            return []
        said, self._cookie = self._cookie, None
        return [_rdp_line(names, said, answer, time_ns)]

    def finish(self, names: Names, time_ns: int) -> list[bytes]:
        """Give the request that was not answered."""
        said, self._cookie = self._cookie, None
        return [_rdp_line(names, said, None, time_ns)] if said is not None else []


def _rdp_line(names: Names, said: bytes | None, answer: rdp.Rdp | None, time_ns: int) -> bytes:
    return encode(
        Rdp(
            *of_flow(names, time_ns),
            cookie=text(said, 128) if said else UNSET,
            result=UNSET if answer is None else answer.result,
            security_protocol=answer.security_protocol or UNSET if answer is not None else UNSET,
        )
    )


def listener_of(service: str) -> Listener | None:
    """Give what listens to a flow of a service; None for one that has no lines of its own."""
    match service:
        case "ssh":
            return SshListener()
        case "smb":
            return SmbListener()
        case "dce_rpc":
            return RpcListener()
        case "rdp":
            return RdpListener()
        case "krb" | "krb_tcp":
            return KerberosListener(is_framed=service == "krb_tcp")
    return login_listener_of(service)


def _clean(value: str) -> str:
    """Give a text that JSON can hold: half a surrogate pair cannot."""
    return value[:_NAME_CAP].encode("utf-8", "backslashreplace").decode()
