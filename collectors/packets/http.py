"""HTTP/1 requests and status lines (RFC 9112), as far as a detection looks at them. Bounded; nothing is decoded."""

import re
from typing import NamedTuple

from collectors.packets.logins import basic_user

HEAD_CAP_BYTES = 16_384
"""So much of a request's head is looked at."""
METHODS = (b"GET ", b"POST", b"HEAD", b"PUT ", b"DELE", b"OPTI", b"PATC", b"TRAC", b"CONN", b"PROP", b"SEAR", b"MKCO",
           b"MOVE", b"COPY", b"LOCK", b"UNLO", b"REPO", b"DEBU")  # fmt: skip
"""First four bytes of the methods that are looked for in every packet; any other is seen at the beginning of a flow."""
RESPONSE = b"HTTP"

_METHOD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}) ")
_VERSION = re.compile(rb"HTTP/(\d\.\d)")
_STATUS = re.compile(rb"HTTP/\d\.\d +(\d{3})")
_HEADER = re.compile(rb"^(host|user-agent|referer|authorization)[ \t]*:([^\n]*)", re.IGNORECASE | re.MULTILINE)
_NAME = re.compile(rb"^([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:", re.MULTILINE)
_LENGTH = re.compile(rb"^content-length[ \t]*:[ \t]*(\d{1,15})", re.IGNORECASE | re.MULTILINE)
_TYPE = re.compile(rb"^content-type[ \t]*:[ \t]*([^;,\s]{1,128})", re.IGNORECASE | re.MULTILINE)
_MAX_NAMES = 64
_NAMES = {b"h": "host", b"u": "user_agent", b"r": "referrer", b"a": "authorization"}


class Request(NamedTuple):
    """A request line and the headers that detections ask for; a header that is not there is None."""

    method: bytes
    uri: bytes
    version: bytes
    host: bytes | None = None
    user_agent: bytes | None = None
    referrer: bytes | None = None
    username: bytes | None = None
    body_bytes: int = 0
    """As the head says."""
    header_names: tuple[str, ...] = ()
    """In upper case, in their order."""
    content_type: bytes | None = None
    """Of the body that follows, as the head says, in lower case."""
    head_bytes: int = 0
    """Where the body begins."""


def request(data: bytes, *, final: bool = False) -> Request | None:
    """Give the request that begins here; None when its first line is none.

    A request line that is longer than is looked at is given with an empty version. With ``final`` a head that is not
    whole is taken as it is.

    :raises EOFError: when more of the stream is needed.
    """
    if data[:1] in (b"\r", b"\n"):
        return _behind_empty_lines(data, final=final)
    method = _METHOD.match(data)
    end = data.find(b"\n", 0, HEAD_CAP_BYTES)
    is_cut = len(data) >= HEAD_CAP_BYTES
    if end < 0 or method is None:
        if end < 0 and not is_cut and not final and _may_begin(data):
            raise EOFError
        return Request(method[1], data[method.end() :], b"") if method and is_cut and end < 0 else None
    line = data[method.end() : end].rstrip(b"\r").strip(b" ")
    uri, _, last = line.rpartition(b" ")
    version = _VERSION.fullmatch(last)
    if version is None:
        return Request(method[1], line, b"0.9") if method[1] == b"GET" and line.startswith(b"/") else None
    blank, after = _blank(data, end)
    if blank < 0 and not is_cut and not final:
        raise EOFError
    found: dict[str, bytes] = {}
    last_byte = blank if blank >= 0 else min(len(data), HEAD_CAP_BYTES)
    for header in _HEADER.finditer(data, end + 1, last_byte):
        found.setdefault(_NAMES[header[1][:1].lower()], header[2].strip())
    username = basic_user(found.pop("authorization", b""))
    length = _LENGTH.search(data, end + 1, last_byte)
    kind = _TYPE.search(data, end + 1, last_byte)
    listed = _NAME.findall(data, end + 1, last_byte)[:_MAX_NAMES]
    return Request(
        method[1],
        uri.rstrip(b" "),
        version[1],
        username=username,
        body_bytes=int(length[1]) if length else 0,
        header_names=tuple(name.decode("ascii").upper() for name in listed),
        content_type=kind[1].lower() if kind else None,
        head_bytes=after,
        **found,
    )


def _behind_empty_lines(data: bytes, *, final: bool) -> Request | None:
    """Give the request behind empty lines, which servers pass over (RFC 9112 section 2.2).

    :raises EOFError: as :func:`request`.
    """
    rest = data.lstrip(b"\r\n")
    found = request(rest, final=final) if begins(rest) else None
    return None if found is None else found._replace(head_bytes=found.head_bytes + len(data) - len(rest))


def _blank(data: bytes, at: int) -> tuple[int, int]:
    """Give where the blank line behind a head is, and what comes after it; -1 and the end where there is none."""
    found = data.find(b"\r\n\r\n", max(at - 1, 0), HEAD_CAP_BYTES)
    if found >= 0:
        return found, found + 4
    found = data.find(b"\n\n", at, HEAD_CAP_BYTES)
    return (found, found + 2) if found >= 0 else (-1, len(data))


def _may_begin(data: bytes) -> bool:
    return data[:4] in METHODS if len(data) >= 4 else any(method.startswith(data) for method in METHODS)


def begins(data: bytes) -> bool:
    """Say whether a request may begin here, behind empty lines too, as far as there is anything."""
    rest = data.lstrip(b"\r\n")
    return bool(rest) and _may_begin(rest)


def response_bytes(data: bytes) -> int:
    """Give where the next response begins, by the length in the head of this one; the end where it names none."""
    blank, after = _blank(data, 0)
    if blank < 0:
        return len(data)
    length = _LENGTH.search(data, 0, blank)
    found = status(data)
    if length is None and found is not None and found >= 200 and found not in (204, 304):
        return len(data)
    return after + (int(length[1]) if length else 0)


def status(data: bytes) -> int | None:
    """Give the status code of a response that begins here."""
    found = _STATUS.match(data)
    return int(found[1]) if found else None


def media_type(data: bytes) -> bytes | None:
    """Give the type of content that the head of a response names, in lower case; None when it names none."""
    blank = data.find(b"\r\n\r\n", 0, HEAD_CAP_BYTES)
    found = _TYPE.search(data, 0, blank if blank >= 0 else min(len(data), HEAD_CAP_BYTES))
    return found[1].lower() if found else None
