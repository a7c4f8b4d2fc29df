"""Options of a source that scans files."""

from typing import Annotated

from msgspec import Meta

from soc_agent.config.section import Bytes, Name, Seconds, Section
from soc_agent.model import Tier


class WatchSource(Section, frozen=True, tag="watch", tag_field="kind"):
    """Folders whose closed and moved-in files are scanned with YARA."""

    name: Name
    paths: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    recursive: bool = True
    host: str = ""
    """Host whose files these are; empty: this host."""
    tier: Tier = Tier.SERVER
    scan_existing: bool = False
    """Whether files that are there at the first start are scanned too."""
    rescan_s: Annotated[int, Meta(ge=0)] = 0
    """Between two scans of all files, also those that did not change: new rules see old files. 0: never."""
    size_cap_bytes: Bytes = 33_554_432
    """A larger file is reported as not scanned, never as clean."""
    timeout_s: Seconds = 15
    """Longest time for one file."""
    archive_depth: Annotated[int, Meta(ge=0, le=16)] = 4
    """Levels of archives within archives that are looked into; 0: none."""
    archive_members: Annotated[int, Meta(ge=1)] = 4096
    """So many members of one archive are scanned at most; the rest is reported as not scanned."""
    archive_bytes: Bytes = 67_108_864
    """So much is unpacked of one archive at most; the rest is reported as not scanned."""
