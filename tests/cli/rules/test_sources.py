"""Which types of lines a configuration collects."""

from pathlib import Path

import pytest

from soc_agent.cli.rules.sources import collected_types
from soc_agent.config import parse_config
from tests import product

KNOWN = frozenset(product.decoders().types())
AUTH = b"Nov 20 08:14:03 web01 sshd[7]: Accepted password for root from 192.0.2.1 port 22 ssh2\n"


def types(folder: Path, *sources: str) -> set[str]:
    config = parse_config(("sources:\n" + "".join(f"  - {source}\n" for source in sources)).encode())
    return set(collected_types(config, folder, KNOWN)) - {"health"}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("{kind: file, name: a, paths: [x.log], type: access}", {"access"}),
        ("{kind: packets, name: a, interface: lo}", {"zeek"}),
        ("{kind: watch, name: a, paths: [x]}", {"yara"}),
        ("{kind: eventlogs, name: a, paths: [x]}", {"json", "eventxml"}),
    ],
)
def test_the_kind_and_the_type_say_it(tmp_path: Path, source: str, found: set[str]) -> None:
    assert types(tmp_path, source) == found


def test_a_type_that_is_guessed_is_that_of_the_files(tmp_path: Path) -> None:
    (tmp_path / "auth.log").write_bytes(AUTH)
    (tmp_path / "data.log").write_bytes(b'{"a": 1}\n')
    (tmp_path / "picture.log").write_bytes(bytes(range(256)) * 8)
    (tmp_path / "empty.log").write_bytes(b"")
    assert types(tmp_path, "{kind: file, name: a, paths: ['*.log']}") == {"syslog", "json"}


def test_where_no_file_is_yet_any_type_may_come(tmp_path: Path) -> None:
    assert types(tmp_path, "{kind: file, name: a, paths: ['*.log']}") == set(KNOWN) - {"health"}


def test_what_the_agent_says_of_itself_is_always_collected(tmp_path: Path) -> None:
    assert collected_types(parse_config(b""), tmp_path, KNOWN) == {"health"}
