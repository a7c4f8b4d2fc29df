"""``journalctl`` as a child process, whose output waits in a pipe until it is read."""

import fcntl
import os
import select
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from soc_agent.config import JournalSource
from soc_agent.text import make_safe

_PIPE_BYTES = 1_048_576
_READ_BYTES = 262_144
_TOLD_BYTES = 4_096
_REASON_CHARS = 300
_STOP_S = 2.0
_LAST_S = 30.0
_ENVIRONMENT = {"LC_ALL": "C", "SYSTEMD_COLORS": "0", "SYSTEMD_PAGER": "", "PATH": os.environ.get("PATH", os.defpath)}
PARTIAL = b"not seeing messages from other users"
"""What journalctl says to somebody who may read only a part."""


_MACHINE_ID = Path("/etc/machine-id")


def journal_options(options: JournalSource) -> list[str]:
    """Give what selects the entries, as ``journalctl`` takes it.

    ``--merge`` is for ``--follow``, which otherwise keeps to the boot that runs: what was written between the last
    reading and a restart of the host would be passed over. It also opens the journals of other hosts that lie beside
    that of this one, which its id keeps out.
    """
    given = [f"--directory={options.directory}"] if options.directory else []
    given += [f"--namespace={options.namespace}"] if options.namespace else []
    given += [f"--unit={unit}" for unit in options.units]
    given += [f"--identifier={identifier}" for identifier in options.identifiers]
    given += [f"--priority={options.priority}"] if options.priority else []
    given.append("--merge")
    machine = "" if options.directory else _machine_id()
    return [*given, f"_MACHINE_ID={machine}"] if machine else given


def _machine_id() -> str:
    """Give the id of this host (machine-id(5)); empty where it has none that can be read."""
    try:
        text = _MACHINE_ID.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
    return text if len(text) == 32 else ""


def last_entry(command: list[str]) -> tuple[bytes, str]:
    """Give what a command that ends by itself writes, and what it says when it fails. It is given half a minute."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, env=_ENVIRONMENT, timeout=_LAST_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return b"", str(error)
    return done.stdout, _reason(done.returncode, done.stderr) if done.returncode else ""


class Child:
    """One run of the program. It ends by itself when its reader is gone: its pipe is closed then.

    :raises OSError: when it cannot be started.
    """

    def __init__(self, command: list[str]) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_ENVIRONMENT,
            start_new_session=True,  # a key pressed in the terminal of the agent is not for it
        )
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self.output, self._errors = self._process.stdout.fileno(), self._process.stderr.fileno()
        self._told = b""
        self._poll = select.poll()
        for fd in (self.output, self._errors):
            os.set_blocking(fd, False)
            self._poll.register(fd, select.POLLIN)
        with suppress(OSError):  # beyond fs.pipe-max-size for a user: the pipe stays as it is
            fcntl.fcntl(self.output, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)

    def wait(self, wake: int, timeout_s: float) -> bool:
        """Wait until there is something to read, or it ended, or ``wake`` can be read; False when the time is over."""
        self._poll.register(wake, select.POLLIN)
        return bool(self._poll.poll(max(0, int(timeout_s * 1000))))

    def read(self) -> bytes | None:
        """Give what it has written; empty when there is nothing now, None when there will be nothing more."""
        self._listen()
        try:
            return os.read(self.output, _READ_BYTES) or None
        except BlockingIOError:
            return b""

    @property
    def partial(self) -> bool:
        """Whether it said that it may not read everything."""
        return PARTIAL in self._told

    def stop(self) -> str:
        """End it, if it has not ended; give why it did, for people."""
        self._listen()
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()
        return _reason(self._process.returncode, self._told)

    def _listen(self) -> None:
        """Take what it says on standard error; the head and the tail of much."""
        try:
            said = os.read(self._errors, _READ_BYTES)
        except BlockingIOError:
            return
        if not said:
            with suppress(KeyError):
                self._poll.unregister(self._errors)
        told = self._told + said
        self._told = told if len(told) <= 2 * _TOLD_BYTES else told[:_TOLD_BYTES] + told[-_TOLD_BYTES:]


def _reason(code: int, told: bytes) -> str:
    lines = [line for line in told.decode("utf-8", "replace").splitlines() if line.strip() and "Hint:" not in line]
    if lines:
        return make_safe(lines[-1].strip(), _REASON_CHARS)
    if code >= 0:
        return str(code)
    with suppress(ValueError):
        return signal.Signals(-code).name
    return str(code)
