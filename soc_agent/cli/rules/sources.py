"""Which types of lines the sources of a configuration collect."""

import glob
from collections.abc import Collection
from pathlib import Path

from collectors.archive import looks_binary, read_head
from soc_agent.cli.inputs import HEAD_BYTES
from soc_agent.cli.listening import listened
from soc_agent.config import (
    Config,
    EventLogSource,
    HostSource,
    IntegritySource,
    JournalSource,
    ListenerSource,
    PacketSource,
    PortalSource,
    Source,
    WatchSource,
)
from soc_agent.decode import guess_type
from soc_agent.errors import SourceError

ALWAYS = frozenset({"health"})
"""What the agent says of itself."""
_LOOKED_AT = 50


def collected_types(config: Config, folder: Path, known: Collection[str]) -> frozenset[str]:
    """Give the types of lines that the sources collect; relative paths begin at ``folder``.

    Of a source whose type is guessed, those of the files that are there now; where there are none, any of ``known``.
    """
    found: set[str] = set(ALWAYS)
    for source in config.sources:
        found |= _types_of(source, folder, known)
    return frozenset(found)


def _types_of(source: Source, folder: Path, known: Collection[str]) -> set[str]:
    if isinstance(source, PacketSource):
        from collectors.packets.blocks import TYPE

        return {TYPE}
    if isinstance(source, WatchSource):
        return {"yara"}
    if isinstance(source, IntegritySource):
        return {"integrity"}
    if isinstance(source, EventLogSource):
        return {"json", "eventxml"}
    if isinstance(source, PortalSource):
        return {"portal"}
    if isinstance(source, HostSource):
        return {"host"}
    if isinstance(source, JournalSource):
        return {"syslog"}
    if isinstance(source, ListenerSource):
        return {known for door in source.listen for known in listened(door.type or source.type)}
    if source.type != "auto":
        return {source.type}
    patterns = [str(folder / path) for path in source.paths]
    paths = [Path(path) for pattern in patterns for path in glob.iglob(pattern, recursive=True)]  # noqa: PTH207 - absolute
    return {kind for path in paths[:_LOOKED_AT] if path.is_file() and (kind := _guess(path))} or set(known)


def _guess(path: Path) -> str:
    try:
        head = read_head(path, HEAD_BYTES)
    except (OSError, SourceError):
        return ""
    return "" if not head or looks_binary(head) else guess_type(head)
