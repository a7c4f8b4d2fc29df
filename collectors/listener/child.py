"""The process that receives: ``python -m collectors.listener.child``, started and told what to do by the listener.

Standard input brings the setup as one line, then places of the spool that are committed; its end is the sign to stop.
Standard output takes what there is to tell. It ends by itself when the agent is gone.
"""

import os
import resource
import signal
import socket
import time
from contextlib import suppress
from pathlib import Path

from collectors.listener.held import Held
from collectors.listener.messages import Outflow, Setup, Told, decode_setup
from collectors.listener.receiver import Door, Receiver
from collectors.listener.spool import Spool, SpoolBusyError
from collectors.listener.tls import own_files
from soc_agent.config import ListenerSource
from soc_agent.errors import SourceError
from soc_agent.model import Problem
from soc_agent.privileges import reach, with_least

TELL_S = 0.02
"""Lines that come one by one gather for so long before they are told of."""
_LOOK_S = 1.0
_LOCK_S = 5.0
_STDIN, _STDOUT, _STDERR = 0, 1, 2
_MEMORY_BYTES = 1_073_741_824


class Control:
    """What the agent says while it runs."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._rest = b""
        self.stopping = False
        self.freed = 0
        """Everything before this place is committed."""

    def setup(self) -> Setup:
        """Wait for the first line.

        :raises EOFError: when there is none.
        """
        while b"\n" not in self._rest:
            data = os.read(self._fd, 65_536)
            if not data:
                raise EOFError
            self._rest += data
        line, self._rest = self._rest.split(b"\n", 1)
        os.set_blocking(self._fd, False)
        return decode_setup(line)

    def stop(self, *_: object) -> None:
        """Ask for the end; a signal handler."""
        self.stopping = True

    def hear(self) -> None:
        """Take what came since."""
        with suppress(BlockingIOError):
            data = os.read(self._fd, 65_536)
            self.stopping = self.stopping or not data
            *places, self._rest = (self._rest + data).split(b"\n")
            self.freed = max([self.freed, *map(int, places)])


def receive(control: Control, setup: Setup, outflow: Outflow) -> None:
    """Receive until told to stop, or until the agent is gone."""
    source, parent = setup.source, os.getppid()
    _confine(source)
    doors = [
        Door(options, socket.socket(fileno=fd), options.type or source.type)
        for options, fd in zip(source.listen, setup.sockets, strict=True)
    ]
    spool = Spool(Path(source.spool), source.spool_bytes)
    _open(spool, setup)
    held = Held(setup.held)
    receiver = Receiver(source, doors, spool, held)
    receiver.start(_STDIN, control.hear)
    told = look = freed = 0.0
    telling = 0
    while not control.stopping:
        now = time.monotonic()
        if receiver.changed and outflow.free and now - told >= TELL_S:
            said = receiver.told()
            telling += sum(said.lost.values())
            outflow.put(said)
            told = now
        if telling and outflow.free:
            held.tell(telling)
            telling = 0
        if control.freed > freed:
            receiver.free(control.freed)
            freed = control.freed
        if now - look >= _LOOK_S:
            look = now
            control.stopping = control.stopping or os.getppid() != parent
        receiver.step(max(0.0, told + TELL_S - now) if receiver.changed or not outflow.free else _LOOK_S)
        outflow.push()
    receiver.stop()
    last = receiver.told()
    with suppress(OSError):
        outflow.put(last)
        held.tell(telling + sum(last.lost.values()))


def _confine(source: ListenerSource) -> None:
    """Give up every right that the files of this source do not need: the doors are open, and what comes is hostile.

    Its certificates are read again when they change, perhaps as those of somebody else.
    """
    spool = Path(source.spool)
    with suppress(OSError):  # who opens it says why it cannot be made
        spool.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(PermissionError):  # likewise
        with_least(lambda: reach(read=own_files(source), written=[spool]))


def _bound_memory(setup: Setup) -> None:
    """Bound what senders could make it hold: a message of each connection, twice, beyond what it needs itself."""
    size = _MEMORY_BYTES + 2 * setup.source.max_connections * setup.source.message_cap_bytes
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (size if hard == resource.RLIM_INFINITY else min(size, hard), hard))


def _open(spool: Spool, setup: Setup) -> None:
    """Open the spool. The process before may be just ending: it is waited for."""
    until = time.monotonic() + _LOCK_S
    values = {"path": setup.source.spool}
    while True:
        try:
            spool.open(setup.resume)
        except SpoolBusyError as error:
            if time.monotonic() > until:
                raise SourceError(Problem("listener.spool_in_use", values=values)) from error
            time.sleep(0.05)
        except OSError as error:
            reason = error.strerror or str(error)
            raise SourceError(Problem("listener.spool_unusable", values=values | {"reason": reason})) from error
        else:
            return


def main() -> None:
    """Run as a process of its own."""
    outflow = Outflow(os.dup(_STDOUT))
    os.dup2(_STDERR, _STDOUT)  # what prints by mistake must not come among the messages
    control = Control(_STDIN)

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all processes of a terminal; the agent decides
    signal.signal(signal.SIGTERM, control.stop)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    name = ""
    try:
        setup = control.setup()
        name = setup.source.name
        _bound_memory(setup)
        receive(control, setup, outflow)
    except EOFError:
        return
    except SourceError as error:
        outflow.put(Told("", 0, 0, fatal=error.problem))
    except BrokenPipeError:  # the agent is gone: what was received is in the spool
        return
    except Exception as error:  # noqa: BLE001 - the edge of the process: the agent says it, and starts another
        reason = f"{type(error).__name__}: {error}"
        outflow.put(
            Told("", 0, 0, fatal=Problem("listener.child_ended", values={"source": name, "reason": reason, "count": 0}))
        )


if __name__ == "__main__":
    main()
