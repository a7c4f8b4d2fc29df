"""``soc-agent``: its commands, its language, and what its exit codes mean.

0 done · 1 findings, where ``--fail-on`` asked for that · 2 bad use, configuration, rules or store.
Standard output carries data, standard error carries narration.
"""

import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from soc_agent import __version__
from soc_agent.cli.lazy import LazyGroup
from soc_agent.cli.workspace import Workspace
from soc_agent.errors import SocAgentError, describe
from soc_agent.text import LANGUAGES, detect_language, say, use_language

COMMANDS = {
    "init": "soc_agent.cli.init",
    "doctor": "soc_agent.cli.doctor.command",
    "install": "soc_agent.cli.install.command",
    "run": "soc_agent.cli.run",
    "console": "soc_agent.cli.console",
    "demo": "soc_agent.cli.demo.command",
    "hunt": "soc_agent.cli.hunt",
    "decode": "soc_agent.cli.decode",
    "decoders": "soc_agent.cli.decoders",
    "rules": "soc_agent.cli.rules",
    "indicators": "soc_agent.cli.indicators",
    "alerts": "soc_agent.cli.alerts",
    "portals": "soc_agent.cli.portals",
    "hosts": "soc_agent.cli.hosts",
    "replay": "soc_agent.cli.replay",
    "integrity": "soc_agent.cli.integrity",
    "quarantine": "soc_agent.cli.quarantine",
    "status": "soc_agent.cli.status",
    "selftest": "soc_agent.cli.selftest",
}
"""Command to the module that holds it as ``command``, in the order of ``--help``."""


class _Root(LazyGroup):
    """The root, whose help takes the first sentences of its commands from the catalogue."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their first sentence, without importing them."""
        with formatter.section(say("cli.commands")):
            formatter.write_dl([(name, say(f"cli.{name}.short")) for name in COMMANDS])


def build() -> click.Command:
    """Give the root command in the language in use."""

    @click.command(
        "soc-agent",
        cls=_Root,
        modules=COMMANDS,
        help=say("cli.help"),
        epilog=say("cli.exit_codes"),
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    )
    @click.option("--config", "-c", type=click.Path(path_type=Path, dir_okay=False), help=say("cli.config"))
    @click.option("--lang", type=click.Choice(LANGUAGES), help=say("cli.lang"))
    @click.option("--verbose", "-v", is_flag=True, help=say("cli.verbose"))
    @click.version_option(__version__, "--version", "-V", prog_name="soc-agent", help=say("cli.version"))
    @click.pass_context
    def root(context: click.Context, config: Path | None, lang: str | None, *, verbose: bool) -> None:
        logging.basicConfig(
            level=logging.DEBUG if verbose else logging.WARNING,
            format="%(asctime)s %(levelname)s %(name)s: %(message)s",
            stream=sys.stderr,
        )
        context.obj = Workspace(config, lang)

    return root


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and end the process with its exit code."""
    words, language = _asked_language(list(sys.argv[1:] if arguments is None else arguments))
    use_language(language or detect_language())
    try:
        build().main(args=words, prog_name="soc-agent", standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.Abort:
        sys.exit(128 + signal.SIGINT)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except SocAgentError as error:
        for problem in error.problems:
            click.echo(f"soc-agent: {describe(problem)}", err=True)
        sys.exit(2)
    except BrokenPipeError:
        # whoever read our output has gone (`| head`): nothing is wrong, but the interpreter must not flush again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(128 + signal.SIGPIPE)
    sys.exit(0)


def _asked_language(words: list[str]) -> tuple[list[str], str | None]:
    """Find ``--lang`` before click does: the help that click prints must already speak it.

    It counts wherever it stands, also after a command; give the words with it in front.
    """
    end = words.index("--") if "--" in words else len(words)
    for index, word in enumerate(words[:end]):
        joined = word.startswith("--lang=")
        value = word.partition("=")[2] if joined else words[index + 1] if word == "--lang" and index + 1 < end else ""
        if value in LANGUAGES:
            return ["--lang", value, *words[:index], *words[index + (1 if joined else 2) :]], value
    return words, None
