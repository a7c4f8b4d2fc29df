"""Disks that are closed, small or filling up, and stores that are damaged."""

import os
import shutil
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from soc_agent.cli.doctor import disks
from soc_agent.cli.doctor.check import Verdict
from soc_agent.store import AgentState, Store
from tests.cli.doctor.making import OTHER, codes, make_case, needs_root, open_folder, worst


def test_a_store_that_is_not_there_yet_is_well(tmp_path: Path) -> None:
    (check,) = disks.store(make_case(tmp_path, "sources: []"))
    assert check.verdict is Verdict.OK


def test_a_store_that_is_whole_is_well(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    Store.open(tmp_path / "store" / "soc.db").close()
    assert worst(list(disks.store(make_case(tmp_path, "sources: []")))) is Verdict.OK


def fill(path: Path, rows: int) -> None:
    with sqlite3.connect(path) as conn:
        conn.execute("CREATE TABLE filling (a BLOB)")
        conn.executemany("INSERT INTO filling VALUES (?)", ((os.urandom(3000),) for _ in range(rows)))
    conn.close()


def test_a_damaged_store_is_told(tmp_path: Path) -> None:
    path = tmp_path / "soc.db"
    fill(path, 200)
    with path.open("r+b") as file:
        file.seek(4096 * 50)
        file.write(b"\xff" * 4096 * 20)
    assert codes(list(disks.integrity(path))) == ["doctor.damaged"]
    path.write_bytes(b"no database at all, and long enough to be read as one" * 100)
    assert codes(list(disks.integrity(path))) == ["doctor.damaged"]


def test_a_look_that_takes_too_long_ends(tmp_path: Path) -> None:
    path = tmp_path / "soc.db"
    fill(path, 3000)
    assert codes(list(disks.integrity(path, patience_s=-1))) == ["doctor.not_looked_through"]


def test_free_pages_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disks, "_SLACK_BYTES", 100_000)
    path = tmp_path / "soc.db"
    fill(path, 200)
    assert codes(list(disks.integrity(path))) == []
    with sqlite3.connect(path) as conn:
        conn.execute("DELETE FROM filling WHERE rowid > 20")
    conn.close()
    assert codes(list(disks.integrity(path))) == ["doctor.slack"]


def test_growth_is_reckoned_from_the_first_entry(tmp_path: Path) -> None:
    path = tmp_path / "soc.db"
    assert disks.growth_per_day(path) == 0
    then = time.time_ns() - 10 * 86_400 * 10**9
    with Store.open(path) as store:
        store.heartbeat(AgentState(1, then, then, 0.0, 0))
    assert disks.growth_per_day(path) == 0, "a store of today says nothing"
    path.unlink()
    with sqlite3.connect(path) as conn:
        conn.execute("CREATE TABLE history (seq INTEGER PRIMARY KEY, time_ns INTEGER)")
        conn.execute("INSERT INTO history (time_ns) VALUES (?)", (then,))
    conn.close()
    assert disks.growth_per_day(path) == pytest.approx(path.stat().st_size / 10, rel=0.01)


def test_a_disk_that_fills_up_is_told_with_the_days_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = make_case(tmp_path, "sources: []")
    free = shutil.disk_usage(tmp_path).free
    monkeypatch.setattr(disks, "growth_per_day", lambda path: free // 7)
    (check,) = disks.store(case)
    assert codes([check]) == ["doctor.fills_up"]
    assert check.problem is not None
    assert check.problem.values["days"] in (6, 7)


@needs_root
def test_a_full_disk_is_wrong() -> None:
    with open_folder() as folder:
        disk = folder / "disk"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], check=False).returncode:
            pytest.skip("mounting is not permitted here")
        try:
            case = make_case(folder, f"store: {{path: {disk}/soc.db}}\nsources: []\n")
            assert codes(list(disks.store(case))) == ["doctor.no_space"]
            packets = "- {kind: packets, name: lan, interface: lo, evidence_mb: 64}"
            case = make_case(folder, f"store: {{path: {disk}/soc.db}}\nsources:\n{packets}\n")
            assert codes(list(disks.evidence(case))) == ["doctor.small_evidence"]
            listener = f"- {{kind: listener, name: net, spool: {disk}/in, listen: [{{transport: udp, port: 5514}}]}}"
            case = make_case(folder, f"sources:\n{listener}\n")
            assert codes(list(disks.spools(case))) == ["doctor.small_spool"]
        finally:
            subprocess.run(["umount", disk], check=True)


@needs_root
def test_a_folder_of_somebody_else_is_wrong() -> None:
    with open_folder() as folder:
        listener = "- {kind: listener, name: net, listen: [{transport: udp, port: 5514}]}"
        case = make_case(folder, f"sources:\n{listener}\n", OTHER)
        assert codes(list(disks.store(case))) == ["doctor.unwritable"]
        assert codes(list(disks.spools(case))) == ["doctor.unwritable"]
        (folder / "store").chmod(0o777)
        assert codes(list(disks.store(case))) == []
