"""An agent that is killed again and again, while its log is written and rotated, gives every alert exactly once."""

import random
import signal
import threading
import time
from collections import Counter
from pathlib import Path

from soc_agent.errors import StoreError
from soc_agent.store import AlertFilter, SourceStatus, Store
from tests.end_to_end.running import GROUP_RULE, LINE_RULE, Site, eventually, sshd_line

KILLS = 20
ROTATE_EVERY = 70


class Writer(threading.Thread):
    """Writes numbered lines, rotating by rename as logrotate does, until told to end."""

    def __init__(self, log: Path) -> None:
        super().__init__(name="writer")
        self.written = 0
        self._log = log
        self._end = threading.Event()

    def run(self) -> None:
        target = self._log.open("ab", buffering=0)
        while not self._end.is_set():
            line = sshd_line(self.written)
            # a writer that flushes in the middle of a line: only whole lines may be read
            target.write(line[:20])
            target.write(line[20:])
            self.written += 1
            if self.written % ROTATE_EVERY == 0:
                target.close()
                self._rotate()
                target = self._log.open("ab", buffering=0)
            self._end.wait(0.01)
        target.close()

    def _rotate(self) -> None:
        kept = sorted(self._log.parent.glob("auth.log.*"), key=lambda p: int(p.suffix[1:]), reverse=True)
        for path in kept:
            path.rename(path.with_suffix(f".{int(path.suffix[1:]) + 1}"))
        self._log.rename(self._log.with_name("auth.log.1"))

    def end(self) -> int:
        self._end.set()
        self.join()
        return self.written


def test_every_alert_exactly_once_over_twenty_kills_and_rotations(tmp_path: Path) -> None:
    rng = random.Random(20261121)
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "auth.log").touch()
    source = {"kind": "file", "name": "auth", "paths": ["logs/auth.log"], "type": "syslog", "start": "beginning"}
    site = Site(tmp_path, {"sources": [source]}, [LINE_RULE, GROUP_RULE])
    # what was rotated away before the agent ever looked is not a part of the promise
    site.start("--quiet")
    eventually(lambda: _state(site) is SourceStatus.RUNNING, "the agent looks at its source")
    writer = Writer(logs / "auth.log")
    writer.start()
    try:
        eventually(lambda: _alerts(site) > 0, "the first line is stored")
        assert site.stop(signal.SIGKILL) == -signal.SIGKILL
        for _ in range(KILLS):
            before = _seq(site)
            site.start("--quiet")
            eventually(lambda seen=before: _seq(site) > seen, "the agent stores something")  # type: ignore[misc]
            time.sleep(rng.uniform(0.0, 0.6))
            assert site.stop(signal.SIGKILL) == -signal.SIGKILL
        lines = writer.end()
        site.start("--quiet")
        eventually(lambda: _alerts(site) >= lines + lines // 5, "every line has its alert")
        assert site.stop() == 0
    finally:
        writer.end()
        site.stop(signal.SIGKILL)

    with Store.open(site.store_path, read_only=True) as store:
        alerts = store.alerts(store.alert_ids())
        single = [alert for alert in alerts if alert.rule_id == LINE_RULE["id"]]
        assert Counter(alert.entities["user"][0] for alert in single) == {f"user-{n}": 1 for n in range(lines)}
        assert {alert.count for alert in single} == {1}
        grouped = [alert for alert in alerts if alert.rule_id == GROUP_RULE["id"]]
        assert len(grouped) == lines // 5
        assert {alert.count for alert in grouped} == {5}
        assert len({alert.entity_key for alert in grouped}) == len(grouped)
        assert store.verify_history().ok


def _seq(site: Site) -> int:
    try:
        with Store.open(site.store_path, read_only=True) as store:
            return store.last_seq()
    except StoreError:
        return 0  # the agent is only just making it


def _state(site: Site) -> SourceStatus | None:
    try:
        with Store.open(site.store_path, read_only=True) as store:
            return next((entry.state for entry in store.ledger() if entry.source == "auth"), None)
    except StoreError:
        return None


def _alerts(site: Site) -> int:
    with Store.open(site.store_path, read_only=True) as store:
        return len(store.alert_ids(AlertFilter.parse("")))
