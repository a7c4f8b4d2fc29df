"""A line decoded into fields."""

from typing import Any

from msgspec import Struct


class LogSource(Struct, frozen=True, gc=False):
    """Sigma's log source (Sigma specification 2.1, ``logsource``): says which rules can apply. Empty means *any*."""

    category: str = ""
    product: str = ""
    service: str = ""

    def applies_to(self, event_source: "LogSource") -> bool:
        """Say whether a rule with this log source looks at events of ``event_source``."""
        return (
            self.category in ("", event_source.category)
            and self.product in ("", event_source.product)
            and self.service in ("", event_source.service)
        )


class Event(Struct, gc=False):
    """A line decoded into fields that the Sigma taxonomy names. Made late, for candidate lines only."""

    raw: bytes
    """The line as the source wrote it, without its newline."""
    text: str
    """The line as text: UTF-8 with what is not UTF-8 replaced. Keyword rules search it."""
    type: str
    """The decoder that took the line, such as ``sshd``; the type of the source when none did."""
    log_sources: tuple[LogSource, ...]
    """What the event is to rules. The first is what it is foremost; the others are wider names of the same."""
    fields: dict[str, Any]
    """Field name to ``str``, ``int``, ``float``, ``bool``, ``None`` or a list of these."""
    time_ns: int = 0
    """When it happened, in nanoseconds since 1970 (UTC); when it was read, where the line does not say."""
    host: str = ""
    """The host that the line speaks of, as it names itself."""
    decoded: bool = True
    """False when no decoder took the line: ``fields`` is empty, ``text`` is all there is."""
    repeat: int = 1
    """How many events the line stands for, by what a decoder knows of its format (syslog: "message repeated 5 times").
    A field of that name says nothing: whoever writes a line chooses its fields."""
