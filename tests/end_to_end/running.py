"""Starting the real program, and waiting for what it does."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from tests import product

PATIENCE_S = 60.0

LINE_RULE = {
    "title": "Numbered user",
    "id": "11111111-0000-4000-8000-000000000001",
    "name": "numbered_user",
    "logsource": {"product": "linux", "service": "sshd"},
    "detection": {"line": {"user|startswith": "user-"}, "condition": "line"},
    "level": "medium",
    "soc": {"entity": ["user"]},
}
"""Every line with a numbered user is an alert of its own."""

GROUP_RULE = {
    "title": "Five from one address",
    "id": "11111111-0000-4000-8000-000000000002",
    "correlation": {
        "type": "event_count",
        "rules": ["numbered_user"],
        "group-by": ["src_ip"],
        "timespan": "1h",
        "condition": {"gte": 5},
        "generate": True,
    },
    "level": "high",
}
"""Five lines of one address are one more alert."""


def soc_agent(*words: str | Path, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "soc_agent", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S * 2,
        env={**os.environ, **(environment or {})},
    )


class Site:
    """A folder with a configuration, rules and a store, and the agent that runs on it."""

    def __init__(self, folder: Path, config: Mapping[str, Any], rules: list[dict[str, Any]] | None = None) -> None:
        self.folder = folder
        self.store_path = folder / "soc-agent.db"
        self.config_path = folder / "config.yaml"
        cache = folder / "cache" if rules is not None else product.run_before(folder / "cache")
        self.environment = {"XDG_CACHE_HOME": str(cache), "SOC_AGENT_LANG": "en"}
        self.agent: subprocess.Popen[bytes] | None = None
        base: dict[str, Any] = {"store": {"path": self.store_path.name}}
        if rules is not None:
            (folder / "rules").mkdir()
            (folder / "rules" / "test.yml").write_text(yaml.safe_dump_all(rules), "utf-8")
            base["rules"] = {"builtin": False, "paths": ["rules"]}
        self.configure({**base, **config})

    def configure(self, config: Mapping[str, Any]) -> None:
        """Write the configuration."""
        self.config_path.write_text(yaml.safe_dump(dict(config), allow_unicode=True), "utf-8")

    def start(self, *words: str) -> None:
        """Start the agent; what it says is added to ``agent.log``."""
        with (self.folder / "agent.log").open("ab") as narration:
            self.agent = subprocess.Popen(
                [sys.executable, "-m", "soc_agent", "--config", str(self.config_path), "run", *words],
                stdin=subprocess.DEVNULL,
                stdout=narration,
                stderr=narration,
                env={**os.environ, **self.environment},
            )

    def send(self, number: signal.Signals) -> None:
        """Send the agent a signal."""
        assert self.agent is not None
        self.agent.send_signal(number)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End the agent and give its exit code."""
        if self.agent is None:
            return 0
        if self.agent.poll() is None:
            self.agent.send_signal(number)
        code = self.agent.wait(PATIENCE_S)
        self.agent = None
        return code

    def said(self) -> str:
        """Give what the agent said on standard error."""
        return (self.folder / "agent.log").read_text("utf-8", "replace")

    def command(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """Run another command on the same configuration."""
        return soc_agent("--config", self.config_path, *words, environment=self.environment)


def eventually(true: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> None:
    """Wait until something is true, bounded."""
    deadline = time.monotonic() + patience_s
    while not true():
        assert time.monotonic() < deadline, f"did not come true in {patience_s:.0f} s: {what}"
        time.sleep(0.02)


def sshd_line(number: int) -> bytes:
    """Give a line of a user that no other line has, five of them from one address."""
    stamp = time.strftime("%b %e %H:%M:%S")
    address = f"10.{number // 5 // 65536}.{number // 5 // 256 % 256}.{number // 5 % 256}"
    return f"{stamp} host sshd[{number}]: Invalid user user-{number} from {address} port {number}\n".encode()
