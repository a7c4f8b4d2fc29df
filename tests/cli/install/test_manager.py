"""systemd is asked for what belongs to the place: an image is never started."""

import shutil
from pathlib import Path

import pytest

from soc_agent.cli.install import manager
from soc_agent.errors import ConfigError


def test_an_image_gets_users_folders_and_links_but_runs_nothing(tmp_path: Path) -> None:
    steps = list(manager.steps(tmp_path, now=True))
    assert [step[0] for step in steps] == ["systemd-sysusers", "systemd-tmpfiles", "systemctl"]
    assert all(f"--root={tmp_path}" in step for step in steps)
    assert not any("--now" in step or "daemon-reload" in step for step in [*steps, *manager.undoing(tmp_path)])


def test_this_host_is_started_where_systemd_runs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manager, "BOOTED", tmp_path)
    steps = list(manager.steps(Path("/"), now=True))
    assert ["systemctl", "daemon-reload"] in steps
    assert ["systemctl", "enable", "--now", "soc-agent.service"] in steps
    assert ["systemctl", "daemon-reload"] in list(manager.steps(Path("/"), now=False))
    monkeypatch.setattr(manager, "BOOTED", tmp_path / "absent")
    assert ["systemctl", "daemon-reload"] not in list(manager.steps(Path("/"), now=True))


def test_a_step_that_fails_is_told_with_what_was_said() -> None:
    assert manager.run(["true"])
    assert not manager.run(["no-such-program-of-ours"])
    with pytest.raises(ConfigError, match="No such file"):
        manager.run([shutil.which("ls") or "ls", "/no/such/folder"])
