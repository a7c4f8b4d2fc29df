"""Regular expressions of rules: matched in linear time by RE2; what RE2 cannot do, only within a budget.

A rule is untrusted. Its expression is read as PCRE, the flavour of the Sigma specification 2.1 (*Regular Expression*),
and written so that the matcher takes it in that meaning. RE2 matches in time linear in the text whatever it is;
the factor is the size of the program that it makes, so that one larger than :data:`PROGRAM_CAP` is refused, and a large
one sees only so much of a value as :data:`LINEAR_BUDGET` allows. Look-arounds and back-references need a backtracking
matcher, which nothing can interrupt: such an expression runs only where its shape proves that the steps stay below
:data:`STEP_BUDGET`, on so many first characters of a value as that allows, and is refused by name otherwise.
"""

import re
from collections.abc import Callable
from typing import Any

import re2
from msgspec import Struct

from soc_agent.detect.regex.backtracking import needs_backtracking
from soc_agent.detect.regex.flavours import write_python, write_re2, write_readable
from soc_agent.detect.regex.pcre import read_pcre
from soc_agent.detect.regex.tree import PatternError
from soc_agent.text.sre import constants as sre
from soc_agent.text.sre import parser as sre_parser

PATTERN_CAP_CHARS = 8_192
STEP_BUDGET = 4_000_000
"""Most steps that a backtracking match may take: some tens of milliseconds."""
_COMPARE_BUDGET = 2_000_000_000
"""Most characters that its back-references may compare, for which it takes a fraction of the time of a step."""
LINEAR_BUDGET = 1_000_000_000
"""Most steps that a linear match may take where the worst comes to the worst: about a second."""
PROGRAM_CAP = 10_000
"""Most instructions of a linear expression."""
_SAID_BELOW_CHARS = 65_536
"""A limit above this is not worth telling: values are hardly ever as long."""
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
    """Only so many first characters of a value are searched; 0: all of it, or at least 65,536."""


def compile_linear(pattern: str) -> Found:
    """Compile with RE2, silent and bounded in memory; what UTF-8 cannot hold is searched with ``?`` in its place.

    :raises RegexRefusedError: when RE2 does not take it, or its program is too large.
    """
    return _linear(pattern).found


def _linear(pattern: str) -> Searcher:
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    options.max_mem = _MEMORY_BYTES
    try:
        # re2.compile would keep the last 128 of them for ever
        compiled = re2._Regexp(pattern, options)  # noqa: SLF001
    except re2.error as error:
        raise RegexRefusedError(_text_of(error)) from None
    except UnicodeEncodeError:
        raise RegexRefusedError("not valid Unicode") from None
    size = max(compiled.programsize, compiled.reverseprogramsize)
    if size > PROGRAM_CAP:
        raise RegexRefusedError(f"needs a program of more than {PROGRAM_CAP} instructions")
    search: Callable[[bytes], Any] = compiled.search
    limit = LINEAR_BUDGET // max(size, 1)

    def found(text: str) -> bool:
        return search(text[:limit].encode("utf-8", "replace")) is not None

    return Searcher(found, limit if limit < _SAID_BELOW_CHARS else 0)


def compile_regex(pattern: str, flags: str = "") -> Searcher:
    """Compile an expression with flags of ``ims``.

    :raises RegexRefusedError: when it is not valid, or may take too long.
    """
    if len(pattern) > PATTERN_CAP_CHARS:
        raise RegexRefusedError(f"longer than {PATTERN_CAP_CHARS} characters")
    try:
        tree = read_pcre(pattern, flags)
        if not needs_backtracking(tree):
            return _linear(write_re2(tree))
        written = write_python(tree)
        limit = _limit_of(sre_parser.parse(written))
        search = re.compile(written).search
    except (PatternError, re.error, RecursionError, OverflowError) as error:
        raise RegexRefusedError(_text_of(error)) from None
    if limit < _LEAST_LIMIT_CHARS:
        raise RegexRefusedError(
            "what RE2 has not (look-arounds, references, a `$` that something follows) with so many repeats may take "
            "too long"
        )
    return Searcher(lambda text: search(text[:limit]) is not None, limit)


def parse_regex(pattern: str) -> Any:
    """Give the tree of an expression as the standard library reads it; None when it cannot be read."""
    try:
        return sre_parser.parse(write_readable(read_pcre(pattern)))
    except (PatternError, re.error, RecursionError, OverflowError):
        return None


def _text_of(error: Exception) -> str:
    reason = error.args[0] if error.args else ""
    return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)


def _limit_of(tree: Any) -> int:
    """Give on how many characters a backtracking match stays in the budget; 0 when its shape proves nothing.

    A match tries, from each start, each way through the alternatives, with each length of each repeat: the budget is
    divided by the ways and the steps of one pass, and its root taken by the repeats and the start.
    """
    shape = _shape_of(tree, inside=False)
    if shape is None:
        return 0
    factor = max(1, shape.steps // 64) * shape.ways
    limit = (STEP_BUDGET / factor) ** (1 / (shape.repeats + 1))
    compared = (_COMPARE_BUDGET / factor) ** (1 / (shape.repeats + shape.references + 1))
    return int(min(limit, compared) if shape.references else limit)


class _Shape(Struct):
    """What makes a backtracking match long."""

    repeats: int = 0
    """Repeats of varying length."""
    references: int = 0
    """Back-references, each of which compares as many characters as it refers to."""
    ways: int = 1
    """Ways through the alternatives."""
    steps: int = 0
    """Of one pass, every repeat counted as often as it must be found."""


def _shape_of(tree: Any, *, inside: bool) -> _Shape | None:
    """Measure an expression.

    None when a repeat of varying length or alternatives stand inside a repeat: ways would multiply with the text.
    """
    found = _Shape()
    for op, argument in tree:
        repeated = op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)
        varies = repeated and argument[0] != argument[1]
        if inside and (varies or op is sre.BRANCH):
            return None
        found.repeats += varies
        found.references += op is sre.GROUPREF
        found.steps += len(argument) if op is sre.IN else 1
        times = max(1, int(argument[0])) if repeated else 1
        below = [_shape_of(sub, inside=inside or repeated) for sub in _children(op, argument)]
        for shape in below:
            if shape is None:
                return None
            found.repeats += shape.repeats
            found.references += shape.references
            found.ways *= shape.ways
            found.steps += times * shape.steps
        if op is sre.BRANCH:
            found.ways *= len(below)
    return found


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
