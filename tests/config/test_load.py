"""A broken configuration is told by file, line, key and remedy; a right one becomes typed."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.config import FileSource, PacketSource, load_config, parse_config
from soc_agent.errors import ConfigError
from soc_agent.model import Tier


def problem(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        parse_config(text.encode(), "c.yaml")
    return str(caught.value)


def test_empty_file_is_all_defaults() -> None:
    assert parse_config(b"").timezone == "Asia/Ho_Chi_Minh"


def test_sources_become_typed() -> None:
    config = parse_config(b"""
sources:
  - {kind: file, name: auth, paths: [/var/log/auth.log], tier: server}
  - {kind: packets, name: lan, interface: eth0}
""")
    first, second = config.sources
    assert isinstance(first, FileSource)
    assert first.tier is Tier.SERVER
    assert isinstance(second, PacketSource)


@pytest.mark.parametrize(
    ("text", "place", "remedy"),
    [
        ("sources:\n- kind: file\n  nam: a\n  paths: [/x]\n", "c.yaml:3: sources[0].nam:", "`name`"),
        ("stor:\n  path: x\n", "c.yaml:1: stor:", "`store`"),
        ("store:\n  path: 3\n", "c.yaml:2: store.path:", "configuration.md"),
        ("a: [\n", "c.yaml:2:", "indentation"),
        ("sources:\n- kind: file\n  name: a\n  paths: []\n", "c.yaml:4: sources[0].paths:", "at least one"),
        ("sources:\n- {kind: packets, name: a}\n", "c.yaml:2: sources[0]:", "exactly one"),
        ("timezone: Asia/Hanoi_X\n", "c.yaml:1: timezone:", "Asia/Ho_Chi_Minh"),
        ("assets:\n- {name: w, system: portal}\n", "c.yaml:2: assets[0].system:", "systems"),
        ("assets:\n- name: w\n  addresses:\n  - web01\n", "c.yaml:4: assets[0].addresses[0]:", "10.0.0.0/8"),
        ("networks:\n- {name: a, cidrs: [10.0.0.0/33]}\n", "c.yaml:2: networks[0].cidrs[0]:", "10.0.0.0/8"),
        ("networks:\n- {name: a, cidrs: []}\n", "c.yaml:2: networks[0].cidrs:", "10.0.0.0/8"),
        ("networks:\n- {name: a, cidrs: ['::/0'], system: x}\n", "c.yaml:2: networks[0].system:", "systems"),
        ("networks:\n- {name: a, cidrs: ['::1']}\n- {name: a, cidrs: ['::2']}\n", "c.yaml:3: networks[1].name:", "own"),
        ("store: {}\nstore: {}\n", "c.yaml:2: store:", "Remove one"),
        ("a: &x {}\nb: *x\n", "c.yaml:1: b", "Write the values out"),
        ("- 1\n", "c.yaml:1:", "configuration.md"),
    ],
)
def test_errors_name_place_and_remedy(text: str, place: str, remedy: str) -> None:
    message = problem(text)
    assert message.startswith(place)
    assert remedy in message


def test_every_unknown_key_is_named_at_once() -> None:
    message = problem("stor: {}\nagent:\n  queu_blocks: 3\n")
    assert "c.yaml:1: stor:" in message
    assert "c.yaml:3: agent.queu_blocks:" in message


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="soc-agent init"):
        load_config(tmp_path / "none.yaml")


def test_not_utf8_names_the_line() -> None:
    with pytest.raises(ConfigError, match=r"c\.yaml:2"):
        parse_config(b"timezone: Asia/Ho_Chi_Minh\nname: \xff\n", "c.yaml")


@given(st.one_of(st.binary(max_size=300), st.text(alphabet="abc:- []{}&*!|>'\"\n#,?", max_size=80).map(str.encode)))
def test_garbage_is_refused_by_name_or_read(data: bytes) -> None:
    """Whatever the file holds, it is read or refused with a ConfigError, never anything else."""
    with contextlib.suppress(ConfigError):
        parse_config(data)
