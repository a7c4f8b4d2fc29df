"""The program as a newcomer meets it: help, language, exit codes."""

import pytest

from soc_agent import __version__
from soc_agent.cli.root import COMMANDS
from tests.cli.conftest import Run
from tests.end_to_end.running import soc_agent


def test_help_lists_every_command_in_order(run: Run) -> None:
    done = run("--help")
    assert done.code == 0
    listed = done.out.partition("Commands:")[2]
    places = [listed.index(f"\n  {name} ") for name in COMMANDS]
    assert places == sorted(places)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_helps_with_an_example(run: Run, name: str) -> None:
    done = run(name, "--help")
    assert done.code == 0
    assert "Example: soc-agent" in done.out


def test_help_speaks_vietnamese() -> None:
    """In a process of its own: a command's help is made once, in the language of the call."""
    assert "Các lệnh" in soc_agent("--lang=vi", "--help").stdout
    assert "Ví dụ: soc-agent" in soc_agent("--lang", "vi", "hunt", "--help").stdout
    assert "Ví dụ: soc-agent" in soc_agent("status", "--help", environment={"SOC_AGENT_LANG": "vi"}).stdout


@pytest.mark.parametrize("words", [("--lang", "vi"), ("--lang=vi",)])
def test_the_language_may_stand_after_the_command(words: tuple[str, ...]) -> None:
    """As most people write it, and as the help of the demo shows it."""
    assert "Ví dụ: soc-agent" in soc_agent("rules", "list", "--help", *words).stdout
    done = soc_agent("rules", *words, "list")
    assert done.returncode == 0


def test_after_two_dashes_nothing_is_a_language(run: Run) -> None:
    done = run("decode", "--", "--lang", "vi")
    assert "--lang" in done.err


def test_version(run: Run) -> None:
    assert __version__ in run("--version").out


@pytest.mark.parametrize("words", [("nonsense",), ("hunt",), ("hunt", "--nonsense", "x"), ("--lang", "fr", "status")])
def test_bad_use_ends_with_two(run: Run, words: tuple[str, ...]) -> None:
    done = run(*words)
    assert done.code == 2
    assert done.out == ""
    assert done.err


def test_no_configuration_names_the_remedy(run: Run) -> None:
    done = run("status")
    assert done.code == 2
    assert "soc-agent init" in done.err
