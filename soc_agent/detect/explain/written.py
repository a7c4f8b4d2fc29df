"""Tests as their author wrote them, and the part of a value that such a test is about."""

from collections.abc import Iterator

from soc_agent.detect import ir
from soc_agent.detect.evaluate.match import fold

VALUE_CAP_CHARS = 500
_BEFORE_CHARS = 100
_AROUND = {"contains": (True, True), "startswith": (False, True), "endswith": (True, False)}
"""Modifiers that put wildcards before and behind a text; a person wrote it without them."""
_WILDCARDS = {ir.ANY: "*", ir.ONE: "?"}


def expanded(test: ir.Test) -> Iterator[ir.Test]:
    """Yield what one value of a rule was made into: mostly itself."""
    if isinstance(test, ir.AnyOf):
        for inner in test.tests:
            yield from expanded(inner)
    else:
        yield test


def pattern_of(test: ir.Test, key: str) -> str:
    """Give a test as a person wrote it under ``key``, the field with its modifiers."""
    match test:
        case ir.Text():
            return _text(test.parts, key)
        case ir.Regex():
            return test.pattern
        case ir.Network():
            return test.cidr
        case ir.Compare():
            return _compared(test.op, test.value, key)
        case ir.FieldRef():
            return test.field
        case ir.TimePart():
            return _compared(test.op, test.value, key)
        case ir.Exists():
            return "true" if test.value else "false"
        case _:
            return "null"


def excerpt(text: str, test: ir.Test) -> str:
    """Give the part of a long text in which the literals of a test stand; its beginning when they do not."""
    if len(text) <= VALUE_CAP_CHARS:
        return text
    start = 0
    if isinstance(test, ir.Text):
        literal = max((part for part in test.parts if isinstance(part, str)), key=len, default="")
        start = max(fold(text).find(fold(literal)) - _BEFORE_CHARS, 0)
    return text[start : start + VALUE_CAP_CHARS]


def _compared(op: str, value: float, key: str) -> str:
    """Give a value that is compared; how, only where the key does not say it."""
    return str(value) if op == "eq" or op in key.split("|")[1:] else f"{op} {value}"


def _text(parts: tuple[str | int, ...], key: str) -> str:
    for modifier in key.split("|")[1:]:
        before, behind = _AROUND.get(modifier, (False, False))
        if before and parts[:1] == (ir.ANY,):
            parts = parts[1:]
        if behind and parts[-1:] == (ir.ANY,):
            parts = parts[:-1]
    return "".join(
        _WILDCARDS[part] if isinstance(part, int) else _escaped(part, parts, n) for n, part in enumerate(parts)
    )


def _escaped(text: str, parts: tuple[str | int, ...], place: int) -> str:
    """Give literal text with what Sigma would take for wildcards, or for their escape, escaped."""
    written = text.replace("*", "\\*").replace("?", "\\?")
    return written + "\\" if written.endswith("\\") and place + 1 < len(parts) else written
