"""Options of a source that reads log files."""

from typing import Annotated, Literal

from msgspec import Meta

from soc_agent.config.section import Bytes, Name, Seconds, Section
from soc_agent.model import Tier


class MultilineOptions(Section, frozen=True):
    """Which lines of a file are one event. Such lines are joined before rules look at them."""

    by: Literal["", "none", "start", "indent", "java", "audit"] = ""
    """Empty or ``none``: each line is an event. ``audit`` are records of the Linux audit daemon with the same number;
    empty, with the type ``auto``, this is done where a file has such records."""
    start: str = ""
    """With ``by: start``: what the first line of an event begins with, as a regular expression (RE2)."""
    max_lines: Annotated[int, Meta(ge=2, le=100_000)] = 500
    """A longer event is cut in several."""
    max_bytes: Annotated[int, Meta(ge=1024, le=524_288)] = 262_144
    """A longer event is cut in several."""
    wait_s: Seconds = 2
    """When a file is quiet for so long, its last event is taken for complete."""


class FileSource(Section, frozen=True, tag="file", tag_field="kind"):
    """Log files that grow and rotate."""

    name: Name
    paths: tuple[str, ...]
    """Files or globs; ``**`` goes through folders."""
    type: str = "auto"
    """Decoder type of the lines; ``auto`` looks at the first lines of each file."""
    exclude: tuple[str, ...] = ("*.gz", "*.xz", "*.zst", "*.bz2", "*.zip")
    start: Literal["end", "beginning"] = "end"
    """Where to begin in files that are there when a source is seen for the first time."""
    timezone: str = ""
    """Zone of times that name none, as ``Asia/Ho_Chi_Minh``; empty: that of this host."""
    host: str = ""
    """Host whose logs these are, where lines do not say; empty: this host."""
    tier: Tier = Tier.SERVER
    line_cap_bytes: Bytes = 1_048_576
    """A longer line keeps its head and is counted as truncated."""
    rescan_s: Seconds = 1
    rotate_wait_s: Seconds = 5
    """How long a renamed file is still read after its last growth."""
    partial_wait_s: Seconds = 10
    """How long a line may stay without its newline before it is taken as it is."""
    encoding: str = "auto"
    """``auto`` takes what a byte order mark says, else UTF-8."""
    multiline: MultilineOptions = MultilineOptions()
