"""Which rules cost most is told for one's own log."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

LINES = "".join(
    f"Mar  2 06:00:{number:02d} h sshd[1]: Invalid user user-{number} from 192.0.2.1 port 1\n" for number in range(50)
)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "auth.log"
    path.write_text(LINES)
    return path


def test_the_dearest_rules_are_told(run: Run, folder: Path, log: Path) -> None:
    done = run("rules", "profile", log, "--rules", folder, "--no-builtin", "--json")
    assert done.code == 0
    (found,) = map(json.loads, done.out.splitlines())
    assert (found["title"], found["tries"], found["matches"], found["for_nothing"]) == ("Numbered user", 50, 50, 0)
    assert found["literals"][0]["count"] >= 50
    assert "50 lines" in done.err


def test_a_table_of_so_many(run: Run, log: Path) -> None:
    done = run("--lang", "vi", "rules", "profile", log, "--top", "1")
    assert done.code == 0
    head, *_, rest = done.out.strip().splitlines()
    assert "tỷ lệ" in head
    assert "luật nữa" in rest, "one rule is shown, the others are counted"


def test_without_lines_it_says_so(run: Run, folder: Path, tmp_path: Path) -> None:
    done = run("rules", "profile", tmp_path / "nowhere.log", "--rules", folder)
    assert done.code == 2
    (tmp_path / "empty").mkdir()
    done = run("rules", "profile", log_folder := tmp_path / "empty", "--rules", folder, "--no-builtin")
    assert done.code == 2
    assert str(log_folder) in done.err
