"""How long it takes from a line written to its alert committed, in a running agent."""

import os
import signal
import statistics
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

import yaml

from bench.measure import SOC_AGENT, show
from soc_agent.store import Store

LINES = 300
GAP_S = 0.02
PATIENCE_S = 30.0


def main() -> None:
    """Print the percentiles, on an agent with all of our rules."""
    with tempfile.TemporaryDirectory(prefix="soc-agent-bench-") as name:
        folder = Path(name)
        log = folder / "auth.log"
        log.touch()
        config = {
            "store": {"path": "soc-agent.db"},
            "sources": [{"kind": "file", "name": "auth", "paths": [str(log)], "type": "syslog"}],
            "rules": {"paths": [str(_rule(folder))]},
        }
        (folder / "config.yaml").write_text(yaml.safe_dump(config), "utf-8")
        agent = subprocess.Popen(
            [*SOC_AGENT, "--config", str(folder / "config.yaml"), "run", "--quiet"],
            env={**os.environ, "XDG_CACHE_HOME": str(folder / "cache")},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            waits = _measure(folder / "soc-agent.db", log)
        finally:
            agent.send_signal(signal.SIGTERM)
            agent.wait(20)
    cuts = statistics.quantiles(waits, n=100)
    figures = [f"{value * 1000:.1f}" for value in (statistics.median(waits), cuts[89], cuts[98], max(waits))]
    show(
        f"line written to alert committed, {len(waits)} lines, ms",
        ("", "p50", "p90", "p99", "max"),
        [("agent", *figures)],
    )


def _rule(folder: Path) -> Path:
    """Write a rule under which every line of the bench is an alert of its own."""
    rule = {
        "title": "Bench line",
        "id": str(uuid.UUID(int=7)),
        "logsource": {"product": "linux", "service": "sshd"},
        "detection": {"line": {"user|startswith": "bench-"}, "condition": "line"},
        "level": "low",
        "soc": {"entity": ["user"]},
    }
    path = folder / "bench.yml"
    path.write_text(yaml.safe_dump(rule), "utf-8")
    return path


def _measure(store_path: Path, log: Path) -> list[float]:
    Store.open(store_path).close()  # made here, so that it is there to be looked at
    deadline = time.monotonic() + PATIENCE_S
    waits = []
    with Store.open(store_path, read_only=True) as store, log.open("ab", buffering=0) as target:
        while not any(entry.source == "auth" and entry.state == "running" for entry in store.ledger()):
            if time.monotonic() > deadline:
                raise TimeoutError("the agent does not read its source")
            time.sleep(0.05)
        for number in range(LINES):
            stamp = time.strftime("%b %e %H:%M:%S")
            seen = len(store.alert_ids())
            line = f"{stamp} host sshd[1]: Invalid user bench-{number} from 192.0.2.1 port 1\n".encode()
            begin = time.monotonic()
            target.write(line)
            while len(store.alert_ids()) == seen:
                if time.monotonic() - begin > PATIENCE_S:
                    raise TimeoutError("the alert did not come")
                time.sleep(0.0005)
            waits.append(time.monotonic() - begin)
            time.sleep(GAP_S)
    return waits
