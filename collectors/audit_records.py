"""Records of the Linux audit daemon that are one event: those that bear the same number, also where events alternate.

The daemon's plug-in for syslog, and programs that forward its log, send each record as a message of its own.

Sources: ``audit_log_user_message`` and ``msg_typetab.h`` of the audit userspace, auparse(3).
"""

import re
from collections.abc import Iterator
from itertools import chain, pairwise
from typing import NamedTuple

from collectors.joining import NOTHING, Taken, join_at

_LAST = rb"(?:PROCTITLE|EOE)"
_BY_PROGRAMS = rb"(?:USER|CRED|DAEMON|SERVICE|SYSTEM|CRYPTO|GRP|ADD|DEL|ACCT|ROLE|CHUSER|CHGRP|VIRT|SOFTWARE|LABEL)_"
"""Records that programs write: each is an event of its own, whatever its number."""
_RECORD = re.compile(rb"((?:node=\S+ )?)type=(\S+) msg=audit\((\d+)\.\d+:(\d+)\)")
_IN_SYSLOG = re.compile(
    rb"((?!\{)[^\n]{0,200}?[ >](?:node=\S+ )?)type=(\S+) msg=audit\((\d+)\.\d+:(\d+)\)",
)
"""A record behind a head; objects of JSON are whole as they are."""
_DIGITS = b"0123456789"
_RUN = re.compile(
    rb"^((?:node=\S+ )?)type=(?!" + _LAST + rb" |" + _BY_PROGRAMS + rb")(\S+) msg=audit\((\d+)(\.\d+:)(\d+)\).*\n"
    rb"(?:\1type=(?!" + _LAST + rb" )\S+ msg=audit\(\3\4\5\).*\n)*"
    rb"(\1type=" + _LAST + rb" msg=audit\(\3\4\5\).*\n)?",
    re.MULTILINE,
)
"""Records of one event right after each other, up to the one that ends it."""
_LAST_KINDS = (b"PROCTITLE", b"EOE")
_ALONE = re.compile(_BY_PROGRAMS)
_APART_S = 2
"""A record so much later shows that an event has all of its records (auparse(3) waits as long)."""


class _Part(NamedTuple):
    """Lines right after each other that belong to one event."""

    begin: int
    end: int
    key: tuple[bytes, bytes] | None
    """Node and number of the event; None for what is no record."""
    second: int
    ends_event: bool


class _Event:
    """An event that may have more records."""

    def __init__(self, second: int) -> None:
        self.second = second
        self.parts: list[tuple[int, int]] = []
        self.lines = 0


def begins_with_record(data: bytes) -> bool:
    """Say whether data begin with a record as the audit daemon writes it to its log."""
    return _RECORD.match(data) is not None


def has_records(data: bytes) -> bool:
    """Say whether lines may hold records of the audit daemon behind something else, such as the head of syslog."""
    return b" msg=audit(" in data


class AuditRecords:
    """Gathers the records of events.

    An event has all its records after ``PROCTITLE`` or ``EOE``, or when a record of two seconds later has come. What
    comes of it afterwards is an event of its own.
    """

    def __init__(self, max_lines: int, max_bytes: int, *, in_syslog: bool = False) -> None:
        """:param in_syslog: whether something stands before each record, and other lines among them."""
        self._max_lines, self._max_bytes = max_lines, max_bytes
        self._in_syslog = in_syslog

    def take(self, data: bytes, *, final: bool) -> Taken:
        """Give the complete events at the head of whole lines."""
        events: list[_Event] = []
        opened: dict[tuple[bytes, bytes], _Event] = {}
        complete = size = 0
        for part in self._parts(data):
            self._add(events, opened, part, data)
            if not opened or part.end - size > self._max_bytes:
                opened.clear()
                complete, size = len(events), part.end
        if final:
            complete, size = len(events), len(data)
        return _taken(data, events[:complete], size)

    def _parts(self, data: bytes) -> Iterator[_Part]:
        if self._in_syslog:
            yield from _lines(data, 0, len(data), _IN_SYSLOG)
            return
        at = 0
        for run in _RUN.finditer(data):
            begin, end = run.span()
            if at < begin:
                yield from _lines(data, at, begin)
            at = end
            if end - begin > self._max_lines and not self._fits(data, begin, end):
                yield from _lines(data, begin, end)
                continue
            node, kind, second, _, serial, last = run.groups()
            yield _Part(begin, end, (node, serial), int(second), last is not None or _ALONE.match(kind) is not None)
        yield from _lines(data, at, len(data))

    def _fits(self, data: bytes, begin: int, end: int) -> bool:
        return end - begin <= self._max_bytes and data.count(b"\n", begin, end) <= self._max_lines

    def _add(self, events: list[_Event], opened: dict[tuple[bytes, bytes], _Event], part: _Part, data: bytes) -> None:
        """Add records to their event, and close the events that have all of theirs."""
        while opened and part.second - next(iter(opened.values())).second >= _APART_S:
            del opened[next(iter(opened))]
        event = opened.get(part.key) if part.key else None
        if event is None or event.lines + data.count(b"\n", part.begin, part.end) > self._max_lines:
            event = _Event(part.second)
            events.append(event)
            if part.key and not part.ends_event:
                opened[part.key] = event
        event.parts.append(part[:2])
        if part.key in opened:
            event.lines += data.count(b"\n", part.begin, part.end)
            if part.ends_event or event.lines >= self._max_lines:
                del opened[part.key]


def _lines(data: bytes, begin: int, end: int, pattern: "re.Pattern[bytes]" = _RECORD) -> Iterator[_Part]:
    """Give lines one by one. What stands before a record is the same for all of an event, but for times and numbers."""
    while begin < end:
        after = data.find(b"\n", begin) + 1 or len(data)
        if record := pattern.match(data, begin, after):
            node, kind, second, serial = record.groups()
            ends_event = kind in _LAST_KINDS or _ALONE.match(kind) is not None
            if pattern is _IN_SYSLOG:
                node, serial = node.translate(None, _DIGITS), b"%s:%s" % (second, serial)
            yield _Part(begin, after, (node, serial), int(second), ends_event)
        else:
            yield _Part(begin, after, None, 0, ends_event=True)
        begin = after


def _taken(data: bytes, events: list[_Event], size: int) -> Taken:
    if not events:
        return NOTHING
    parts = list(chain.from_iterable(event.parts for event in events))
    if all(part[1] == other[0] for part, other in pairwise(parts)):
        written = data[:size]
        ends = [event.parts[-1][1] for event in events]
    else:
        written = b"".join(data[begin:end] for begin, end in parts)
        ends, at = [], 0
        for event in events:
            at += sum(end - begin for begin, end in event.parts)
            ends.append(at)
    return Taken(size, join_at(written, ends), written)
