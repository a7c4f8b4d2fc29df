"""``soc-agent console``: the console, on the store of this host, with or without an agent of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import click

from soc_agent.cli.filekeeper import StoreFiles
from soc_agent.cli.workspace import Workspace
from soc_agent.config import Config, PortalSource
from soc_agent.errors import SourceError
from soc_agent.model import Explanation, Problem
from soc_agent.model.judging import Judged, LineDesk, LogLine
from soc_agent.model.portal import PortalSeen
from soc_agent.model.tuning import TunedFilter, Tuner
from soc_agent.store import Store
from soc_agent.text import SafeText, current_language, make_safe, say

STOP_S = 15.0
_SAID_LINES, _SAID_CAP_BYTES = 12, 8_192
"""So much of what an agent that failed said is repeated."""


@click.command("console", help=say("cli.console.help"))
@click.option("--with-agent", is_flag=True, help=say("cli.console.with_agent"))
@click.option("--read-only", is_flag=True, help=say("cli.console.read_only"))
@click.pass_obj
def command(workspace: Workspace, *, with_agent: bool, read_only: bool) -> None:
    """Open the console; with ``--with-agent``, start an agent before and stop it after."""
    config, store_path = workspace.config, workspace.store_path
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise SourceError(Problem("cli.console.no_terminal"))
    from tui import run_console

    folder = workspace.config_path.resolve().parent
    desk, tuner, files = LateDesk(config, folder), LateTuner(config, folder, store_path), StoreFiles(store_path)
    if with_agent:
        with agent_process(workspace.config_path, store_path.with_suffix(".log")):
            code = run_console(
                store_path,
                config,
                read_only=read_only,
                desk=desk,
                tuner=tuner,
                files=files,
                portals=late_portals(config),
            )
    else:
        code = run_console(
            store_path, config, read_only=read_only, desk=desk, tuner=tuner, files=files, portals=late_portals(config)
        )
    sys.exit(code)


def late_portals(config: Config) -> Callable[[Store], list[PortalSeen]] | None:
    """Give what says how the watched pages are; its modules are imported when it is first asked. None: none are."""
    if not any(isinstance(source, PortalSource) for source in config.sources):
        return None

    def seen(store: Store) -> list[PortalSeen]:
        from soc_agent.cli.portals import portals_seen

        return portals_seen(config, store)

    return seen


class LateTuner:
    """Proposes filters. The engine is imported when it is first asked: no first frame waits for it."""

    def __init__(self, config: Config, folder: Path, store_path: Path) -> None:
        self._given = (config, folder, store_path)

    @cached_property
    def _tuner(self) -> Tuner:
        from soc_agent.cli.tuner import AlertTuner

        return AlertTuner(*self._given)

    def propose(self, alert_ids: tuple[int, ...], reason: str, author: str) -> TunedFilter | Problem:
        """Propose a filter for alerts of one rule."""
        return self._tuner.propose(alert_ids, reason, author)

    def write(self, found: TunedFilter) -> str | Problem:
        """Write a filter into a folder of one's own."""
        return self._tuner.write(found)


class LateDesk:
    """Answers questions about lines. The engine is imported when it is first asked: no first frame waits for it."""

    def __init__(self, config: Config, folder: Path) -> None:
        self._given = (config, folder)

    @cached_property
    def _desk(self) -> LineDesk:
        from soc_agent.cli.desk import Desk

        return Desk(*self._given)

    def lines(self, source: str) -> tuple[LogLine, ...] | Problem:
        """Give the last lines of a source."""
        return self._desk.lines(source)

    def judge(self, line: LogLine) -> Judged | Problem:
        """Say what all rules make of a line."""
        return self._desk.judge(line)

    def explain(self, rule_id: str, line: LogLine, title: str) -> Explanation | Problem:
        """Say why a rule matches a line, or does not."""
        return self._desk.explain(rule_id, line, title)


@contextmanager
def agent_process(config_path: Path, log_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run an agent as a child process for as long as the block lasts; what it says goes to ``log_path``."""
    log_path.parent.mkdir(parents=True, exist_ok=True)
    arguments = [sys.executable, "-m", "soc_agent", "--config", str(config_path), "--lang", current_language()]
    arguments += ["run", "--parent", str(os.getpid())]
    with log_path.open("ab") as narration:
        began = narration.tell()
        agent = subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=narration,
            stderr=narration,
            # its own session: Ctrl+C in the console must not reach it before the console has ended
            start_new_session=True,
        )
    try:
        yield agent
    finally:
        if agent.poll() is None:
            agent.send_signal(signal.SIGTERM)
            try:
                agent.wait(STOP_S)
            except subprocess.TimeoutExpired:
                agent.kill()
                agent.wait()
        elif agent.returncode:
            click.echo(say("cli.console.agent_failed", code=agent.returncode, log=log_path), err=True)
            for line in _last_lines(log_path, began):
                click.echo(f"  {line}", err=True)


def _last_lines(log_path: Path, began: int) -> list[SafeText]:
    """Give the end of what an agent said: its log may be in a folder that goes with the program."""
    with log_path.open("rb") as log:
        log.seek(max(began, log.seek(0, os.SEEK_END) - _SAID_CAP_BYTES))
        said = log.read().decode("utf-8", "replace")
    return [make_safe(line) for line in said.splitlines()[-_SAID_LINES:]]
