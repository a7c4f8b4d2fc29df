"""Requests and what was answered: HTTP, FTP logins and DNS, each pair as one line.

A dialogue keeps the requests that wait for an answer; a few, the oldest goes without its answer when there are more.
"""

from collections import deque
from collections.abc import Callable

from msgspec import UNSET, UnsetType

from collectors.packets import dns, http
from collectors.packets.lines import Dns, Ftp, Http, Names, encode, of_flow, text

_MAX_WAITING = 16
_URI_CAP_BYTES = 8192
_TEXT_CAP_BYTES = 1024
_PASSWORD_NEEDED = 331
_MAX_COMMANDS = 32
_NETBIOS = 137
_NETBIOS_TYPES = {"SRV": "NBSTAT"}
"""Types that mean something else there (RFC 1002 section 4.2.1.2)."""

Dissect = Callable[[bytes, int], tuple[str, ...] | None]
"""Gives the answers of a DNS message with unusual records, captured at a time in nanoseconds; None when it will not."""
_ENTRY_BYTES = 400
"""About what one waiting request takes beside its texts."""


class HttpDialogue:
    """HTTP requests and the status of their responses (RFC 9112 section 9.3: answered in order)."""

    __slots__ = ("_waiting", "held")

    def __init__(self) -> None:
        self._waiting: deque[tuple[http.Request, int]] = deque()
        self.held = 0
        """Bytes that waiting requests take, about."""

    def request(self, names: Names, found: http.Request, time_ns: int) -> list[bytes]:
        """Take a request."""
        self._waiting.append((found, time_ns))
        self.held += _size(found)
        return [self._line(names, None)] if len(self._waiting) > _MAX_WAITING else []

    def response(self, names: Names, data: bytes) -> list[bytes]:
        """Take the head of a response; an interim one (1xx but 101) does not answer."""
        status = http.status(data)
        if status is None or not self._waiting or (status < 200 and status != 101):
            return []
        return [self._line(names, status, http.media_type(data))]

    def finish(self, names: Names) -> list[bytes]:
        """Give what was never answered."""
        return [self._line(names, None) for _ in range(len(self._waiting))]

    def _line(self, names: Names, status: int | None, media_type: bytes | None = None) -> bytes:
        found, time_ns = self._waiting.popleft()
        self.held -= _size(found)
        return encode(
            Http(
                *of_flow(names, time_ns),
                method=text(found.method, 32),
                uri=text(found.uri, _URI_CAP_BYTES),
                version=text(found.version, 8),
                host=_optional(found.host),
                user_agent=_optional(found.user_agent),
                referrer=_optional(found.referrer),
                status_code=UNSET if status is None else status,
                request_body_len=found.body_bytes or UNSET,
                orig_mime_types=(text(found.content_type, 128),) if found.content_type else UNSET,
                resp_mime_types=(text(media_type, 128),) if media_type else UNSET,
                client_header_names=found.header_names or UNSET,
                username=_optional(found.username),
            )
        )


def _size(found: http.Request) -> int:
    texts = len(found.host or b"") + len(found.user_agent or b"") + len(found.referrer or b"")
    return _ENTRY_BYTES + len(found.uri) + texts + sum(map(len, found.header_names))


def _optional(value: bytes | None) -> str | UnsetType:
    return UNSET if value is None else text(value, _TEXT_CAP_BYTES)


class FtpDialogue:
    """FTP logins (RFC 959 section 4.1.1): a line when the server decides over USER or PASS."""

    __slots__ = ("_user", "_waiting")
    held = 2 * _ENTRY_BYTES

    def __init__(self) -> None:
        self._user = ""
        self._waiting: deque[tuple[str, int]] = deque(maxlen=_MAX_WAITING)

    def commands(self, data: bytes, time_ns: int) -> None:
        """Take what the client sent. The argument of PASS is not looked at."""
        for line in data.split(b"\n", _MAX_COMMANDS)[:_MAX_COMMANDS]:
            verb, _, argument = line.strip().partition(b" ")
            if (name := verb.upper()) in (b"USER", b"PASS"):
                self._user = text(argument, 256) if name == b"USER" else self._user
                self._waiting.append((name.decode(), time_ns))

    def replies(self, names: Names, data: bytes) -> list[bytes]:
        """Take what the server sent."""
        found: list[bytes] = []
        for line in data.split(b"\n", _MAX_COMMANDS)[:_MAX_COMMANDS]:
            if not self._waiting or not line[:3].isdigit() or line[:1] == b"1":
                continue
            code = int(line[:3])
            command, time_ns = self._waiting.popleft()
            if command == "PASS" or code != _PASSWORD_NEEDED:
                found.append(self._line(names, command, time_ns, code, line[4:]))
        return found

    def finish(self, names: Names) -> list[bytes]:
        """Give nothing: a login that was never decided is none."""
        return []

    def _line(self, names: Names, command: str, time_ns: int, code: int, message: bytes) -> bytes:
        reply = text(message.strip(), 256)
        line = Ftp(*of_flow(names, time_ns), user=self._user, command=command, reply_code=code, reply_msg=reply)
        return encode(line)


class DnsDialogue:
    """DNS questions and their answers, paired by the id of the message."""

    __slots__ = ("_waiting",)

    def __init__(self) -> None:
        self._waiting: dict[tuple[int, str], tuple[dns.Message, int]] = {}

    @property
    def held(self) -> int:
        """Bytes that waiting questions take, about."""
        return len(self._waiting) * 2 * _ENTRY_BYTES

    def message(self, names: Names, data: bytes, time_ns: int, dissect: Dissect) -> list[bytes] | None:
        """Take a message; None when it is none. What is sent to a group waits for nothing."""
        found = dns.parse(data, lambda message: dissect(message, time_ns))
        if found is None:
            return None
        if _NETBIOS in (names.resp_p, names.orig_p):
            kind = _NETBIOS_TYPES.get(found.qtype_name, found.qtype_name)
            found = found._replace(query=dns.netbios_name(found.query), qtype_name=kind)
        key = (found.id, found.query)
        if found.is_response:
            _, asked_ns = self._waiting.pop(key, (found, time_ns))
            return [_dns_line(names, found, asked_ns)]
        if names.is_group:
            return [_dns_line(names, found, time_ns)]
        early = [_dns_line(names, *self._waiting.pop(key))] if key in self._waiting else []
        self._waiting[key] = (found, time_ns)
        if len(self._waiting) > _MAX_WAITING:
            early.append(_dns_line(names, *self._waiting.pop(next(iter(self._waiting)))))
        return early

    def finish(self, names: Names) -> list[bytes]:
        """Give what was never answered."""
        left = [_dns_line(names, found, time_ns) for found, time_ns in self._waiting.values()]
        self._waiting.clear()
        return left


def _dns_line(names: Names, found: dns.Message, time_ns: int) -> bytes:
    return encode(
        Dns(
            *of_flow(names, time_ns),
            query=found.query,
            qtype_name=found.qtype_name,
            rcode_name=found.rcode_name if found.is_response else UNSET,
            answers=found.answers,
            rejected=found.rejected,
            z=found.z,
            recursion_desired=found.is_recursive,
        )
    )
