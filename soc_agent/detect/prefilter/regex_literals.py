"""What texts a regular expression cannot match without: literals for the prefilter.

Read from the tree of the expression, and only where that is certain; an expression that RE2 may read in another way
gives nothing.
"""

import re
from typing import Any

from msgspec import Struct

from soc_agent.detect.regex.expression import parse_regex
from soc_agent.text.sre import constants as sre

_ASCII_END = 128
_INLINE_FLAG = re.compile(r"\(\?[a-zA-Z]*i")
_MANY = 64
"""More alternatives than this are no help to the prefilter."""


class Needs(Struct, frozen=True):
    """What a text that matches must contain: one of the texts of each tuple, in any case."""

    clauses: tuple[tuple[str, ...], ...] = ()
    ignores_case: bool = False
    """Then RE2 also takes the Kelvin sign for a ``k`` and the long s for an ``s``."""


def needs_of(pattern: str, flags: str) -> Needs:
    """Give what every text in which the expression is found must contain, without regard to case."""
    tree = parse_regex(f"(?{flags}){pattern}" if flags else pattern)
    if tree is None:
        return Needs()
    try:
        return Needs(tuple(_Reader().read(tree)), "i" in flags or _INLINE_FLAG.search(pattern) is not None)
    except RecursionError:
        return Needs()


class _Reader:
    """Walks the tree, joining neighbouring literals to runs."""

    def __init__(self) -> None:
        self._clauses: list[tuple[str, ...]] = []
        self._run = ""

    def read(self, tree: Any) -> list[tuple[str, ...]]:
        self._walk(tree)
        self._end_run()
        return self._clauses

    def _end_run(self) -> None:
        if self._run:
            self._clauses.append((self._run,))
        self._run = ""

    def _walk(self, tree: Any) -> None:
        for op, argument in tree:
            if op is sre.LITERAL:
                self._run += chr(argument)
            elif op is sre.IN and (letter := _one_letter(argument)):
                self._run += letter
            elif op is sre.SUBPATTERN:
                self._walk(argument[3])
            elif op is sre.ATOMIC_GROUP:
                self._walk(argument)
            elif op in (sre.AT, sre.ASSERT, sre.ASSERT_NOT):
                continue  # of no width: what stands around stays together
            elif op is sre.BRANCH:
                self._branch(argument[1])
            else:
                self._end_run()
                if op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT) and argument[0] > 0:
                    self._walk(argument[2])
                    self._end_run()

    def _branch(self, alternatives: list[Any]) -> None:
        """One of several: what is best needed by each of them, with what went before it where it follows directly."""
        before = self._run
        self._end_run()
        chosen: list[str] = []
        for alternative in alternatives:
            clauses = _Reader().read(alternative)
            if not clauses:
                return
            chosen.extend(max(clauses, key=lambda clause: min(map(len, clause))))
        if len(chosen) > _MANY:
            return
        if before and all(len(alternative) == 1 and alternative[0][0] is sre.LITERAL for alternative in alternatives):
            chosen = [before + letter for letter in chosen]
        self._clauses.append(tuple(chosen))


def _one_letter(members: list[Any]) -> str:
    """Give the letter of a class such as ``[Pp]``; nothing for any other class."""
    if not all(op is sre.LITERAL and argument < _ASCII_END for op, argument in members):
        return ""
    letters = {chr(argument).lower() for _, argument in members}
    return letters.pop() if len(letters) == 1 else ""
