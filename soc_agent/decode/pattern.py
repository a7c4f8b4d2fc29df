"""Patterns that cannot blow up: regular expressions of RE2, linear in the length of the text whatever they say.

RE2 knows no backreferences and no look-around (https://github.com/google/re2/wiki/Syntax).
"""

import re
from collections.abc import Iterable, Sequence

import re2

_GROUP = re.compile(r"(?<!\\)\(\?P?<(\w+)>")


class PatternError(ValueError):
    """RE2 does not take the pattern; the message says why."""


class Pattern:
    """One pattern, matched against the whole of a text; ``.`` matches a newline too.

    Making it raises :class:`PatternError` when RE2 does not take it.
    """

    __slots__ = ("_both", "_count", "_match_bytes", "_regex", "indexes", "names")

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
        self.indexes = tuple(index for index, _ in groups)
        """The numbers of the named groups, in the order of :attr:`names`."""
        # the library wraps each match in a generator and an object, at half the price of the match itself
        self._match_bytes = getattr(getattr(self._regex, "_regexp", None), "Match", None)
        self._both = getattr(getattr(re2, "_Anchor", None), "ANCHOR_BOTH", None)

    def named(self, text: str) -> list[str | None] | None:
        """Match a text: what each named group took, in the order of :attr:`names`; None when it does not match."""
        return self._match(text, self.indexes)

    def groups(self, text: str) -> list[str | None] | None:
        """Match a text: what each group took, named or not, as ``re.Match.groups``."""
        return self._match(text, range(1, self._count + 1))

    def spans(self, data: bytes) -> Sequence[tuple[int, int]] | None:
        """Match UTF-8: where each group begins and ends, the whole as number 0; None when it does not match.

        A group that takes no part is at -1.
        """
        if self._match_bytes is not None and self._both is not None:
            spans: Sequence[tuple[int, int]] = self._match_bytes(self._both, data, 0, len(data))
            return spans if spans[0][0] >= 0 else None
        found = self._regex.fullmatch(data)
        return None if found is None else [found.span(index) for index in range(self._count + 1)]

    def _match(self, text: str, indexes: Iterable[int]) -> list[str | None] | None:
        data = text.encode("utf-8", "replace")
        spans = self.spans(data)
        if spans is None:
            return None
        if len(data) == len(text):
            return [None if spans[index][0] < 0 else text[spans[index][0] : spans[index][1]] for index in indexes]
        return [None if spans[index][0] < 0 else data[spans[index][0] : spans[index][1]].decode() for index in indexes]
