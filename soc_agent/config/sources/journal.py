"""Options of a source that reads the journal of systemd."""

from typing import Annotated, Literal

from msgspec import Meta

from soc_agent.config.section import Name, Section
from soc_agent.model import Tier

_Text = Annotated[str, Meta(min_length=1, max_length=256)]


class JournalSource(Section, frozen=True, tag="journal", tag_field="kind"):
    """The journal of systemd, read with ``journalctl``."""

    name: Name
    directory: str = ""
    """Folder of another journal, such as those that systemd-journal-remote keeps; empty: that of this host."""
    namespace: str = ""
    """A journal namespace; ``*``: all of them."""
    units: tuple[_Text, ...] = ()
    """Only entries of these units, or globs of units."""
    identifiers: tuple[_Text, ...] = ()
    """Only entries of these programs, as they name themselves."""
    priority: Literal["", "emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"] = ""
    """Only entries of this priority and above."""
    start: Literal["end", "beginning"] = "end"
    """Where to begin when a journal is seen for the first time."""
    program: Annotated[str, Meta(min_length=1)] = "journalctl"
    """The program, or its path."""
    timezone: str = ""
    """Zone of times in messages that name none; those of the entries are in UTC."""
    host: str = ""
    """Host of entries that name none; empty: this host."""
    tier: Tier = Tier.SERVER
    line_cap_bytes: Annotated[int, Meta(ge=1024)] = 1_048_576
    """A longer message keeps its head and is counted as truncated."""
