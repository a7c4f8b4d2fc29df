"""What the agent itself writes, so that none of its sources reads it: it would feed itself, or do worse.

A process that opens and closes a SQLite file beside SQLite loses its locks on it (section 2.2 of
sqlite.org/howtocorrupt.html), and is killed when another process then takes the shared memory away.
"""

import glob
from pathlib import Path

from msgspec.structs import replace

from soc_agent.agent.canary import canary_folder
from soc_agent.cli.listening import with_paths
from soc_agent.config import (
    Config,
    EventLogSource,
    FileSource,
    IntegritySource,
    ListenerSource,
    PacketSource,
    Source,
    WatchSource,
)
from soc_agent.store.captures import captures_folder

_ENDINGS = ("", "-wal", "-shm", "-journal")


def without_own(source: Source, config: Config, folder: Path) -> Source:
    """Give a source that leaves out what the agent writes; ``folder`` is where paths of the configuration begin.

    A watched folder leaves out only the store, so that nothing can be hidden from the scanner under our names.
    """
    if not isinstance(source, (FileSource, EventLogSource, IntegritySource, WatchSource)):
        return source
    store = folder / config.store.path
    own = [f"{glob.escape(str(store))}{ending}" for ending in _ENDINGS]
    canaries = canary_folder(store)
    is_ours = all(Path(path).is_relative_to(canaries) for path in source.paths)
    if not isinstance(source, WatchSource) and not is_ours:
        for place in _folders(config, folder, store):
            name = glob.escape(str(place))
            own += [name, f"{name}/**"]
    return replace(source, exclude=(*source.exclude, *own))


def _folders(config: Config, folder: Path, store: Path) -> list[Path]:
    """Give the folders of canaries, of spools and of packets that are kept."""
    found = [canary_folder(store)]
    for source in config.sources:
        if isinstance(source, ListenerSource):
            found.append(Path(with_paths(source, folder, config.store.path).spool))
        elif isinstance(source, PacketSource):
            found.append(captures_folder(store, source.name))
    return found
