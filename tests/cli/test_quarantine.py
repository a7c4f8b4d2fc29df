"""From an alert to quarantine and back, by a person alone."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest

from soc_agent.cli.quarantine import wanted_of
from soc_agent.store import Store
from soc_agent.store.actions import CUSTODY
from tests.cli.conftest import Run
from tests.store.making import RULE, detection, put

CONTENT = b"<?php evil"


@pytest.fixture
def shell(tmp_path: Path) -> Path:
    """Make a file, and a store with an alert on it and one on something else."""
    (tmp_path / "config.yaml").write_text("store: {path: soc.db}\nconsole: {user: an}\n")
    path = tmp_path / "shell.php"
    path.write_bytes(CONTENT)
    line = {"type": "yara", "path": str(path), "sha256": sha256(CONTENT).hexdigest(), "rule": "r"}
    with Store.open(tmp_path / "soc.db") as store:
        with store.transaction() as transaction:
            transaction.put_rules([RULE])
        put(store, detection(1, entity_key="a", raw=msgspec.json.encode(line)))
        put(store, detection(2, entity_key="b", raw=b"Failed password for root"))
    return path


def history(folder: Path) -> list[tuple[str, str, dict[str, Any]]]:
    """Give the steps of custody: what, who, and what is kept of it."""
    with Store.open(folder / "soc.db", read_only=True) as store:
        assert store.verify_history().ok
        entries = [entry for entry in store.history(1) if entry.kind in CUSTODY]
        return [(entry.kind, entry.actor, dict(entry.data)) for entry in reversed(entries)]


def test_a_person_moves_a_file_away_and_back(run: Run, shell: Path, tmp_path: Path) -> None:
    """Each step stands in the history of the alert, which stays whole."""
    done = run("quarantine", "1", "--reason", "web shell, ticket 118")
    assert (done.code, shell.exists()) == (0, False)
    assert "web shell" in run("quarantine", "--list").out
    assert run("quarantine", "1", "--undo", "--reason", "it was mine").code == 0
    assert shell.read_bytes() == CONTENT
    away, back = history(tmp_path)
    assert [step[:2] for step in (away, back)] == [("quarantined", "an"), ("put_back", "an")]
    assert away[2]["reason"] == "web shell, ticket 118"
    assert away[2]["path"] == back[2]["path"] == back[2]["place"] == str(shell)
    assert Path(away[2]["place"]).parent == tmp_path / "quarantine"
    assert away[2]["sha256"] == sha256(CONTENT).hexdigest()


def test_what_could_not_be_put_back_is_said_to_be_where_it_is(run: Run, shell: Path, tmp_path: Path) -> None:
    """Nothing is overwritten, and the history does not end with what did not happen."""
    assert run("quarantine", "1", "--reason", "x").code == 0
    shell.write_bytes(b"another file by now")
    assert run("quarantine", "1", "--undo", "--reason", "it was mine").code == 2
    steps = history(tmp_path)
    assert [kind for kind, _, _ in steps] == ["quarantined", "put_back", "not_put_back"]
    assert steps[-1][2]["place"] == steps[0][2]["place"]
    assert Path(steps[-1][2]["place"]).read_bytes() == CONTENT
    shell.unlink()
    assert run("quarantine", "1", "--undo", "--reason", "it was mine").code == 0


def test_it_is_refused_without_a_reason_a_file_or_the_same_content(run: Run, shell: Path, tmp_path: Path) -> None:
    assert run("quarantine", "1").code == 2
    assert run("quarantine", "2", "--reason", "x").code == 2
    assert run("quarantine", "99", "--reason", "x").code == 2
    assert run("quarantine", "1", "--undo", "--reason", "x").code == 2
    shell.write_bytes(b"an honest page")
    assert "not the file that was found" in run("quarantine", "1", "--reason", "x").err
    assert shell.exists()
    assert history(tmp_path) == []


@pytest.mark.parametrize(
    "line",
    [
        b"\xff",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"type":["yara"],"path":"/x","sha256":"a"}',
        b'{"type":"yara","path_hex":"zz","sha256":"a"}',
        b'{"type":"yara","path":"/x\\u0000","sha256":"a"}',
        b'{"type":"yara","path":"/x","size":1,"modified":"yesterday"}',
    ],
)
def test_lines_of_others_name_no_file(line: bytes) -> None:
    """What a line claims is looked at, never trusted: the newest line that is as ours are counts."""
    good = b'{"type":"yara","path":"/y","sha256":"a"}'
    assert wanted_of([line]) is None
    assert wanted_of([good, line]) == wanted_of([good])
