"""What the agent says of itself, as lines of a source of their own: rules turn them into alerts of layer 1."""

import threading
import time
from collections.abc import Iterator

import msgspec

from soc_agent.model import Block, Problem

SOURCE = "agent"
"""Name of the source of health lines. A configured source cannot take it over: it is only a name."""

WELL_AGAIN = "well_again"
"""Kind of the line that says that what another said is over."""
_ENDS = b'"kind":"well_again"'

KINDS = {
    "tail.nothing_there": "source_absent",
    "watch.missing_folder": "source_absent",
    "tail.lost_bytes": "lost_bytes",
    "tail.rest_gone": "lost_bytes",
    "journal.ended": "source_degraded",
    "journal.gap": "source_degraded",  # the ledger counts them, and says so by itself
    "journal.gap_filtered": "lost_bytes",
    "journal.gap_unknown": "lost_bytes",
    "journal.partial": "source_degraded",
    "journal.suppressed": "source_degraded",  # as above
    "listener.spool_damaged": "lost_bytes",
    "listener.bad_position": "source_degraded",
    "listener.certificate_ends": "source_degraded",
    "listener.child_ended": "source_degraded",
    "listener.crl_ended": "source_degraded",
    "listener.handshake": "source_degraded",
    "listener.kernel_dropped": "source_degraded",  # the ledger counts them, and says so by itself
    "listener.limited": "source_degraded",  # as above
    "listener.malformed": "source_degraded",
    "listener.old_certificate": "source_degraded",
    "listener.refused": "source_degraded",
    "listener.revoked": "source_degraded",
    "listener.spool_full": "source_degraded",
    "listener.unfinished": "source_degraded",
    "tail.no_hints": "source_degraded",
    "packets.dropped": "source_degraded",  # the ledger counts them, and says so by itself
    "packets.evicted": "source_degraded",
    "packets.evicted_file": "source_degraded",
    "packets.truncated": "source_degraded",
    "packets.no_evidence": "source_degraded",
    "eventlogs.no_events": "source_degraded",
    "eventlogs.too_big": "source_degraded",
    "host.bad_state": "source_degraded",
    "host.unreadable": "source_degraded",
    "portals.bad_state": "source_degraded",
    "portals.failed": "source_degraded",
    "portals.not_compared": "source_degraded",
    "watch.no_watches": "source_degraded",
    "watch.partly": "source_degraded",
    "watch.overflow": "source_degraded",
    "watch.blind": "source_degraded",
}
"""What kind of health line a collector's problem becomes, where it is not simply unreadable."""

PROBLEM_KINDS = frozenset({*KINDS.values(), "source_unreadable"})
"""Kinds of health lines that last as long as the collector's problem does."""


def health_kind(problem: Problem) -> str:
    """Give the kind of health line that a collector's problem becomes."""
    return KINDS.get(problem.code, "source_unreadable")


class HealthLog:
    """Collects health lines until the pipeline takes them as a block. Safe to write from any thread.

    The same kind and source (and what it is about) is said at most once in ``quiet_s`` seconds; what was held back is
    added to the next line's count, so that nothing is lost and a broken disk cannot flood the store.
    """

    def __init__(self, boot_id: str, quiet_s: float = 60.0) -> None:
        self._stream_id = f"agent:{boot_id}"
        self._quiet_s = quiet_s
        self._lock = threading.Lock()
        self._lines: list[bytes] = []
        self._offset = 0
        self._number = 1
        self._said: dict[tuple[str, str, str], float] = {}
        self._held: dict[tuple[str, str, str], int] = {}

    def write(
        self, kind: str, source: str, detail: str = "", count: int = 1, about: str = "", since_ns: int | None = None
    ) -> None:
        """Say that something of this kind happened to a source; ``count`` is how often, or how many were lost.

        ``about`` tells apart what would otherwise be the same said again; ``since_ns``: since when it is so.
        """
        key = (kind, source, about)
        with self._lock:
            total = count + self._held.pop(key, 0)
            last = self._said.get(key)
            if last is not None and time.monotonic() - last < self._quiet_s:
                self._held[key] = total
                return
            self._said[key] = time.monotonic()
            since = {} if since_ns is None else {"since": _stamp(since_ns)}
            self._add({"kind": kind, "source": source, "count": total, "detail": detail, **since})

    def well_again(self, of: str, source: str, detail: str, since_ns: int) -> None:
        """Say that what a line of kind ``of`` said of a source is over; if it comes again, it is said at once."""
        with self._lock:
            for key in [key for key in self._said if key[:2] == (of, source)]:
                del self._said[key]
                self._held.pop(key, None)
            line = {"kind": WELL_AGAIN, "of": of, "source": source, "count": 1, "detail": detail}
            self._add({**line, "since": _stamp(since_ns)})

    def _add(self, line: dict[str, object]) -> None:
        self._lines.append(msgspec.json.encode({"type": "health", "time": _stamp(time.time_ns()), **line}) + b"\n")

    def take(self) -> Block | None:
        """Give what was said since the last call as one block, or None.

        What ends something is the last of its block: what is said afterwards begins anew.
        """
        with self._lock:
            ends = (number for number, line in enumerate(self._lines, 1) if _ENDS in line)
            length = next(ends, len(self._lines))
            lines, self._lines = self._lines[:length], self._lines[length:]
        if not lines:
            return None
        data = b"".join(lines)
        block = Block(
            source=SOURCE,
            stream=SOURCE,
            stream_id=self._stream_id,
            type="health",
            data=data,
            offset=self._offset,
            first_line=self._number,
            received_ns=time.time_ns(),
        )
        self._offset += len(data)
        self._number += len(lines)
        return block


def endings(data: bytes) -> Iterator[tuple[str, str, str]]:
    """Yield what lines of health say to be over: kind, source and what is to be said of it."""
    for raw in data.splitlines():
        if _ENDS in raw:
            line = msgspec.json.decode(raw)
            yield line["of"], line["source"], line["detail"]


def _stamp(time_ns: int) -> str:
    seconds, rest = divmod(time_ns, 1_000_000_000)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{rest // 1000:06d}Z"
