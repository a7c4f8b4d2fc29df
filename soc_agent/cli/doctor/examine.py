"""All checks, in the order in which a person repairs what they find."""

from collections.abc import Callable, Iterator

from soc_agent.cli.doctor import (
    audit,
    capture,
    disks,
    doors,
    knowledge,
    portals,
    program,
    receiving,
    rotation,
    running,
    sources,
    zones,
)
from soc_agent.cli.doctor.case import Case
from soc_agent.cli.doctor.check import Check, Verdict, ok
from soc_agent.cli.workspace import Workspace
from soc_agent.errors import SocAgentError

_CHECKS: tuple[Callable[[Case], Iterator[Check]], ...] = (
    sources.files,
    disks.store,
    disks.evidence,
    disks.spools,
    program.inotify,
    capture.capture,
    knowledge.enrichment,
    knowledge.rules,
    sources.decoders,
    sources.sources,
    doors.doors,
    receiving.receiving,
    rotation.rotation,
    audit.audit,
    zones.zones,
    portals.portals,
    running.running,
)


def examine(workspace: Workspace, user: str = "", *, online: bool = False) -> Iterator[Check]:
    """Look at the program, then at what the configuration asks for.

    :param user: as whom is looked; empty: as the user of this process.
    :raises ConfigError: when nobody can look as that user.
    """
    yield program.python()
    yield program.prefilter()
    try:
        case = Case(workspace, user, online=online)
    except SocAgentError as failure:
        yield Check("config", Verdict.ERROR, problem=failure.problem)
        return
    yield ok("config", str(workspace.config_path))
    yield ok("user", case.who.name)
    yield from case.service()
    yield program.clock(case)
    yield program.open_files(case)
    for look in _CHECKS:
        yield from look(case)
