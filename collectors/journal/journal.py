"""The collector of the journal of systemd."""

import hashlib
import logging
import os
import select
import shutil
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from msgspec.structs import replace

from collectors.endless import Endless
from collectors.journal.child import Child, journal_options, last_entry
from collectors.journal.export import Entry, ExportParser
from collectors.journal.lines import ASKED, CURSOR, WANTED, line_of
from collectors.journal.place import entries_between, first_place, position_of, restored, same_entry, second_of
from collectors.lines import BLOCK_BYTES
from soc_agent.config import JournalSource
from soc_agent.errors import describe
from soc_agent.model import Block, Counters, Problem

_log = logging.getLogger(__name__)
STREAM = "journal"
TYPE = "syslog"
_LONGEST_PAUSE_S = 60.0
_STEADY_S = 10.0
"""A run of so long, or one that gave an entry, is no failed one."""
_QUIET_S = 600.0
"""After so long without an entry the program is started anew: it may have lost sight of the files it follows."""


class Journal(Endless):
    """Follows the journal; a :class:`soc_agent.model.Collector`.

    A run of ``journalctl`` begins *at* the entry of the cursor: when that does not come first, the journal no longer
    has it, and what lies between is lost. What is not read waits in the pipe, and then in the journal itself.
    """

    def __init__(self, options: JournalSource, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(options.name, clock)
        self._options, self._clock = options, clock
        self._place = first_place("")
        self._child: Child | None = None
        self._parser = ExportParser(WANTED, options.line_cap_bytes)
        self._seeking = False
        """Whether the entry of the cursor is to come first."""
        self._refused = ""
        """A cursor that the program cannot read: its time is where to go on."""
        self._started, self._heard, self._next_start = 0.0, 0.0, 0.0
        self._pause_s = 0.0
        self._first: Block | None = None
        self._wake_read, self._wake_write = -1, -1

    def missing(self) -> Problem | None:
        """Say that there is no ``journalctl`` here."""
        if shutil.which(self._options.program) is not None:
            return None
        return Problem("journal.no_program", values={"program": self._options.program})

    def open(self, positions: Mapping[str, bytes]) -> None:
        """Begin behind the entry that was committed last, or where the source says, when it is seen first."""
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)
        asked = _mark(journal_options(self._options))
        place = restored(positions)
        if place is None:
            place = first_place(asked)
            if self._options.start == "end":
                place = replace(place, cursor=self._newest())
        self._place = place
        # committed at once: what comes while the agent is down is not missed, however early it ends
        self._first = self._block([], None)
        self._next_start = self._clock()

    def read(self, timeout_s: float) -> Block | None:
        """Give the next block, waiting for it up to ``timeout_s``; None when there was none."""
        if self._first is not None:
            first, self._first = self._first, None
            return first
        end = self._clock() + timeout_s
        while True:
            block = self._take()
            now = self._clock()
            if block is not None or now >= end or not self._pause(end - now):
                return block

    def wake(self) -> None:
        """End a waiting :meth:`read` early, from another thread."""
        with suppress(OSError):
            os.write(self._wake_write, b"!")

    def close(self) -> None:
        """End the program."""
        if self._child is not None:
            self._child.stop()
            self._child = None
        for fd in (self._wake_read, self._wake_write):
            if fd >= 0:
                os.close(fd)
        self._wake_read = self._wake_write = -1

    # The program

    def _command(self, *more: str) -> list[str]:
        fields = ",".join(name.decode() for name in ASKED)
        given = [self._options.program, "--output=export", f"--output-fields={fields}", *more]
        return [*given, *journal_options(self._options)]

    def _newest(self) -> str:
        """Give the cursor of the newest entry there is; empty when there is none."""
        data, reason = last_entry(self._command("--lines=1"))
        if reason:
            self._failed(reason)
        entries = ExportParser(WANTED, self._options.line_cap_bytes).feed(data + b"\n")
        return _cursor(entries[-1]) if entries else ""

    def _start(self, now: float) -> None:
        """Start the program, when it is time to."""
        if now < self._next_start:
            return
        known, is_refused = self._place.cursor, self._place.cursor == self._refused
        begin = [f"--cursor={known}"] if known else []
        if known and is_refused:
            second = second_of(known)
            begin = [f"--since=@{second}"] if second is not None else []
        self._parser = ExportParser(WANTED, self._options.line_cap_bytes)
        self._seeking = bool(known) and not is_refused
        self._started = self._heard = now
        try:
            self._child = Child(self._command("--follow", "--no-tail", *begin))
        except OSError as error:
            self._ended(error.strerror or str(error))

    def _ended(self, reason: str) -> None:
        """Say that the program ended by itself, and when to start it again."""
        now = self._clock()
        steady = now - self._started >= _STEADY_S or self._heard > self._started
        self._pause_s = 0.0 if steady else min(_LONGEST_PAUSE_S, max(1.0, self._pause_s * 2))
        self._next_start = now + self._pause_s
        if steady:
            problem = Problem("journal.ended", values={"source": self.name, "reason": reason})
            _log.warning("Source %s: %s", self.name, describe(problem))
            self._reports.happened(problem)
        elif self._seeking and "cursor" in reason:
            self._refused, self._next_start = self._place.cursor, now
            self._tell(Problem("journal.gap_unknown", values={"source": self.name}))
        else:
            self._failed(reason)

    def _failed(self, reason: str) -> None:
        problem = Problem("journal.failed", values={"source": self.name, "reason": reason})
        if self._reports.report("run", problem):
            _log.error("Source %s: %s", self.name, describe(problem))

    def _take(self) -> Block | None:
        """Give what the program has written, as far as it makes one block."""
        now = self._clock()
        if self._child is not None and now - self._heard > _QUIET_S:
            self._child.stop()
            self._child = None
        if self._child is None:
            self._start(now)
        lines: list[bytes] = []
        lost = Counters()
        taken = 0
        while self._child is not None and taken < BLOCK_BYTES:
            data = self._child.read()
            if data is None:
                reason = self._child.stop()
                self._child = None
                self._ended(reason)
            elif not data:
                break
            taken += len(data or b"")
            for entry in self._parser.feed(data or b""):
                line = self._line(entry, lost)
                if line:
                    lines.append(line)
        if self._child is not None:
            self._look(self._clock())
        return self._block(lines, lost) if lines or lost.dropped else None

    def _look(self, now: float) -> None:
        assert self._child is not None
        if self._child.partial:
            self._reports.report("partial", Problem("journal.partial", values={"source": self.name}))
        else:
            self._reports.clear("partial")
        if self._heard > self._started or now - self._started >= _STEADY_S:
            self._reports.clear("run")

    def _pause(self, left_s: float) -> bool:
        """Wait for more; False when somebody woke it."""
        now = self._clock()
        if self._child is not None:
            self._child.wait(self._wake_read, left_s)
        else:
            _wait_for(self._wake_read, min(left_s, max(0.0, self._next_start - now)))
        try:
            return not os.read(self._wake_read, 64)
        except BlockingIOError:
            return True

    # Entries

    def _line(self, entry: Entry, lost: Counters) -> bytes:
        """Give the line of an entry; empty for that of the cursor, which was given before."""
        self._heard = max(self._clock(), self._started + 1e-9)
        cursor = _cursor(entry)
        if not cursor:
            return b""
        if self._seeking:
            self._seeking = False
            if same_entry(self._place.cursor, cursor):
                return b""
            self._missed(cursor, lost)
        line = line_of(entry)
        if line.dropped:
            lost.dropped += line.dropped
            self._tell(Problem("journal.suppressed", values={"source": self.name, "count": line.dropped}))
        lost.truncated += line.truncated
        self._place = replace(self._place, cursor=cursor)
        return line.data

    def _missed(self, cursor: str, lost: Counters) -> None:
        """Say what is lost where the journal no longer has the entry that was read last."""
        options = journal_options(self._options)
        if self._place.asked != _mark(options):
            return
        between = entries_between(self._place.cursor, cursor)
        if between == 0:
            return
        # of entries that are no longer there nobody knows which of them the filters would have taken
        filtered = bool(self._options.units or self._options.identifiers or self._options.priority)
        if between is None:
            self._tell(Problem("journal.gap_unknown", values={"source": self.name}))
        else:
            lost.dropped += 0 if filtered else between
            key = "journal.gap_filtered" if filtered else "journal.gap"
            self._tell(Problem(key, values={"source": self.name, "count": between}))

    def _tell(self, problem: Problem) -> None:
        _log.error("Source %s: %s", self.name, describe(problem))
        self._reports.happened(problem)

    def _block(self, lines: list[bytes], lost: Counters | None) -> Block:
        """Give lines as a block, with the place behind them."""
        data, before = b"".join(lines), self._place
        asked = _mark(journal_options(self._options)) if lines else before.asked
        self._place = replace(before, offset=before.offset + len(data), line=before.line + len(lines), asked=asked)
        return Block(
            source=self.name,
            stream=STREAM,
            stream_id=self._place.stream,
            type=TYPE,
            data=data,
            offset=before.offset,
            first_line=before.line,
            position=position_of(self.name, self._place),
            received_ns=time.time_ns(),
            lost=lost if lost is not None and (lost.dropped or lost.truncated) else None,
        )


def _cursor(entry: Entry) -> str:
    return entry.fields.get(CURSOR, b"").decode("ascii", "replace")


def _mark(options: list[str]) -> str:
    return hashlib.blake2b("\0".join(options).encode(), digest_size=8).hexdigest()


def _wait_for(fd: int, timeout_s: float) -> None:
    poller = select.poll()
    poller.register(fd, select.POLLIN)
    poller.poll(max(0, int(timeout_s * 1000)))
