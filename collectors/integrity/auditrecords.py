"""Events of auditd that name a file, put together from the end of a log.

The records of one event share time and serial (``audit(time:serial)``, auditd "audit record format") and may stand
among those of others: SYSCALL says who and with what, CWD and PATH say where, PROCTITLE with which command. Values
with spaces or other than text stand in hexadecimal. Only what begins a line is a record: text within one is not.
"""

import os
import re
import string
from collections.abc import Iterator, Sequence
from posixpath import join, normpath

_TAIL_BYTES = 4 * 1024 * 1024
"""So much of the end of a log is looked through."""
_RECORD = re.compile(rb"(?:node=(\S+) )?type=(\w+) msg=audit\((\d+)\.(\d+):(\d+)\):(.*)")
_FIELD = re.compile(rb'(\w+)=("[^"]*"|\S+)')
_HEX = frozenset(string.hexdigits.encode())
_ACCESS, _TRUNCATE = 0o3, 0o1000
_CALLS: dict[bytes, dict[str, frozenset[int]]] = {
    # arch of the record: numbers of calls by what they change (asm/unistd.h); open and openat depend on their flags
    b"c000003e": {
        "write": frozenset({76, 77, 85, 285}),
        "rights": frozenset({90, 91, 268, 452}),
        "owner": frozenset({92, 93, 94, 260}),
        "attributes": frozenset({188, 189, 190, 197, 198, 199}),
        "times": frozenset({132, 235, 261, 280}),
        "name": frozenset({82, 86, 87, 88, 263, 264, 265, 266, 316}),
        "open": frozenset({2}),
        "openat": frozenset({257}),
        "openat2": frozenset({437}),
    },
    b"c00000b7": {
        "write": frozenset({45, 46, 47}),
        "rights": frozenset({52, 53, 452}),
        "owner": frozenset({54, 55}),
        "attributes": frozenset({5, 6, 7, 14, 15, 16}),
        "times": frozenset({88}),
        "name": frozenset({35, 36, 37, 38, 276}),
        "openat": frozenset({56}),
        "openat2": frozenset({437}),
    },
}


class AuditEvent:
    """The records with one time and serial."""

    def __init__(self, time_ns: int, serial: int) -> None:
        self.time_ns = time_ns
        self.serial = serial
        self.node = b""
        self.call: dict[bytes, bytes] = {}
        self.folder = b""
        """Where the process was; empty while the record that says so is not there."""
        self.paths: list[dict[bytes, bytes]] = []
        self.command = b""
        self.open_flags = 0

    @property
    def succeeded(self) -> bool:
        """Whether the call did what it was to do; False while the record that says so is not there."""
        return self.call.get(b"success") == b"yes"

    def of(self, path: bytes) -> Iterator[dict[bytes, bytes]]:
        """Yield the PATH records that name a path; a name without the folder that it is in names none."""
        for record in self.paths:
            name = value_of(record.get(b"name", b""))
            if (name.startswith(b"/") or self.folder) and normpath(join(self.folder, name)) == path:
                yield record

    def kind(self, record: dict[bytes, bytes]) -> str:
        """Give what the call changes of what a PATH record names; empty when nothing, or nobody knows.

        ``name`` is what makes, removes or replaces it; else ``write``, ``rights``, ``owner``, ``attributes`` or
        ``times``.
        """
        if record.get(b"nametype") in {b"CREATE", b"DELETE"}:
            return "name"
        if record.get(b"nametype") != b"NORMAL":
            return ""
        number = self.call.get(b"syscall", b"")
        known = _CALLS.get(self.call.get(b"arch", b""), {})
        kind = next((kind for kind, numbers in known.items() if number.isdigit() and int(number) in numbers), "")
        if not kind.startswith("open"):
            return kind
        flags = self.open_flags if kind == "openat2" else _hex(self.call.get(b"a1" if kind == "open" else b"a2", b"1"))
        return "write" if flags & (_ACCESS | _TRUNCATE) else ""

    def take(self, kind: bytes, fields: dict[bytes, bytes]) -> None:
        """Take one more record of this event."""
        if kind in {b"SYSCALL", b"URINGOP"}:
            self.call = fields
        elif kind == b"CWD":
            self.folder = value_of(fields.get(b"cwd", b""))
        elif kind == b"PATH":
            self.paths.append(fields)
        elif kind == b"PROCTITLE":
            self.command = value_of(fields.get(b"proctitle", b""))
        elif kind == b"OPENAT2":
            self.open_flags = int(flags, 8) if (flags := fields.get(b"oflag", b"")).isdigit() else 0


def lines_of(log: str) -> list[bytes]:
    """Give the lines at the end of a log, and of the one before it where this one is short."""
    data = _tail(log)
    if len(data) < _TAIL_BYTES:
        data = _tail(f"{log}.1") + data
    return data.split(b"\n")


def events_in(lines: Sequence[bytes], path: bytes) -> list[AuditEvent]:
    """Give the events among the lines of a log that name a file of this last name."""
    base = path.rpartition(b"/")[2]
    hexed = base.hex().upper().encode()
    named = (line for line in lines if (base in line or hexed in line) and b"type=PATH" in line)
    wanted = {match.group(3, 4, 5) for line in named if (match := _RECORD.match(line))}
    events: dict[tuple[bytes, ...], AuditEvent] = {}
    for line in lines if wanted else ():
        match = _RECORD.match(line)
        if match is None or match.group(3, 4, 5) not in wanted:
            continue
        time_ns = int(match[3]) * 10**9 + int(match[4][:9].ljust(9, b"0"))
        event = events.setdefault((match[1] or b"", *match.group(3, 4, 5)), AuditEvent(time_ns, int(match[5])))
        event.node = match[1] or b""
        event.take(match[2], dict(_FIELD.findall(match[6])))
    return list(events.values())


def value_of(written: bytes) -> bytes:
    """Give a value as it was before auditd wrote it: in quotes as it is, else in hexadecimal."""
    if written.startswith(b'"'):
        return written.strip(b'"')
    if written and len(written) % 2 == 0 and _HEX.issuperset(written):
        return bytes.fromhex(written.decode())
    return written


def _hex(written: bytes) -> int:
    return int(written, 16) if written and _HEX.issuperset(written) else 0


def _tail(path: str) -> bytes:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - str may hold any bytes
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - _TAIL_BYTES, 0))
            return file.read(_TAIL_BYTES)
    except OSError:
        return b""
