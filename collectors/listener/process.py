"""Starting, hearing and ending the process that receives."""

import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress

from collectors.listener.held import Held
from collectors.listener.messages import Inflow, Setup, Told, encode
from soc_agent.config import ListenerSource
from soc_agent.errors import SourceError
from soc_agent.model import Problem

START_S = 30.0
STOP_S = 8.0


class Process:
    """The receiving process of one source. Used by one thread."""

    def __init__(self, source: ListenerSource, doors: Sequence[socket.socket], resume: tuple[str, int] | None) -> None:
        sockets = tuple(door.fileno() for door in doors)
        self._source = source
        held = Held.memory()
        self._held = Held(held)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "collectors.listener.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(*sockets, held),
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._stdin = self._process.stdin.fileno()
        self.inflow = self._process.stdout.fileno()
        """Can be read when there is something to :meth:`take`."""
        os.set_blocking(self.inflow, False)
        self._inflow = Inflow(self.inflow)
        self._told: deque[Told] = deque()
        self._freed = 0
        with suppress(BrokenPipeError):
            os.write(self._stdin, encode(Setup(source, sockets, held, resume)))
        os.set_blocking(self._stdin, False)
        os.close(held)

    @property
    def ended(self) -> bool:
        """Whether it is gone, and all that it told was taken."""
        return self._inflow.ended and not self._told

    @property
    def held(self) -> int:
        """How many datagrams it had taken that are neither in the spool nor told as lost, when it has ended."""
        return self._held.left

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    def first(self) -> Told:
        """Wait until it says that it receives.

        :raises SourceError: when it cannot, or ended, or says nothing for too long.
        """
        until = time.monotonic() + START_S
        while not self._told and not self._inflow.ended and (left_s := until - time.monotonic()) > 0:
            select.select([self.inflow], [], [], left_s)
            self._told.extend(self._inflow.take())
        first = self._told.popleft() if self._told else None
        if first is None or first.fatal is not None:
            reason = self.stop()
            values = {"source": self._source.name, "reason": reason, "count": 0}
            raise SourceError(first.fatal if first and first.fatal else Problem("listener.child_ended", values=values))
        return first

    def take(self) -> list[Told]:
        """Give what it told since the last call."""
        found = [*self._told, *self._inflow.take()]
        self._told.clear()
        return found

    def free(self, upto: int) -> None:
        """Say that everything before this place of the spool is committed."""
        if upto > self._freed:
            with suppress(BlockingIOError, BrokenPipeError):
                os.write(self._stdin, b"%d\n" % upto)
                self._freed = upto

    def stop(self) -> str:
        """End it, and wait until it has; give how it ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            code = self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        self._process.stdout.close()
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"
