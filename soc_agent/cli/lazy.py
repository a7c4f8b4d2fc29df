"""Groups whose commands are imported when they are asked for."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for: ``--version`` costs no Textual, no Hyperscan."""

    def __init__(self, *arguments: Any, modules: Mapping[str, str], **options: Any) -> None:
        """:param modules: command to the module that holds it as ``command``, in the order of ``--help``."""
        super().__init__(*arguments, **options)
        self._modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order in which a newcomer meets them."""
        return list(self._modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        module = self._modules.get(cmd_name)
        if module is None:
            return None
        command: click.Command = import_module(module).command
        return command
