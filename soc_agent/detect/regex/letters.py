"""Kinds of characters that PCRE has names for, and letters that are the same but for case."""

from functools import cache
from itertools import chain

from soc_agent.detect.regex.tree import Chars, Kind

Ranges = list[tuple[int, int]]
_LAST = 0x10FFFF
_LAST_CASED = 0x1E943
_WITHOUT_CASE = [(0x2E00, 0xA63F), (0xAC00, 0xFAFF), (0x11A00, 0x16DFF), (0x16F00, 0x1E7FF), (_LAST_CASED + 1, _LAST)]
"""Chinese and Korean characters, hieroglyphs and others between: most of the letters there are, and none has a case."""
_DOTLESS_I = 0x131
_WORD = [(48, 57), (65, 90), (95, 95), (97, 122)]
_SPACE = [(9, 13), (32, 32)]
_DIGIT = [(48, 57)]
_POSIX: dict[str, Ranges] = {
    "alpha": [(65, 90), (97, 122)],
    "lower": [(97, 122)],
    "upper": [(65, 90)],
    "alnum": [(48, 57), (65, 90), (97, 122)],
    "ascii": [(0, 127)],
    "blank": [(9, 9), (32, 32)],
    "cntrl": [(0, 31), (127, 127)],
    "digit": _DIGIT,
    "graph": [(33, 126)],
    "print": [(32, 126)],
    "punct": [(33, 47), (58, 64), (91, 96), (123, 126)],
    "space": _SPACE,
    "word": _WORD,
    "xdigit": [(48, 57), (65, 70), (97, 102)],
}
POSIX_KINDS = frozenset(_POSIX)
_HORIZONTAL = [9, 32, 0xA0, 0x1680, 0x180E, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000]
_KINDS = _POSIX | {
    "d": _DIGIT,
    "w": _WORD,
    "s": _SPACE,
    "h": [(code, code) for code in _HORIZONTAL],
    "v": [(10, 13), (0x85, 0x85), (0x2028, 0x2029)],
}
_CASED_KINDS = frozenset({"lower", "upper"})
"""Kinds that take letters of either case where case does not count."""


def ranges_of(item: Chars) -> tuple[Ranges, list[Kind]]:
    """Give what a class holds, with both cases where case does not count, and its properties of Unicode."""
    ranges = list(item.ranges)
    if item.ignores_case:
        ranges += _other_case(ranges)
    properties = []
    for kind in item.kinds:
        if kind.name not in _KINDS:
            properties.append(kind)
            continue
        known = _KINDS["alpha" if item.ignores_case and kind.name in _CASED_KINDS else kind.name]
        ranges += _complement(known) if kind.negated else known
    return ranges, properties


def _complement(ranges: Ranges) -> Ranges:
    ends = [-1, *(end for _, end in ranges)]
    starts = [*(start for start, _ in ranges), _LAST + 1]
    return [(end + 1, start - 1) for end, start in zip(ends, starts, strict=True) if end + 1 < start]


def _other_case(ranges: Ranges) -> Ranges:
    """Give the letters that are the same as some in these ranges but for case."""
    found: set[int] = set()
    for low, high in ranges:
        if high - low < _LAST_CASED // 8:
            for code in range(low, high + 1):
                found.update(same_letters().get(code, ()))
        else:
            for code, same in same_letters().items():
                if low <= code <= high:
                    found.update(same)
    return [(code, code) for code in sorted(found)]


@cache
def same_letters() -> dict[int, tuple[int, ...]]:
    """Give for each letter that has a case all that are the same but for case (Unicode's simple folding)."""
    by_fold: dict[str, list[int]] = {}
    for code in chain.from_iterable(range(start, end + 1) for start, end in _complement(_WITHOUT_CASE)):
        if code == _DOTLESS_I:
            continue
        letter = chr(code)
        lower, upper = letter.lower(), letter.upper()
        if lower != upper and len(lower) == 1:
            folded = upper.lower()
            by_fold.setdefault(folded if len(folded) == 1 else lower, []).append(code)
    groups = (tuple(group) for group in by_fold.values() if len(group) > 1)
    return {code: group for group in groups for code in group}
