"""What a listener needs besides its ports: room in the kernel for datagrams, and certificates that hold."""

import os
from collections.abc import Iterator
from pathlib import Path

from soc_agent.cli.doctor.case import Case
from soc_agent.cli.doctor.check import Check, Verdict, error, ok, warn
from soc_agent.cli.listening import door_text, with_paths
from soc_agent.config import ListenerSource
from soc_agent.errors import SourceError

_MOST = Path("/proc/sys/net/core/rmem_max")


def receiving(case: Case, most: Path = _MOST) -> Iterator[Check]:
    """Look at all listeners."""
    found = [
        with_paths(source, case.folder, case.config.store.path)
        for source in case.config.sources
        if isinstance(source, ListenerSource)
    ]
    yield from _buffers(case, found, most)
    for source in found:
        yield from _certificates(case, source)


def _buffers(case: Case, sources: list[ListenerSource], most: Path) -> Iterator[Check]:
    """Compare the buffers that are asked for with what the kernel gives to whom (socket(7), SO_RCVBUF)."""
    asking = [source for source in sources if any(door.transport == "udp" for door in source.listen)]
    wanted = max((source.receive_buffer_bytes for source in asking), default=0)
    if not wanted:
        return
    if case.who.is_self and os.geteuid() == 0:  # SO_RCVBUFFORCE: root gets what it asks for
        yield ok("buffer", str(wanted))
        return
    try:
        given = int(most.read_text("ascii"))
    except (OSError, ValueError):
        return
    if given < wanted:
        yield warn("buffer", "doctor.small_buffer", source=asking[0].name, given=given, wanted=wanted)
    else:
        yield ok("buffer", str(wanted))


def _certificates(case: Case, source: ListenerSource) -> Iterator[Check]:
    from collectors.listener.tls import Certificates

    for door in source.listen:
        if door.transport != "tls":
            continue
        name = f"{source.name}: {door_text(door)}"
        try:
            problems = Certificates(door, name).problems()
        except SourceError as failure:
            if not case.who.is_self:  # else it was told of the source
                yield Check("certificate", Verdict.ERROR, problem=failure.problem)
            continue
        except (OSError, ValueError) as failure:
            yield error("certificate", "listener.bad_certificate", door=name, path=door.certificate, reason=failure)
            continue
        for problem in problems:
            yield Check("certificate", Verdict.WARN, problem=problem)
        if not problems:
            yield ok("certificate", name)
