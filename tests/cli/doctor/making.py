"""Cases for the doctor: a configuration in a folder that other users can reach."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from soc_agent.cli.doctor.case import Case
from soc_agent.cli.doctor.check import Check, Verdict
from soc_agent.cli.install.image import Image
from soc_agent.cli.workspace import Workspace

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to look as another user")
OTHER = "nobody"


@contextmanager
def open_folder() -> Iterator[Path]:
    """Give a folder that everybody can go through; those of pytest are for their owner alone."""
    made = Path(tempfile.mkdtemp(prefix="soc-agent-doctor-", dir="/var/tmp"))
    made.chmod(0o755)
    try:
        yield made
    finally:
        shutil.rmtree(made)


def make_case(folder: Path, config: str, user: str = "", *, online: bool = False) -> Case:
    """Make a case of a configuration in a folder; ``folder/image`` stands for the host's own files."""
    path = folder / "config.yaml"
    path.write_text(config if "store:" in config else f"store: {{path: store/soc.db}}\n{config}")
    (folder / "store").mkdir(exist_ok=True)
    image = folder / "image"
    for name in ("etc/logrotate.d", "etc/audit/rules.d"):
        (image / name).mkdir(parents=True, exist_ok=True)
    return Case(Workspace(path, "en"), user, online=online, image=Image(image))


def codes(checks: list[Check]) -> list[str]:
    """Give what is not well, by its code."""
    return [check.problem.code for check in checks if check.problem is not None]


def worst(checks: list[Check]) -> Verdict:
    """Give the worst verdict."""
    return max(check.verdict for check in checks)
