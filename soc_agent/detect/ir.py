"""The intermediate representation of a rule: plain data, read from Sigma once, cached, and compiled to predicates.

Reading it back runs no code: it is msgspec structs of strings and numbers, told apart by tags. A condition is a tree of
:class:`And`, :class:`Or`, :class:`Not` and :class:`Ref`; a selection is a tree of the first three and :class:`Item`.
"""

from msgspec import Struct

from soc_agent.model import LogSource, RuleInfo

ANY = 0
"""In :attr:`Text.parts`: any number of characters, ``*``."""
ONE = 1
"""In :attr:`Text.parts`: exactly one character, ``?``."""


class _Part(Struct, frozen=True, array_like=True, gc=False):
    """A part of the representation.

    Without garbage collection: it is a tree, so nothing in it can refer to itself, and thousands of rules would be
    looked through again and again.
    """


class Text(_Part, frozen=True, array_like=True, tag="text"):
    """The whole value is this text, with wildcards. In a keyword: the text occurs."""

    parts: tuple[str | int, ...]
    """Literal text, and :data:`ANY` and :data:`ONE` between."""
    cased: bool = False


class Regex(_Part, frozen=True, array_like=True, tag="re"):
    """A regular expression that is found in the value."""

    pattern: str
    flags: str = ""
    """Of ``i``, ``m`` and ``s``, in this order."""


class Compare(_Part, frozen=True, array_like=True, tag="cmp"):
    """A number comparison."""

    op: str
    """``lt``, ``lte``, ``gt``, ``gte`` or ``neq``."""
    value: int | float


class Null(_Part, frozen=True, array_like=True, tag="null"):
    """The event has no such field, or nothing in it."""


class Exists(_Part, frozen=True, array_like=True, tag="exists"):
    """The event has the field, whatever is in it, or has not."""

    value: bool


class Network(_Part, frozen=True, array_like=True, tag="cidr"):
    """The value is an address of this network, IPv4 or IPv6."""

    cidr: str


class FieldRef(_Part, frozen=True, array_like=True, tag="ref"):
    """The value is that of another field; begins with it, ends with it, or (both) contains it."""

    field: str
    starts: bool = False
    ends: bool = False


class TimePart(_Part, frozen=True, array_like=True, tag="time"):
    """One part of the value read as a time."""

    unit: str
    """``minute``, ``hour``, ``day``, ``week``, ``month`` or ``year``."""
    value: int
    op: str = "eq"
    """As in :class:`Compare`; ``eq``: that very part."""


class AnyOf(_Part, frozen=True, array_like=True, tag="any"):
    """What one value of the rule was expanded to: one of these, also where ``all`` links the values."""

    tests: "tuple[Test, ...]"


Test = Text | Regex | Compare | Null | Exists | Network | FieldRef | TimePart | AnyOf


class Item(_Part, frozen=True, array_like=True, tag="item"):
    """One line of a selection: a field, and what its value must be."""

    field: str
    """Empty: a keyword, looked for in the whole event."""
    key: str
    """The field with its modifiers, as the rule has it."""
    tests: tuple[Test, ...]
    all: bool = False
    """Every test must hold; else one is enough."""


class And(_Part, frozen=True, array_like=True, tag="and"):
    """All of these."""

    nodes: "tuple[Node, ...]"


class Or(_Part, frozen=True, array_like=True, tag="or"):
    """One of these."""

    nodes: "tuple[Node, ...]"


class Not(_Part, frozen=True, array_like=True, tag="not"):
    """Not this."""

    node: "Node"


class Ref(_Part, frozen=True, array_like=True, tag="sel"):
    """A selection, by name. Kept as a name, so that a condition cannot multiply what it names."""

    name: str


Node = Item | And | Or | Not | Ref


class Rule(_Part, frozen=True, array_like=True, tag="rule"):
    """A Sigma detection rule."""

    info: RuleInfo
    log_source: LogSource
    selections: dict[str, Node]
    condition: Node
    name: str = ""
    """By which correlations and filters may refer to it, besides its id."""
    line: int = 0
    """Where its document begins in its file."""


class Filter(_Part, frozen=True, array_like=True, tag="filter"):
    """A Sigma filter: what is added to the conditions of the rules that it names."""

    title: str
    log_source: LogSource
    rules: tuple[str, ...]
    """Ids or names of rules; empty: every rule of the log source."""
    selections: dict[str, Node]
    condition: Node
    path: str = ""
    line: int = 0
    id: str = ""
    author: str = ""
    reason: str = ""
    """Why it may hide what it hides."""
    reason_vi: str = ""
    expires: str = ""
    """The last day on which it applies, as ``2026-12-31``; empty: it never ends by itself."""
