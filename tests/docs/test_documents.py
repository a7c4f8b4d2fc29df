"""What the documents say is what the program does."""

import re
from collections.abc import Iterator
from importlib.metadata import requires
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec
import pytest

from soc_agent.cli.root import COMMANDS
from soc_agent.config import Config, load_config, parse_config
from soc_agent.text.catalog import catalogue

ROOT = Path(__file__).resolve().parents[2]


def sections(kind: Any) -> Iterator[type[msgspec.Struct]]:
    """Yield the sections of the configuration, from the whole of it down, wherever their modules lie."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield kind
        for hint in get_type_hints(kind).values():
            yield from sections(hint)
    for part in get_args(kind):
        yield from sections(part)


SECTIONS = list(dict.fromkeys(sections(Config)))


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@pytest.mark.parametrize("section", SECTIONS, ids=lambda kind: kind.__name__)
def test_every_key_of_the_configuration_is_described(section: type[msgspec.Struct]) -> None:
    """A key stands in a table of docs/configuration.md, with its default where that is a plain value."""
    rows = [line for line in text("docs/configuration.md").splitlines() if line.startswith("| `")]
    for field in msgspec.structs.fields(section):
        described = [row for row in rows if row.startswith(f"| `{field.name}` |")]
        assert described, f"{section.__name__}.{field.name} is not described"
        default = field.default
        if isinstance(default, (bool, int)) or (isinstance(default, str) and default):
            shown = str(default).lower() if isinstance(default, bool) else str(default)
            assert any(f"| `{shown}` |" in row for row in described), f"{field.name}: its default {shown} is not named"


def test_no_key_is_described_that_does_not_exist() -> None:
    """The tables hold no key of the past."""
    known = {field.name for section in SECTIONS for field in msgspec.structs.fields(section)} | {"kind"}
    described = set(re.findall(r"^\| `(\w+)` \|", text("docs/configuration.md"), re.MULTILINE))
    assert described - known == set()


def test_every_example_of_the_configuration_is_right() -> None:
    """Each YAML block of docs/configuration.md is a configuration that loads."""
    examples = re.findall(r"```yaml\n(.*?)```", text("docs/configuration.md"), re.DOTALL)
    assert len(examples) >= 10
    for example in examples:
        parse_config(example.encode())


def test_the_example_configuration_is_right() -> None:
    """`soc-agent init` writes a file that loads, and its defaults are those of the program."""
    config = load_config(ROOT / "config.example.yaml")
    assert config.sources
    assert config.agent == Config().agent
    assert config.rules == Config().rules


def test_the_readme_names_every_command() -> None:
    """A command that the README does not name does not exist for a newcomer."""
    readme = text("README.md")
    assert [name for name in COMMANDS if f"soc-agent {name}" not in readme] == []


def test_every_command_has_its_sentence_and_an_example() -> None:
    """`--help` on each command shows an example."""
    for name in COMMANDS:
        for language, word in (("en", "Example: soc-agent"), ("vi", "Ví dụ: soc-agent")):
            texts = catalogue(language)
            assert texts[f"cli.{name}.short"]
            assert word in texts.get(f"cli.{name}.help", texts.get(f"{name}.help", ""))


def test_every_dependency_has_its_licence_named() -> None:
    """docs/licences.md lists every dependency of pyproject.toml."""
    licences = text("docs/licences.md").lower()
    names = {re.split(r"[<>=;\s\[]", line)[0].lower() for line in requires("soc-agent") or []}
    assert sorted(name for name in names if f"| {name} |" not in licences) == []
