"""What is asked of systemd beside its files: the user, the folders, and to know of the unit. Only what there is."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from soc_agent.cli.install.unit import FOLDERS_PATH, SERVICE, USERS_PATH
from soc_agent.errors import ConfigError
from soc_agent.model import Problem

_PATIENCE_S = 120
BOOTED = Path("/run/systemd/system")
"""Is there when systemd is the system's manager (sd_booted(3))."""


def is_booted(root: Path) -> bool:
    """Say whether systemd runs the system that is installed into. It does not run an image."""
    return root == Path("/") and BOOTED.is_dir()


def steps(root: Path, *, now: bool) -> Iterator[list[str]]:
    """Yield the commands that follow on the files, in order; one whose program is not here is left to a person."""
    into = [] if root == Path("/") else [f"--root={root}"]
    yield ["systemd-sysusers", *into, USERS_PATH.name]
    yield ["systemd-tmpfiles", *into, "--create", FOLDERS_PATH.name]
    if is_booted(root):
        yield ["systemctl", "daemon-reload"]
    if now:
        yield ["systemctl", *into, "enable", *(["--now"] if is_booted(root) else []), f"{SERVICE}.service"]


def undoing(root: Path) -> Iterator[list[str]]:
    """Yield the commands that go before the removal of the files."""
    into = [] if root == Path("/") else [f"--root={root}"]
    yield ["systemctl", *into, "disable", *(["--now"] if is_booted(root) else []), f"{SERVICE}.service"]


def run(command: list[str]) -> bool:
    """Run one command; False when there is no such program.

    :raises ConfigError: when it fails, with what it said.
    """
    if shutil.which(command[0]) is None:
        return False
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_PATIENCE_S)
    if done.returncode:
        said = (done.stderr or done.stdout).strip() or str(done.returncode)
        raise ConfigError(Problem("install.step_failed", values={"command": " ".join(command), "said": said}))
    return True
