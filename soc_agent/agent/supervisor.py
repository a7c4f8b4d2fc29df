"""What the agent tells the service manager that started it: that it is ready, and that it does not hang.

A datagram to the socket that ``NOTIFY_SOCKET`` names (sd_notify(3)); where there is none, nothing is said. The manager
asks for a sign of life by ``WATCHDOG_USEC`` (sd_watchdog_enabled(3)) and starts an agent anew that gives none for so
long.
"""

import os
import socket
import time
from collections.abc import Callable, Mapping

STATUS_S = 5.0
"""Rhythm at which the state shown by ``systemctl status`` changes."""


class Supervisor:
    """The way to the service manager. All calls come from one thread."""

    def __init__(self, address: str, watchdog_s: float) -> None:
        """:param address: a path, or an abstract name behind ``@``; empty: nobody listens.

        :param watchdog_s: how long the manager waits for a sign of life; 0: it does not ask.
        """
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self.watchdog_s = watchdog_s
        self._said = 0.0
        self._lived = 0.0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Supervisor":
        """Read what the manager asks for. A watchdog meant for another process does not concern this one."""
        interval = environment.get("WATCHDOG_USEC", "")
        meant = environment.get("WATCHDOG_PID", "")
        ours = not meant or meant == str(os.getpid())
        watchdog_s = int(interval) / 1e6 if ours and interval.isdecimal() and interval.isascii() else 0.0
        return cls(environment.get("NOTIFY_SOCKET", ""), watchdog_s)

    def ready(self) -> bool:
        """Say that it runs, also after a reload."""
        return self._send("READY=1")

    def reloading(self) -> bool:
        """Say that it reads its configuration again, which takes a while: a sign of life goes with it."""
        return self._send(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}\nWATCHDOG=1")

    def stopping(self) -> bool:
        """Say that it ends."""
        return self._send("STOPPING=1")

    def alive(self, status: Callable[[], str], *, works: bool) -> None:
        """Give a sign of life when everything ``works``, and now and then the line that ``systemctl status`` shows.

        To be called about once a second. While something hangs nothing is given, so that the manager acts.
        """
        if not self._address:
            return
        now = time.monotonic()
        if works and self.watchdog_s and now - self._lived >= self.watchdog_s / 4:
            self._lived = now
            self._send("WATCHDOG=1")
        if now - self._said >= STATUS_S:
            self._said = now
            self._send("STATUS=" + status().replace("\n", " "))

    def _send(self, text: str) -> bool:
        """Send one message; False when nobody takes it, which must not trouble the agent."""
        if not self._address:
            return False
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
                out.settimeout(1.0)
                out.sendto(text.encode("utf-8", "replace"), self._address)
        except OSError:
            return False
        return True
