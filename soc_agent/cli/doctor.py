"""``soc-agent doctor``: what is missing here, and what to type about it."""

import sys

import click
import msgspec

from soc_agent.cli.checks import Check, Verdict, check_all
from soc_agent.cli.output import table
from soc_agent.cli.workspace import Workspace
from soc_agent.errors import describe
from soc_agent.text import say

MARKS = {Verdict.OK: "✓", Verdict.ATTENTION: "!", Verdict.MISSING: "✗"}


@click.command("doctor", help=say("cli.doctor.help"))
@click.option("--json", "as_json", is_flag=True, help=say("cli.json"))
@click.option("--fail-on", type=click.Choice(["attention", "missing"]), help=say("cli.doctor.fail_on"))
@click.pass_obj
def command(workspace: Workspace, fail_on: str | None, *, as_json: bool) -> None:
    """Look at everything that a configuration needs."""
    checks = list(check_all(workspace))
    if as_json:
        for check in checks:
            click.echo(msgspec.json.encode(_record(check)).decode())
    else:
        table(("", "", ""), [(MARKS[check.verdict], say(f"cli.doctor.{check.name}"), _text(check)) for check in checks])
    worst = max((check.verdict for check in checks), default=Verdict.OK)
    if fail_on and worst >= Verdict[fail_on.upper()]:
        sys.exit(1)


def _text(check: Check) -> str:
    return describe(check.problem) if check.problem else check.detail


def _record(check: Check) -> dict[str, str]:
    return {"check": check.name, "verdict": check.verdict.name.lower(), "detail": _text(check)}
