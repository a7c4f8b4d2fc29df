"""Who did it, where the records of auditd leave no doubt: a wrong name is worse than none.

A call counts when it succeeded, names the path, changes what was changed, and came before the change and after what is
known of the file was last seen. The numbers of files tell those of containers apart, which have the same names. When
several people are left nobody is named; when one person's several programs are, the person is named alone.
"""

import socket
from collections.abc import Collection, Sequence
from os import fsencode

from msgspec import Struct
from msgspec.structs import replace

from collectors.integrity.auditrecords import AuditEvent, events_in, lines_of, value_of
from collectors.integrity.owners import user_name

_UNSET = "4294967295"
_AFTER_NS = 50_000_000
"""A call is noted when it begins, so before the change; the clock of files ticks slowly."""
_KINDS: dict[str, frozenset[str]] = {
    "content": frozenset({"write", "name"}),
    "target": frozenset({"name"}),
    "type": frozenset({"name"}),
    "created": frozenset({"name"}),
    "deleted": frozenset({"name"}),
    "renamed": frozenset({"name"}),
    "links": frozenset({"name"}),
    "mode": frozenset({"rights", "owner", "name"}),
    "setuid": frozenset({"rights", "name"}),
    "owner": frozenset({"owner", "name"}),
    "group": frozenset({"owner", "name"}),
    "capabilities": frozenset({"attributes", "owner", "name"}),
    "xattrs": frozenset({"attributes", "rights", "name"}),
    "times": frozenset({"times", "write", "name"}),
}


class Who(Struct, frozen=True):
    """Who changed a file, as the audit records say."""

    login: str
    """Name of the person who logged in (auid), whoever they became since; empty when nobody did."""
    user: str
    program: str
    """Empty, as ``command``, when several programs did it."""
    command: str
    pid: int
    serial: int
    time_ns: int


class Asked(Struct, frozen=True):
    """A change of which it is asked who did it. Times are in nanoseconds since 1970."""

    path: str
    changed_ns: int
    since_ns: int = 0
    """What happened until then is no part of the change."""
    changes: Collection[str] = ("content",)
    inodes: Collection[int] = ()
    """Numbers that the file had before and after; empty where they are not known."""


class AuditLogs:
    """The audit logs of this host."""

    def __init__(self, paths: Sequence[str], window_s: float) -> None:
        self._paths = paths
        self._window_ns = int(window_s * 1e9)
        self._read: dict[str, list[bytes]] = {}

    def forget(self) -> None:
        """Read the logs again when it is asked next: until then many changes are answered from one look."""
        self._read.clear()

    def who(self, asked: Asked) -> Who | None:
        """Give who did it; None where no record says, or they name several people."""
        raw = fsencode(asked.path)
        for log in self._paths:
            if log not in self._read:
                self._read[log] = lines_of(log)
        events = {
            (event.time_ns, event.serial): event for lines in self._read.values() for event in events_in(lines, raw)
        }
        found = [_who(event) for _, event in sorted(events.items()) if self._counts(event, raw, asked)]
        if not found or len({(who.login, who.user if not who.login else "") for who in found}) > 1:
            return None
        last = found[-1]
        if len({(who.pid, who.program) for who in found}) > 1:
            user = last.user if len({who.user for who in found}) == 1 else ""
            return replace(last, user=user, program="", command="", pid=0)
        return last

    def _counts(self, event: AuditEvent, path: bytes, asked: Asked) -> bool:
        begin_ns = max(asked.changed_ns - self._window_ns, asked.since_ns + 1)
        if not begin_ns <= event.time_ns <= asked.changed_ns + _AFTER_NS or not event.succeeded or _is_foreign(event):
            return False
        wanted = frozenset().union(*(_KINDS.get(change, frozenset()) for change in asked.changes))
        return any(event.kind(record) in wanted and not _is_another(record, asked.inodes) for record in event.of(path))


def _is_another(record: dict[bytes, bytes], inodes: Collection[int]) -> bool:
    """Say whether a record is about another file with the same path: a container's, or one that was replaced since."""
    inode = record.get(b"inode", b"")
    return bool(inodes) and b"dev" in record and inode.isdigit() and int(inode) not in inodes


def _is_foreign(event: AuditEvent) -> bool:
    """Say whether an event is another host's, whose log came here."""
    name = socket.gethostname().partition(".")[0]
    return bool(event.node) and event.node.decode("ascii", "replace").partition(".")[0] != name


def _who(event: AuditEvent) -> Who:
    call = event.call
    pid = call.get(b"pid", b"0")
    command = event.command or value_of(call.get(b"comm", b""))
    return Who(
        login=_name(call.get(b"auid", b"")),
        user=_name(call.get(b"uid", b"")),
        program=value_of(call.get(b"exe", b"")).decode("utf-8", "replace"),
        command=command.replace(b"\0", b" ").decode("utf-8", "replace"),
        pid=int(pid) if pid.isdigit() else 0,
        serial=event.serial,
        time_ns=event.time_ns,
    )


def _name(number: bytes) -> str:
    text = number.decode("ascii", "replace")
    if text in {"", _UNSET, "-1", "unset"}:
        return ""
    return user_name(int(text)) if text.isdecimal() else text
