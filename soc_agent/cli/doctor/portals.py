"""Web pages that are watched: whether they can be reached from here. Only when a person asks for it."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from soc_agent.cli.doctor.case import Case
from soc_agent.cli.doctor.check import Check, error, ok
from soc_agent.cli.doctor.doors import is_reachable
from soc_agent.config import PortalSource

_PORTS = {"http": 80, "https": 443}


def portals(case: Case) -> Iterator[Check]:
    """Open a connection to the host of each page, where ``--online`` was said; ask nothing of it."""
    if not case.online:
        return
    for source in case.config.sources:
        if not isinstance(source, PortalSource):
            continue
        for page in source.pages:
            parts = urlsplit(page.url)
            port = parts.port or _PORTS.get(parts.scheme, 443)
            reason = is_reachable(parts.hostname or "", port)
            if reason:
                host = f"{parts.hostname}:{port}"
                yield error(
                    "portal", "doctor.unreachable", source=source.name, page=page.name, host=host, reason=reason
                )
            else:
                yield ok("portal", f"{source.name}: {page.name}")
