"""`init` writes a configuration that loads, and never over one that is there."""

from pathlib import Path

from soc_agent.config import load_config
from tests.cli.conftest import Run


def test_what_it_writes_loads(run: Run, tmp_path: Path) -> None:
    done = run("init")
    assert done.code == 0
    assert load_config(tmp_path / "config.yaml").sources
    assert "doctor" in done.err


def test_a_file_that_is_there_stays(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("timezone: UTC\n")
    done = run("init")
    assert done.code == 2
    assert "--force" in done.err
    assert path.read_text() == "timezone: UTC\n"
    assert run("init", "--force").code == 0
    assert path.read_text() != "timezone: UTC\n"


def test_a_folder_is_made(run: Run, tmp_path: Path) -> None:
    assert run("init", "-o", "a/b/c.yaml").code == 0
    assert (tmp_path / "a/b/c.yaml").exists()
