"""`soc-agent run`: signals, reload, a full disk, and what it says."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from soc_agent.errors import StoreError
from soc_agent.store import SourceStatus, Store
from tests.end_to_end.running import GROUP_RULE, LINE_RULE, Site, eventually, sshd_line

SOURCE = {"kind": "file", "name": "auth", "paths": ["auth.log"], "type": "syslog", "start": "beginning"}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    (tmp_path / "auth.log").touch()
    return Site(tmp_path, {"sources": [SOURCE]}, [LINE_RULE, GROUP_RULE])


def alerts(site: Site) -> int:
    try:
        with Store.open(site.store_path, read_only=True) as store:
            return len(store.alert_ids())
    except StoreError:
        return 0


def write(site: Site, first: int, count: int) -> None:
    with (site.folder / "auth.log").open("ab") as log:
        log.writelines(sshd_line(n) for n in range(first, first + count))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(site: Site, number: signal.Signals) -> None:
    site.start()
    write(site, 0, 10)
    eventually(lambda: alerts(site) == 12, "alerts")
    assert site.stop(number) == 0
    assert "All that was read is stored" in site.said()
    with Store.open(site.store_path, read_only=True) as store:
        state = store.agent_state()
        assert state is not None
        assert state.stopped_ns > 0


def test_hangup_takes_new_rules_and_sources_without_losing_a_window(site: Site) -> None:
    """Three of five before, two after: the window goes on over the reload."""
    site.start()
    try:
        write(site, 0, 3)
        eventually(lambda: alerts(site) == 3, "the first three")
        (site.folder / "more.log").write_bytes(sshd_line(100))
        more = {**SOURCE, "name": "more", "paths": ["more.log"]}
        rules = {"builtin": False, "paths": ["rules"]}
        site.configure({"store": {"path": "soc-agent.db"}, "rules": rules, "sources": [SOURCE, more]})
        site.send(signal.SIGHUP)
        eventually(lambda: alerts(site) == 4, "the line of the new source")
        write(site, 3, 2)
        eventually(lambda: alerts(site) == 7, "the window that began before")
        assert "read again" in site.said()
    finally:
        assert site.stop() == 0


def test_a_wrong_configuration_on_hangup_is_refused_by_name(site: Site) -> None:
    site.start()
    try:
        eventually(lambda: "The agent runs" in site.said(), "started")
        site.config_path.write_text("sorces: []\n")
        site.send(signal.SIGHUP)
        eventually(lambda: "config.yaml:1: sorces" in site.said(), "the refusal")
        write(site, 0, 1)
        eventually(lambda: alerts(site) == 1, "the old configuration goes on")
    finally:
        assert site.stop() == 0


def test_a_second_agent_is_refused(site: Site) -> None:
    site.start()
    try:
        eventually(lambda: "The agent runs" in site.said(), "started")
        second = site.command("run", "--quiet")
        assert second.returncode == 2
        assert "already" in second.stderr
    finally:
        assert site.stop() == 0


def test_a_source_that_appears_late_is_read(site: Site) -> None:
    (site.folder / "auth.log").unlink()
    site.start()
    try:
        eventually(lambda: "The agent runs" in site.said(), "started")
        write(site, 0, 5)
        eventually(lambda: alerts(site) == 6, "alerts of the late file")
    finally:
        assert site.stop() == 0


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("mount"), reason="needs root, to mount a small file system")
def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    """With no room for the store, reading waits; with room again, every alert is there, exactly once."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", disk], check=False, capture_output=True)
    if mounted.returncode:
        pytest.skip("no right to mount here")
    (tmp_path / "auth.log").touch()
    site = Site(tmp_path, {"sources": [SOURCE], "store": {"path": "disk/soc.db"}}, [LINE_RULE, GROUP_RULE])
    site.store_path = disk / "soc.db"
    site.configure(
        {"store": {"path": "disk/soc.db"}, "rules": {"builtin": False, "paths": ["rules"]}, "sources": [SOURCE]}
    )
    try:
        site.start("--quiet")
        write(site, 0, 10)
        eventually(lambda: alerts(site) == 12, "alerts while there is room")
        ballast = disk / "ballast"
        _fill(ballast)
        write(site, 10, 3000)
        eventually(lambda: "tried again" in site.said(), "the agent says that the store takes no writes")
        assert site.agent is not None
        assert site.agent.poll() is None
        subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
        ballast.unlink()
        eventually(lambda: alerts(site) == 3010 + 602, "every alert, once")
        with Store.open(site.store_path, read_only=True) as store:
            auth = next(entry for entry in store.ledger() if entry.source == "auth")
            assert auth.totals.lines == 3010
            assert store.verify_history().ok
        # said at the next tick of the agent, which could write nothing while the disk was full
        eventually(lambda: _state(site) is SourceStatus.RUNNING, "the state of the source")
    finally:
        site.stop()
        subprocess.run(["umount", "-l", disk], check=False)


def _state(site: Site) -> SourceStatus | None:
    with Store.open(site.store_path, read_only=True) as store:
        return next(entry.state for entry in store.ledger() if entry.source == "auth")


def _fill(path: Path) -> None:
    """Write until the disk is full."""
    with path.open("wb", buffering=0) as ballast:
        size = 1 << 16
        while size:
            try:
                ballast.write(b"\0" * size)
            except OSError:
                size //= 2
