"""Each source says stage by stage whether it works, with an agent that runs and without one."""

import json
import signal
import socket
from pathlib import Path

from soc_agent.errors import StoreError
from soc_agent.store import AlertFilter, SourceStatus, Store
from tests.end_to_end.running import Site, eventually


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def site(folder: Path) -> Site:
    (folder / "a.log").write_bytes(b"")
    (folder / "exports").mkdir()
    door = {"transport": "udp", "port": free_port(), "address": "127.0.0.1"}
    sources = [
        {"kind": "file", "name": "auth", "paths": ["a.log"]},
        {"kind": "listener", "name": "net", "listen": [door]},
        {"kind": "watch", "name": "web", "paths": ["."], "recursive": False},
        {"kind": "eventlogs", "name": "exports", "paths": ["exports"]},
        {"kind": "host", "name": "itself", "interval_s": 3600, "ignore": ["suid", "packages"]},
    ]
    return Site(folder, {"sources": sources, "canary": {"every_s": 0}})


def check(made: Site) -> None:
    done = made.command("selftest", "--json")
    results = {line["source"]: line for line in map(json.loads, done.stdout.splitlines())}
    assert done.returncode == 0, done.stderr
    assert sorted(results) == ["auth", "exports", "itself", "net", "web"]
    assert all(results[name]["stored_ns"] for name in ("auth", "exports", "net", "web"))
    assert results["itself"]["problem"].startswith("Not possible")


def test_without_an_agent_and_with_one(tmp_path: Path) -> None:
    made = site(tmp_path)
    check(made)
    assert not made.store_path.exists(), "the store of the site is left alone"
    made.start("--quiet")
    try:
        eventually(lambda: reads(made), "the agent reads")
        check(made)
        check(made)
        with Store.open(made.store_path, read_only=True) as store:
            assert not store.alert_ids(AlertFilter.parse("status=open soc-agent-canary"))
            found = store.alerts(store.alert_ids(AlertFilter.parse("canary")))
            assert sorted(alert.count for alert in found) == [2, 2, 2, 2], "hidden, and counted"
        assert (tmp_path / "a.log").read_bytes() == b""
    finally:
        assert made.stop(signal.SIGTERM) == 0


def reads(made: Site) -> bool:
    try:
        with Store.open(made.store_path, read_only=True) as store:
            states = {entry.source: entry.state for entry in store.ledger()}
    except StoreError:
        return False  # the agent is only just making it
    return states.get("auth") is states.get("net") is SourceStatus.RUNNING
