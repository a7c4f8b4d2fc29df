"""From an alert to quarantine and back, by a person alone."""

from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

from soc_agent.cli.quarantine import wanted_of
from soc_agent.store import Store
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


def history(folder: Path) -> list[str]:
    with Store.open(folder / "soc.db", read_only=True) as store:
        assert store.verify_history().ok
        return [str(entry.data["text"]) for entry in store.history(1) if entry.kind == "note"]


def test_a_person_moves_a_file_away_and_back(run: Run, shell: Path, tmp_path: Path) -> None:
    """Each step stands in the history of the alert, which stays whole."""
    done = run("quarantine", "1", "--reason", "web shell, ticket 118")
    assert (done.code, shell.exists()) == (0, False)
    assert "web shell" in run("quarantine", "--list").out
    assert run("quarantine", "1", "--undo", "--reason", "it was mine").code == 0
    assert shell.read_bytes() == CONTENT
    assert [("ticket 118" in text, "it was mine" in text) for text in sorted(history(tmp_path))] == [
        (False, True),
        (True, False),
    ]


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
