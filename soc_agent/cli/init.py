"""``soc-agent init``: write a configuration to start from."""

from pathlib import Path

import click

from soc_agent.errors import ConfigError
from soc_agent.model import Problem, Where
from soc_agent.resources import resource
from soc_agent.text import say


@click.command("init", help=say("cli.init.help"))
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("config.yaml"),
    show_default=True,
    help=say("cli.init.output"),
)
@click.option("--force", is_flag=True, help=say("cli.init.force"))
def command(output: Path, *, force: bool) -> None:
    """Copy the example configuration."""
    if output.exists() and not force:
        raise ConfigError(Problem("cli.init.exists", Where(str(output))))
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_bytes(resource("config.example.yaml").read_bytes())
    except OSError as error:
        values = {"reason": error.strerror or str(error)}
        raise ConfigError(Problem("cli.unwritable", Where(str(output)), values)) from error
    click.echo(say("cli.init.done", path=output), err=True)
