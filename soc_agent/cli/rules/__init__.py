"""``soc-agent rules``: which rules there are, what is wrong with them, what they cover, cost, and make of a line.

One module a command; a new command is a new module and a line in :data:`COMMANDS`.
"""

import click

from soc_agent.cli.lazy import LazyGroup
from soc_agent.text import say

COMMANDS = {
    "list": "soc_agent.cli.rules.listing",
    "check": "soc_agent.cli.rules.checking",
    "test": "soc_agent.cli.rules.testing",
    "explain": "soc_agent.cli.rules.explaining",
    "coverage": "soc_agent.cli.rules.covering",
    "profiles": "soc_agent.cli.rules.profiles",
    "score": "soc_agent.cli.rules.scoring",
    "profile": "soc_agent.cli.rules.profiling",
    "filters": "soc_agent.cli.rules.filters",
    "tune": "soc_agent.cli.rules.tuning",
}
"""Command to the module that holds it as ``command``, in the order of ``--help``."""


@click.group("rules", cls=LazyGroup, modules=COMMANDS, help=say("cli.rules.help"))
def command() -> None:
    """Group of the commands on rules."""
