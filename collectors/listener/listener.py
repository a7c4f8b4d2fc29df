"""The collector of lines that come over the network: it reads the spool that a process of its own fills."""

import logging
import os
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from collectors.endless import Endless
from collectors.lines import BLOCK_BYTES
from collectors.listener.behind import Behind
from collectors.listener.blocks import STREAM, Cutter, read_place
from collectors.listener.losses import Losses
from collectors.listener.messages import Told
from collectors.listener.process import Process
from collectors.listener.sockets import door_name, open_door
from collectors.listener.tls import server_context
from soc_agent.config import ListenerSource, ListenOptions
from soc_agent.errors import SourceError, describe
from soc_agent.model import Block, Problem
from soc_agent.text import path_text

_log = logging.getLogger(__name__)
_SPAN_NS = 2_000_000_000
"""Lines of one block were received within this time: it stands for those that name none."""
_LOOK_S = 1.0
_ENDING_S = 3.0
_AGAIN_S = 0.05
_BREATH_S = 10.0
_DEATHS = 3
"""The receiving process is started again at once, but when it died so often within a breath."""


class Listener(Endless):
    """Yields what comes in at the doors of a source; a :class:`soc_agent.model.Collector`.

    The sockets are opened here and handed to the receiving process: when that dies, senders over UDP do not notice, and
    those over TCP connect anew. What it received is in the spool, whose places are the positions; when a block is
    committed (:class:`soc_agent.model.Spooling`), its space is freed.
    """

    def __init__(
        self, options: ListenerSource, guess: Callable[[bytes], str], clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(options.name, clock)
        self._options, self._clock = options, clock
        self._cutter = Cutter(options.name, guess)
        self._losses = Losses(options, self._reports, clock)
        self._doors: list[socket.socket] = []
        self._process: Process | None = None
        self._behind = Behind(Path(options.spool))
        self._spool = ""
        self._written = 0
        self._line = 1
        self._skip = 0
        self._ready: deque[Block] = deque()
        self._given: deque[int] = deque()
        self._lock = threading.Lock()
        self._free = 0
        self._deaths: list[float] = []
        self._next_look = 0.0
        self._wake_read, self._wake_write = -1, -1

    @property
    def lag_bytes(self) -> int:
        """How many bytes were received and not read yet."""
        return max(0, self._written - self._behind.at)

    def missing(self) -> Problem | None:
        """Say which certificate cannot be used; whether the doors can be opened is seen when they are."""
        for door in self._options.listen:
            if door.transport == "tls":
                try:
                    server_context(door, door_name(door))
                except SourceError as error:
                    return error.problem
        return None

    def open(self, positions: Mapping[str, bytes]) -> None:
        """Open the doors, begin to receive, and continue to read the spool where it is committed."""
        try:
            until = time.monotonic() + _ENDING_S
            for door in self._options.listen:
                self._doors.append(self._open_door(door, until))
            self._losses.watch(self._doors)
            self._wake_read, self._wake_write = os.pipe()
            os.set_blocking(self._wake_read, False)
            os.set_blocking(self._wake_write, False)
            place = read_place(positions.get(STREAM))
            if place is None and STREAM in positions:
                self._tell(Problem("listener.bad_position", values={"source": self.name}))
            first = self._start((place.spool, place.at) if place else None)
        except BaseException:
            self.close()
            raise
        self._spool = first.spool
        self._ready.clear()
        with self._lock:
            self._given.clear()
            self._free = 0
        if place is None or place.spool != first.spool:
            self._behind = Behind(Path(self._options.spool), first.begin)
            self._line = 1
            return
        self._behind = Behind(Path(self._options.spool), place.at)
        self._line = place.line
        self._free = place.at
        if place.to:
            self._take(place.to)
            for _ in range(min(place.done, len(self._ready))):
                self._ready.popleft()

    def read(self, timeout_s: float) -> Block | None:
        """Give the next block, waiting for it up to ``timeout_s``; None when there was none."""
        deadline = self._clock() + timeout_s
        while True:
            self._hear()
            now = self._clock()
            if now >= self._next_look:
                self._next_look = now + _LOOK_S
                self._losses.look(now)
            if not self._ready and self._behind.at < self._written:
                self._take(self._written)
            block = self._losses.block() or (self._ready.popleft() if self._ready else None)
            if block is not None:
                self._give(block)
                return block
            if self._woken() or now >= deadline:
                return None
            self._wait(min(deadline, self._next_look) - now)

    def wake(self) -> None:
        """End a waiting :meth:`read` early, from another thread."""
        with suppress(OSError):
            os.write(self._wake_write, b"!")

    def committed(self, blocks: int) -> None:
        """Hear that so many blocks are in the store: their space can be freed. From another thread."""
        with self._lock:
            for _ in range(min(blocks, len(self._given))):
                self._free = max(self._free, self._given.popleft())

    def close(self) -> None:
        """Stop receiving, with all that has come in the spool, and close the doors."""
        if self._process is not None:
            self._process.stop()
            self._process = None
        if left := self._losses.left():
            _log.warning("Source %s: %d datagrams came while it stopped, and are lost", self.name, left)
        self._losses.watch(())
        for door in self._doors:
            door.close()
        self._doors.clear()
        self._behind.close()
        for fd in (self._wake_read, self._wake_write):
            if fd >= 0:
                os.close(fd)
        self._wake_read = self._wake_write = -1

    def _open_door(self, door: ListenOptions, until: float) -> socket.socket:
        """Open a door. After a kill, the process that received may still write down what came: it is waited for."""
        while True:
            try:
                return open_door(door, self._options.receive_buffer_bytes)
            except SourceError as error:
                if error.problem.code != "listener.port_in_use" or time.monotonic() > until:
                    raise
            time.sleep(_AGAIN_S)

    # The receiving process

    def _start(self, resume: tuple[str, int] | None) -> Told:
        """Start it, and wait until it says that it receives.

        :raises SourceError: when it does not.
        """
        self._process = Process(self._options, self._doors, resume)
        first = self._process.first()
        self._written = first.end
        self._losses.add(first)
        return first

    def _hear(self) -> None:
        """Take what the process tells; start another when it ended."""
        assert self._process is not None
        for told in self._process.take():
            if told.fatal is None:
                self._written = max(self._written, told.end)
            self._losses.add(told)
        with self._lock:
            free = self._free
        self._process.free(free)
        if not self._process.ended:
            return
        reason, held = self._process.stop(), self._process.held
        if held:
            self._losses.lose("process", held)
        problem = Problem("listener.child_ended", values={"source": self.name, "reason": reason, "count": held})
        now = self._clock()
        self._deaths = [at for at in self._deaths if now - at < _BREATH_S] + [now]
        if len(self._deaths) > _DEATHS:
            raise SourceError(problem)
        self._tell(problem)
        self._start((self._spool, max(free, self._behind.at)))

    def _take(self, upto: int) -> None:
        """Read the next portion of the spool."""
        portion = self._behind.read(upto, BLOCK_BYTES, _SPAN_NS)
        if portion.damaged:
            values = {"bytes": portion.damaged, "path": path_text(self._options.spool)}
            self._tell(Problem("listener.spool_damaged", values=values))
        if portion.records:
            self._ready.extend(self._cutter.blocks(self._spool, portion, self._line))
            self._line += sum(record.lines for record in portion.records)

    def _tell(self, problem: Problem) -> None:
        _log.error("Source %s: %s", self.name, describe(problem))
        self._reports.happened(problem)

    def _give(self, block: Block) -> None:
        place = read_place(block.position.state) if block.position else None
        with self._lock:
            self._given.append(place.at if place else 0)

    def _wait(self, timeout_s: float) -> None:
        assert self._process is not None
        select.select([self._process.inflow, self._wake_read], [], [], max(0.0, timeout_s))

    def _woken(self) -> bool:
        try:
            return bool(os.read(self._wake_read, 64))
        except BlockingIOError:
            return False
