"""Groups whose commands are imported when they are asked for."""

import click
from click.testing import CliRunner

from soc_agent.cli.lazy import LazyGroup

GROUP = LazyGroup("group", modules={"status": "soc_agent.cli.status", "absent": "soc_agent.cli.no_such_module"})


def test_a_command_is_imported_when_it_is_asked_for_and_no_other() -> None:
    context = click.Context(GROUP)
    assert GROUP.list_commands(context) == ["status", "absent"]
    command = GROUP.get_command(context, "status")
    assert command is not None
    assert command.name == "status"


def test_what_is_no_command_is_a_mistake_in_use() -> None:
    done = CliRunner().invoke(GROUP, ["nothing"])
    assert done.exit_code == 2
    assert "nothing" in done.output
