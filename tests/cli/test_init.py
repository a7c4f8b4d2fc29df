"""`init` writes a configuration that loads, and never over one that is there."""

from pathlib import Path

import pytest

from soc_agent.cli.init import STORE, example
from soc_agent.config import load_config, parse_config
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


def names(text: str) -> list[str]:
    return [source.name for source in parse_config(text.encode()).sources]


def test_the_store_of_a_service_does_not_lie_beside_its_configuration(tmp_path: Path) -> None:
    """A folder below /etc is no place for data, and the service may write to its own alone."""
    assert parse_config(example(Path("/etc/soc-agent/config.yaml"), tmp_path).encode()).store.path == STORE
    assert not Path(parse_config(example(Path("/home/x/config.yaml"), tmp_path).encode()).store.path).is_absolute()


@pytest.mark.parametrize(
    ("there", "read"),
    [
        (["var/log/auth.log", "run/log/journal/x"], {"auth", "syslog"}),
        (["var/log/messages", "var/log/journal/x"], {"auth", "syslog"}),
        (["var/log/journal/x"], {"journal"}),
        ([], {"auth", "syslog"}),
    ],
    ids=["rsyslog on Debian", "rsyslog on RHEL", "no rsyslog", "neither"],
)
def test_what_the_system_says_is_read_once_wherever_it_says_it(
    tmp_path: Path, there: list[str], read: set[str]
) -> None:
    for name in there:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = set(names(example(tmp_path / "config.yaml", tmp_path)))
    assert found & {"auth", "syslog", "journal"} == read
    assert found - read == {"web-access", "web-error", "web-files", "host"}


def test_nothing_else_changes_and_what_is_off_can_be_taken_in_by_hand(tmp_path: Path) -> None:
    (tmp_path / "run/log/journal").mkdir(parents=True)
    plain, fitted = example(tmp_path / "a", tmp_path / "no"), example(tmp_path / "a", tmp_path)
    assert len(plain.splitlines()) == len(fitted.splitlines())
    assert fitted.replace("# ", "").replace(" ", "") == plain.replace("# ", "").replace(" ", "")
