"""The collector: a host looked at by the clock, its changes as lines, all of it as facts for the register."""

import logging
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, TypeVar

import msgspec
import psutil
from msgspec import Struct

from collectors.endless import Endless
from collectors.host import protection, running
from collectors.host.changes import changes, encode
from collectors.host.gauges import Gauges
from collectors.host.probes import FORCE_S, Probe, probes_of
from collectors.host.reading import Root, Section, Unreadable
from collectors.host.timeservice import known_clock
from collectors.made import made_block
from soc_agent.config import HostSource
from soc_agent.hostclock import HostClock
from soc_agent.model import Block, HostFacts, Problem

_log = logging.getLogger(__name__)
TYPE = "host"
_VERSION = 1
_RETURNING = frozenset({"ports", "modules"})
_GONE_KEPT = 1_000
_CLOCK_S = 300.0


class _State(Struct):
    """What is kept over restarts."""

    version: int = _VERSION
    offset: int = 0
    lines: int = 0
    sections: dict[str, Section] = {}
    told: dict[str, int] = {}
    gone: dict[str, dict[str, str]] = {}
    """Of ports and modules, what was there earlier: a service that was started anew is none that is new."""


class _Life(Struct):
    """How far the stream of measures is: small, for it is committed with each look."""

    version: int = _VERSION
    offset: int = 0
    lines: int = 0


_T = TypeVar("_T", _State, _Life)


class _Looked(Struct):
    """When a part was looked at, and what told then whether it changed."""

    at: float
    stamp: object


class HostWatch(Endless):
    """Looks at its host; a :class:`soc_agent.model.Collector`.

    The first look makes the baseline, part by part and in silence. What is known commits together with the lines that
    say how it changed: a change that was not committed before a kill is found, and told, after the next start.
    """

    def __init__(self, options: HostSource, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(options.name, clock)
        self._options = options
        self._clock = clock
        self._root = Root(options.root)
        self._host = options.host or socket.gethostname()
        self._probes = tuple(probes_of(options))
        self._state = _State()
        self._gauges = Gauges(options, self._state.told)
        self._life = _Life()
        self._looked: dict[str, _Looked] = {}
        self._sent: dict[str, Section] = {}
        self._unsettled: dict[str, tuple[Section, int]] = {}
        """Part to what it seems to be by now, and how often in a row it was seen so."""
        self._fleeting: set[str] = set()
        self._ready: deque[Block] = deque()
        self._due = 0.0
        self._clock_due = 0.0
        self._host_clock: HostClock | None = None
        self._wake = threading.Event()

    def missing(self) -> Problem | None:
        """See :class:`soc_agent.model.Collector`: the root must be there."""
        if not self._root.exists("/etc"):
            return Problem("host.no_root", values={"path": self._options.root})
        return None

    def open(self, positions: Mapping[str, bytes]) -> None:
        """See :class:`soc_agent.model.Collector`."""
        self._state = self._restore(positions, "state", _State)
        self._life = self._restore(positions, "life", _Life)
        self._sent = {}
        self._unsettled.clear()
        self._fleeting = set()
        self._ready.clear()
        self._gauges = Gauges(self._options, self._state.told)
        self._looked.clear()
        self._due = self._clock_due = self._clock()

    def read(self, timeout_s: float) -> Block | None:
        """See :class:`soc_agent.model.Collector`. A block holds what one look gave."""
        if self._ready:
            return self._ready.popleft()
        wait_s = min(timeout_s, self._due - self._clock())
        if wait_s > 0:
            self._wake.wait(wait_s)
        self._wake.clear()
        if self._clock() < self._due:
            return None
        now, interval_s = self._clock(), self._options.interval_s
        self._due = self._due + interval_s if self._due + interval_s > now else now + interval_s
        self._look()
        return self._ready.popleft()

    def wake(self) -> None:
        """See :class:`soc_agent.model.Collector`."""
        self._wake.set()

    def close(self) -> None:
        """See :class:`soc_agent.model.Collector`."""

    def _restore(self, positions: Mapping[str, bytes], stream: str, kind: type[_T]) -> _T:
        data = positions.get(self._stream_id(stream))
        if data is None:
            return kind()
        try:
            state = msgspec.json.decode(data, type=kind)
        except msgspec.DecodeError:
            self._reports.happened(Problem("host.bad_state", values={"source": self.name}))
            return kind()
        return state if state.version == _VERSION else kind()

    def _stream_id(self, stream: str) -> str:
        return f"host:{self._options.root}:{stream}"

    def _look(self) -> None:
        """Look at what is due, and make ready what it gave."""
        now_ns = time.time_ns()
        lines: list[dict[str, Any]] = []
        told = dict(self._gauges.told)
        changed = False
        for probe in self._probes:
            found = self._probe(probe)
            if found is None:
                continue
            before = self._state.sections.get(probe.name)
            if before is not None:
                found = self._settled(probe, before, found)
                lines += self._changes(probe.name, before, found)
            if before != found:
                self._state.sections[probe.name] = found
                changed = True
        disks = running.disks(self._state.sections.get("mounts", {}))
        clock = self._clock_of_host()
        updates = protection.updates(self._root)
        lines += self._gauges.disks(disks, now_ns)
        lines += self._gauges.clock(clock, now_ns)
        lines += self._gauges.posture(self._state.sections, updates, now_ns)
        if changed or lines or told != self._gauges.told:
            self._ready.append(self._block("state", self._state, encode(lines, self._host, now_ns), now_ns))
        facts = dict(self._state.sections) | {"updates": updates}
        facts["disks"] = {disk.mount: f"{disk.percent:.0f}%" for disk in disks}
        if clock is not None:
            facts["clock"] = {"kept": "yes" if clock.is_kept else "no"}
        news = {name: section for name, section in facts.items() if self._sent.get(name) != section}
        self._sent = facts
        status = encode([_status(disks, clock)], self._host, now_ns)
        self._ready.append(self._block("life", self._life, status, now_ns, news))

    def _clock_of_host(self) -> HostClock | None:
        """Ask who keeps the clock, now and then: that takes a process."""
        now = self._clock()
        if now >= self._clock_due:
            self._clock_due, self._host_clock = now + _CLOCK_S, known_clock()
        return self._host_clock

    def _settled(self, probe: Probe, before: Section, found: Section) -> Section:
        """Give what of a look counts by now: what may pass in a moment is looked at once more."""
        if probe.name == "ports":
            news = {item for item in found.keys() - before.keys() if running.is_fleeting(item)}
            waiting, self._fleeting = news - self._fleeting, news
            if waiting:
                self._looked.pop(probe.name, None)
            return {item: program for item, program in found.items() if item not in waiting}
        if not probe.settles or found == before:
            self._unsettled.pop(probe.name, None)
            return found
        same, times = self._unsettled.get(probe.name, (None, 0))
        times = times + 1 if same == found else 0
        if times >= probe.settles:
            self._unsettled.pop(probe.name, None)
            return found
        self._unsettled[probe.name] = found, times
        self._looked.pop(probe.name, None)
        return before

    def _changes(self, name: str, before: Section, found: Section) -> Iterator[dict[str, Any]]:
        if name not in _RETURNING:
            yield from changes(name, before, found)
            return
        gone = self._state.gone.setdefault(name, {})
        yield from changes(name, before, found, gone)
        for item in before.keys() - found.keys():
            gone.pop(item, None)
            gone[item] = before[item]
        for item in list(gone)[:-_GONE_KEPT]:
            del gone[item]

    def _probe(self, probe: Probe) -> Section | None:
        """Look at a part when it is time, and something tells that it may have changed; None when not."""
        now, last = self._clock(), self._looked.get(probe.name)
        rhythm = self._options.slow_s if probe.slow else 0
        if last is not None and now - last.at < rhythm:
            return None
        try:
            stamp = probe.stamp(self._root) if probe.stamp is not None else None
            if stamp is not None and last is not None and last.stamp == stamp and now - last.at < FORCE_S:
                return None
            found = probe.look(self._root)
        except Unreadable as error:
            self._fail(probe.name, error.path, error.reason)
            return None
        except (OSError, ValueError, psutil.Error) as error:
            # one part that is broken or hostile does not keep the others from being looked at
            self._fail(probe.name, probe.name, str(error))
            return None
        self._reports.clear(probe.name)
        self._looked[probe.name] = _Looked(now, stamp)
        return found

    def _fail(self, part: str, path: str, reason: str) -> None:
        self._looked.pop(part, None)
        values = {"part": part, "path": path, "reason": reason}
        if self._reports.report(part, Problem("host.unreadable", values=values)):
            _log.warning(
                "source %s cannot look at %s (%s: %s); what was known of it stays", self.name, part, path, reason
            )

    def _block(
        self,
        stream: str,
        state: _State | _Life,
        lines: list[bytes],
        now_ns: int,
        facts: dict[str, Section] | None = None,
    ) -> Block:
        return made_block(
            state,
            lines,
            source=self.name,
            stream=self._host,
            stream_id=self._stream_id(stream),
            kind=TYPE,
            received_ns=now_ns,
            facts=HostFacts(self._host, facts, self._addresses()) if facts else None,
        )

    def _addresses(self) -> tuple[str, ...]:
        """Give the addresses of this host, for the register."""
        known = self._state.sections.get("addresses", {})
        return tuple(dict.fromkeys(item.partition(" ")[2] for item, kind in known.items() if kind == "ip"))


def _status(disks: list[running.Disk], clock: HostClock | None) -> dict[str, Any]:
    """Give the measures of this moment: they come each time, so that a host that is not looked at falls silent."""
    line: dict[str, Any] = {"event": "status", "disk_percent": max((disk.percent for disk in disks), default=None)}
    line["memory_percent"] = psutil.virtual_memory().percent
    with suppress(OSError):
        line["load"] = round(psutil.getloadavg()[0], 2)
    line["boot_s"] = int(psutil.boot_time())
    if clock is not None:
        line |= {"clock_kept": clock.is_kept, "offset_ms": clock.offset_ms}
    return line
