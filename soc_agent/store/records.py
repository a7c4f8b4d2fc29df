"""What the store gives: the structs of its answers."""

from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct

from soc_agent.model import Counters, Layer, Level, Problem, Status


class Order(StrEnum):
    """How a list of alerts is sorted; each begins with what matters most."""

    TIME = "time"
    """Latest event first."""
    LEVEL = "level"
    """Worst first, then latest."""
    COUNT = "count"
    """Most events first."""
    HOST = "host"
    """By name of the host, then latest."""
    RULE = "rule"
    """By title, then latest."""
    SYSTEM = "system"
    """Highest security level of the systems concerned first, then worst, then latest."""


class SourceStatus(StrEnum):
    """How a source is doing, as the agent last said."""

    RUNNING = "running"
    MISSING = "missing"
    """It cannot run here: a library, a permission or a path is missing."""
    FAILED = "failed"
    """It ran and broke."""
    FINISHED = "finished"
    """It was read to its end and there will be no more."""


class OpenAlert(Struct, frozen=True):
    """An alert that is still open, into which a repeat folds."""

    id: int
    level: Level
    first_ns: int
    last_ns: int
    count: int
    suppression: int = 0
    """The suppression under which a detection counts on it, though it may be closed; 0: none."""


class Suppression(Struct, frozen=True):
    """For a time, what a rule finds of one entity counts on an alert instead of making another."""

    seq: int
    """The history entry that says so."""
    alert_id: int
    rule_id: str
    entity_key: str
    since_ns: int
    """When it was recorded."""
    until_ns: int
    """Event time at which it ends by itself."""
    actor: str
    reason: str
    count: int
    """Events that were counted under it."""
    ended_ns: int = 0
    """When it was lifted, or another took its place; 0 when it was not."""


class Evidence(Struct, frozen=True):
    """One line that an alert stands on."""

    time_ns: int
    """Event time; for a line of a correlation window, that of the detection which the window made."""
    source: str
    stream: str
    line_number: int
    """Number of the line in its stream, from 1; 0 where it is not known (the lines of a correlation window)."""
    raw: bytes


class HistoryEntry(Struct, frozen=True):
    """One entry of the append-only history."""

    seq: int
    time_ns: int
    """When it was recorded. Never runs backwards, even where the clock of the host does."""
    actor: str
    """Name of the person; ``agent`` for what the program did itself."""
    subject: str
    """What it speaks of: ``alert/<uid>``, ``source/<name>``, ``agent``, ``rules``."""
    kind: str
    """What happened: ``alert``, ``repeat``, ``acknowledge``, ``assign``, ``note``, ``close``, ``false_positive``,
    ``reopen``, ``suppress``, ``suppressed`` (as ``repeat``, under a suppression),
    ``lift``, ``source``, ``started``, ``stopped``, ``rules``."""
    data: dict[str, Any]
    """What more there is to say: ``text`` of a note, ``reason``, ``added`` … For alerts also ``status``, ``owner``,
    ``count`` and ``last_ns`` as they stood after the entry."""
    hash: bytes
    """32 bytes that chain the entry to all before it."""


class HistoryCheck(Struct, frozen=True):
    """What checking the whole history found."""

    ok: bool
    entries: int
    """How many entries were checked."""
    first_bad_seq: int | None = None
    """The first entry that does not fit, or the entry that an altered alert or line of evidence belongs to."""
    head: bytes = b""
    """Hash of the last entry: written down elsewhere, it proves later that nothing before it was edited or cut off."""


class Counts(Struct, frozen=True):
    """How many alerts there are. Absent keys are zero."""

    open_by_level: dict[Level, int] = {}
    open_by_layer: dict[Layer, dict[Level, int]] = {}
    by_status: dict[Status, int] = {}

    @property
    def open(self) -> int:
        """All open alerts."""
        return sum(self.open_by_level.values())

    @property
    def total(self) -> int:
        """All alerts, open or not."""
        return sum(self.by_status.values())


class SourceLedger(Struct, frozen=True):
    """What was read of one source, what became of it, and how the source is doing."""

    source: str
    totals: Counters
    per_minute: Counters
    """The rate now: what was counted since the beginning of the last whole minute, scaled to one minute."""
    first_ns: int = 0
    """When something of it was first counted; 0 when never."""
    last_ns: int = 0
    """When a line of it was last counted; 0 when never."""
    state: SourceStatus | None = None
    """None when the agent never spoke of it."""
    problem: Problem | None = None
    """What is wrong with it."""
    changed_ns: int = 0
    """Since when it is in this state."""
    hour: Counters = msgspec.field(default_factory=Counters)
    """What was counted in this minute and the 59 before it."""
    day: Counters = msgspec.field(default_factory=Counters)
    """What was counted in this minute and the 1,439 before it; where only hours are kept any more, from whole hours."""
    silent_after_s: int | None = None
    """The silence beyond which it is not well, as the agent learnt or was told; 0: none is; None: no agent said."""
    lag_bytes: int = 0
    """Bytes that waited to be read when the agent last looked."""
    lag_s: float = 0.0
    """For how long the oldest of them did."""
    failures: int = 0
    """How often it broke within a day, and was started again."""


class CanaryResult(Struct, frozen=True):
    """How far a marked line came that was sent through a source. Times are nanoseconds since 1970; 0: not so far."""

    source: str
    kind: str
    """Kind of the source."""
    sent_ns: int
    """When it was sent, or was to be; 0 when none can be sent through this kind of source."""
    read_ns: int = 0
    detected_ns: int = 0
    stored_ns: int = 0
    problem: str = ""
    """Why none can be sent through this kind of source, or why this one could not."""

    @property
    def is_possible(self) -> bool:
        """Whether one can be sent at all."""
        return self.sent_ns > 0

    @property
    def broken_stage(self) -> str:
        """The first stage that it did not come through: ``send``, ``read``, ``detect``, ``store``; empty: it did."""
        if self.stored_ns or not self.is_possible:
            return ""
        stages = (("read", self.read_ns), ("detect", self.detected_ns), ("store", self.stored_ns))
        return "send" if self.problem else next(stage for stage, time_ns in stages if not time_ns)


class RulesState(Struct, frozen=True):
    """How the rules were last loaded."""

    time_ns: int
    loaded: int
    refused: int
    """How much is wrong with files of rules."""
    problems: tuple[Problem, ...]
    """What is wrong, the first of it."""


class AssetSeen(Struct, frozen=True):
    """A host that was seen in what sources say."""

    host: str
    addresses: tuple[str, ...]
    first_ns: int
    last_ns: int
    sources: tuple[str, ...]


class AgentState(Struct, frozen=True):
    """The agent that writes here, as it last said itself."""

    pid: int
    started_ns: int
    heartbeat_ns: int
    events_per_s: float = 0.0
    """Lines read per second, lately."""
    stopped_ns: int = 0
    """When it stopped cleanly; 0 while it runs, or when it was killed."""
