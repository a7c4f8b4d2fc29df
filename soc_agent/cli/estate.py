"""What a command that needs no configuration knows of the estate all the same, where there is one."""

from pathlib import Path

from soc_agent.cli.workspace import SEARCH, Workspace
from soc_agent.config import Config, load_config
from soc_agent.enrich import Enricher
from soc_agent.errors import ConfigError
from soc_agent.model import Problem


def enricher_of(workspace: Workspace, problems: list[Problem]) -> Enricher:
    """Make the enricher of the configuration; without one, that of private ranges alone. Nothing else of it is taken.

    :param problems: what is wrong with a configuration that nobody named goes here, and the command goes on without.
    :raises ConfigError: when one that was named is wrong.
    """
    try:
        path = workspace.config_path
    except ConfigError:
        return Enricher.of(Config(), Path())
    try:
        return Enricher.of(load_config(path), path.resolve().parent)
    except ConfigError as error:
        if path not in SEARCH:
            raise
        problems.extend(error.problems)
        return Enricher.of(Config(), Path())
