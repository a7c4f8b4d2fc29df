"""Patterns that cannot blow up: regular expressions of RE2, linear in the length of the text whatever they say.

RE2 knows no backreferences and no look-around (https://github.com/google/re2/wiki/Syntax).
"""

import re
from collections.abc import Iterable

import re2

_GROUP = re.compile(r"(?<!\\)\(\?P?<(\w+)>")


class PatternError(ValueError):
    """RE2 does not take the pattern; the message says why."""


class Pattern:
    """One pattern, matched against the whole of a text; ``.`` matches a newline too.

    Making it raises :class:`PatternError` when RE2 does not take it.
    """

    __slots__ = ("_count", "_indexes", "_regex", "names")

    def __init__(self, pattern: str) -> None:
        names = _GROUP.findall(pattern)
        if len(set(names)) < len(names):  # the library would keep one of them and say nothing
            raise PatternError("two groups of the same name")
        options = re2.Options()
        options.log_errors = False
        options.dot_nl = True
        try:
            # bytes: for text the library translates each offset, at twice the price of the match itself
            self._regex = re2.compile(pattern.encode(), options)
        except (re2.error, UnicodeEncodeError) as error:
            reason = error.args[0]
            raise PatternError(reason.decode() if isinstance(reason, bytes) else str(error)) from None
        self._count = self._regex.groups
        groups = sorted((index, name.decode()) for name, index in self._regex.groupindex.items())
        self.names: tuple[str, ...] = tuple(name for _, name in groups)
        """The names of the named groups, in their order."""
        self._indexes = tuple(index for index, _ in groups)

    def named(self, text: str) -> list[str | None] | None:
        """Match a text: what each named group took, in the order of :attr:`names`; None when it does not match."""
        return self._match(text, self._indexes)

    def groups(self, text: str) -> list[str | None] | None:
        """Match a text: what each group took, named or not, as ``re.Match.groups``."""
        return self._match(text, range(1, self._count + 1))

    def _match(self, text: str, indexes: Iterable[int]) -> list[str | None] | None:
        data = text.encode("utf-8", "replace")
        found = self._regex.fullmatch(data)
        if found is None:
            return None
        # the library holds the places of all groups, but hands out one a call, at a call into C each
        spans = getattr(found, "_spans", None) or [found.span(index) for index in range(self._count + 1)]
        if len(data) == len(text):
            return [None if spans[index][0] < 0 else text[spans[index][0] : spans[index][1]] for index in indexes]
        return [None if spans[index][0] < 0 else data[spans[index][0] : spans[index][1]].decode() for index in indexes]
