r"""The format of data-driven decoders: what a file under ``rules/decoders/`` says.

::

    name: sshd                           # type of the events that it takes
    description: OpenSSH server
    parent: syslog                       # the line type that it refines
    programs: [sshd, sshd-session]       # candidates: lines of these programs …
    find: []                             # … or lines with one of these literals
    log_sources: [{product: linux, service: sshd}, {product: linux, service: auth}]
    constants: {service: ssh}            # fields of every event
    casts: {src_port: int, src_ip: ip}
    patterns:                            # the first that matches the whole message gives the fields
      - starts: "Accepted "
        match: 'Accepted (?P<auth_method>\S+) for (?P<user>.*) from (?P<src_ip>\S+) port (?P<src_port>\d+) ssh2'
        constants: {action: login, outcome: success}
    samples:
      - line: 'Jun 14 15:16:01 web01 sshd[7]: Accepted password for an from 192.0.2.7 port 4711 ssh2'
        fields: {user: an, src_ip: 192.0.2.7, outcome: success}
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from soc_agent.model import LogSource

Scalar = str | int | float | bool
Text = Annotated[str, Meta(min_length=1)]
NAME = "[a-z0-9][a-z0-9_-]{0,63}"
"""What a decoder may be called."""
Texts = Text | list[Text]
"""One text, or some."""


class _Part(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A part of the file: unknown keys are errors."""


class LogSourceName(_Part, frozen=True, kw_only=True):
    """A log source as Sigma names it; what is left out is empty."""

    category: str = ""
    product: str = ""
    service: str = ""

    def as_model(self) -> LogSource:
        """Give it as events carry it."""
        return LogSource(self.category, self.product, self.service)


class PatternDefinition(_Part, frozen=True, kw_only=True):
    """One pattern over the whole message."""

    match: Text
    """RE2 syntax; each named group that takes part becomes a field. One named ``repeat`` says how many events the line
    stands for, and correlations count it so often."""
    starts: Texts = ()  # type: ignore[assignment]
    """The message begins with one of these, or the pattern is not tried. Whole words are found fastest."""
    constants: dict[str, Scalar] = {}
    """Fields of the events that it takes."""
    log_sources: tuple[LogSourceName, ...] = ()
    """Log sources of the events that it takes, in front of those of the decoder."""


class CaseDefinition(_Part, frozen=True, kw_only=True):
    """What fields mean together: where they have certain values, more is known of the event."""

    when: dict[str, Texts]
    """Field to the values of which it must have one, without regard to case; ``x*`` is whatever begins with x."""
    field: str = ""
    """A field that is looked into by ``match``; of a list, its first value."""
    match: str = ""
    """RE2 syntax over the whole of that field; its named groups become fields. Where it does not match, the case
    does not hold."""
    constants: dict[str, Scalar] = {}
    """Fields of the events of which it holds."""
    log_sources: tuple[LogSourceName, ...] = ()
    """Log sources of these events, in front of the others."""


class Sample(_Part, frozen=True, kw_only=True):
    """A line, and fields that must come of it."""

    line: Text
    type: str = ""
    """Line type; empty: the first parent."""
    fields: dict[str, Scalar | None]
    """Field to value; null: the field is not there."""
    log_source: LogSourceName | None = None
    """One of the log sources of the event."""


class DecoderDefinition(_Part, frozen=True, kw_only=True):
    """One file."""

    name: Annotated[str, Meta(pattern=f"^{NAME}$")]
    """Type of the events that it takes."""
    description: Text
    parent: Texts = "syslog"
    """The line types that it refines."""
    programs: tuple[Text, ...] = ()
    """Its candidates are the lines of these programs, without regard to case and folder."""
    find: tuple[Text, ...] = ()
    """Its candidates are also the lines with one of these literals, where no decoder of the program took the line."""
    understands: Literal["", "login"] = ""
    """``login``: no patterns, but the words for a login that was refused or accepted, whatever program wrote the line
    and in whatever order. Such a decoder is asked last of all, and needs neither programs nor literals."""
    payload: tuple[Text, ...] = ()
    """Line types in which the message itself may be written, tried in this order before the patterns."""
    structured: str = ""
    """What the name of an element of structured data (RFC 5424) begins with: its parameters become fields by their own
    names, before the patterns are tried."""
    log_sources: tuple[LogSourceName, ...] = ()
    """The first is what its events are foremost. None: those of the parent."""
    constants: dict[str, Scalar] = {}
    """Fields of every event that one of its patterns takes."""
    casts: dict[str, Literal["int", "ip", "labels", "lower"]] = {}
    """Fields that are made a number, an address (left out when it is none), a name of the labels of a DNS packet
    (``(3)www(7)example(2)vn(0)``), or lower case; also those of a payload."""
    values: dict[str, dict[str, Scalar]] = {}
    """Field to a table of its values, found without regard to case; a value not in it stays."""
    rename: dict[str, str] = {}
    """Named group to field: for names that no group can have (``c_ip`` to ``c-ip``), or for two groups of one field."""
    aliases: dict[str, Texts] = {}
    """Field that is filled from the first of these fields that has a value."""
    prefix: str = ""
    """What every message begins with: taken off, with its groups as fields, before the patterns are tried."""
    patterns: tuple[PatternDefinition, ...] = ()
    cases: tuple[CaseDefinition, ...] = ()
    """Asked last, one after the other; each that holds adds its own."""
    samples: tuple[Sample, ...] = ()


def texts(value: Texts) -> tuple[str, ...]:
    """Give one text or some as a tuple."""
    return (value,) if isinstance(value, str) else tuple(value)
