"""What a line does not say itself, and what a decoder of one type gives back."""

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from soc_agent.model import LogSource, Sender

REPEAT_CAP = 1_000_000_000
"""No line stands for more events."""


class Context(Struct, frozen=True):
    """What a line does not say itself: the same for all lines of a block."""

    source_name: str
    """Name of the source in the configuration."""
    type: str
    """Type of the lines, one of :meth:`Decoders.types`."""
    timezone: ZoneInfo
    """Zone of times that name none."""
    received_ns: int
    """When the lines were read, in nanoseconds since 1970 (UTC): what a year is inferred from, and the time of a line
    that has none. For files from the past, the time of their last change serves better than that of reading."""
    host: str = ""
    """Host of lines that name none."""
    sender: Sender | None = None
    """Who sent the lines over the network."""
    header: bytes = b""
    """What the lines stand under, where they do not say themselves what they are: Zeek's ``#fields``."""


class Parsed(Struct, gc=False):
    """What the decoder of one type made of a line. The data-driven decoders refine it."""

    type: str
    log_sources: tuple[LogSource, ...]
    fields: dict[str, Any]
    time_ns: int | None = None
    """None where the line has no time that can be read."""
    host: str = ""
    program: str = ""
    """What data-driven decoders are picked by: the name of the program, where the type has one."""
    subject: str = ""
    """What the patterns of data-driven decoders are matched against."""
    decoded: bool = True
    repeat: int = 1
    """How many events the line stands for; never taken from a field that the line names itself."""


class Early(Struct, gc=False):
    """What decides which rules look at an event, read before the rest of it: most events are of no concern to any."""

    log_sources: tuple[LogSource, ...]
    fields: dict[str, Any]
    time: str
    """As the line has it."""
    host: str


Decode = Callable[[str, Context], Parsed | None]
"""A decoder of one type: the line as text, and its context; None when the line is not of that type. Never raises."""


class LineType(Struct, frozen=True):
    """One type of lines, such as ``syslog`` or ``access``."""

    name: str
    decode: Decode
    log_sources: frozenset[LogSource]
    """Every log source that :attr:`decode` gives."""
    derived: frozenset[str] = frozenset()
    """Fields whose value is not written in the line as it stands in the event."""
    early: Callable[[bytes], Early | None] | None = None
    """Reads what decides of a line of the usual shape; None for others. :attr:`complete` then gives what
    :attr:`decode` gives of the line."""
    complete: Callable[[Early, str, Context], Parsed] | None = None
    undecoded: tuple[LogSource, ...] = (LogSource(),)
    """Log sources of lines of this type that cannot be decoded: those whose rules look for words in any line."""
    literals: Mapping[LogSource, frozenset[str]] = {}
    """Log source to literals of which each line decoded to it holds one, in any case. Not named: any line may be."""
    fields: frozenset[str] | None = None
    """Every field that :attr:`decode` gives; None where the lines themselves name their fields."""
    like: str = ""
    """The type whose data-driven decoders look at its events, too."""
    otherwise: str = ""
    """The type of those lines that :attr:`decode` does not take."""
