"""Detections, and the alerts that people see."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from msgspec import Struct

from soc_agent.model.entity import Entities
from soc_agent.model.rule import RuleInfo
from soc_agent.model.scale import Layer, Level, Tier

AlertContext = dict[str, Any]
"""``host`` is an object, ``src_ip`` and ``dst_ip`` are lists of objects with an ``address`` each, ``system_level`` is
the highest security level of the systems concerned. Parts that nothing is known of are left out."""


class Status(StrEnum):
    """Where the work on an alert stands."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"
    FALSE_POSITIVE = "false_positive"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self in (Status.NEW, Status.ACKNOWLEDGED)


class Clause(Struct, frozen=True, gc=False):
    """One reason why a rule matched: a clause of its condition, and the value that decided it."""

    item: str
    """The clause as the rule has it, such as ``selection: cs-uri-query|contains``."""
    pattern: str
    """The pattern of the rule that matched, or the threshold that was reached."""
    field: str = ""
    """The field of the event; empty for a keyword over the whole event."""
    value: str = ""
    """The value that the pattern matched."""
    matched: bool = True


class Detection(Struct, frozen=True, gc=False):
    """One rule matched by one event, or by the events of one correlation window."""

    uid: bytes
    """16 bytes made from the rule, the stream, the offset and the line: the same input gives the same id."""
    rule: RuleInfo
    time_ns: int
    """Event time of the event that completed it."""
    source: str
    stream: str
    line_number: int
    raw: bytes
    fields: dict[str, Any]
    host: str = ""
    entities: Entities = {}
    entity_key: str = ""
    """What makes a repeat the same; alerts fold by rule and this key."""
    count: int = 1
    """Events that it stands for: 1, or those in the window that first reached a correlation's threshold."""
    first_ns: int = 0
    """Event time of the first of these events."""
    why: Sequence[Clause] = ()
    """What decided it; may be worked out only when it is looked at."""
    evidence: tuple[bytes, ...] = ()
    """More lines that belong to it, oldest first: those of a correlation window, bounded."""


class Alert(Struct, frozen=True):
    """What a person sees: a detection after suppression of repeats, and what people did with it."""

    id: int
    uid: bytes
    rule_id: str
    title: str
    level: Level
    layer: Layer
    tier: Tier
    status: Status
    first_ns: int
    """Event time of the first event."""
    last_ns: int
    """Event time of the last repeat."""
    recorded_ns: int
    """When it was committed: the axis of replay."""
    count: int
    host: str
    source: str
    stream: str
    line_number: int
    entities: Entities
    entity_key: str
    tags: tuple[str, ...]
    raw: bytes
    fields: dict[str, Any]
    why: tuple[Clause, ...]
    owner: str = ""
    context: AlertContext = {}
    """What was known of its host and addresses when it was new."""
    suppressed: bool = False
    """Whether what comes is counted on it for a time, and makes no other alert."""
    ended: bool = False
    """Whether it was closed by the agent itself: what it told of was over."""
