"""What does not go together in a configuration is found, each with its place in the tree."""

from typing import Any

import pytest
from msgspec.structs import replace

from soc_agent.config import (
    AssetOptions,
    Config,
    FileSource,
    MultilineOptions,
    NetworkOptions,
    PacketSource,
    SystemOptions,
)
from soc_agent.config.consistency import Path, conflicts

RIGHT = Config(
    sources=(FileSource(name="auth", paths=("/var/log/auth.log",)), PacketSource(name="lan", interface="eth0")),
    systems=(SystemOptions(name="portal", level=3),),
    assets=(AssetOptions(name="web01", addresses=("192.0.2.10", "192.0.2.32/28", "2001:db8::1"), system="portal"),),
    networks=(NetworkOptions(name="dmz", cidrs=("10.0.0.1/8", "2001:db8::/32"), system="portal"),),
)


def of_lines(**options: Any) -> Config:
    return replace(RIGHT, sources=(FileSource(name="a", paths=("/a",), **options),))


def test_a_right_configuration_has_none() -> None:
    assert list(conflicts(RIGHT)) == []
    assert list(conflicts(Config())) == []


@pytest.mark.parametrize(
    ("wrong", "code", "path"),
    [
        (replace(RIGHT, timezone="Hanoi"), "config.unknown_timezone", ("timezone",)),
        (replace(RIGHT, sources=RIGHT.sources[:1] * 2), "config.duplicate_source", ("sources", 1, "name")),
        (replace(RIGHT, sources=(PacketSource(name="a"),)), "config.interface_or_paths", ("sources", 0)),
        (replace(RIGHT, sources=(FileSource(name="a", paths=()),)), "config.no_paths", ("sources", 0, "paths")),
        (
            replace(RIGHT, sources=(FileSource(name="a", paths=("/a",), timezone="X"),)),
            "config.unknown_timezone",
            ("sources", 0, "timezone"),
        ),
        (of_lines(encoding="utf-32"), "multiline.unknown_encoding", ("sources", 0, "encoding")),
        (of_lines(multiline=MultilineOptions(by="start")), "multiline.start_alone", ("sources", 0, "multiline")),
        (of_lines(multiline=MultilineOptions(start="a")), "multiline.start_alone", ("sources", 0, "multiline")),
        (
            of_lines(multiline=MultilineOptions(by="start", start="(")),
            "multiline.wrong_start",
            ("sources", 0, "multiline", "start"),
        ),
        (
            replace(RIGHT, assets=(AssetOptions(name="a", system="b"),)),
            "config.unknown_system",
            ("assets", 0, "system"),
        ),
        (
            replace(RIGHT, assets=(AssetOptions(name="a", addresses=("::1", "web01")),)),
            "config.not_a_network",
            ("assets", 0, "addresses", 1),
        ),
        (replace(RIGHT, networks=RIGHT.networks * 2), "config.duplicate_network", ("networks", 1, "name")),
        (
            replace(RIGHT, networks=(NetworkOptions(name="a", cidrs=()),)),
            "config.no_cidrs",
            ("networks", 0, "cidrs"),
        ),
        (
            replace(RIGHT, networks=(NetworkOptions(name="a", cidrs=("10.0.0.0/33",)),)),
            "config.not_a_network",
            ("networks", 0, "cidrs", 0),
        ),
        (
            replace(RIGHT, networks=(NetworkOptions(name="a", cidrs=("::/0",), system="b"),)),
            "config.unknown_system",
            ("networks", 0, "system"),
        ),
    ],
)
def test_each_conflict_is_found_at_its_place(wrong: Config, code: str, path: Path) -> None:
    assert [(found, place) for found, place, _ in conflicts(wrong)] == [(code, path)]
