"""Where lines come from: the options of each kind of source, one module each."""

from soc_agent.config.sources.eventlogs import EventLogSource
from soc_agent.config.sources.files import FileSource, MultilineOptions
from soc_agent.config.sources.host import HostSource
from soc_agent.config.sources.integrity import IntegritySource
from soc_agent.config.sources.journal import JournalSource
from soc_agent.config.sources.listener import ListenerSource, ListenOptions
from soc_agent.config.sources.packets import PacketSource
from soc_agent.config.sources.portals import PortalPage, PortalSource
from soc_agent.config.sources.watch import WatchSource

Source = (
    EventLogSource
    | FileSource
    | HostSource
    | IntegritySource
    | JournalSource
    | ListenerSource
    | PacketSource
    | PortalSource
    | WatchSource
)
"""Which it is says ``kind``."""

__all__ = [
    "EventLogSource",
    "FileSource",
    "HostSource",
    "IntegritySource",
    "JournalSource",
    "ListenOptions",
    "ListenerSource",
    "MultilineOptions",
    "PacketSource",
    "PortalPage",
    "PortalSource",
    "Source",
    "WatchSource",
]
