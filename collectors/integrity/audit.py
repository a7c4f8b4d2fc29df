"""Who did it: the records of auditd that name a path, within a bounded time and a bounded part of the log.

The records of one event share a serial (``audit(time:serial)``, auditd "audit record format"): SYSCALL says who and
with what, CWD and PATH say where, PROCTITLE with which command. Values with spaces
or other than text stand in hexadecimal.
"""

import os
import pwd
import re
import string
from collections.abc import Sequence
from posixpath import join, normpath

from msgspec import Struct

TAIL_BYTES = 4 * 1024 * 1024
"""So much of the end of each log is looked through."""
_RECORD = re.compile(rb"type=(\w+) msg=audit\((\d+)\.(\d+):(\d+)\):(.*)")
_FIELD = re.compile(rb'(\w+)=("[^"]*"|\S+)')
_CHANGING = {b"CREATE", b"DELETE", b"NORMAL"}
_HEX = frozenset(string.hexdigits.encode())
_UNSET = "4294967295"


class Who(Struct, frozen=True):
    """Who changed a file, as the audit records say."""

    login: str
    """Name of the person who logged in (auid), whoever they became since; empty when nobody did."""
    user: str
    program: str
    command: str
    pid: int
    serial: int
    time_ns: int


class AuditLogs:
    """The audit logs of this host."""

    def __init__(self, paths: Sequence[str], window_s: float) -> None:
        self._paths = paths
        self._window_ns = int(window_s * 1e9)

    def who(self, path: str, changed_ns: int) -> Who | None:
        """Give who last touched a path in the time before, and shortly after, it changed; None: no record says."""
        raw = os.fsencode(path)
        best: Who | None = None
        for log in self._paths:
            for event in _events(_tail(log), raw.rpartition(b"/")[2]):
                near = abs(event.time_ns - changed_ns) <= self._window_ns
                if near and event.names(raw) and (best is None or event.time_ns >= best.time_ns):
                    best = event.who() or best
        return best


class _Event:
    """The records with one serial."""

    def __init__(self, time_ns: int, serial: int) -> None:
        self.time_ns = time_ns
        self.serial = serial
        self.call: dict[bytes, bytes] = {}
        self.folder = b"/"
        self.paths: list[bytes] = []
        self.command = b""

    def names(self, path: bytes) -> bool:
        return any(normpath(join(self.folder, name)) == path for name in self.paths)

    def who(self) -> Who | None:
        call = self.call
        if not call or call.get(b"success") == b"no":
            return None
        program = _value(call.get(b"exe", b"")).decode("utf-8", "replace")
        return Who(
            login=_name(call.get(b"auid", b"").decode("ascii", "replace")),
            user=_name(call.get(b"uid", b"").decode("ascii", "replace")),
            program=program,
            command=(self.command or _value(call.get(b"comm", b""))).replace(b"\0", b" ").decode("utf-8", "replace"),
            pid=int(call.get(b"pid", b"0")) if call.get(b"pid", b"0").isdigit() else 0,
            serial=self.serial,
            time_ns=self.time_ns,
        )


def _events(data: bytes, base: bytes) -> list[_Event]:
    """Give the events that name a file of this last name; others are not put together."""
    named, hexed = base, base.hex().upper().encode()
    wanted = {
        match[4]
        for line in data.splitlines()
        if b"type=PATH" in line and (named in line or hexed in line) and (match := _RECORD.search(line))
    }
    events: dict[bytes, _Event] = {}
    if not wanted:
        return []
    for line in data.splitlines():
        match = _RECORD.search(line)
        if match is None or match[4] not in wanted:
            continue
        fraction = match[3][:9].ljust(9, b"0")
        event = events.setdefault(match[4], _Event(int(match[2]) * 10**9 + int(fraction), int(match[4])))
        fields = dict(_FIELD.findall(match[5]))
        if match[1] == b"SYSCALL":
            event.call = fields
        elif match[1] == b"CWD":
            event.folder = _value(fields.get(b"cwd", b"/"))
        elif match[1] == b"PROCTITLE":
            event.command = _value(fields.get(b"proctitle", b""))
        elif match[1] == b"PATH" and fields.get(b"nametype") in _CHANGING:
            event.paths.append(_value(fields.get(b"name", b"")))
    return list(events.values())


def _value(written: bytes) -> bytes:
    """Give a value as it was before auditd wrote it: in quotes as it is, else in hexadecimal."""
    if written.startswith(b'"'):
        return written.strip(b'"')
    if written and len(written) % 2 == 0 and _HEX.issuperset(written):
        return bytes.fromhex(written.decode())
    return written


def _name(number: str) -> str:
    if number in {"", _UNSET, "-1", "unset"}:
        return ""
    try:
        return pwd.getpwuid(int(number)).pw_name
    except (KeyError, ValueError, OverflowError):
        return number


def _tail(path: str) -> bytes:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - str may hold any bytes
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - TAIL_BYTES, 0))
            return file.read(TAIL_BYTES)
    except OSError:
        return b""
