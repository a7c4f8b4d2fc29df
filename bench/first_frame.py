"""How long it takes from ``soc-agent console`` to its first frame on a terminal."""

import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import tempfile
import termios
import time
from pathlib import Path

from bench.measure import SOC_AGENT, show
from soc_agent.store import Store

RUNS = 5
PATIENCE_S = 20.0
MARK = b"Overview"


def main() -> None:
    """Print the time to the first frame that names the overview."""
    with tempfile.TemporaryDirectory(prefix="soc-agent-bench-") as name:
        folder = Path(name)
        Store.open(folder / "soc-agent.db").close()
        config = folder / "config.yaml"
        config.write_text("store: {path: soc-agent.db}\n", "utf-8")
        times = [_first_frame(config) for _ in range(RUNS + 1)][1:]
    row = ("console", f"{min(times):.2f}", f"{statistics.median(times):.2f}", f"{max(times):.2f}")
    show(f"first frame of the console, {RUNS} starts, s", ("", "min", "median", "max"), [row])


def _first_frame(config: Path) -> float:
    begin = time.monotonic()
    process, terminal = pty.fork()
    if process == 0:
        os.environ["TERM"] = "xterm-256color"
        os.execv(SOC_AGENT[0], [*SOC_AGENT, "--config", str(config), "--lang", "en", "console"])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 45, 160, 0, 0))
    seen = b""
    try:
        while MARK not in seen:
            if time.monotonic() - begin > PATIENCE_S:
                raise TimeoutError("the console drew nothing")
            if select.select([terminal], [], [], 0.1)[0]:
                seen += os.read(terminal, 65_536)
        return time.monotonic() - begin
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(terminal)
