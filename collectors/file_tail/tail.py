"""The collector of log files that grow and rotate."""

import logging
import time
from collections.abc import Callable, Mapping

from collectors.endless import Endless
from collectors.file_tail.blocks import Blocks, read_positions
from collectors.file_tail.files import OpenFiles, default_limit
from collectors.file_tail.form import Form
from collectors.file_tail.lag import Lag, LagMeter
from collectors.file_tail.looks import Looks
from collectors.file_tail.reading import Reading
from collectors.file_tail.register import Register
from collectors.file_tail.turns import Turns
from collectors.globs import Globs
from soc_agent.config import FileSource
from soc_agent.model import Block, Problem

_log = logging.getLogger(__name__)

_EXPIRY_S = 3600.0
"""How often positions of files that are gone are looked through."""


class FileTail(Endless):
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
        super().__init__(options.name, clock)
        self._options, self._clock = options, clock
        self._globs = Globs(options.paths, options.exclude)
        self._blocks = Blocks(options, guess)
        self._files = OpenFiles(max_open or default_limit())
        self._turns = Turns()
        self._lag = LagMeter(clock)
        self._first: Block | None = None
        self._expired: list[str] = []
        self._next_expiry = 0.0
        self._woken = False
        form, ready = Form(options), self._turns.ready
        self._register = Register(
            self._globs, self._files, self._reports, form, rotate_wait_s=options.rotate_wait_s, ready=ready
        )
        self._looks = Looks(
            self.name, self._globs, self._register, self._reports, ready, rescan_s=options.rescan_s, hints=hints
        )
        self._reading = Reading(
            options, self._register, self._files, self._turns, self._blocks, form, self._reports, self._looks.soon
        )

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

    def wake(self) -> None:
        """End a waiting :meth:`read` early, from another thread."""
        self._woken = True
        self._looks.wake()

    def open(self, positions: Mapping[str, bytes]) -> None:
        """Begin where ``positions`` stand. Without any, the source is new and begins as its option ``start`` says."""
        self._looks.start()
        states, is_new, damaged = read_positions(positions)
        for stream_id in damaged:
            self._reports.happened(Problem("tail.bad_position", values={"source": self.name, "stream": stream_id}))
            _log.error("source %s: the position of stream %r is damaged and not used", self.name, stream_id)
        now = self._clock()
        self._register.begin(states, self._globs.scan(), now)
        self._register.openings.at_end = is_new and self._options.start == "end"
        self._looks.look(now)
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
        self._looks.stop()
        self._files.close_all()
        self._register.backlog.close()

    def read(self, timeout_s: float) -> Block | None:
        """Give the next block, waiting for it up to ``timeout_s``; None when there was none. Streams take turns."""
        deadline = self._clock() + timeout_s
        while True:
            now = self._clock()
            self._looks.see(now)
            block = self._next_block(now)
            if block is not None:
                self._looks.gave_at = now
                return block
            now = self._clock()
            if self._woken or now >= deadline:
                self._woken = False
                return None
            self._looks.wait(now, min(deadline, self._turns.next_time()))

    def _next_block(self, now: float) -> Block | None:
        """Give what comes first: the start, positions, archives, streams that are due, then the others in turn."""
        if self._first is not None:
            first, self._first = self._first, None
            return first
        if now >= self._next_expiry:
            self._next_expiry = now + _EXPIRY_S
            self._expired += self._register.take_expired(time.time_ns())
        if self._expired:
            return self._blocks.of_nothing(self._expired.pop())
        if (entry := self._register.backlog.next()) is not None:
            packed, cut = entry
            return self._blocks.of_lines(packed, cut) if cut else self._blocks.of_position(packed)
        for stream in self._turns.due(now):
            block = self._reading.settle(stream, now)
            if block is not None:
                return block
        while (ready := self._turns.take(now)) is not None:
            block = self._reading.read(ready, now)
            if block is not None:
                return block
            if self._woken:
                return None
        return None
