"""Every source that can be is pointed at the agent's own folder: it does not read what it writes, nor harm it."""

import sqlite3
from pathlib import Path
from typing import Any

from soc_agent.store import Store
from tests.end_to_end.house import House, inhabited
from tests.end_to_end.running import sshd_line
from tests.end_to_end.test_trust import stage_of

LINES = 200


def totals(house: House) -> dict[str, int]:
    with Store.open(house.store_path, read_only=True) as store:
        return {entry.source: entry.totals.read for entry in store.ledger()}


def test_the_agent_does_not_feed_itself(tmp_path: Path) -> None:
    sources: list[dict[str, Any]] = [
        {"kind": "file", "name": "all", "paths": ["**"], "exclude": ["*.yaml"], "start": "beginning"},
        {"kind": "integrity", "name": "sums", "paths": ["."], "interval_s": 1, "packages": False},
        {"kind": "watch", "name": "drop", "paths": ["."]},
        {"kind": "eventlogs", "name": "exports", "paths": ["."], "settle_s": 1, "rescan_s": 1},
    ]
    (tmp_path / "auth.log").write_bytes(b"".join(map(sshd_line, range(LINES))))
    with inhabited(House(tmp_path, sources)) as house:
        house.until_running()
        house.until(lambda: totals(house).get("all") == LINES, "the lines are read")
        for _ in range(3):
            for name in ("all", "exports"):
                assert stage_of(house, name) == ""
        before = totals(house)
        (tmp_path / "more.log").write_bytes(sshd_line(1))
        house.until(lambda: totals(house)["all"] > LINES, "what is not ours is read")
        after = totals(house)
        assert after["all"] == LINES + 1
        assert after["sums"] - before["sums"] <= 2, "the file that is new, and no file of ours"
        assert after["exports"] == before["exports"] == 0
    with sqlite3.connect(house.store_path) as store:
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
