"""Ports on which a source listens: free, held by our own agent, or held by whom."""

import errno
import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from soc_agent.cli.doctor.case import Case
from soc_agent.cli.doctor.check import Check, error, ok
from soc_agent.cli.doctor.who import Question
from soc_agent.cli.listening import door_text
from soc_agent.config import ListenerSource

_TABLES = {"udp": ("udp", "udp6"), "tcp": ("tcp", "tcp6")}
_LISTENING = "0A"
"""State of a TCP socket that listens (linux/net/tcp_states.h)."""


def doors(case: Case) -> Iterator[Check]:
    """Try each port as the user who would listen on it."""
    named = [
        (source, door) for source in case.config.sources if isinstance(source, ListenerSource) for door in source.listen
    ]
    questions: list[Question] = []
    for _, door in named:
        transport = "udp" if door.transport == "udp" else "tcp"
        questions.append(("bind", f"{transport}:{door.address or '::'}:{door.port}"))
    for (source, door), (kind, what), (number, _) in zip(named, questions, case.who.ask(questions), strict=True):
        del kind
        place = f"{source.name}: {door_text(door)}"
        if number in (0, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
            yield ok("port", place)
        elif number == errno.EADDRINUSE:
            yield _held(case, place, what, door.port)
        elif number == errno.EACCES:
            yield error("port", "doctor.low_port", door=place, user=case.who.name)
        else:
            yield error("port", "doctor.no_port", door=place, reason=os.strerror(number))


def _held(case: Case, place: str, what: str, port: int) -> Check:
    holders = list(holders_of(what.partition(":")[0], port))
    family = set()
    if case.running is not None:
        family = {case.running.pid, *_children(case.running.pid)}
    if holders and all(pid in family for pid, _ in holders):
        return ok("port", f"{place} ({holders[0][1]} {holders[0][0]})")
    told = ", ".join(f"{name} ({pid})" for pid, name in holders) or "?"
    return error("port", "doctor.port_held", door=place, holder=told, port=port)


def holders_of(transport: str, port: int, processes: Path = Path("/proc")) -> Iterator[tuple[int, str]]:
    """Yield the processes that hold a port, by number and name, as far as they can be looked into (proc_net(5))."""
    inodes = set()
    for table in _TABLES[transport]:
        try:
            lines = (processes / "net" / table).read_text("ascii").splitlines()[1:]
        except OSError:
            continue
        for fields in (line.split() for line in lines):
            listens = transport == "udp" or fields[3] == _LISTENING
            if listens and int(fields[1].rpartition(":")[2], 16) == port:
                inodes.add(f"socket:[{fields[9]}]")
    for process in processes.iterdir():
        if not process.name.isdecimal():
            continue
        try:
            if any(str(entry.readlink()) in inodes for entry in (process / "fd").iterdir()):
                yield int(process.name), (process / "comm").read_text("utf-8", "replace").strip()
        except OSError:
            continue


def _children(pid: int) -> set[int]:
    """Give the processes that any thread of a process started (proc_pid_task_tid_children(5))."""
    found: set[int] = set()
    for listing in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found |= {int(word) for word in listing.read_text("ascii").split()}
    return found


def is_reachable(host: str, port: int, timeout_s: float = 5.0) -> str:
    """Open a connection to a host, and close it; give why that fails, empty when it does not."""
    try:
        socket.create_connection((host, port), timeout_s).close()
    except OSError as failure:
        return failure.strerror or str(failure)
    return ""
