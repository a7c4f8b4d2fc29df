"""What a regular expression is made of, once it is read: see :mod:`soc_agent.detect.regex.pcre`."""

from msgspec import Struct


class PatternError(ValueError):
    """An expression that PCRE does not take, or that asks for what is not known here. The message says which."""


class Char(Struct, frozen=True, gc=False):
    """One character."""

    code: int
    ignores_case: bool = False


class Kind(Struct, frozen=True, gc=False):
    r"""A named kind of character: ``d``, ``w``, ``s``, ``h``, ``v``, a POSIX name such as ``alpha``, or ``p{Lu}``."""

    name: str
    negated: bool = False


class Chars(Struct, frozen=True, gc=False):
    """One of several characters."""

    ranges: tuple[tuple[int, int], ...] = ()
    kinds: tuple[Kind, ...] = ()
    negated: bool = False
    ignores_case: bool = False


class AnyChar(Struct, frozen=True, gc=False):
    """Any character, or any but a newline."""

    newline_too: bool


class Place(Struct, frozen=True, gc=False):
    """A place between characters.

    ``start`` and ``end`` of the text, ``last`` (its end, or before a newline there), ``line start`` and ``line end``,
    ``word`` and ``no word``.
    """

    name: str


class Reference(Struct, frozen=True, gc=False):
    """What a group has found."""

    to: int | str
    ignores_case: bool = False


class Group(Struct, frozen=True, gc=False):
    """Alternatives in brackets: ``capture``, ``plain``, ``atomic``, or one of the four looks around."""

    kind: str
    body: "Alternatives"
    name: str = ""


class Conditional(Struct, frozen=True, gc=False):
    """One of two, by whether a group has found anything."""

    on: int | str
    body: "Alternatives"


class Repeat(Struct, frozen=True, gc=False):
    """One element so many times."""

    item: "Node"
    least: int
    most: int | None
    how: str = ""
    """Empty, ``?`` (as few as can be) or ``+`` (nothing given back)."""


Node = Char | Chars | AnyChar | Place | Reference | Group | Conditional | Repeat
Sequence = tuple[Node, ...]
Alternatives = tuple[Sequence, ...]
