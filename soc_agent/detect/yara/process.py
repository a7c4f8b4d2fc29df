"""A scanner in a process of its own: what a hostile file does to libyara costs that process, not the agent.

A file that ends the process, or from which it does not come back, is named and not tried again; the next file finds a
new process. See :mod:`soc_agent.scanning` for the other side.
"""

import hashlib
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import msgspec

import soc_agent
from soc_agent.detect.yara.rules import YaraRules
from soc_agent.detect.yara.scan import scan_of
from soc_agent.model import FileFacts, Scan, ScanLimits
from soc_agent.scanning.archives import Bounds
from soc_agent.scanning.frames import Answer, BrokenLinkError, Link, Order

_log = logging.getLogger(__name__)
_ROOT = str(Path(soc_agent.__file__).parents[1])
_COMMAND = (
    *(sys.executable, "-I", "-c"),
    # the very program that runs here, installed or in a checkout, whatever PYTHONPATH or the folder say
    f"import sys; sys.path.insert(0, {_ROOT!r}); from soc_agent.scanning.__main__ import main; main()",
)
_START_S = 60.0
"""Longest time in which a process takes its rules, or compiles those for one more kind of file."""
_GRACE_S = 2.0
"""How long after a file's time is over its process is still waited for."""
_KILL_S = 5.0
_HOSTILE_MAX = 1024
_PIECE_BYTES = 1 << 20
_CPU_SIGNALS = (signal.SIGXCPU,)


class ProcessScanner:
    """Scans open files in another process. May be used by several threads: one file at a time."""

    def __init__(self, rules: YaraRules, command: Sequence[str] = _COMMAND, grace_s: float = _GRACE_S) -> None:
        """:param command: what is started, with the number of a socket behind it."""
        self._rules = rules
        self._command = command
        self._grace_s = grace_s
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._end_here: socket.socket | None = None
        self._link: Link | None = None
        self._runs: YaraRules | None = None
        """The rules that the process has."""
        self._ending: list[subprocess.Popen[bytes]] = []
        """Processes that were killed and have not ended yet."""
        self._hostile: dict[int, set[bytes]] = {}
        """Sizes and hashes of the files that ended a process, or held it up."""
        self.restarts = 0
        """How often a process had to be started in the place of one that ended."""
        self.confined: tuple[str, ...] = ()
        """What the process gave up; see :func:`soc_agent.scanning.confine.confine`."""

    def use(self, rules: YaraRules) -> None:
        """Take other rules, from the next file on; a scan that is going on ends with those that it began with."""
        self._rules = rules

    @property
    def pid(self) -> int | None:
        """Number of the process; None while none runs."""
        return self._process.pid if self._process is not None else None

    def scan_file(self, file: int, facts: FileFacts, limits: ScanLimits) -> Scan:
        """Give what the rules find in an open file, or why there is no answer. Never raises for either."""
        with self._lock:
            rules = self._rules
            if not rules.pieces:
                return Scan()
            if self._is_hostile(file, facts, limits):
                return Scan(not_scanned="hostile", detail="the same content ended the scanner before; it was not tried")
            if reason := self._ready(rules):
                return Scan(not_scanned="no_scanner", detail=reason, again=True)
            inside = Bounds(limits.archive_depth, limits.archive_members, limits.archive_bytes)
            order = Order(facts.path, facts.owner, facts.size, limits.cap_bytes, limits.timeout_s, inside)
            try:
                answer = self._ask(order, file)
            except TimeoutError:
                # one that waited did so for the file's disk: to read it here would hold up the agent too
                if _is_computing(self.pid):
                    self._blame(file, facts, limits)
                self._end()
                answer = Answer(not_scanned="timeout", detail=f"no answer within {limits.timeout_s} s")
            except (BrokenLinkError, OSError, msgspec.DecodeError) as error:
                self._blame(file, facts, limits)
                answer = self._obituary(error, limits)
                _log.warning("%s: %s", facts.path, answer.detail)
            return scan_of(answer, rules)

    def close(self) -> None:
        """End the process; the next file would start another."""
        with self._lock:
            self._end()

    def __del__(self) -> None:
        self._end()

    def _ask(self, order: Order, file: int) -> Answer:
        assert self._link is not None
        self._link.wait_at_most(order.timeout_s + self._grace_s)
        self._link.send(order, file)
        while True:
            body, extra = self._link.receive()
            if extra is not None:
                os.close(extra)
            answer = msgspec.msgpack.decode(body, type=Answer)
            if not answer.wait:
                return answer
            self._link.wait_at_most(_START_S + order.timeout_s + self._grace_s)

    def _ready(self, rules: YaraRules) -> str:
        """See to it that a process with these rules runs; gives why none does."""
        if self._process is not None and (self._process.poll() is not None or self._runs is not rules):
            if self._process.poll() is not None:
                self.restarts += 1
                _log.warning("The scanner ended between two files (%s); it is started again", self._process.returncode)
            self._end()
        if self._process is not None:
            return ""
        try:
            self._start(rules)
        except (OSError, BrokenLinkError, msgspec.DecodeError) as error:
            self._end()
            _log.error("The scanner cannot be started: %s", error)
            return f"the scanner cannot be started: {error}"
        return ""

    def _start(self, rules: YaraRules) -> None:
        ours, theirs = socket.socketpair()
        self._end_here, self._link = ours, Link(ours)
        with theirs:
            self._process = subprocess.Popen(
                [*self._command, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                # no stderr of a hostile file's making; how the process ended is told
                stderr=subprocess.DEVNULL,
            )
        self._runs = rules
        handed = os.memfd_create("rules", os.MFD_CLOEXEC)
        with os.fdopen(handed, "wb") as file:
            file.write(msgspec.msgpack.encode(rules.pieces))
            file.flush()
            self._link.wait_at_most(_START_S)
            self._link.send(Answer(), handed)
        body, _ = self._link.receive()
        self.confined = tuple(msgspec.msgpack.decode(body, type=Answer).detail.split())

    def _end(self) -> None:
        if self._end_here is not None:
            self._end_here.close()
        self._ending = [each for each in self._ending if each.poll() is None]
        if self._process is not None:
            self._process.kill()
            try:
                self._process.wait(_KILL_S)
            except subprocess.TimeoutExpired:
                self._ending.append(self._process)  # a disk that does not answer holds it; it goes when that does
        self._end_here = self._link = self._process = self._runs = None

    def _obituary(self, error: Exception, limits: ScanLimits) -> Answer:
        """Say how the process ended."""
        assert self._process is not None
        self.restarts += 1
        try:
            code = self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            self._end()
            return Answer(not_scanned="crashed", detail=f"the scanner said what it should not: {error}"[:200])
        self._end()
        if -code in _CPU_SIGNALS:
            return Answer(not_scanned="timeout", detail=f"more than {limits.timeout_s} s of computing")
        how = signal.Signals(-code).name if -code in set(signal.Signals) else f"exit code {code}"
        return Answer(not_scanned="crashed", detail=f"the file ended the scanner ({how}); it is started again")

    def _blame(self, file: int, facts: FileFacts, limits: ScanLimits) -> None:
        """Remember the content, under whatever name it comes again."""
        if sum(map(len, self._hostile.values())) >= _HOSTILE_MAX:
            self._hostile.clear()
        if (found := _digest(file, limits.cap_bytes)) is not None:
            self._hostile.setdefault(facts.size, set()).add(found)

    def _is_hostile(self, file: int, facts: FileFacts, limits: ScanLimits) -> bool:
        known = self._hostile.get(facts.size)
        return known is not None and _digest(file, limits.cap_bytes) in known


def _is_computing(pid: int | None) -> bool:
    """Say whether a process computes; otherwise it waits for something (proc(5), the state in stat)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0] == "R"
    except OSError:
        return False


def _digest(file: int, cap_bytes: int) -> bytes | None:
    """Give the hash of an open file; None when it cannot be read."""
    digest, at = hashlib.sha256(), 0
    try:
        while at <= cap_bytes and (piece := os.pread(file, _PIECE_BYTES, at)):
            digest.update(piece)
            at += len(piece)
    except OSError:
        return None
    return digest.digest()
