"""A real agent in this process, on a real configuration, store and files: its times can be made short."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from soc_agent.agent import Agent
from soc_agent.cli.run import make_agent
from soc_agent.cli.workspace import Workspace
from soc_agent.model import Alert
from soc_agent.resources import resource
from soc_agent.store import CanaryResult, SourceStatus, Store
from tests.end_to_end.running import PATIENCE_S


class House:
    """A folder with a configuration and a store, and the agent that runs on it, turned by hand."""

    def __init__(self, folder: Path, sources: list[dict[str, Any]], **sections: dict[str, Any]) -> None:
        """Write the configuration: the rules about the agent itself are all that run, unless ``rules`` says more."""
        self.folder = folder
        self.store_path = folder / "soc-agent.db"
        agent_rules = {"builtin": False, "paths": [str(resource("rules") / "sigma" / "agent")]}
        self.tree: dict[str, Any] = {"store": {"path": self.store_path.name}, "canary": {"every_s": 0, "wait_s": 5}}
        self.tree |= {"rules": agent_rules, "sources": sources, **sections}
        self.configure()
        self.workspace = Workspace(folder / "config.yaml", "en")
        self.agent: Agent = make_agent(self.workspace, self.workspace.config)

    def configure(self) -> None:
        """Write the configuration."""
        (self.folder / "config.yaml").write_text(yaml.safe_dump(self.tree, allow_unicode=True), "utf-8")

    def reload(self) -> None:
        """Write the configuration, and let the agent take it."""
        self.configure()
        self.agent.reload(self.workspace.reload())
        pipeline = self.agent._pipeline
        assert pipeline is not None
        self.until(lambda: pipeline._next is None, "the new rules run")

    def until(self, true: Callable[[], object], what: str, patience_s: float = PATIENCE_S) -> None:
        """Turn the agent until something is true, bounded."""
        deadline = time.monotonic() + patience_s
        while not true():
            assert time.monotonic() < deadline, f"did not come true: {what}; {self.seen()}"
            self.agent.tick()
            time.sleep(0.02)

    def until_running(self) -> None:
        """Turn the agent until every source runs."""

        def running() -> bool:
            with Store.open(self.store_path, read_only=True) as store:
                states = {entry.source: entry.state for entry in store.ledger()}
            return all(states.get(source["name"]) is SourceStatus.RUNNING for source in self.tree["sources"])

        self.until(running, "every source runs")

    def alerts(self, title: str = "") -> list[Alert]:
        """Give the alerts, or those with this title, oldest first."""
        with Store.open(self.store_path, read_only=True) as store:
            found = store.alerts(store.alert_ids())
        return sorted((alert for alert in found if title in ("", alert.title)), key=lambda alert: alert.id)

    def seen(self) -> list[str]:
        """Give what the alerts say, for people."""
        return [f"{alert.title} {alert.status.value} {alert.raw[:300]!r}" for alert in self.alerts()]

    def is_open(self, title: str) -> bool:
        """Say whether an alert with this title is open."""
        return any(alert.status.is_open for alert in self.alerts(title))

    def begins_and_ends(self, title: str, undo: Callable[[], object]) -> Alert:
        """Wait for one alert with this title, undo its cause, wait until it has ended; give it."""
        self.until(lambda: self.is_open(title), f"{title} begins")
        undo()
        self.until(lambda: not self.is_open(title), f"{title} ends")
        return self.alerts(title)[-1]

    def canaries(self) -> dict[str, CanaryResult]:
        """Give what became of the last canaries, by source."""
        with Store.open(self.store_path, read_only=True) as store:
            return {one.source: one for one in store.canaries()}


@contextmanager
def inhabited(house: House) -> Iterator[House]:
    """Start the agent; stop it in the end."""
    house.agent.start()
    try:
        yield house
    finally:
        house.agent.stop()
