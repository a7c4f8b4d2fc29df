"""The agent as a whole: starting, silence, reload, a second one refused."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from msgspec.structs import replace

from collectors.file_tail import FileTail
from soc_agent.agent import Agent, InboxClient, Loaded, inbox_path
from soc_agent.config import Config, FileSource, MetricsOptions, Source, parse_config
from soc_agent.decode import guess_type
from soc_agent.detect import Engine, load_rules
from soc_agent.errors import StoreError
from soc_agent.model import Block, Collector, Status
from soc_agent.store import AgentState, SourceStatus, Store
from tests import product
from tests.agent.parts import loaded
from tests.agent.test_runner import eventually
from tests.end_to_end.running import sshd_line

RULE = Path(__file__).resolve().parents[2] / "rules" / "sigma" / "agent" / "source_silent.yml"


def tail(source: Source) -> Collector:
    assert isinstance(source, FileSource)
    return FileTail(source, guess_type)


class Bench:
    """An agent on a folder with logs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store_path = folder / "soc-agent.db"
        self.agent = Agent(self.config("a"), self.store_path, tail, lambda *_: loaded(folder))

    def config(self, *names: str, silent_s: int | None = None) -> Config:
        sources = "".join(
            f"- {{kind: file, name: {name}, paths: [{self.folder}/{name}.log], type: syslog, start: beginning}}\n"
            for name in names
        )
        health = f"health: {{silence: {{{names[0]}: {silent_s}}}}}\n" if silent_s else ""
        return parse_config(f"{health}sources:\n{sources}".encode())

    def write(self, name: str, first: int, count: int) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            log.writelines(sshd_line(n) for n in range(first, first + count))

    def alerts(self) -> int:
        with Store.open(self.store_path, read_only=True) as store:
            return len(store.alert_ids())


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    made.write("a", 0, 0)
    made.agent.start()
    yield made
    made.agent.stop()


def test_lines_become_alerts_and_a_restart_adds_none(tmp_path: Path) -> None:
    for _ in range(2):
        bench = Bench(tmp_path)
        if not (tmp_path / "a.log").exists():
            bench.write("a", 0, 10)
        bench.agent.start()
        eventually(lambda at=bench: at.alerts() == 12)  # type: ignore[misc]
        eventually(bench.agent.idle)
        assert bench.agent.stop()
    with Store.open(tmp_path / "soc-agent.db", read_only=True) as store:
        assert sum(alert.count for alert in store.alerts(store.alert_ids())) == 20
        state = store.agent_state()
        assert state is not None
        assert state.stopped_ns > 0


def test_a_second_agent_on_the_same_store_is_refused(bench: Bench) -> None:
    living = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        with Store.open(bench.store_path) as store:
            store.heartbeat(AgentState(living.pid, time.time_ns(), time.time_ns()))
        second = Agent(bench.config("a"), bench.store_path, tail, lambda *_: loaded(bench.folder))
        with pytest.raises(StoreError, match=str(living.pid)):
            second.start()
    finally:
        living.communicate(b"\n")


def test_an_agent_that_was_killed_is_no_obstacle(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    with Store.open(bench.store_path) as store:
        store.heartbeat(AgentState(2**22 - 3, time.time_ns(), time.time_ns()))
    bench.agent.start()
    assert bench.agent.stop()


def test_reload_adds_and_removes_sources_and_keeps_positions(bench: Bench) -> None:
    bench.write("a", 0, 5)
    eventually(lambda: bench.alerts() == 6)
    bench.write("b", 5, 5)
    bench.agent.reload(bench.config("a", "b"))
    eventually(lambda: bench.alerts() == 12)
    bench.agent.reload(bench.config("b"))
    bench.write("a", 10, 5)
    bench.write("b", 15, 5)
    eventually(lambda: bench.alerts() == 18)
    bench.agent.reload(bench.config("a", "b"))
    eventually(lambda: bench.alerts() == 24)
    with Store.open(bench.store_path, read_only=True) as store:
        assert {alert.count for alert in store.alerts(store.alert_ids())} == {1, 5}


def test_silence_is_said_once(bench: Bench) -> None:
    bench.agent.reload(bench.config("a", silent_s=1))
    bench.write("a", 0, 1)
    eventually(lambda: bench.alerts() == 1)
    agent_lines = _lines(bench, "agent")

    def silent() -> bool:
        bench.agent.tick()
        return _lines(bench, "agent") > agent_lines

    eventually(silent)
    after = _lines(bench, "agent")
    for _ in range(5):
        bench.agent.tick()
    eventually(bench.agent.idle)
    assert _lines(bench, "agent") == after


def _lines(bench: Bench, source: str) -> int:
    with Store.open(bench.store_path, read_only=True) as store:
        return next((entry.totals.lines for entry in store.ledger() if entry.source == source), 0)


def test_a_source_that_speaks_again_closes_its_alert(bench: Bench) -> None:
    (bench.folder / "silent.yml").write_text(RULE.read_text("utf-8"))
    rules = load_rules([bench.folder / "silent.yml"])
    decoders = product.decoders()
    silent = Loaded(Engine(rules, decoders), decoders, tuple(rules.infos.values()), ())
    bench.agent._load = lambda *_: silent
    bench.agent.reload(bench.config("a", silent_s=1))

    def speak() -> None:
        with (bench.folder / "a.log").open("ab") as target:
            target.write(b"Nov 20 08:14:03 host cron[1]: nothing to see\n")

    speak()

    def statuses() -> list[Status]:
        bench.agent.tick()
        with Store.open(bench.store_path, read_only=True) as store:
            return [alert.status for alert in store.alerts(store.alert_ids())]

    eventually(lambda: statuses() == [Status.NEW])
    speak()
    eventually(lambda: statuses() == [Status.CLOSED])
    with Store.open(bench.store_path, read_only=True) as store:
        (closed,) = [entry for entry in store.history() if entry.kind == "close"]
        assert (closed.actor, closed.data["reason"]) == ("agent", "It speaks again.")
        assert store.verify_history().ok
    eventually(lambda: Status.NEW in statuses())


def test_states_of_sources_reach_the_store(bench: Bench) -> None:
    def state() -> SourceStatus | None:
        bench.agent.tick()
        with Store.open(bench.store_path, read_only=True) as store:
            return next((entry.state for entry in store.ledger() if entry.source == "a"), None)

    eventually(lambda: state() is SourceStatus.RUNNING)
    assert "1" in bench.agent.status()


def test_recorded_lines_come_in_through_the_socket(bench: Bench) -> None:
    """Sent twice, they are alerts once."""
    data = b"".join(sshd_line(n) for n in range(5))
    block = Block("replay", "old.log", "replay:1", "syslog", data)
    eventually(inbox_path(bench.store_path).exists)
    for _ in range(2):
        with InboxClient(inbox_path(bench.store_path)) as client:
            client.send(block)
            client.finish()
        assert bench.alerts() == 6
    assert inbox_path(bench.store_path).stat().st_mode & 0o777 == 0o600


def test_what_is_suppressed_counts_on_its_closed_alert(bench: Bench) -> None:
    bench.write("a", 0, 1)
    eventually(lambda: bench.alerts() == 1)
    with Store.open(bench.store_path) as store:
        (alert,) = store.alerts(store.alert_ids())
        store.close_alerts([alert.id], "ours", "lan.nt")
        store.suppress([alert.id], 3600, "ours", "lan.nt")
    for _ in range(2):
        bench.write("a", 0, 1)
    bench.write("a", 1, 1)
    eventually(lambda: bench.alerts() == 2)
    eventually(bench.agent.idle)
    with Store.open(bench.store_path, read_only=True) as store:
        (found,) = store.suppressions()
        assert found.count == 2
        after = store.alert(alert.id)
        assert after is not None
        assert (after.count, after.status) == (3, Status.CLOSED)
        assert store.verify_history().ok


def test_figures_for_prometheus_follow_the_configuration(bench: Bench) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = bench.config("a")
    bench.agent.reload(replace(config, metrics=MetricsOptions(listen=f"127.0.0.1:{port}")))
    bench.write("a", 0, 10)

    def text() -> str:
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            return str(answer.read(), "utf-8")

    eventually(lambda: 'soc_agent_records_read_total{source="a"} 10' in text())
    assert 'soc_agent_records_total{source="a",end="dropped"} 0' in text()
    bench.agent.reload(config)
    with pytest.raises(URLError):
        text()
