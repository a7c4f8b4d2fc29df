"""Why a rule matches a line, or does not: the condition as a tree, and what the line was to the rule."""

from datetime import date
from typing import Any, Literal

from msgspec import Struct

from soc_agent.model.event import LogSource
from soc_agent.model.rule import RuleInfo


class Pattern(Struct, frozen=True, omit_defaults=True):
    """One pattern that a field was compared with."""

    pattern: str
    """As the author of the rule wrote it, as far as that can be told."""
    holds: bool
    forms: int = 1
    """Into how many texts a modifier (``windash``, ``base64offset``, a list) made it; ``pattern`` is one of them."""
    refers_to: str = ""
    """The value of the other field, where it is compared with that."""


class Branch(Struct, frozen=True, omit_defaults=True):
    """A part of a condition, and whether it is true for the line."""

    kind: Literal["all", "any", "not", "selection", "item"]
    """What must hold: all children, one of them, none; the selection of this name; a field's tests."""
    holds: bool
    label: str = ""
    """Name of the selection; field and modifiers of an item."""
    children: tuple["Branch", ...] = ()
    field: str = ""
    """The field that an item looks at; empty: the whole event."""
    present: bool = True
    """Whether the event has the field."""
    values: tuple[str, ...] = ()
    """What the event has there: the part that decided, where it is long."""
    tests: tuple[Pattern, ...] = ()
    """Of an item: its patterns, those that hold first."""
    every: bool = False
    """Whether all patterns of an item must hold; else one is enough."""
    left_out: int = 0
    """Patterns that are not listed here. None of them holds, unless all that are listed do."""

    @property
    def unequal(self) -> "Branch | None":
        """The item below, where this is no `not` of the condition but the modifier ``neq`` of a field."""
        if self.kind == "not" and "neq" in self.children[0].label.split("|")[1:]:
            return self.children[0]
        return None


class Sought(Struct, frozen=True):
    """A literal by which a rule is looked for."""

    literal: str
    found: bool
    """Whether it stands in the line."""


class Prefilter(Struct, frozen=True, omit_defaults=True):
    """What the prefilter makes of a line for one rule."""

    passes: bool
    """Whether the rule is tried on the line."""
    always: bool = False
    """Whether it is tried on every line of the type: no literal says where it cannot match."""
    sets: tuple[tuple[Sought, ...], ...] = ()
    """A line must hold one literal of each set. Those that stand in the line come first; long sets are cut."""
    left_out: tuple[int, ...] = ()
    """How many literals of each set are not listed."""
    unspelled: bool = False
    """Whether the line may spell letters otherwise (JSON escapes), so that no literal counts."""


class Reason(Struct, frozen=True):
    """The conclusion: a key of the message catalogues, and its values."""

    code: str
    values: dict[str, Any] = {}


class LaidOver(Struct, frozen=True, omit_defaults=True):
    """A filter that is part of the condition: who tuned out what it hides, why, and until when."""

    title: str
    author: str = ""
    reason: str = ""
    reason_vi: str = ""
    expires: date | None = None
    """The last day on which it applies."""


class RuleExplanation(Struct, frozen=True, kw_only=True):
    """What one rule makes of one line."""

    rule: RuleInfo
    line_type: str
    """The type that the line was given as."""
    decoder: str
    """The decoder that took it."""
    decoded: bool
    wants: LogSource
    """The log source that the rule looks at."""
    has: tuple[LogSource, ...]
    """Those that the line is of."""
    applies: bool
    """Whether the rule looks at lines like this at all."""
    condition: Branch
    prefilter: Prefilter
    matches: bool
    conclusion: Reason
    filters: tuple[LaidOver, ...] = ()


class Part(Struct, frozen=True):
    """A field of a group, or one whose values are counted."""

    name: str
    """The field, or an alias."""
    field: str
    """What it is in events of the rule."""
    value: str | None
    """What the line has there; None: nothing."""


class Counting(Struct, frozen=True):
    """How a correlation would count the line for one of the rules that it refers to."""

    explanation: "RuleExplanation | CorrelationExplanation"
    """What that rule makes of the line."""
    group: tuple[Part, ...] = ()
    counted: tuple[Part, ...] = ()
    unwanted: bool = False
    """Whether an event of that rule must not come, for the condition to be true."""


class CorrelationExplanation(Struct, frozen=True, kw_only=True):
    """What a correlation makes of one line: which of its rules match it, and under which group it is counted."""

    rule: RuleInfo
    kind: str
    """``event_count``, ``temporal`` and so on."""
    condition: str
    """Such as ``gte 5``."""
    timespan_s: float
    countings: tuple[Counting, ...]
    matches: bool
    """Whether the line is counted. Whether there is an alert depends on other lines too."""
    conclusion: Reason


Explanation = RuleExplanation | CorrelationExplanation
