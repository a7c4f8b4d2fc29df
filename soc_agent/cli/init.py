"""``soc-agent init``: write a configuration to start from."""

import re
from pathlib import Path

import click

from soc_agent.errors import ConfigError
from soc_agent.model import Problem, Where
from soc_agent.resources import resource
from soc_agent.text import say

STORE = "/var/lib/soc-agent/soc-agent.db"
"""Where the store of a service lies: systemd makes that folder for it (``StateDirectory=``)."""
_LOGS = ("auth.log", "secure", "syslog", "messages")
_JOURNALS = ("var/log/journal", "run/log/journal")
_WRITTEN = ("auth", "syslog")
_SWITCHED = r"^  {mark}- name: {name}\n(?:  {mark}  .*\n)*"


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
    """Write the example configuration, as it fits this host and that place."""
    if output.exists() and not force:
        raise ConfigError(Problem("cli.init.exists", Where(str(output))))
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(example(output), "utf-8")
    except OSError as error:
        values = {"reason": error.strerror or str(error)}
        raise ConfigError(Problem("cli.unwritable", Where(str(output)), values)) from error
    click.echo(say("cli.init.done", path=output), err=True)


def example(output: Path, root: Path = Path("/")) -> str:
    """Give the example configuration for a file at ``output``, on the host whose file system begins at ``root``.

    A configuration in /etc is that of a service: its store does not lie beside it. Where nothing writes the logs of
    the system, the journal is read instead; where both are there, the same line would count twice.
    """
    text = resource("config.example.yaml").read_text("utf-8")
    if output.absolute().is_relative_to("/etc"):
        text = re.sub(r"^  path: data/soc-agent\.db.*$", f"  path: {STORE}", text, flags=re.MULTILINE)
    written = any((root / "var/log" / name).exists() for name in _LOGS)
    if not written and any((root / folder).is_dir() for folder in _JOURNALS):
        text = _switch(text, "journal", on=True)
        for name in _WRITTEN:
            text = _switch(text, name, on=False)
    return text


def _switch(text: str, name: str, *, on: bool) -> str:
    """Take a source of the example in, or out."""
    before, after = ("# ", "") if on else ("", "# ")
    return re.sub(
        _SWITCHED.format(mark=before, name=name),
        lambda found: re.sub(rf"^  {before}", f"  {after}", found[0], flags=re.MULTILINE),
        text,
        flags=re.MULTILINE,
    )
