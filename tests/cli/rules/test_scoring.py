"""How well rules do on recorded cases is printed, and is an exit code where that is asked for."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

GUESSING = "".join(
    f"Mar  2 06:00:{second:02} h sshd[1]: Failed password for root from 192.0.2.1 port 4711 ssh2\n"
    for second in range(30)
)
QUIET = "Mar  2 06:00:00 h sshd[1]: Accepted publickey for an from 10.0.0.1 port 1 ssh2: RSA SHA256:x\n"


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    for name, log, sources in (
        ("guessing", GUESSING, ["192.0.2.1"]),
        ("missed", QUIET, ["192.0.2.9"]),
        ("quiet", QUIET, []),
    ):
        folder = tmp_path / "cases" / name
        folder.mkdir(parents=True)
        (folder / "auth.log").write_text(log)
        (folder / "expected.json").write_text(json.dumps({"log": "auth.log", "sources": sources}))
    return tmp_path / "cases"


def test_what_does_not_hold_is_shown_and_all_are_counted(run: Run, cases: Path) -> None:
    done = run("rules", "score", cases)
    assert done.code == 0
    assert "missed" in done.out
    assert "guessing" not in done.out
    assert "1 of 2 attack cases are named (50.0 %); 1 of 1 quiet cases are quiet." in done.err


def test_all_cases_are_shown_when_asked(run: Run, cases: Path) -> None:
    out = run("--lang", "vi", "rules", "score", cases, "--all").out
    assert {"guessing", "missed", "quiet"} <= set(out.split())


def test_each_case_is_a_record(run: Run, cases: Path) -> None:
    records = [json.loads(line) for line in run("rules", "score", cases, "--json").out.splitlines()]
    assert [(each["case"], each["holds"], each["missing"]) for each in records] == [
        ("guessing", True, []),
        ("missed", False, ["192.0.2.9"]),
        ("quiet", True, []),
    ]
    assert records[0]["rules"]


@pytest.mark.parametrize(("percent", "code"), [("50", 0), ("51", 1)])
def test_a_share_that_is_too_small_is_an_exit_code(run: Run, cases: Path, percent: str, code: int) -> None:
    assert run("rules", "score", cases, "--fail-under", percent).code == code


def test_a_folder_without_cases_is_an_error(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = run("rules", "score", tmp_path / "empty")
    assert done.code == 2
    assert "expected.json" in done.err
