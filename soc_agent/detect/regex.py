"""Regular expressions of rules: matched in linear time by RE2; what RE2 cannot do, only within a budget.

A rule is untrusted. RE2 matches in time linear in the text whatever the expression. Look-arounds and back-references
need a backtracking matcher: such an expression runs only where its shape proves that the steps stay below
:data:`STEP_BUDGET`, on so many first characters of a value as that allows, and is refused by name otherwise.
"""

import re
import warnings
from collections.abc import Callable
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as sre_parser  # type: ignore[attr-defined]
from typing import Any

import re2
from msgspec import Struct

PATTERN_CAP_CHARS = 8_192
STEP_BUDGET = 4_000_000
"""Most steps that a backtracking match may take: some tens of milliseconds."""
_LEAST_LIMIT_CHARS = 1_000
_MEMORY_BYTES = 2 << 20

Found = Callable[[str], bool]


class RegexRefusedError(ValueError):
    """An expression that is not valid, or cannot be matched within bounds. The message says which."""


class Searcher(Struct, frozen=True):
    """A compiled expression."""

    found: Found
    """Whether it is found in a text."""
    limit: int = 0
    """Only so many first characters of a value are searched; 0: all."""


def compile_linear(pattern: str) -> Found:
    """Compile with RE2, silent and bounded in memory; what UTF-8 cannot hold is searched with ``?`` in its place.

    :raises RegexRefusedError: when RE2 does not take it.
    """
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    options.max_mem = _MEMORY_BYTES
    try:
        # re2.compile would keep the last 128 of them for ever
        search: Callable[[bytes], Any] = re2._Regexp(pattern, options).search  # noqa: SLF001
    except re2.error as error:
        raise RegexRefusedError(_text_of(error)) from None
    except UnicodeEncodeError:
        raise RegexRefusedError("not valid Unicode") from None

    def found(text: str) -> bool:
        return search(text.encode("utf-8", "replace")) is not None

    return found


def compile_regex(pattern: str, flags: str = "") -> Searcher:
    """Compile an expression with flags of ``ims``.

    :raises RegexRefusedError: when it is not valid, or may take too long.
    """
    if len(pattern) > PATTERN_CAP_CHARS:
        raise RegexRefusedError(f"longer than {PATTERN_CAP_CHARS} characters")
    prefix = f"(?{flags})" if flags else ""
    try:
        return Searcher(compile_linear(prefix + pattern))
    except RegexRefusedError:
        tree = parse_regex(prefix + pattern) if _needs_backtracking(pattern) else None
        if tree is None:
            raise
    limit = _limit_of(tree)
    if limit < _LEAST_LIMIT_CHARS:
        raise RegexRefusedError("look-arounds and back-references with so many repeats may take too long")
    search = re.compile(prefix + pattern).search
    return Searcher(lambda text: search(text[:limit]) is not None, limit)


def parse_regex(pattern: str) -> Any:
    """Give the tree of an expression as the standard library reads it; None when RE2 might read it otherwise."""
    if "[[" in pattern or "[:" in pattern or "[^[" in pattern:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return sre_parser.parse(pattern)
    except (re.error, RecursionError, OverflowError, Warning):
        return None


def _needs_backtracking(pattern: str) -> bool:
    return re.search(r"\(\?(?:<?[=!]|P=|\()|\\[1-9]|[+*?}]\+|\(\?>", pattern) is not None


def _text_of(error: Exception) -> str:
    reason = error.args[0] if error.args else ""
    return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)


def _limit_of(tree: Any) -> int:
    """Give on how many characters a backtracking match stays in the budget; 0 when its shape proves nothing.

    A match tries, from each start, each way through the alternatives, with each length of each repeat: the budget is
    divided by the ways and the size of the expression, and its root taken by the repeats and the start.
    """
    shape = _shape_of(tree, inside=False)
    if shape is None:
        return 0
    repeats, ways = shape
    size = max(1, len(str(tree)) // 64)
    return int((STEP_BUDGET / (size * ways)) ** (1 / (repeats + 1)))


def _shape_of(tree: Any, *, inside: bool) -> tuple[int, int] | None:
    """Count the repeats of varying length, and the ways through the alternatives.

    None when a repeat of varying length or alternatives stand inside a repeat: ways would multiply with the text.
    """
    repeats, ways = 0, 1
    for op, argument in tree:
        repeated = op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)
        varies = repeated and argument[0] != argument[1]
        if inside and (varies or op is sre.BRANCH):
            return None
        repeats += varies
        below = [_shape_of(sub, inside=inside or repeated) for sub in _children(op, argument)]
        for shape in below:
            if shape is None:
                return None
            repeats += shape[0]
            ways *= shape[1]
        if op is sre.BRANCH:
            ways *= len(below)
    return repeats, ways


def _children(op: Any, argument: Any) -> list[Any]:
    """Give the sub-expressions of one element of a tree."""
    if op is sre.BRANCH:
        return list(argument[1])
    if op is sre.SUBPATTERN:
        return [argument[3]]
    if op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        return [argument[2]]
    if op in (sre.ASSERT, sre.ASSERT_NOT):
        return [argument[1]]
    if op is sre.ATOMIC_GROUP:
        return [argument]
    if op is sre.GROUPREF_EXISTS:
        return [sub for sub in argument[1:] if sub is not None]
    return []
