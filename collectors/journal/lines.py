"""An entry of the journal becomes a line of syslog (RFC 5424), which the decoders take like any other.

What journald itself saw of the sender stands in structured data named ``journal``: ``journal._UID``, ``journal._EXE``
and so on. No sender can write there: what it claims (its program, its message) has other places. The names are those of
systemd.journal-fields(7).
"""

import re
import time
from typing import NamedTuple

from collectors.journal.export import Entry

TRUSTED = (
    *(b"_TRANSPORT", b"_UID", b"_GID", b"_COMM", b"_EXE", b"_CMDLINE", b"_SYSTEMD_UNIT", b"_SYSTEMD_USER_UNIT"),
    *(b"_SYSTEMD_SESSION", b"_AUDIT_LOGINUID", b"_AUDIT_SESSION", b"_SELINUX_CONTEXT", b"_NAMESPACE"),
)
"""Fields that journald writes itself."""
_CLAIMED = (b"MESSAGE", b"MESSAGE_ID", b"PRIORITY", b"SYSLOG_FACILITY", b"SYSLOG_IDENTIFIER", b"SYSLOG_PID")
_OTHERS = (b"_HOSTNAME", b"_PID", b"_SOURCE_REALTIME_TIMESTAMP", b"_AUDIT_TYPE_NAME", b"_AUDIT_ID", b"N_DROPPED")
ASKED = (*_CLAIMED, *TRUSTED, *_OTHERS)
"""Fields that are asked of ``journalctl``."""
CURSOR, REALTIME = b"__CURSOR", b"__REALTIME_TIMESTAMP"
WANTED = (*ASKED, CURSOR, REALTIME)

_VALUE_CAP = 1024
_WORD_CAP = 128
_NOT_WORD = re.compile(rb"[^!-~\x80-\xff]+")
_ESCAPED = re.compile(rb'["\\\]]')
_BREAKS = bytes.maketrans(b"\r\n\x0b\x0c", b"    ")
_ID = re.compile(rb"[0-9a-f]{32}")
_DROPPED = (b"a596d6fe7bfa4994828e72309e95d61e", b"e9bf28e6e834481bb6f48f548ad13606")
"""Ids of the messages in which journald says that it dropped lines of a unit, and that it missed those of the kernel
(sd-messages.h: SD_MESSAGE_JOURNAL_DROPPED, SD_MESSAGE_JOURNAL_MISSED)."""
_COUNT = re.compile(rb"\b([0-9]{1,12})\b")


class Line(NamedTuple):
    """What becomes of an entry."""

    data: bytes
    """The line, with its newline."""
    truncated: bool
    """Whether its message was cut."""
    dropped: int
    """How many lines journald says here that it dropped before they were in the journal."""


def line_of(entry: Entry) -> Line:
    """Give the line of an entry. Line breaks in its message become spaces."""
    fields = entry.fields
    message = fields.get(b"MESSAGE", b"").translate(_BREAKS)
    program = fields.get(b"SYSLOG_IDENTIFIER") or fields.get(b"_COMM") or b""
    if fields.get(b"_TRANSPORT") == b"audit":
        message = _audit(message, fields)
    head = b"<%d>1 %s %s %s %s %s [journal%s] " % (
        _number(fields.get(b"SYSLOG_FACILITY"), 1, 23) * 8 + _number(fields.get(b"PRIORITY"), 6, 7),
        _stamp(fields),
        _word(fields.get(b"_HOSTNAME", b"")),
        _word(program),
        _word(fields.get(b"_PID") or fields.get(b"SYSLOG_PID") or b""),
        message_id if _ID.fullmatch(message_id := fields.get(b"MESSAGE_ID", b"")) else b"-",
        b"".join(_parameter(name, fields[name]) for name in TRUSTED if name in fields),
    )
    return Line(head + message + b"\n", b"MESSAGE" in entry.cut, _dropped(fields))


def _audit(message: bytes, fields: dict[bytes, bytes]) -> bytes:
    """Give a record of the kernel's audit as auditd writes it: journald takes its head apart into fields."""
    name, micros = fields.get(b"_AUDIT_TYPE_NAME", b""), fields.get(b"_SOURCE_REALTIME_TIMESTAMP", b"")
    if not name or not micros.isdigit():
        return message
    rest = message.removeprefix(name).lstrip(b" ")
    seconds, micro = divmod(int(micros[:20]), 1_000_000)
    return b"type=%s msg=audit(%d.%03d:%s): %s" % (name, seconds, micro // 1000, fields.get(b"_AUDIT_ID", b"0"), rest)


def _dropped(fields: dict[bytes, bytes]) -> int:
    if fields.get(b"MESSAGE_ID") not in _DROPPED or fields.get(b"_TRANSPORT") != b"driver":
        return 0
    count = _COUNT.search(fields.get(b"N_DROPPED") or fields.get(b"MESSAGE", b""))
    return int(count[1]) if count else 1


def _stamp(fields: dict[bytes, bytes]) -> bytes:
    """Give the time of an entry: when it was sent, where journald knows that, else when it was received."""
    for name in (b"_SOURCE_REALTIME_TIMESTAMP", REALTIME):
        micros = fields.get(name, b"")
        if micros.isdigit() and len(micros) <= 17:
            seconds, micro = divmod(int(micros), 1_000_000)
            return b"%s.%06dZ" % (time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)).encode(), micro)
    return b"-"


def _number(value: bytes | None, otherwise: int, most: int) -> int:
    return int(value) if value is not None and value.isdigit() and len(value) <= 2 and int(value) <= most else otherwise


def _word(value: bytes) -> bytes:
    """Give a value as one word of a header."""
    return _NOT_WORD.sub(b"_", value[:_WORD_CAP]) or b"-"


def _parameter(name: bytes, value: bytes) -> bytes:
    text = _ESCAPED.sub(rb"\\\g<0>", value[:_VALUE_CAP].translate(_BREAKS))
    return b' %s="%s"' % (name, text)
