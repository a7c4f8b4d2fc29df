r"""The tree of a PCRE expression, written for RE2 or for Python's ``re`` so that it means the same there.

RE2 takes what :func:`~soc_agent.detect.regex.backtracking.needs_backtracking` does not name. What both have but read
otherwise is written out: kinds of characters are ASCII, ``\s`` has the vertical tab, ``\b`` and repeats of more than a
thousand are those of PCRE, and letters that are the same but for case are those of Unicode's simple folding (``k`` and
the Kelvin sign, ``s`` and the long s; but not ``i`` and its Turkish sisters).
"""

from collections.abc import Callable

from soc_agent.detect.regex.letters import Ranges, ranges_of, same_letters
from soc_agent.detect.regex.tree import (
    Alternatives,
    AnyChar,
    Char,
    Chars,
    Group,
    Node,
    PatternError,
    Place,
    Reference,
    Repeat,
    Sequence,
)

_ASCII_LAST = 127
_REPEAT_CAP = 1_000
"""RE2 takes no larger repeats, nor repeats within repeats that come to more."""
_TEXT_CAP_CHARS = 500_000


def write_re2(tree: Alternatives) -> str:
    """Write an expression that does not need backtracking for RE2.

    :raises PatternError: when it is too long.
    """
    return _Writer(_RE2).alternatives(tree)


def write_python(tree: Alternatives) -> str:
    """Write an expression for Python's ``re``.

    :raises PatternError: when it asks for properties of characters, which ``re`` does not know, or is too long.
    """
    return _Writer(_PYTHON).alternatives(tree)


def write_readable(tree: Alternatives) -> str:
    """Write an expression for Python's parser alone: with its letters in runs, and less exact about their case.

    :raises PatternError: when it is too long.
    """
    return _Writer(_READABLE).alternatives(tree)


class _Flavour:
    """What is written otherwise."""

    def __init__(self, places: dict[str, str], number: Callable[[int], str], *, linear: bool, runs: bool) -> None:
        self.places = places
        self.number = number
        self.is_linear = linear
        self.in_runs = runs
        """Letters in any case are written as such, not as classes."""


_RE2 = _Flavour(
    {
        "start": r"\A",
        "end": r"\z",
        "last": r"(?:\n?\z)",
        "line start": "(?m:^)",
        "line end": "(?m:$)",
        "word": r"\b",
        "no word": r"\B",
    },
    lambda code: f"\\x{{{code:x}}}",
    linear=True,
    runs=True,
)
_PYTHON_PLACES = {
    "start": r"\A",
    "end": r"\Z",
    "last": "$",
    "line start": "(?m:^)",
    "line end": "(?m:$)",
    "word": r"(?a:\b)",
    # `\B` would not be found in an empty text
    "no word": r"(?!(?a:\b))",
}
_PYTHON = _Flavour(_PYTHON_PLACES, lambda code: f"\\U{code:08x}", linear=False, runs=False)
_READABLE = _Flavour(_PYTHON_PLACES, lambda code: f"\\U{code:08x}", linear=False, runs=True)
_OPENS = {
    "capture": "(",
    "plain": "(?:",
    "atomic": "(?>",
    "ahead": "(?=",
    "not ahead": "(?!",
    "behind": "(?<=",
    "not behind": "(?<!",
}


class _Writer:
    def __init__(self, flavour: _Flavour) -> None:
        self._flavour = flavour
        self._written = 0

    def alternatives(self, tree: Alternatives) -> str:
        return "|".join(map(self._sequence, tree))

    def _sequence(self, items: Sequence) -> str:
        written: list[str] = []
        run = ""
        for item in items:
            if isinstance(item, Char) and self._is_of_a_run(item):
                run += self._letter(item.code)
                continue
            if run:
                written.append(f"(?i:{run})")
                run = ""
            written.append(self._node(item))
        return self._bounded("".join([*written, f"(?i:{run})" if run else ""]))

    def _bounded(self, text: str) -> str:
        self._written += len(text)
        if self._written > _TEXT_CAP_CHARS:
            raise PatternError("too long when its repeats are written out")
        return text

    def _node(self, item: Node) -> str:
        if isinstance(item, Char):
            return self._char(item)
        if isinstance(item, Chars):
            return self._class(item)
        if isinstance(item, AnyChar):
            return "(?s:.)" if item.newline_too else r"[^\n]"
        if isinstance(item, Place):
            return self._flavour.places[item.name]
        if isinstance(item, Repeat):
            return self._repeat(item)
        if isinstance(item, Group):
            return self._group(item)
        if isinstance(item, Reference):
            to = f"(?P={item.to})" if isinstance(item.to, str) else f"\\{item.to}"
            return f"(?{'i' if item.ignores_case else ''}:{to})"
        return f"(?({item.on}){self.alternatives(item.body)})"

    def _letter(self, code: int) -> str:
        sign = chr(code)
        if sign.isalnum() or code > _ASCII_LAST:
            return sign
        return self._flavour.number(code) if code < ord(" ") or code == _ASCII_LAST else f"\\{sign}"

    def _is_of_a_run(self, item: Char) -> bool:
        """Say whether case does not count, and lower case shows all letters that are the same."""
        odd = item.code > _ASCII_LAST and len(same_letters().get(item.code, ())) > 2
        return item.ignores_case and self._flavour.in_runs and not odd

    def _char(self, item: Char) -> str:
        if self._is_of_a_run(item):
            return f"(?i:{self._letter(item.code)})"
        same = same_letters().get(item.code) if item.ignores_case else None
        return self._of_ranges([(code, code) for code in same]) if same else self._letter(item.code)

    def _class(self, item: Chars) -> str:
        ranges, properties = ranges_of(item)
        if properties and not self._flavour.is_linear:
            if not self._flavour.in_runs:
                raise PatternError(r"\p cannot stand beside what needs backtracking")
            return "(?s:.)"
        more = "".join(f"\\{'P' if kind.negated else 'p'}{kind.name[1:]}" for kind in properties)
        return self._of_ranges(ranges, more, negated=item.negated)

    def _of_ranges(self, ranges: Ranges, more: str = "", *, negated: bool = False) -> str:
        number = self._flavour.number
        members = (number(low) if low == high else f"{number(low)}-{number(high)}" for low, high in ranges)
        return f"[{'^' if negated else ''}{''.join(members)}{more}]"

    def _group(self, item: Group) -> str:
        head = _OPENS["plain" if self._flavour.is_linear else item.kind]
        if item.kind in ("behind", "not behind") and len({_width(inner) for inner in item.body}) > 1:
            # PCRE allows alternatives of different lengths, `re` does not
            looks = [f"{head}{self._sequence(inner)})" for inner in item.body]
            return f"(?:{('|' if item.kind == 'behind' else '').join(looks)})"
        if item.name and not self._flavour.is_linear:
            head = f"(?P<{item.name}>"
        return f"{head}{self.alternatives(item.body)})"

    def _repeat(self, item: Repeat) -> str:
        inner = self._node(item.item)
        if self._flavour.is_linear:
            return self._bounded(_small_repeats(inner, item, max(1, _REPEAT_CAP // _times(item.item))))
        return f"{inner}{_quantifier(item.least, item.most)}{item.how}"


def _quantifier(least: int, most: int | None) -> str:
    if (least, most) in ((0, None), (1, None), (0, 1)):
        return "?" if most else "+" if least else "*"
    return f"{{{least}}}" if least == most else f"{{{least},{'' if most is None else most}}}"


def _small_repeats(inner: str, item: Repeat, cap: int) -> str:
    """Write a repeat as several of at most ``cap``."""
    least, most = item.least, item.most
    if max(least, most or 0) <= cap:
        return f"{inner}{_quantifier(least, most)}{item.how}"
    if max(least, most or 0) // cap * len(inner) > _TEXT_CAP_CHARS:
        raise PatternError("too long when its repeats are written out")
    counts: list[tuple[int, int | None]] = [(cap, cap)] * (least // cap)
    counts += [(least % cap, least % cap)] * bool(least % cap)
    if most is None:
        counts.append((0, None))
    else:
        more = most - least
        counts += [(0, cap)] * (more // cap) + [(0, more % cap)] * bool(more % cap)
    return f"(?:{''.join(f'{inner}{_quantifier(*count)}' for count in counts)})"


def _times(item: Node) -> int:
    """Give how often repeats within an element repeat at most, as they are written for RE2."""
    if isinstance(item, Repeat):
        return min(_REPEAT_CAP, max(item.least, item.most or 0, 1) * _times(item.item))
    if isinstance(item, Group):
        return max((_times(each) for inner in item.body for each in inner), default=1)
    return 1


def _width(items: Sequence) -> int | None:
    """Give how many characters these elements take; None when that varies."""
    total = 0
    for item in items:
        width: int | None = None
        if isinstance(item, Repeat) and item.least == item.most:
            inner = _width((item.item,))
            width = None if inner is None else inner * item.least
        elif isinstance(item, Group):
            widths = {_width(each) for each in item.body} if item.kind in ("capture", "plain", "atomic") else {0}
            width = widths.pop() if len(widths) == 1 else None
        elif isinstance(item, (Place, Char, Chars, AnyChar)):
            width = 0 if isinstance(item, Place) else 1
        if width is None:
            return None
        total += width
    return total
