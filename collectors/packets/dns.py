r"""DNS messages (RFC 1035): the question and the answers, as text.

The ordinary record types are read here, since there are many of them in any traffic; a message that holds another type
goes to scapy, which knows them all. Names are given in lower case, without the final dot; a byte that is not printable
ASCII stands as ``\xNN``, a dot inside a label as ``\.``.
"""

import logging
import socket
import struct
from collections.abc import Callable
from typing import NamedTuple

_log = logging.getLogger(__name__)

TYPES = {1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 10: "NULL", 12: "PTR", 13: "HINFO", 15: "MX", 16: "TXT", 17: "RP",
         18: "AFSDB", 24: "SIG", 25: "KEY", 28: "AAAA", 29: "LOC", 32: "NB", 33: "SRV", 35: "NAPTR", 37: "CERT",
         39: "DNAME", 41: "OPT", 43: "DS", 44: "SSHFP", 46: "RRSIG", 47: "NSEC", 48: "DNSKEY", 50: "NSEC3",
         51: "NSEC3PARAM", 52: "TLSA", 64: "SVCB", 65: "HTTPS", 99: "SPF", 249: "TKEY", 250: "TSIG", 251: "IXFR",
         252: "AXFR", 255: "ANY", 256: "URI", 257: "CAA"}  # fmt: skip
RCODES = {0: "NOERROR", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED", 6: "YXDOMAIN",
          7: "YXRRSET", 8: "NXRRSET", 9: "NOTAUTH", 10: "NOTZONE"}  # fmt: skip
MAX_ANSWERS = 32
_TEXT_CAP = 512
_MAX_POINTERS = 16
_NAME_CAP_BYTES = 255
_HEADER = struct.Struct(">HHHHHH")
_RECORD = struct.Struct(">HHIH")
_QUESTION = struct.Struct(">HH")
_MAX_QUESTIONS = 8
_RESPONSE_BIT, _WANTED_BIT, _REFUSED = 0x8000, 0x0100, 5


class Message(NamedTuple):
    """A DNS message. ``query`` and ``qtype_name`` are those of its first question, empty when it has none."""

    id: int
    is_response: bool
    query: str
    qtype_name: str
    rcode_name: str
    answers: tuple[str, ...]
    rejected: bool
    """The server refused, or failed without giving any record."""
    z: int = 0
    """The reserved bits of the header, those of DNSSEC (RFC 4035) among them."""
    is_recursive: bool = False
    """Whether who asks wants the whole answer, as clients do; a name server that looks one up itself does not."""


def parse(data: bytes, dissect: Callable[[bytes], tuple[str, ...] | None]) -> Message | None:
    """Give a message; None when it is none. Answers that are cut off are left out.

    ``dissect`` gives the answers of a message that holds other than ordinary records, as :func:`scapy_answers` does, or
    None when it will not.
    """
    if len(data) < _HEADER.size:
        return None
    number, flags, questions, answer_count, authorities, additional = _HEADER.unpack_from(data)
    if questions > _MAX_QUESTIONS:
        return None
    query = qtype = ""
    at = _HEADER.size
    try:
        for index in range(questions):
            name, at = _name(data, at)
            kind, _ = _QUESTION.unpack_from(data, at)
            at += 4
            if index == 0:
                query, qtype = name, type_name(kind)
        if not questions and answer_count and flags & _RESPONSE_BIT:
            name, after = _name(data, at)  # of multicast DNS and NetBIOS: the answer alone says what it is about
            query, qtype = name, type_name(_QUESTION.unpack_from(data, after)[0])
    except (IndexError, ValueError, struct.error):
        return None
    is_response = bool(flags & _RESPONSE_BIT)
    rcode = flags & 15
    answers: tuple[str, ...] = ()
    if is_response and answer_count:
        listed, odd = _answers(data, at, min(answer_count, MAX_ANSWERS))
        answers = (dissect(data) if odd else None) or listed
    given = answer_count or authorities or additional
    rejected = is_response and (rcode == _REFUSED or (rcode != 0 and not given))
    rcode_name = RCODES.get(rcode, f"RCODE{rcode}")
    return Message(
        number, is_response, query, qtype, rcode_name, answers, rejected, flags >> 4 & 7, bool(flags & _WANTED_BIT)
    )


def netbios_name(query: str) -> str:
    """Give the name that a query of NetBIOS stands for (RFC 1001 section 14.1), in lower case, without its last byte.

    What is no such query is given as it is.
    """
    label = query.partition(".")[0]
    if len(label) != 32 or not label.isalpha() or max(label) > "p":
        return query
    halves = [ord(letter) - 97 for letter in label]
    name = bytes(high << 4 | low for high, low in zip(halves[::2], halves[1::2], strict=True))
    return _printable(name[:15].rstrip(b" \0")).lower() or query


def type_name(number: int) -> str:
    """Give the name of a record type, ``TYPE65535`` for one without (RFC 3597)."""
    return TYPES.get(number) or f"TYPE{number}"


def scapy_answers(data: bytes) -> tuple[str, ...] | None:
    """Give the answers of a message as scapy reads them: a record of its own type as ``TYPE name=value …``.

    None when scapy cannot read the message.
    """
    from scapy.layers.dns import DNS

    try:
        return tuple(_scapy_text(record) for record in DNS(data).an[:MAX_ANSWERS])
    except Exception:  # noqa: BLE001 - scapy raises what it likes on hostile bytes; the caller keeps what it has read
        _log.debug("scapy cannot read a DNS message of %d bytes", len(data), exc_info=True)
        return None


def _scapy_text(record: object) -> str:
    fields: dict[str, object] = dict(getattr(record, "fields", {}))
    kind = type_name(int(str(fields.get("type", 0))))
    if "rdata" in fields:
        text = _plain(fields["rdata"])
        return text.rstrip(".").lower() if kind in ("NS", "CNAME", "PTR", "DNAME") else text[:_TEXT_CAP]
    skipped = ("rrname", "type", "rclass", "cacheflush", "ttl", "rdlen")
    values = (f"{name}={_plain(value)}" for name, value in fields.items() if name not in skipped)
    return f"{kind} {' '.join(values)}"[:_TEXT_CAP]


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        return _printable(value)
    if isinstance(value, list):
        return " ".join(_plain(item) for item in value)
    return _printable(str(value).encode("ascii", "backslashreplace"))


def _answers(data: bytes, at: int, count: int) -> tuple[tuple[str, ...], bool]:
    """Give the answers, and whether there is a record among them that is not of an ordinary type."""
    found: list[str] = []
    odd = False
    try:
        for _ in range(count):
            at = _skip_name(data, at)
            kind, _, _, size = _RECORD.unpack_from(data, at)
            at += _RECORD.size
            if at + size > len(data):
                break
            text = _answer(data, at, size, kind)
            odd = odd or text is None
            found.append(f"{type_name(kind)} {size} bytes" if text is None else text)
            at += size
    except (IndexError, ValueError, struct.error):
        pass  # the record is cut off: what came before it stands
    return tuple(found), odd


def _answer(data: bytes, at: int, size: int, kind: int) -> str | None:
    """Give the data of a record as text; None for a type that is not ordinary."""
    if kind == 1 and size == 4:
        return socket.inet_ntop(socket.AF_INET, data[at : at + 4])
    if kind == 32 and size >= 6:
        return socket.inet_ntop(socket.AF_INET, data[at + 2 : at + 6])  # RFC 1002 section 4.2.13: flags, address
    if kind == 28 and size == 16:
        return socket.inet_ntop(socket.AF_INET6, data[at : at + 16])
    if kind in (2, 5, 6, 12, 39):
        return _name(data, at)[0]
    if kind == 15:
        return _name(data, at + 2)[0]
    if kind == 33:
        return _name(data, at + 6)[0]
    if kind == 16:
        return _strings(data[at : at + size])
    return None


def _strings(data: bytes) -> str:
    """Give the character strings of a TXT record, one space between two."""
    found: list[bytes] = []
    at = 0
    while at < len(data):
        found.append(data[at + 1 : at + 1 + data[at]])
        at += 1 + data[at]
    return _printable(b" ".join(found))[:_TEXT_CAP]


def _skip_name(data: bytes, at: int) -> int:
    while True:
        size = data[at]
        if size >= 0xC0:
            return at + 2
        at += 1 + size
        if size == 0:
            return at


def _name(data: bytes, at: int) -> tuple[str, int]:
    """Give a name, and the place after it (RFC 1035 section 4.1.4).

    :raises IndexError: when it is cut off.
    :raises ValueError: when it is too long, points too often, or has a label of an unknown kind.
    """
    labels: list[bytes] = []
    after = -1
    pointers = total = 0
    while size := data[at]:
        if size >= 0xC0:
            pointers += 1
            if pointers > _MAX_POINTERS:
                raise ValueError(pointers)
            after = at + 2 if after < 0 else after
            at = (size & 0x3F) << 8 | data[at + 1]
            continue
        total += size + 1
        label = data[at + 1 : at + 1 + size]
        if size > 63 or total > _NAME_CAP_BYTES:
            raise ValueError(size)
        if len(label) < size:
            raise IndexError
        labels.append(label)
        at += 1 + size
    name = b".".join(labels)
    if name.count(b".") >= len(labels) > 0:
        name = b".".join(label.replace(b".", b"\\.") for label in labels)
    return _printable(name).lower(), at + 1 if after < 0 else after


def _printable(data: bytes) -> str:
    text = data.decode("ascii", "backslashreplace")
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
