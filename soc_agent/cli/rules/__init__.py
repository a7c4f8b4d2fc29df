"""``soc-agent rules``: which rules there are, what is wrong with them, what they cover, cost, and make of a line.

One module a command; a new command is a new module and a line in :data:`COMMANDS`.
"""

from importlib import import_module

import click

from soc_agent.text import say

COMMANDS = {
    "list": "listing",
    "check": "checking",
    "test": "testing",
    "explain": "explaining",
    "coverage": "covering",
    "profile": "profiling",
    "filters": "filters",
    "tune": "tuning",
}
"""Command to the module of this package that holds it as ``command``, in the order of ``--help``."""


class _LazyGroup(click.Group):
    """Imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        command: click.Command = import_module(f"soc_agent.cli.rules.{module}").command
        return command


@click.group("rules", cls=_LazyGroup, help=say("cli.rules.help"))
def command() -> None:
    """Group of the commands on rules."""
