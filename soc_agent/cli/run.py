"""``soc-agent run``: the agent in the foreground, with a live status line."""

import gc
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path
from types import FrameType

import click

from soc_agent.agent import Agent, Loaded
from soc_agent.agent.supervisor import Supervisor
from soc_agent.cli.build import Builder
from soc_agent.cli.workspace import Workspace
from soc_agent.config import Config, Source
from soc_agent.detect.load.settle import Look
from soc_agent.errors import SocAgentError
from soc_agent.model import Collector
from soc_agent.text import make_safe, say

log = logging.getLogger(__name__)

PLAIN_STATUS_S = 60.0
"""Rhythm of the status line where nobody watches: a log file, not a terminal."""
GARBAGE_THRESHOLD = 50_000
"""Objects between two looks for garbage: hardly anything here refers to itself, and there are thousands of rules to
look through."""


@click.command("run", help=say("cli.run.help"))
@click.option("--quiet", "-q", is_flag=True, help=say("cli.run.quiet"))
@click.option("--parent", type=int, hidden=True)
@click.pass_obj
def command(workspace: Workspace, parent: int | None, *, quiet: bool) -> None:
    """Run until SIGTERM or SIGINT; read the configuration again on SIGHUP."""
    Foreground(workspace, parent, quiet=quiet).run()


class Foreground:
    """An agent that owns this process: its signals and its status line."""

    def __init__(self, workspace: Workspace, parent: int | None, *, quiet: bool) -> None:
        """:param parent: the process that this agent belongs to: it ends when that does, however it ends."""
        self._workspace = workspace
        self._parent = parent
        self._quiet = quiet
        self._stop = threading.Event()
        self._reload = threading.Event()
        self._wake = threading.Event()
        self._agent: Agent | None = None
        self._last_status = 0.0
        self._supervisor = Supervisor.from_environment()

    def run(self) -> None:
        """Run until a signal ends it; exit code 0 when it ended cleanly.

        :raises SocAgentError: when it cannot begin, or when the pipeline failed.
        """
        config = self._workspace.config
        gc.set_threshold(GARBAGE_THRESHOLD)
        signal.signal(signal.SIGTERM, self._on_stop)
        signal.signal(signal.SIGINT, self._on_stop)
        signal.signal(signal.SIGHUP, self._on_reload)
        agent = self._agent = make_agent(self._workspace, config)
        try:
            agent.start()
            click.echo(say("cli.run.started", store=self._workspace.store_path), err=True)
            self._supervisor.ready()
            while not self._stop.is_set() and self._parent in (None, os.getppid()):
                if self._reload.is_set():
                    self._reload.clear()
                    self._read_again(agent)
                agent.tick()
                self._supervisor.alive(agent.status, works=agent.works)
                self._show(agent, config.agent.status_s)
                self._wake.wait(1.0)
                self._wake.clear()
        finally:
            self._supervisor.stopping()
            clean = agent.stop()
            self._end_line()
        click.echo(say("cli.run.stopped" if clean else "cli.run.stopped_late"), err=True)

    def _read_again(self, agent: Agent) -> None:
        """Take the changed configuration; a wrong one is refused by name and the old one goes on."""
        self._supervisor.reloading()
        try:
            agent.reload(self._workspace.reload())
        except SocAgentError as error:
            self._end_line()
            click.echo(say("cli.run.not_reloaded", reason=error), err=True)
        else:
            self._end_line()
            click.echo(say("cli.run.reloaded"), err=True)
        finally:
            self._supervisor.ready()

    def _show(self, agent: Agent, rhythm_s: float) -> None:
        if self._quiet:
            return
        watched = sys.stderr.isatty()
        now = time.monotonic()
        if now - self._last_status < (rhythm_s if watched else PLAIN_STATUS_S) and self._last_status:
            return
        self._last_status = now
        line = make_safe(agent.status())
        click.echo(f"\r\x1b[K{line}" if watched else line, err=True, nl=not watched)

    def _end_line(self) -> None:
        if self._last_status and not self._quiet and sys.stderr.isatty():
            click.echo("", err=True)

    def _on_stop(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._stop.set()
        self._wake.set()

    def _on_reload(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._reload.set()
        self._wake.set()


def make_agent(workspace: Workspace, config: Config, store_path: Path | None = None) -> Agent:
    """Put an agent together for the configuration of a workspace; its store is where that says, or elsewhere."""
    folder = workspace.config_path.resolve().parent
    builder = Builder(config, folder)

    def load(wanted: Config, look: Look | None = None) -> Loaded:
        nonlocal builder
        other = builder if look is not None else Builder(wanted, folder, before=builder)
        loaded = other.load(look)
        builder = other
        return loaded

    def collector(source: Source) -> Collector:
        return builder.collector(source)

    def watched() -> list[Path]:
        return builder.watched()

    return Agent(config, store_path or workspace.store_path, collector, load, watched)
