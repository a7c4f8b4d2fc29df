"""The ledger of an agent that is killed again and again says exactly what was written."""

import json
import random
import signal
import time
from pathlib import Path

from soc_agent.errors import StoreError
from soc_agent.model import Counters
from soc_agent.store import Store
from tests.end_to_end.running import GROUP_RULE, LINE_RULE, Site, eventually, sshd_line

KILLS = 6


def totals(site: Site) -> Counters:
    try:
        with Store.open(site.store_path, read_only=True) as store:
            return next((entry.totals for entry in store.ledger() if entry.source == "auth"), Counters())
    except StoreError:
        return Counters()  # the agent is only just making it


def test_read_is_what_was_written_over_kills_and_rotations(tmp_path: Path) -> None:
    rng = random.Random(20261122)
    log = tmp_path / "auth.log"
    log.touch()
    source = {"kind": "file", "name": "auth", "paths": ["auth.log*"], "type": "syslog", "start": "beginning"}
    site = Site(tmp_path, {"sources": [source]}, [LINE_RULE, GROUP_RULE])
    lines = size = candidates = 0
    try:
        for turn in range(KILLS):
            before = totals(site).read
            site.start("--quiet")
            with log.open("ab", buffering=0) as target:
                for _ in range(rng.randint(20, 400)):
                    is_candidate = rng.random() < 0.3
                    line = sshd_line(lines) if is_candidate else b"Nov 20 08:14:03 host cron[1]: quiet %d\n" % lines
                    target.write(line)
                    lines, size, candidates = lines + 1, size + len(line), candidates + is_candidate
            eventually(lambda seen=before: totals(site).read > seen, "something was read")  # type: ignore[misc]
            if turn % 2:
                log.rename(tmp_path / f"auth.log.{turn}")
            time.sleep(rng.uniform(0.0, 0.3))
            assert site.stop(signal.SIGKILL) == -signal.SIGKILL
        site.start("--quiet")
        eventually(lambda: totals(site).read >= lines, "everything was read")
        with log.open("ab") as target:
            target.write(last := b"Nov 20 08:14:03 host cron[1]: the last one\n")
        lines, size = lines + 1, size + len(last)
        eventually(lambda: totals(site).read >= lines, "the last line was read")
        assert site.stop() == 0
    finally:
        site.stop(signal.SIGKILL)
    found = totals(site)
    assert (found.read, found.lines, found.bytes) == (lines, lines, size)
    assert (found.decoded, found.skipped, found.undecodable, found.dropped) == (candidates, lines - candidates, 0, 0)
    status = json.loads(site.command("status", "--json").stdout)
    (told,) = [entry for entry in status["sources"] if entry["source"] == "auth"]
    assert told["hour"]["read"] == told["day"]["read"] == told["totals"]["read"] == lines
