"""What is examined: a configuration, its folder, and the user who would run it."""

import os
import time
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from soc_agent.cli.build import Builder
from soc_agent.cli.doctor.check import Check
from soc_agent.cli.doctor.service import read_unit, rights_of, service, unit_user
from soc_agent.cli.doctor.who import Who, myself, service_user
from soc_agent.cli.install.image import Image
from soc_agent.cli.install.needs import Needs, needs_of, patterns_of
from soc_agent.cli.workspace import Workspace
from soc_agent.config import Source
from soc_agent.errors import SocAgentError
from soc_agent.store import AgentState, Store

_FRESH_NS = 5_000_000_000
"""An agent whose heartbeat is younger lives."""


class Case:
    """One examination. What several checks need is looked at once."""

    def __init__(
        self, workspace: Workspace, user: str = "", *, online: bool = False, image: Image | None = None
    ) -> None:
        """:param user: with whose eyes is looked; empty: those of this process.

        :param online: whether the web pages that a configuration names may be asked.
        """
        self.workspace = workspace
        self.config = workspace.config
        self.folder = workspace.config_path.resolve().parent
        self.image = image or Image()
        self.online = online
        self._user = user

    @cached_property
    def builder(self) -> Builder:
        """What makes the parts of an agent."""
        return Builder(self.config, self.folder)

    @cached_property
    def needs(self) -> Needs:
        """What this configuration asks of the system."""
        return needs_of(self.config, self.folder, self.image)

    @cached_property
    def unit(self) -> Mapping[str, tuple[str, ...]] | None:
        """What the unit that is installed here says; None where there is none."""
        return read_unit(self.image)

    @cached_property
    def who(self) -> Who:
        """The user who would run it: the one asked for; for root, who may read everything, the one of the unit.

        :raises ConfigError: as :func:`service_user` says.
        """
        user = self._user
        if not user and self.unit is not None and os.geteuid() == 0:
            user = unit_user(self.unit)
        if not user:
            return myself()
        fits = self.unit is not None and unit_user(self.unit) == user
        return service_user(user, rights_of(self.unit) if fits and self.unit is not None else self.needs)

    def service(self) -> Iterator[Check]:
        """Compare the installed unit with this configuration."""
        return service(self.unit, self.needs, self.workspace.config_path.resolve())

    @cached_property
    def running(self) -> AgentState | None:
        """The agent that runs on this store now; None when none does."""
        try:
            with Store.open(self.workspace.store_path, read_only=True) as store:
                state = store.agent_state()
        except SocAgentError:
            return None
        if state is None or state.stopped_ns or time.time_ns() - state.heartbeat_ns > _FRESH_NS:
            return None
        return state if Path(f"/proc/{state.pid}").exists() else None

    def patterns(self, source: Source) -> list[str]:
        """Give the globs of a source, as absolute paths."""
        return patterns_of(source, self.folder)
