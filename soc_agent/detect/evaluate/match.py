"""Matching text: what *the same but for case* means here, and wildcards.

Case is folded by one simple lower-case letter per letter, so that folding never changes a length, and no ASCII letter
of the folded text comes from elsewhere than an ASCII letter. (``str.casefold`` would make ``k`` of the Kelvin sign and
``ss`` of ``ß``; a prefilter that looks for ASCII literals in raw bytes could then not keep its promise.)
"""

import re
from collections.abc import Sequence

from soc_agent.detect.ir import ANY, ONE
from soc_agent.detect.regex.expression import Found, compile_linear

_FOLDS_TO_ASCII = re.compile("[\u0130\u212a]")


def fold(text: str) -> str:
    """Give ``text`` in the one case in which texts are compared."""
    if text.isascii():
        return text.lower()
    if _FOLDS_TO_ASCII.search(text):
        text = "".join(c if _FOLDS_TO_ASCII.match(c) else c.lower() for c in text)
    else:
        text = text.lower()
    return text.replace("ς", "σ")


def shape_of(parts: Sequence[str | int]) -> tuple[str, str]:
    """Give the simplest way to match these parts, and its text.

    ``exact``, ``prefix``, ``suffix``, ``contains`` with the literal text; ``present`` for ``*`` alone; else ``glob``.
    """
    kinds = tuple(part if isinstance(part, int) else "" for part in parts)
    literal = "".join(part for part in parts if isinstance(part, str))
    shapes: dict[tuple[str | int, ...], str] = {
        (): "exact",
        ("",): "exact",
        ("", ANY): "prefix",
        (ANY, ""): "suffix",
        (ANY, "", ANY): "contains",
        (ANY,): "present",
    }
    return shapes.get(kinds, "glob"), literal


def tidy(parts: Sequence[str | int]) -> tuple[str | int, ...]:
    """Give the same pattern with neighbouring texts joined and repeated ``*`` as one."""
    result: list[str | int] = []
    for part in parts:
        if part == "" or (part == ANY and result and result[-1] == ANY):
            continue
        if isinstance(part, str) and result and isinstance(result[-1], str):
            result[-1] += part
        else:
            result.append(part)
    return tuple(result)


def glob(parts: Sequence[str | int]) -> Found:
    """Give a matcher of whole texts for a pattern with wildcards inside, in time linear in the text.

    :raises RegexRefusedError: when a pattern with ``?`` is too long.
    """
    parts = tidy(parts)
    if ONE in parts:
        return _with_single_wildcards(parts)
    if ANY not in parts:
        return "".join(str(part) for part in parts).__eq__
    return _with_stars(parts)


def _with_single_wildcards(parts: Sequence[str | int]) -> Found:
    words = {ANY: ".*", ONE: "."}
    body = "".join(words[part] if isinstance(part, int) else re.escape(part) for part in parts)
    return compile_linear(rf"(?s)\A{body}\z")


def _with_stars(parts: Sequence[str | int]) -> Found:
    texts = [part for part in parts if isinstance(part, str)]
    head = texts.pop(0) if parts[0] != ANY else ""
    tail = texts.pop() if parts[-1] != ANY else ""
    middle = tuple(texts)
    shortest = len(head) + len(tail) + sum(map(len, middle))

    def found(text: str) -> bool:
        if len(text) < shortest or not text.startswith(head) or not text.endswith(tail):
            return False
        position, end = len(head), len(text) - len(tail)
        for piece in middle:
            position = text.find(piece, position, end)
            if position < 0:
                return False
            position += len(piece)
        return True

    return found
