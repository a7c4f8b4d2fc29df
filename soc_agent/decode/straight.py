"""A shorter way to match a pattern: straight ahead, without ever going back on what was matched.

RE2 is linear whatever a pattern says, but finding what each group took costs it more than all the rest of a decoder.
Most patterns of log messages can be matched by taking at each place the first choice that fits there. Where that leads
to the end of the text, it is what RE2 would find too, since it prefers choices in the same order; where it does not,
nothing is said, and RE2 is asked. So the result is that of RE2, and the time is linear here too.

Written with atomic groups and possessive repeats for :mod:`re`. Read from the tree of the pattern; what is not surely
the same in both languages is refused.
"""

import re
import warnings
from functools import cache
from typing import Any

from soc_agent.text.sre import constants as sre
from soc_agent.text.sre import parser

_ASCII_END = 128
_CLASSES = {
    sre.CATEGORY_DIGIT: frozenset(b"0123456789"),
    sre.CATEGORY_SPACE: frozenset(b"\t\n\f\r "),
    sre.CATEGORY_WORD: frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"),
}
"""As RE2 has them (https://github.com/google/re2/wiki/Syntax)."""
_ALL = frozenset(range(_ASCII_END))
_CLASSES |= {
    sre.CATEGORY_NOT_DIGIT: _ALL - _CLASSES[sre.CATEGORY_DIGIT],
    sre.CATEGORY_NOT_SPACE: _ALL - _CLASSES[sre.CATEGORY_SPACE],
    sre.CATEGORY_NOT_WORD: _ALL - _CLASSES[sre.CATEGORY_WORD],
}
_Unit = tuple[Any, Any]
_END = -1
"""In a set of first characters: the text may end here."""
_UNKNOWN = frozenset({*_ALL, _END})
_OTHERWISE = re.compile(r"\[\[|\[:|\{,|\\[zZQECKRX]|\(\?[a-zA-Z]*[UimsxaLu-]")
"""What the two languages may read differently, or what this module does not look into."""
_UNREADABLE = re.compile(r"\[\[|\[:|\{,|\\[zQECKRX]|\(\?[a-zA-Z]*(?:U|[msxaLu-])")
"""The first of these two alone."""
_LONGEST = 4_096
_CHOICES = 3
"""So many parts that may be absent are tried in all ways, where they stand at the end."""


def straight(pattern: str) -> "re.Pattern[str] | None":
    """Give an expression for the whole of an ASCII text; None where there is none that is surely right.

    Where it matches, each group took what it takes in RE2 with ``dot_nl``; where it does not, RE2 may match yet.
    """
    if len(pattern) > _LONGEST or not pattern.isascii() or _OTHERWISE.search(pattern):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            tree = parser.parse(pattern)
            if tree.state.flags != parser.SRE_FLAG_UNICODE:
                return None
            return re.compile(_Writer(tree.state.groupdict).write(list(tree)), re.DOTALL | re.ASCII)
    except (re.error, _RefusedError, RecursionError, OverflowError, Warning):
        return None


@cache
def needed(pattern: str) -> str:
    """Give a text that whatever matches the pattern holds; empty where none is sure."""
    if len(pattern) > _LONGEST or not pattern.isascii() or _UNREADABLE.search(pattern):
        return ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            tree = parser.parse(pattern)
    except (re.error, RecursionError, OverflowError, Warning):
        return ""
    if tree.state.flags != parser.SRE_FLAG_UNICODE:
        return ""
    runs = [""]
    for op, argument in _opened(list(tree)):
        if op is sre.LITERAL:
            runs[-1] += chr(argument)
        elif op is not sre.AT:
            runs.append("")
    # half a surrogate pair is matched as a question mark
    return max((run for run in runs if "?" not in run), key=len, default="")


def _opened(tree: list[_Unit]) -> list[_Unit]:
    """Put the content of groups whose letters count as they stand into the sequence."""
    units: list[_Unit] = []
    for op, argument in tree:
        if op is sre.SUBPATTERN and not argument[1] and not argument[2]:
            units.extend(_opened(list(argument[3])))
        else:
            units.append((op, argument))
    return units


class _RefusedError(Exception):
    """This part of a pattern has no straight form."""


_OPEN, _CLOSE = "open", "close"


class _Writer:
    def __init__(self, names: dict[str, int]) -> None:
        self._names = {number: name for name, number in names.items()}

    def write(self, tree: list[_Unit]) -> str:
        """Write the whole pattern."""
        return self._sequence(_flat(tree), exact=False)

    def _sequence(self, units: list[_Unit], *, exact: bool) -> str:
        """Write units one after the other.

        :param exact: where the straight way fails here, every way must; else something else would be tried wrongly.
        """
        out: list[str] = []
        opened: list[int] = []
        place = 0
        while place < len(units):
            op, argument = units[place]
            rest = units[place + 1 :]
            place += 1
            if op is _OPEN:
                opened.append(len(out))
                out.append(f"(?P<{self._names[argument]}>" if argument in self._names else "(")
            elif op is _CLOSE:
                opened.pop()
                out.append(")")
            elif (single := _single(op, argument)) is not None:
                out.append(_written(single))
            elif op is sre.BRANCH:
                out.append(_branch(argument[1]))
            elif op in (sre.MAX_REPEAT, sre.MIN_REPEAT):
                low, high, inner = argument
                only = _single(*inner[0]) if len(inner) == 1 else None
                if only is None:
                    if op is not sre.MAX_REPEAT or (low, high) != (0, 1) or (exact and _without_groups(rest)):
                        raise _RefusedError
                    out.append(f"(?>(?:{self._sequence(_flat(list(inner)), exact=True)})?)")
                    continue
                repeat = f"{_written(only)}{{{low},{'' if high is sre.MAXREPEAT else high}}}"
                following = _without_groups(rest)
                if op is sre.MAX_REPEAT and (not following or not only & _first(rest, inside=exact)):
                    out.append(f"{repeat}+")
                    continue
                if exact:
                    raise _RefusedError
                lazy = "?" if op is sre.MIN_REPEAT else ""
                literals = _literals(rest)
                if literals:
                    # up to the last (or first) place where that text stands, and no other afterwards
                    place += self._up_to(repeat + lazy, rest, out, opened)
                elif not lazy:
                    out.append(f"{repeat}+")
                elif _is_short(following):
                    # each place is tried, with little to do at each
                    out.append(repeat + lazy + self._plain(rest))
                    return "".join(out)
                else:
                    raise _RefusedError
            else:
                raise _RefusedError
        return "".join(out)

    def _up_to(self, repeat: str, rest: list[_Unit], out: list[str], opened: list[int]) -> int:
        """Write a repeat and the text behind it as one atomic group; give how many units that took."""
        begin, taken, parts = len(out), 0, [repeat]
        for op, argument in rest:
            if op is _CLOSE:
                if not opened:
                    raise _RefusedError
                begin = min(begin, opened.pop())
                parts.append(")")
            elif op is sre.LITERAL:
                parts.append(re.escape(chr(argument)))
            else:
                break
            taken += 1
        out.insert(begin, "(?>")
        # groups that were opened further left keep their place; those inside the atomic group are closed in it
        out.extend((*parts, ")"))
        return taken

    def _plain(self, units: list[_Unit]) -> str:
        """Write units as they are: they are short, so going back costs little."""
        out = []
        for op, argument in units:
            if op is _OPEN:
                out.append(f"(?P<{self._names[argument]}>" if argument in self._names else "(")
            elif op is _CLOSE:
                out.append(")")
            elif (single := _single(op, argument)) is not None:
                out.append(_written(single))
            else:
                low, high, inner = argument
                out.append(f"(?:{self._plain(_flat(list(inner)))}){{{low},{high}}}")
        return "".join(out)


def _flat(tree: list[_Unit]) -> list[_Unit]:
    """Put the content of groups into the sequence that they stand in, between marks."""
    units: list[_Unit] = []
    for op, argument in tree:
        if op is sre.SUBPATTERN:
            number, added, removed, inner = argument
            if added or removed:
                raise _RefusedError
            inside = _flat(list(inner))
            units.extend([(_OPEN, number), *inside, (_CLOSE, number)] if number else inside)
        else:
            units.append((op, argument))
    return units


def _without_groups(units: list[_Unit]) -> list[_Unit]:
    return [unit for unit in units if unit[0] not in (_OPEN, _CLOSE)]


def _single(op: Any, argument: Any) -> frozenset[int] | None:
    """Give the characters that a unit of one character takes; None for any other unit."""
    if op is sre.LITERAL:
        return frozenset({argument})
    if op is sre.NOT_LITERAL:
        return _ALL - {argument}
    if op is sre.ANY:
        return _ALL
    if op is not sre.IN:
        return None
    found: set[int] = set()
    negated = False
    for kind, value in argument:
        if kind is sre.NEGATE:
            negated = True
        elif kind is sre.LITERAL:
            found.add(value)
        elif kind is sre.RANGE:
            found.update(range(value[0], min(value[1] + 1, _ASCII_END)))
        elif kind is sre.CATEGORY and value in _CLASSES:
            found |= _CLASSES[value]
        else:
            raise _RefusedError
    return (_ALL - found) if negated else frozenset(found) & _ALL


def _written(characters: frozenset[int]) -> str:
    """Write a class as this language reads it."""
    if len(characters) == 1:
        return re.escape(chr(next(iter(characters))))
    if characters == _ALL:
        return "."
    if not characters:
        raise _RefusedError
    spans: list[list[int]] = []
    for character in sorted(characters):
        if spans and spans[-1][1] == character - 1:
            spans[-1][1] = character
        else:
            spans.append([character, character])
    return "[" + "".join(f"\\x{first:02x}-\\x{last:02x}" for first, last in spans) + "]"


def _branch(alternatives: list[list[_Unit]]) -> str:
    """Write alternative texts, of which none is the beginning of another: then at most one of them fits."""
    texts = []
    for alternative in alternatives:
        if not all(op is sre.LITERAL for op, _ in alternative) or not alternative:
            raise _RefusedError
        texts.append("".join(chr(argument) for _, argument in alternative))
    if any(one != other and other.startswith(one) for one in texts for other in texts):
        raise _RefusedError
    return f"(?:{'|'.join(map(re.escape, texts))})"


def _first(units: list[_Unit], *, inside: bool) -> frozenset[int]:
    """Give the characters that may come next. ``inside``: behind these units stands something that is not known."""
    found: frozenset[int] = frozenset()
    for op, argument in _without_groups(units):
        if (single := _single(op, argument)) is not None:
            return found | single
        if op is sre.BRANCH:
            return found | _first_of_each(argument[1])
        if op not in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            return _UNKNOWN
        low, _, inner = argument
        found |= _first(_flat(list(inner)), inside=True) if len(inner) else _UNKNOWN
        if low > 0:
            return found
    return found | (_UNKNOWN if inside else {_END})


def _first_of_each(alternatives: list[list[_Unit]]) -> frozenset[int]:
    firsts = [alternative[0] if len(alternative) else (None, None) for alternative in alternatives]
    if not all(op is sre.LITERAL for op, _ in firsts):
        return _UNKNOWN
    return frozenset(argument for _, argument in firsts if argument is not None)


def _literals(units: list[_Unit]) -> bool:
    """Say whether a literal comes next, behind closed groups."""
    return next((op is sre.LITERAL for op, _ in units if op is not _CLOSE), False)


def _is_short(units: list[_Unit]) -> bool:
    """Say whether units take few characters at most, in few ways."""
    choices = 0
    for op, argument in units:
        if op is sre.MAX_REPEAT:
            low, high, inner = argument
            inside = _without_groups(_flat(list(inner)))
            if (low, high) != (0, 1) or not all(_single(*unit) for unit in inside):
                return False
            choices += 1
        elif not _single(op, argument):
            return False
    return choices <= _CHOICES
