"""``soc-agent doctor``: what is not well here, why that matters, and what to type about it."""

import sys
from collections.abc import Iterator

import click
import msgspec

from soc_agent.cli.doctor.check import Check, Verdict
from soc_agent.cli.doctor.examine import examine
from soc_agent.cli.output import table
from soc_agent.cli.workspace import Workspace
from soc_agent.text import say

MARKS = {Verdict.OK: "✓", Verdict.WARN: "!", Verdict.ERROR: "✗"}


@click.command("doctor", help=say("cli.doctor.help"))
@click.option("--user", default="", help=say("doctor.option.user"))
@click.option("--online", is_flag=True, help=say("doctor.option.online"))
@click.option("--json", "as_json", is_flag=True, help=say("cli.json"))
@click.option("--fail-on", type=click.Choice(["warn", "error"]), help=say("cli.doctor.fail_on"))
@click.pass_obj
def command(workspace: Workspace, user: str, fail_on: str | None, *, online: bool, as_json: bool) -> None:
    """Look at everything that a configuration needs."""
    checks = list(examine(workspace, user, online=online))
    if as_json:
        for check in checks:
            click.echo(msgspec.json.encode(_record(check)).decode())
    else:
        table(("", "", ""), [row for check in checks for row in _rows(check)])
        counts = [sum(1 for check in checks if check.verdict is verdict) for verdict in Verdict]
        click.echo(say("doctor.summary", ok=counts[0], warn=counts[1], error=counts[2]), err=True)
    worst = max((check.verdict for check in checks), default=Verdict.OK)
    if fail_on and worst >= Verdict[fail_on.upper()]:
        sys.exit(1)


def _rows(check: Check) -> Iterator[tuple[str, str, str]]:
    """Yield what is shown of one check: what, and where it is not well why it matters and what to do."""
    yield MARKS[check.verdict], say(f"doctor.name.{check.name}"), check.what
    if check.why:
        yield "", "", f"  {say('doctor.label.why')} {check.why}"
    if check.remedy:
        yield "", "", f"  {say('doctor.label.remedy')} {check.remedy}"


def _record(check: Check) -> dict[str, str]:
    return {
        "check": check.name,
        "verdict": check.verdict.name.lower(),
        "what": check.what,
        "why": check.why,
        "remedy": check.remedy,
        "code": check.problem.code if check.problem is not None else "",
        "detail": check.text,
    }
