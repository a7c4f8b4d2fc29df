"""Options of a source that reads exported Windows event logs."""

from soc_agent.config.section import Bytes, Name, Seconds, Section
from soc_agent.model import Tier


class EventLogSource(Section, frozen=True, tag="eventlogs", tag_field="kind"):
    """Folders into which exported Windows event logs are put."""

    name: Name
    paths: tuple[str, ...]
    """Folders, or globs of files."""
    exclude: tuple[str, ...] = ()
    timezone: str = ""
    """Zone of times that name none, as ``Asia/Ho_Chi_Minh``; empty: that of this host. Windows writes UTC."""
    host: str = ""
    """Host of events that name none; empty: this host."""
    tier: Tier = Tier.SERVER
    settle_s: Seconds = 2
    """A file is read when it has not changed for so long, and has all that its header says."""
    incomplete_s: Seconds = 300
    """One that stays incomplete for so long is read as far as it goes."""
    rescan_s: Seconds = 2
    size_cap_bytes: Bytes = 8_589_934_592
    """A larger file is reported, and not read."""
