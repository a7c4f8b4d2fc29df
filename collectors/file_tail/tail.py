"""The collector of log files that grow and rotate."""

import logging
import math
import os
import threading
import time
from collections.abc import Callable, Mapping

from collectors.file_tail.blocks import Blocks, read_positions
from collectors.file_tail.files import ElsewhereError, OpenFiles, default_limit
from collectors.file_tail.form import Form
from collectors.file_tail.heat import Heat
from collectors.file_tail.hints import Hints
from collectors.file_tail.lag import Lag, LagMeter
from collectors.file_tail.openings import next_wait
from collectors.file_tail.register import Register
from collectors.file_tail.stream import ReplacedError, Stream
from collectors.file_tail.turns import Turns
from collectors.globs import Globs, Scan
from collectors.reports import Reports
from soc_agent.config import FileSource
from soc_agent.model import Block, Problem
from soc_agent.text import make_safe

_log = logging.getLogger(__name__)

_LOOK_MAX_S = 30.0
"""Longest time between looks at the file system, where one costs much."""
_GATHER_S = 0.02
"""A stream that was read to its end is not read again sooner: lines that come one by one gather into blocks."""
_IDLE_SHARE, _BUSY_SHARE = 250, 20
"""Looks take at most one part in so many of a processor; more while lines come and nothing tells of them."""
_QUIET_S = 30.0
_EXPIRY_S = 3600.0
"""How often positions of files that are gone are looked through."""
_DELETED_S = 60.0
"""Longest time that a deleted file is held for a writer that goes on writing to it."""


class FileTail:
    """Yields what is appended to the files of a source, each byte once.

    Files are the buffer: when nobody reads, nothing is read. Folders are looked at every ``rescan_s`` seconds, or less
    often where that would cost more than about half a percent of a processor. Between these looks, watchdog hints when
    there is something to read; where hints of writes come so fast that they cost more than looking, the files are
    looked at every 50 ms instead. ``guess`` gives the decoder type of a file's first lines, for sources of type
    ``auto``.

    Some blocks have no lines, only a position to be committed. The first block of a new source is one: it says which
    files were there, so that what is written from then on is read, also when the program ends before it reads any.
    """

    def __init__(
        self,
        options: FileSource,
        guess: Callable[[bytes], str],
        *,
        hints: bool = True,
        max_open: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._options, self._clock = options, clock
        self._globs = Globs(options.paths, options.exclude)
        self._blocks = Blocks(options, guess)
        self._form = Form(options)
        self._reports = Reports(clock)
        self._files = OpenFiles(max_open or default_limit())
        self._turns = Turns()
        self._lag = LagMeter(clock)
        self._first: Block | None = None
        self._expired: list[str] = []
        self._next_expiry = 0.0
        self._register = Register(
            self._globs,
            self._files,
            self._reports,
            self._form,
            rotate_wait_s=options.rotate_wait_s,
            ready=self._turns.ready,
        )
        self._hints = Hints(self._hint) if hints else None
        self._signal = threading.Event()
        self._lock = threading.Lock()
        self._dirty: set[str] = set()
        self._look_soon = False
        self._woken = False
        self._next_look = self._next_hinted_look = 0.0
        self._gave_at = -math.inf
        self._heat = Heat()

    @property
    def name(self) -> str:
        """Name of the source in the configuration."""
        return self._options.name

    @property
    def finished(self) -> bool:
        """False always: a log may grow at any time."""
        return False

    @property
    def lag_bytes(self) -> int:
        """How many bytes of its files were not read yet. Called from any thread."""
        return self.lag().bytes

    @property
    def lag_s(self) -> float:
        """For how many seconds the oldest of them were seen to wait. Called from any thread."""
        return self.lag().seconds

    def lag(self) -> Lag:
        """Give both. What is measured are the files: also when nobody reads."""
        return self._lag.measure(list(self._register.roster.streams.values()))

    def missing(self) -> Problem | None:
        """Give None: nothing is ever missing to read files. What cannot be read is among :meth:`problems`."""
        return None

    def problems(self) -> list[Problem]:
        """Give what is wrong right now, and what was lost within the last hour."""
        return self._reports.current()

    def wake(self) -> None:
        """End a waiting :meth:`read` early, from another thread."""
        self._woken = True
        self._signal.set()

    def open(self, positions: Mapping[str, bytes]) -> None:
        """Begin where ``positions`` stand. Without any, the source is new and begins as its option ``start`` says."""
        if self._hints and (reason := self._hints.start()):
            self._no_hints("hints", self.name, reason)
        states, is_new, damaged = read_positions(positions)
        for stream_id in damaged:
            self._reports.happened(Problem("tail.bad_position", values={"source": self.name, "stream": stream_id}))
            _log.error("source %s: the position of stream %r is damaged and not used", self.name, stream_id)
        now = self._clock()
        self._register.begin(states, self._globs.scan(), now)
        self._register.openings.at_end = is_new and self._options.start == "end"
        self._look(now)
        self._register.openings.at_end = False
        if is_new:
            streams = self._register.roster.streams.values()
            began = {stream.id: stream.state() for stream in streams}
            began |= {**self._register.backlog.started(), **self._register.openings.unseen}
            self._first = self._blocks.of_start(began)
            for stream in streams:
                stream.unrecorded = False
            _log.info("source %s is new: reading %d files from their %s", self.name, len(streams), self._options.start)

    def close(self) -> None:
        """End."""
        if self._hints:
            self._hints.stop()
        self._files.close_all()
        self._register.backlog.close()

    def read(self, timeout_s: float) -> Block | None:
        """Give the next block, waiting for it up to ``timeout_s``; None when there was none. Streams take turns."""
        deadline = self._clock() + timeout_s
        while True:
            self._signal.clear()
            now = self._clock()
            self._take_hints()
            if now >= self._next_look or (self._look_soon and now >= self._next_hinted_look):
                self._look(now)
            elif self._heat.polling and now >= self._heat.next_poll:
                self._poll(now)
            block = self._next_block(now)
            if block is not None:
                self._gave_at = now
                return block
            now = self._clock()
            if self._woken or now >= deadline:
                self._woken = False
                return None
            times = [deadline, self._next_hinted_look if self._look_soon else self._next_look, self._turns.next_time()]
            if self._heat.polling:
                times.append(self._heat.next_poll)
            self._signal.wait(max(0.0, min(times) - now))

    # What there is to read

    def _hint(self, path: str, is_write: bool, is_folder: bool) -> None:
        """Take a hint. Called from watchdog's thread."""
        is_ours = path in self._register.roster.places
        if is_ours and is_write:
            self._heat.note()
            with self._lock:
                self._dirty.add(path)
        elif is_ours or (is_folder and self._globs.may_hold(path)) or self._globs.matches(path):
            self._look_soon = True
        else:
            return
        self._signal.set()

    def _take_hints(self) -> None:
        with self._lock:
            dirty, self._dirty = self._dirty, set()
        for path in dirty:
            stream = self._register.roster.places.get(path)
            if stream is not None:
                self._turns.ready(stream)

    def _poll(self, now: float) -> None:
        """Look at the files that are read, when notices of their writing are not wanted."""
        began = time.thread_time()
        for stream in self._register.roster.streams.values():
            if stream.has_grown():
                self._heat.note()
                self._turns.ready(stream)
        self._heat.polled(now, time.thread_time() - began)

    def _look(self, now: float) -> None:
        """Look at the file system, act on it, and decide when to look again."""
        self._look_soon = False
        began = time.thread_time()
        scan = self._globs.scan()
        self._register.reconcile(scan, now)
        if now >= self._next_expiry:
            self._next_expiry = now + _EXPIRY_S
            self._expired += self._register.take_expired(time.time_ns())
        self._report_scan(scan)
        self._heat.judge(now)
        self._watch_folders()
        cost_s = time.thread_time() - began
        told = self._hints is not None and self._hints.working
        share = _IDLE_SHARE if told or now - self._gave_at > _QUIET_S else _BUSY_SHARE
        rest_s = min(_LOOK_MAX_S, cost_s * share) if self._options.rescan_s else 0.0
        self._next_look = now + max(self._options.rescan_s, rest_s)
        self._next_hinted_look = now + max(0.05, cost_s * 20)

    def _watch_folders(self) -> None:
        if self._hints is None or not self._hints.working:
            return
        folders: dict[str, bool] = {}
        for pattern in self._globs.patterns:
            if pattern.base != "/" or not pattern.is_deep:
                folders[pattern.base] = folders.get(pattern.base, False) or pattern.is_deep
        for stream in self._register.roster.streams.values():
            if stream.location and stream.location != stream.path:
                folders.setdefault(stream.location.rpartition("/")[0] or "/", False)
        failed = self._hints.watch(folders, writes=not self._heat.polling)
        for folder, reason in failed.items():
            self._no_hints(f"hints {folder}", folder, reason)
        self._reports.keep_only("hints ", {f"hints {folder}" for folder in failed})

    def _next_block(self, now: float) -> Block | None:
        if self._first is not None:
            first, self._first = self._first, None
            return first
        if self._expired:
            return self._blocks.of_nothing(self._expired.pop())
        if (entry := self._register.backlog.next()) is not None:
            packed, cut = entry
            return self._blocks.of_lines(packed, cut) if cut else self._blocks.of_position(packed)
        for stream in self._turns.due(now):
            block = self._settle(stream, now)
            if block is not None:
                return block
        while (ready := self._turns.take(now)) is not None:
            block = self._read(ready, now)
            if block is not None:
                return block
            if self._woken:
                return None
        return None

    def _read(self, stream: Stream, now: float, *, flush: bool = False, final: bool = False) -> Block | None:
        """Give the next block of a stream, or see to what is in the way of it; give it another turn if it needs one."""
        block = self._try_read(stream, now, flush=flush, final=final)
        if stream.pending:
            self._turns.ready(stream)
        return block

    def _try_read(self, stream: Stream, now: float, *, flush: bool, final: bool) -> Block | None:
        try:
            self._files.use(stream)
            before = stream.state()
            if stream.stirs():
                self._register.stirred(before, now)
                if stream.must_wait or stream.finished:
                    return None
                self._files.use(stream)
            cut = stream.read(now, flush=flush, final=final)
            block = self._blocks.of_lines(stream, cut) if cut else None
            if block is None and stream.unrecorded:
                block = self._blocks.of_position(stream)
            stream.unrecorded = False
        except ReplacedError:
            self._register.replaced(stream, now)
            return None
        except ElsewhereError:
            self._register.lost_sight(stream, now)
            self._look_soon = stream.leaving_since is None
            self._await_end(stream, now)
            return None
        except OSError as error:
            self._put_off(stream, error, now)
            return None
        if stream.retry_s:
            stream.retry_s = 0.0
            self._reports.clear(f"read {stream.id}")
        if not stream.pending:
            stream.not_before = now + _GATHER_S
            self._await_end(stream, now)
        return block

    def _await_end(self, stream: Stream, now: float) -> None:
        """See to it that a line left open is taken in time, and a file that has left is closed."""
        if stream.leaving_since is not None:
            quiet_since = max(stream.grown_at, stream.leaving_since)
            self._turns.look_again(stream, max(now + _GATHER_S, quiet_since + self._options.rotate_wait_s))
        elif stream.has_open_line:
            self._turns.look_again(stream, max(now + _GATHER_S, stream.grown_at + self._patience_s(stream)))

    def _patience_s(self, stream: Stream) -> float:
        """Give how long to wait for more of an open line, or of an event that may go on."""
        return self._form.wait_s if stream.group_waits else float(self._options.partial_wait_s)

    def _settle(self, stream: Stream, now: float) -> Block | None:
        """Take a line left open, or let go of a file that has left, if the time for it has come."""
        if stream.must_wait or stream.not_before > now:
            self._turns.look_again(stream, max(now + _GATHER_S, stream.not_before))
            return None
        block = self._read(stream, now)
        if stream.pending or stream.finished:
            self._turns.look_again(stream, now + _GATHER_S)
            return block
        if stream.leaving_since is not None:
            return self._let_go(stream, block, stream.leaving_since, now)
        if block is None and stream.has_open_line and now - stream.grown_at >= self._patience_s(stream):
            block = self._read(stream, now, flush=True, final=not stream.group_waits)
        return block

    def _let_go(self, stream: Stream, block: Block | None, since: float, now: float) -> Block | None:
        """Close a file that has left, once nothing came for long enough; ``block`` is what came just now."""
        quiet = block is None and now - max(stream.grown_at, since) >= self._options.rotate_wait_s
        deleted = stream.fd >= 0 and os.fstat(stream.fd).st_nlink == 0
        overdue = deleted and now - since >= max(_DELETED_S, self._options.rotate_wait_s)
        if quiet and stream.has_open_line:
            return self._read(stream, now, final=True)
        if quiet or overdue:
            self._register.finish(stream, deleted=deleted)
        return block

    # What is wrong

    def _put_off(self, stream: Stream, error: OSError, now: float) -> None:
        self._files.close(stream)
        stream.retry_s = next_wait(stream.retry_s)
        stream.not_before = now + stream.retry_s
        reason = error.strerror or str(error)
        problem = Problem("tail.unreadable", values={"path": make_safe(stream.path), "reason": reason})
        if self._reports.report(f"read {stream.id}", problem):
            _log.warning("%s cannot be read (%s); trying again from time to time", make_safe(stream.path), reason)

    def _no_hints(self, key: str, what: str, reason: str) -> None:
        if self._reports.report(key, Problem("tail.no_hints", values={"what": make_safe(what), "reason": reason})):
            _log.warning("%s: no notice of changes (%s); looking at files by the clock instead", what, reason)

    def _report_scan(self, scan: Scan) -> None:
        wrong = {f"scan folder {path}": ("tail.unreadable", path, reason) for path, reason in scan.unreadable.items()}
        wrong |= {f"scan kind {path}": ("tail.not_a_file", path, "") for path in scan.not_files}
        if len(scan.empty) == len(self._globs.patterns):
            # one log may stand under several names on different systems: only when none is there, something is wrong
            wrong["scan empty"] = ("tail.nothing_there", ", ".join(scan.empty), "")
        for key, (code, path, reason) in wrong.items():
            problem = Problem(code, values={"path": make_safe(path), "reason": reason, "source": self.name})
            if self._reports.report(key, problem):
                _log.info("source %s: %s: %s", self.name, make_safe(path), reason or code)
        self._reports.keep_only("scan ", set(wrong))
