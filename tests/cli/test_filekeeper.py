"""The console's way to move the file of an alert: the same as the command's, and it says why it did not."""

from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

from soc_agent.cli.filekeeper import StoreFiles
from soc_agent.model import Problem
from soc_agent.store import Store
from soc_agent.store.actions import CUSTODY
from tests.store.making import RULE, detection, put

CONTENT = b"<?php evil"


@pytest.fixture
def shell(tmp_path: Path) -> Path:
    """Make a file, and a store with an alert on it and one on something else."""
    path = tmp_path / "shell.php"
    path.write_bytes(CONTENT)
    line = {"type": "yara", "path": str(path), "sha256": sha256(CONTENT).hexdigest(), "rule": "r"}
    with Store.open(tmp_path / "soc.db") as store:
        with store.transaction() as transaction:
            transaction.put_rules([RULE])
        put(store, detection(1, entity_key="a", raw=msgspec.json.encode(line)))
        put(store, detection(2, entity_key="b", raw=b"\xff no json"))
    return path


def test_a_file_goes_and_comes_back_with_names_in_the_history(shell: Path, tmp_path: Path) -> None:
    files = StoreFiles(tmp_path / "soc.db")
    with Store.open(tmp_path / "soc.db", read_only=True) as store:
        alert = store.alert(1)
        assert alert is not None
        found = files.file_of(alert.uid, [alert.raw])
        assert found is not None
        assert (found.path, found.held) == (str(shell), False)
        assert files.move_away(1, "web shell", "lan") == str(shell)
        assert not shell.exists()
        found = files.file_of(alert.uid, [])
        assert found is not None
        assert (found.path, found.held, found.actor, found.reason) == (str(shell), True, "lan", "web shell")
        assert files.put_back(1, "mistaken", "binh") == str(shell)
        assert shell.read_bytes() == CONTENT
        assert {entry.actor for entry in store.history(1) if entry.kind in CUSTODY} == {"lan", "binh"}


def test_it_says_why_nothing_was_moved(shell: Path, tmp_path: Path) -> None:
    files = StoreFiles(tmp_path / "soc.db")
    assert files.file_of(b"\0" * 16, [b"\xff no json"]) is None
    for number, code in ((2, "quarantine.no_file"), (99, "cli.alerts.unknown")):
        done = files.move_away(number, "x", "lan")
        assert isinstance(done, Problem)
        assert done.code == code
    shell.write_bytes(b"another page")
    done = files.move_away(1, "x", "lan")
    assert isinstance(done, Problem)
    assert done.code == "quarantine.changed"
    assert shell.exists()
    back = files.put_back(1, "x", "lan")
    assert isinstance(back, Problem)
    assert back.code == "quarantine.not_there"
