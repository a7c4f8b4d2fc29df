"""Running a command as a whole process and reading what the kernel counted for it."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct
from rich.console import Console
from rich.table import Table

SOC_AGENT = (sys.executable, "-m", "soc_agent")


class Cost(Struct, frozen=True):
    """What one run cost."""

    cpu_s: float
    wall_s: float
    rss_mb: float
    code: int


def run(command: Sequence[str | Path], environment: dict[str, str] | None = None) -> Cost:
    """Run a command to its end, its output thrown away."""
    begin = time.monotonic()
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a device, no path of ours
        process = subprocess.Popen(
            [os.fspath(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=nowhere,
            stderr=nowhere,
            env={**_as_installed(), **(environment or {})},
        )
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - begin
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, process.returncode)


def _as_installed() -> dict[str, str]:
    """Give the environment in which Python keeps compiled modules, as it does where a program is installed."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**environment, "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "soc-agent-bench-modules")}


def median(costs: Sequence[Cost]) -> Cost:
    """Give the run in the middle, by CPU time; peak memory is the largest of all."""
    middle = statistics.median_low(cost.cpu_s for cost in costs)
    chosen = next(cost for cost in costs if cost.cpu_s == middle)
    return Cost(chosen.cpu_s, chosen.wall_s, max(cost.rss_mb for cost in costs), max(cost.code for cost in costs))


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table."""
    table = Table(title=title, title_justify="left")
    for index, column in enumerate(columns):
        table.add_column(column, justify="left" if index == 0 else "right")
    for row in rows:
        table.add_row(*row)
    Console(width=140).print(table)
