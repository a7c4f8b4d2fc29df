"""`soc-agent install --systemd` on an image: planned, written, written again, refused, undone."""

import os
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.install.making import make_image

PROGRAM = "/opt/soc-agent/bin/soc-agent"
WORDS = (
    "--config",
    "{config}",
    "install",
    "--systemd",
    "--root",
    "{root}",
    "--program",
    "/opt/soc-agent/bin/soc-agent",
)
UNIT = "etc/systemd/system/soc-agent.service"


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    root = tmp_path / "image"
    root.mkdir()
    config = make_image(root)
    return [word.format(config=config, root=root) for word in WORDS]


def test_a_dry_run_shows_everything_and_writes_nothing(run: Run, words: list[str], tmp_path: Path) -> None:
    done = run(*words, "--dry-run")
    assert done.code == 0
    assert "NoNewPrivileges=yes" in done.out
    assert "u soc-agent" in done.out
    assert "Nothing was done" in done.err
    assert not (tmp_path / "image/etc/systemd").exists()


def test_it_is_explained_in_the_language_of_the_reader(run: Run, words: list[str]) -> None:
    assert "# Toàn bộ hệ thống tệp chỉ đọc" in run("--lang", "vi", *words, "--dry-run").out
    assert "# The whole file system is read-only" in run("--lang", "en", *words, "--dry-run").out


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: systemd-tmpfiles gives folders to the user")
@pytest.mark.skipif(shutil.which("systemd-sysusers") is None, reason="systemd is not installed")
def test_it_is_installed_once_and_undone(run: Run, words: list[str], tmp_path: Path) -> None:
    root = tmp_path / "image"
    done = run(*words, "--now")
    assert done.code == 0, done.err
    assert "soc-agent:" in (root / "etc/passwd").read_text()
    state = (root / "var/lib/soc-agent").stat()
    assert state.st_mode & 0o7777 == 0o2770
    assert state.st_uid not in (0, 33)
    assert (root / "etc/systemd/system/multi-user.target.wants/soc-agent.service").is_symlink()
    before = (root / UNIT).read_bytes()
    again = run(*words, "--now")
    assert "0 files were written" in again.err
    assert "belongs to somebody else" not in again.err
    assert (root / UNIT).read_bytes() == before
    undone = run(*words, "--undo")
    assert undone.code == 0, undone.err
    assert not [path for path in (root / "etc").rglob("soc-agent*") if not path.is_dir()]
    assert (root / "var/lib/soc-agent").is_dir(), "what was collected stays"
    assert "Nothing of ours" in run(*words, "--undo").err


@pytest.mark.skipif(shutil.which("systemd-sysusers") is None, reason="systemd is not installed")
def test_what_a_person_changed_stays(run: Run, words: list[str], tmp_path: Path) -> None:
    unit = tmp_path / "image" / UNIT
    unit.parent.mkdir(parents=True)
    unit.write_text("[Service]\nExecStart=/bin/mine\n")
    refused = run(*words)
    assert refused.code == 2
    assert "A person changed this file" in refused.err
    assert "-ExecStart=/bin/mine" in refused.out
    assert run(*words, "--undo").code == 2
    assert unit.read_text() == "[Service]\nExecStart=/bin/mine\n"


@pytest.mark.parametrize(
    "wrong", [("--user", "Root;"), ("--memory-max", "much"), ("--cpu-quota", "2"), ("--user", "a\nUser=root")]
)
def test_values_that_would_write_other_lines_are_refused(run: Run, words: list[str], wrong: tuple[str, str]) -> None:
    done = run(*words, "--dry-run", *wrong)
    assert done.code == 2
    assert wrong[0] in done.err


def test_what_is_not_as_it_should_be_is_remarked(run: Run, words: list[str], tmp_path: Path) -> None:
    config = tmp_path / "image/etc/soc-agent/config.yaml"
    config.write_text("store: {path: /var/www/soc.db}\nsources: []\n")
    done = run(*words[:-2], "--dry-run", "--program", "/root/venv/bin/soc-agent")
    assert "cannot be read by everybody" in done.err
    assert "The store is /var/www/soc.db" in done.err
    assert "ReadWritePaths=/var/www" in done.out
    if os.geteuid() == 0:
        config.chmod(0o600)
        assert "chgrp soc-agent /etc/soc-agent/config.yaml" in run(*words, "--dry-run").err
        assert "/var/www belongs to somebody else" in done.err
        assert "d /var/www" not in done.out
