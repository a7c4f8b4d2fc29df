"""Logs that are cut in place are named, with the file that says so."""

from pathlib import Path

import pytest

from soc_agent.cli.doctor import rotation
from tests.cli.doctor.making import codes, make_case

CONFIG = "sources:\n- {kind: file, name: app, paths: ['app/*.log']}\n"


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "a.log").touch()
    return tmp_path / "app"


def rotated(folder: Path, text: str, main: str = "") -> list[str]:
    case = make_case(folder, CONFIG)
    case.image.at("/etc/logrotate.conf").write_text(main)
    case.image.at("/etc/logrotate.d/app").write_text(text)
    return codes(list(rotation.rotation(case)))


@pytest.mark.parametrize(
    ("text", "main", "expected"),
    [
        ("{logs}/*.log {{\n  weekly\n  copytruncate\n}}\n", "", ["doctor.copytruncate"]),
        ("{logs}/*.log {{\n  weekly\n  create\n}}\n", "", []),
        ("{logs}/*.log {{\n  weekly\n}}\n", "copytruncate\n", ["doctor.copytruncate"]),
        ("{logs}/*.log {{\n  nocopytruncate\n}}\n", "copytruncate\n", []),
        ("/elsewhere/*.log {{\n  copytruncate\n}}\n", "", []),
        ('"{logs}/a.log"\n/other.log {{ copytruncate }}\n', "", ["doctor.copytruncate"]),
        ("{logs}/*.log {{\n  # copytruncate\n  postrotate\n    copytruncate\n  endscript\n}}\n", "", []),
        ("/other {{\n copytruncate\n}}\n{logs}/*.log {{\n daily\n}}\n", "", []),
    ],
)
def test_copytruncate_of_a_watched_log(tmp_path: Path, logs: Path, text: str, main: str, expected: list[str]) -> None:
    assert rotated(tmp_path, text.format(logs=logs), main) == expected


def test_without_logrotate_or_files_nothing_is_said(tmp_path: Path) -> None:
    assert codes(list(rotation.rotation(make_case(tmp_path, "sources: []")))) == []
    case = make_case(tmp_path, CONFIG)
    case.image.root = tmp_path / "absent"
    assert rotation.rotations_of(case) == []
    assert rotation.parse('"/a b.log" {\n copytruncate\n}', inherited=False) == (False, [(("/a b.log",), True)])
    assert rotation.parse('"/a b.log {\n copytruncate\n}', inherited=False)[1][0][1]
