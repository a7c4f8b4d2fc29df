"""Each alert about the agent itself, from its real cause to its end: real sources, a real store, the real rules."""

import os
import resource
import signal
import socket
import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from soc_agent.agent.canary import RULE_IDS
from soc_agent.agent.reader import Reader, Reading
from soc_agent.agent.runner import Runner
from soc_agent.agent.trust.rhythm import Rhythm
from soc_agent.errors import StoreError
from soc_agent.model import Block, Counters, Status
from soc_agent.store import Store
from tests.collectors.listener.listening import free_port
from tests.end_to_end.house import House, inhabited
from tests.end_to_end.running import PATIENCE_S, Site, eventually, sshd_line

BEHIND = "A Source Is Behind"
CLOCK = "A Clock Is Wrong"
DEGRADED = "A Source Is Read Only In Part Or With Trouble"
HANGS = "A Source Or The Agent Hangs"
KILLED = "The Agent Was Killed"
LOST = "Records Of A Source Were Lost"
MISSING = "A Canary Did Not Come Back"
SILENT = "A Source Fell Silent"
STALLED = "The Store Took No Writes"
UNREADABLE = "A Source Cannot Be Read"


def a_file(folder: Path, **more: Any) -> dict[str, Any]:
    (folder / "a.log").touch()
    return {"kind": "file", "name": "auth", "paths": ["a.log"], "type": "syslog", "start": "beginning", **more}


def a_door(**more: Any) -> dict[str, Any]:
    door = {"transport": "udp", "port": free_port(), "address": "127.0.0.1"}
    return {"kind": "listener", "name": "net", "listen": [door], "type": "syslog", "sync_ms": 20, **more}


def write(folder: Path, data: bytes) -> None:
    with (folder / "a.log").open("ab") as log:
        log.write(data)


def stamped(offset: timedelta) -> bytes:
    now = (datetime.now(UTC) + offset).isoformat()
    return f"<38>1 {now} host sshd 7 - - nothing to see here\n".encode()


def send(port: int, lines: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for number in range(lines):
            sender.sendto(b"<38>" + sshd_line(number), ("127.0.0.1", port))


def test_a_drop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("soc_agent.agent.trust.sentry.CALM_S", 2.0)
    door = a_door(sender_lines_s=10)
    with inhabited(House(tmp_path, [door])) as house:
        house.until_running()

        def lost() -> bool:
            send(door["listen"][0]["port"], 50)
            return house.is_open(LOST)

        house.until(lost, "datagrams over the limit are dropped, counted and said to be")
        house.until(lambda: not house.is_open(LOST), "calm again")
        (alert,) = house.alerts(LOST)
        assert (alert.layer.value, alert.status, alert.fields["source"]) == (1, Status.CLOSED, "net")


def test_a_source_that_is_silent_for_longer_than_its_own_rhythm(tmp_path: Path) -> None:
    """What was learnt of it in earlier runs is in the store: it was never silent for longer than half a second."""
    house = House(tmp_path, [a_file(tmp_path)], agent={"silent_s": 1})
    learnt = Rhythm([[0.5] * 5 for _ in range(24)], arrivals=1000, observed_s=1e6, longest_s=0.5)
    with Store.open(house.store_path) as store, store.transaction() as transaction:
        transaction.put_rhythm("auth", msgspec.json.encode(learnt), 1)
    with inhabited(house):
        house.until_running()
        write(tmp_path, stamped(timedelta()))
        alert = house.begins_and_ends(SILENT, lambda: write(tmp_path, stamped(timedelta())))
        assert (alert.layer.value, alert.fields["source"]) == (1, "auth")


def test_a_store_that_is_held_for_long_and_the_source_that_waits_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program holds the store: nothing can be said meanwhile, and all of it is said afterwards."""
    monkeypatch.setattr("soc_agent.store.connection._BUSY_TIMEOUT_S", 0.2)
    source = a_file(tmp_path)
    with inhabited(House(tmp_path, [source], health={"lag_mb": 1}, agent={"queue_blocks": 1})) as house:
        house.until_running()
        pipeline = house.agent._pipeline
        assert pipeline is not None
        holder = sqlite3.connect(house.store_path, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        write(tmp_path, b"".join(map(sshd_line, range(400_000))))
        house.until(lambda: pipeline.stalled is not None, "the store takes no writes")
        house.until(lambda: house.agent._conditions.since("source_behind", "auth"), "the source is behind")
        assert "STALLED" in house.agent.status()
        assert house.agent.works, "a store is waited for: a new agent would find the same"
        holder.execute("ROLLBACK")
        holder.close()
        for title in (STALLED, BEHIND):
            house.until(lambda title=title: house.alerts(title), f"{title} is said")  # type: ignore[misc]
            house.until(lambda title=title: not house.is_open(title), f"{title} has ended")  # type: ignore[misc]
        with Store.open(house.store_path, read_only=True) as store:
            house.until(lambda: store.ledger()[1].totals.read == 400_000, "nothing was lost")
            assert store.ledger()[1].totals.missing == 0


def test_a_clock_that_is_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("soc_agent.agent.reader.TIME_LOOK_S", 0.0)
    with inhabited(House(tmp_path, [a_file(tmp_path)])) as house:
        house.until_running()
        is_right = False

        def speak() -> bool:
            write(tmp_path, stamped(timedelta() if is_right else timedelta(hours=7)))
            return house.is_open(CLOCK) is not is_right

        house.until(speak, "the clock of the source is seven hours off")
        is_right = True
        house.until(speak, "it is right again")
        (alert,) = house.alerts(CLOCK)
        assert "7 h" in str(alert.fields["detail"]), "it is told that it looks like a time zone"


def stage_of(house: House, source: str) -> str:
    """Send canaries at once; give the stage that broke, once they came back or did not."""
    before = house.canaries().get(source)
    assert house.agent._flock is not None
    (house.agent._flock._folder).mkdir(exist_ok=True)
    (house.agent._flock._folder / "now").touch()
    house.until(lambda: house.canaries().get(source) not in (None, before), "the canaries are judged")
    return house.canaries()[source].broken_stage


def detail(house: House) -> str:
    return str(house.alerts(MISSING)[-1].fields["detail"])


def test_a_canary_that_cannot_be_sent(tmp_path: Path) -> None:
    door = a_door()
    door["listen"][0]["transport"] = "tcp"
    with inhabited(House(tmp_path, [door])) as house:
        house.until_running()
        assert stage_of(house, "net") == ""
        house.agent._runners["net"].stop()
        assert house.agent._runners["net"].join(30)
        assert stage_of(house, "net") == "send"
        house.until(lambda: house.is_open(MISSING), "the canary is missing")
        assert "broken stage: send" in detail(house)


def test_reading_is_broken(tmp_path: Path) -> None:
    """The process that receives is stopped: the kernel takes datagrams for it, and nobody reads them."""
    with inhabited(House(tmp_path, [a_door()])) as house:
        house.until_running()
        assert stage_of(house, "net") == ""
        collector: Any = house.agent._runners["net"].collector
        os.kill(collector._process.pid, signal.SIGSTOP)
        try:
            assert stage_of(house, "net") == "read"
            house.until(lambda: house.is_open(MISSING), "the canary is missing")
            assert "broken stage: read" in detail(house)
        finally:
            os.kill(collector._process.pid, signal.SIGCONT)
        assert stage_of(house, "net") == ""
        house.until(lambda: not house.is_open(MISSING), "a canary came back")


def test_detecting_is_broken(tmp_path: Path) -> None:
    with inhabited(House(tmp_path, [a_file(tmp_path)])) as house:
        house.until_running()
        assert stage_of(house, "auth") == ""
        house.tree["rules"]["disabled"] = sorted(RULE_IDS)
        house.reload()
        assert stage_of(house, "auth") == "detect"
        house.until(lambda: house.is_open(MISSING), "the canary is missing")
        assert "broken stage: decode or detect" in detail(house)
        house.tree["rules"]["disabled"] = []
        house.reload()
        assert stage_of(house, "auth") == ""
        house.until(lambda: not house.is_open(MISSING), "a canary came back")


def test_storing_is_broken(tmp_path: Path) -> None:
    """A store that loses what it is given: the way of a line is whole but for its end."""
    with inhabited(House(tmp_path, [a_file(tmp_path)])) as house:
        house.until_running()
        assert stage_of(house, "auth") == ""
        broken = sqlite3.connect(house.store_path, isolation_level=None)
        broken.execute("CREATE TRIGGER loses BEFORE INSERT ON detections BEGIN SELECT RAISE(IGNORE); END")
        assert stage_of(house, "auth") == "store"
        broken.execute("DROP TRIGGER loses")
        broken.close()
        house.until(lambda: house.is_open(MISSING), "the canary is missing")
        assert "broken stage: store" in detail(house)
        assert stage_of(house, "auth") == ""
        house.until(lambda: not house.is_open(MISSING), "a canary came back")


def test_a_missing_canary_is_sent_again_soon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On its schedule the next one may be an hour away: for so long nothing that is well again stays broken."""
    monkeypatch.setattr("soc_agent.agent.canary.flock.FIRST_S", 0.0)
    monkeypatch.setattr("soc_agent.agent.canary.flock.AGAIN_S", 1.0)
    house = House(tmp_path, [a_file(tmp_path)], canary={"every_s": 3600, "wait_s": 5})
    house.tree["rules"]["disabled"] = sorted(RULE_IDS)
    house.configure()
    with inhabited(house):
        house.reload()
        house.until(lambda: house.is_open(MISSING), "the canary is missing")
        house.tree["rules"]["disabled"] = []
        house.reload()
        house.until(lambda: not house.is_open(MISSING), "the next one came back")


def packet_worker_struck(house: House, blow: signal.Signals) -> int:
    """Do this to the process that dissects packets, and give its number once another one reads and nothing is open."""
    house.until_running()
    collector: Any = house.agent._runners["lan"].collector
    pid: int = collector.pid
    os.kill(pid, blow)
    house.until(lambda: house.alerts(UNREADABLE), "it is said")
    house.until(lambda: collector.pid not in (None, pid), "another one reads")
    house.until(lambda: not house.is_open(UNREADABLE), "it has ended")
    return pid


CAPTURES = {"kind": "packets", "name": "lan", "paths": ["captures/*.pcap"]}


def test_a_worker_that_crashes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Runner.__init__, "__defaults__", (0.5,))
    (tmp_path / "captures").mkdir()
    with inhabited(House(tmp_path, [CAPTURES])) as house:
        packet_worker_struck(house, signal.SIGSEGV)
        (alert,) = house.alerts(UNREADABLE)
        assert "SIGSEGV" in str(alert.fields["detail"])


def test_a_worker_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is stopped, so that it neither speaks nor ends: it is killed, another one reads, and both are said."""
    monkeypatch.setattr(Runner.__init__, "__defaults__", (0.5,))
    monkeypatch.setattr("collectors.packets.process.SILENCE_S", 3.0)
    (tmp_path / "captures").mkdir()
    with inhabited(House(tmp_path, [CAPTURES])) as house:
        pid = packet_worker_struck(house, signal.SIGSTOP)
        assert "hangs" in str(house.alerts(UNREADABLE)[-1].fields["detail"])
        assert not Path(f"/proc/{pid}").exists()


def test_a_receiver_that_crashes(tmp_path: Path) -> None:
    door = a_door()
    with inhabited(House(tmp_path, [door])) as house:
        house.until_running()
        collector: Any = house.agent._runners["net"].collector
        os.kill(collector._process.pid, signal.SIGKILL)
        house.until(lambda: house.alerts(DEGRADED) or house.alerts(UNREADABLE), "the crash is said")
        assert stage_of(house, "net") == "", "it receives again"
        assert stage_of(house, "net") == ""


def test_a_collector_that_does_not_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As from a network file system that is gone: its thread is held inside a read, the others go on."""
    monkeypatch.setattr("soc_agent.agent.trust.hung.SOURCE_HUNG_S", 1.0)
    hold, release = threading.Event(), threading.Event()
    with inhabited(House(tmp_path, [a_file(tmp_path)])) as house:
        house.until_running()
        collector: Any = house.agent._runners["auth"].collector
        read = collector.read

        def held(timeout_s: float) -> Any:
            hold.set()
            release.wait(PATIENCE_S)
            return read(timeout_s)

        collector.read = held
        house.until(hold.is_set, "the read is held")
        try:
            alert = house.begins_and_ends(HANGS, release.set)
        finally:
            release.set()
        assert (alert.fields["kind"], alert.fields["source"]) == ("source_hung", "auth")


def test_a_pipeline_that_does_not_get_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing can be stored meanwhile but the watchdog sees it; when it gets on by itself, it is said."""
    monkeypatch.setattr("soc_agent.agent.agent.HUNG_S", 0.5)
    read, held = Reader.read, threading.Event()

    def slow(reader: Reader, block: Block) -> Reading:
        if b"hold" in block.data and not held.is_set():
            held.wait(PATIENCE_S)
        return read(reader, block)

    monkeypatch.setattr(Reader, "read", slow)
    with inhabited(House(tmp_path, [a_file(tmp_path)])) as house:
        house.until_running()
        try:
            write(tmp_path, b"Nov 22 03:00:00 host app: hold\n")
            house.until(lambda: house.agent._conditions.since("agent_hung", "agent"), "it is seen")
            assert not house.agent.works, "the service manager hears no sign of life, and starts it anew"
        finally:
            held.set()
        house.until(lambda: house.alerts(HANGS), "it is said")
        house.until(lambda: not house.is_open(HANGS), "it has ended")


def open_titles(site: Site) -> dict[str, bool]:
    try:
        with Store.open(site.store_path, read_only=True) as store:
            return {alert.title: alert.status.is_open for alert in store.alerts(store.alert_ids())}
    except StoreError:
        return {}  # the agent is only just making it


def test_an_agent_that_was_killed(tmp_path: Path) -> None:
    site = Site(tmp_path, {"sources": [a_file(tmp_path)]})
    for _ in range(2):
        site.start("--quiet")
        eventually(lambda: reads(site) > 0, "it runs")
        assert KILLED not in open_titles(site)
        assert site.stop() == 0
    site.start("--quiet")
    eventually(lambda: reads(site) > 0, "it runs")
    assert site.stop(signal.SIGKILL) == -signal.SIGKILL
    site.start("--quiet")
    try:
        eventually(lambda: KILLED in open_titles(site), "that it was killed is said")
    finally:
        assert site.stop() == 0


def reads(site: Site) -> int:
    try:
        with Store.open(site.store_path, read_only=True) as store:
            state = store.agent_state()
            return 0 if state is None or state.stopped_ns else state.pid
    except StoreError:
        return 0


def test_a_store_that_is_full(tmp_path: Path) -> None:
    """No file of the agent may grow any further, as on a disk without room; then there is room again."""
    site = Site(tmp_path, {"sources": [a_file(tmp_path)], "canary": {"every_s": 0}})
    site.start("--quiet")
    try:
        eventually(lambda: reads(site) > 0, "it runs")
        assert site.agent is not None
        soft, hard = resource.prlimit(site.agent.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(site.agent.pid, resource.RLIMIT_FSIZE, (65_536, hard))
        write(tmp_path, b"".join(map(sshd_line, range(20_000))))
        eventually(lambda: "the same write is tried again" in site.said(), "it is said to people")
        resource.prlimit(site.agent.pid, resource.RLIMIT_FSIZE, (soft, hard))
        eventually(lambda: open_titles(site).get(STALLED) is False, "it is said and has ended")
        eventually(lambda: total(site).read == 20_000, "nothing was lost")
        assert total(site).missing == 0
    finally:
        assert site.stop() == 0


def total(site: Site) -> Counters:
    with Store.open(site.store_path, read_only=True) as store:
        return next((entry.totals for entry in store.ledger() if entry.source == "auth"), Counters())
