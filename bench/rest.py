"""What an agent needs while nothing happens, with all of our rules and all public ones: memory and processor time."""

import os
import signal
import subprocess
import tarfile
import tempfile
import time
from pathlib import Path

import psutil
import yaml

from bench.generate import access_log, auth_log
from bench.hunting import PUBLIC
from bench.measure import SOC_AGENT, run, show

WATCHED_S = 30.0
SETTLE_S = 8.0
"""After the start, so long is waited: until all is loaded, and the lines that were there are read."""
LINES = 2_000


def main() -> None:
    """Print memory at rest and at most, and the share of one processor, for our rules and for all."""
    if not PUBLIC.exists():
        print("The public rule set is not beside the project; its lane was left out.")
    rows = [_row("ours", all_rules=False)]
    if PUBLIC.exists():
        rows.append(_row("ours and all public", all_rules=True))
    show(
        f"agent at rest, {WATCHED_S:.0f} s",
        ("rules", "start CPU-s", "RSS at rest MB", "own memory MB", "peak RSS MB", "CPU at rest"),
        rows,
    )


def _row(label: str, *, all_rules: bool) -> tuple[str, ...]:
    with tempfile.TemporaryDirectory(prefix="soc-agent-bench-") as name:
        folder = Path(name)
        config = folder / "config.yaml"
        config.write_text(yaml.safe_dump(_config(folder, all_rules=all_rules)), "utf-8")
        environment = {"XDG_CACHE_HOME": str(folder / "cache")}
        run([*SOC_AGENT, "--config", str(config), "doctor"], environment)  # fills the cache of compiled rules
        agent = subprocess.Popen(
            [*SOC_AGENT, "--config", str(config), "run", "--quiet"],
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            process = psutil.Process(agent.pid)
            time.sleep(SETTLE_S)
            begin = _cpu_s(process)
            started = time.monotonic()
            time.sleep(WATCHED_S)
            spent = (_cpu_s(process) - begin) / (time.monotonic() - started)
            memory = process.memory_full_info()
            peak_mb = _peak_mb(agent.pid)
        finally:
            agent.send_signal(signal.SIGTERM)
            agent.wait(30)
    return (
        label,
        f"{begin:.1f}",
        f"{memory.rss / 1e6:.0f}",
        f"{memory.uss / 1e6:.0f}",
        f"{peak_mb:.0f}",
        f"{spent:.2%}",
    )


def _config(folder: Path, *, all_rules: bool) -> dict[str, object]:
    """Give a configuration with a few files, each with some lines, so that the scanners are made."""
    logs = {"syslog": auth_log(folder / "auth.log", LINES), "access": access_log(folder / "access.log", LINES)}
    (folder / "error.log").touch()
    paths: list[str] = []
    if all_rules:
        with tarfile.open(PUBLIC) as archive:
            archive.extractall(folder / "public", filter="data")
        paths.append(str(folder / "public"))
    return {
        "store": {"path": "soc-agent.db"},
        "sources": [
            *({"kind": "file", "name": name, "paths": [str(path)], "type": name} for name, path in logs.items()),
            {"kind": "file", "name": "error", "paths": [str(folder / "error.log")]},
        ],
        "rules": {"paths": paths},
    }


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _peak_mb(pid: int) -> float:
    """Give the largest resident size that a process had (proc(5), VmHWM)."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024 / 1e6
