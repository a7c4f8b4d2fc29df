"""YARA source taken apart, to see which kinds of files each rule can match at all.

A rule whose condition demands certain first bytes, or refuses some, is left out of the sets for files that begin
otherwise. What is read from a condition is only ever *less* than it demands; a file of rules that is not fully
understood stays whole.
(YARA documentation, "Writing YARA rules": a condition is a boolean expression, ``not`` binds tighter than ``and``,
``and`` tighter than ``or``; ``uint16`` and ``uint32`` read little-endian.)
"""

import re
from collections.abc import Sequence

from soc_agent.scanning.frames import Pieces
from soc_agent.scanning.kinds import KINDS, kinds_of_prefixes, kinds_without

_TOKEN = re.compile(
    r"""(?P<skip>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<text>"(?:\\.|[^"\\\n])*")
    |(?P<hex>=\s*\{[^{}]*\})
    |(?P<regex>/(?:\\.|[^/\\\n])+/[is]*)
    |(?P<word>[A-Za-z_]\w*|(?:[$\#@]|!(?!=))\w*\*?|\d\w*(?:\.\d+)?)
    |(?P<sign>==|!=|<=|>=|<<|>>|\.\.|.)""",
    re.VERBOSE | re.DOTALL,
)
_READ = re.compile(r"(u?)int(8|16|32)(be)?")
_IMPORTS = re.compile(r'(?:import "[^"]*" ?)*')
_LEAD = frozenset({"private", "global", "rule"})
_ANY = frozenset(KINDS)


class _Token:
    __slots__ = ("end", "kind", "start", "text")

    def __init__(self, kind: str, text: str, start: int, end: int) -> None:
        self.kind, self.text, self.start, self.end = kind, text, start, end


class _Rule:
    """Where a rule stands in the source, and its condition."""

    def __init__(self, name: str, start: int, end: int, condition: list[_Token], lead: set[str]) -> None:
        self.name, self.start, self.end, self.condition, self.lead = name, start, end, condition, lead


def split(namespace: str, source: str, names: Sequence[str]) -> Pieces:
    """Give the rules of one file one by one, each with the kinds of files it can match (empty: any).

    :param names: the rules that libyara sees in it, without private ones; where others are read here, it stays whole.
    """
    whole = Pieces(namespace, "", ((source, ()),))
    rules = _rules(_tokens(source))
    if not rules or any("global" in rule.lead for rule in rules):
        return whole
    if [rule.name for rule in rules if "private" not in rule.lead] != list(names):
        return whole
    known = {rule.name for rule in rules}
    asked = {token.text for rule in rules for token in rule.condition if token.kind == "word"} & known
    # "2 of (name*)" asks for rules by the beginning of their names
    if any(_is_name_with_star(rule.condition, number) for rule in rules for number in range(len(rule.condition) - 1)):
        return whole
    ends = [0, *(rule.end for rule in rules)]
    gaps = [source[end:start] for end, start in zip(ends, [*(rule.start for rule in rules), len(source)], strict=True)]
    if not all(_IMPORTS.fullmatch(_plain(gap)) for gap in gaps):
        return whole
    pieces = tuple((source[rule.start : rule.end], _kinds(rule, asked)) for rule in rules)
    return Pieces(namespace, "\n".join(_plain(gap) for gap in gaps), pieces)


def _kinds(rule: _Rule, asked: set[str]) -> tuple[str, ...]:
    if rule.name in asked:
        return ()
    kinds = _either(rule.condition)
    return () if kinds == _ANY else tuple(sorted(kinds)) or ("none",)


def _tokens(source: str) -> list[_Token]:
    return [_Token(str(found.lastgroup), found[0], *found.span()) for found in _TOKEN.finditer(source)]


def _plain(source: str) -> str:
    return " ".join(token.text for token in _tokens(source) if token.kind != "skip")


def _is_name_with_star(tokens: Sequence[_Token], number: int) -> bool:
    this, after = tokens[number], tokens[number + 1]
    before = tokens[number - 1].text if number else ""
    return after.text == "*" and this.kind == "word" and this.text[0].isalpha() and before in {"(", ","}


def _rules(tokens: list[_Token]) -> list[_Rule]:
    """Find the rules; none when the source does not read as expected."""
    rules: list[_Rule] = []
    tokens = [token for token in tokens if token.kind != "skip"]
    at = 0
    while at < len(tokens):
        if tokens[at].text not in _LEAD:
            at += 1
            continue
        start, lead = at, set()
        while at < len(tokens) and tokens[at].text in _LEAD:
            lead.add(tokens[at].text)
            at += 1
        if at >= len(tokens) or "rule" not in lead:
            return []
        name = tokens[at].text
        while at < len(tokens) and tokens[at].text != "{":
            at += 1
        condition_at = at
        while at < len(tokens) and tokens[at].text != "}":
            if tokens[at].text == "condition" and at + 1 < len(tokens) and tokens[at + 1].text == ":":
                condition_at = at + 2
            at += 1
        if at >= len(tokens) or condition_at <= start:
            return []
        rules.append(_Rule(name, tokens[start].start, tokens[at].end, tokens[condition_at:at], lead))
        at += 1
    return rules


def _either(tokens: Sequence[_Token]) -> frozenset[str]:
    """Give the kinds of files for which a condition can hold: those of any of its alternatives."""
    return frozenset[str]().union(*(_all(part) for part in _parts(tokens, "or")))


def _all(tokens: Sequence[_Token]) -> frozenset[str]:
    """Read conditions that hold together: only kinds that each of them can have are left."""
    parts = _parts(tokens, "and")
    if len(parts) == 1:
        return _one(parts[0])
    return _ANY.intersection(*(_all(part) for part in parts))


def _one(tokens: Sequence[_Token]) -> frozenset[str]:
    if len(tokens) > 2 and tokens[0].text == "(" and _closes(tokens) == len(tokens) - 1:
        return _either(tokens[1:-1])
    texts = [token.text for token in tokens]
    number = next((at for at, text in enumerate(texts) if text in {"==", "!="}), -1)
    if len(texts) != 6 or number < 0:
        return _ANY
    call, value = (texts[:4], texts[5]) if number == 4 else (texts[2:], texts[0]) if number == 1 else ([], "")
    read = _READ.fullmatch(call[0]) if call else None
    if read is None or call[1:] != ["(", "0", ")"]:
        return _ANY
    try:
        first = int(value, 0).to_bytes(int(read[2]) // 8, "big" if read[3] else "little")
    except (ValueError, OverflowError):
        return _ANY
    if texts[number] == "==":
        return kinds_of_prefixes({first})
    return kinds_without(first) if read[1] else _ANY  # what is read with a sign may be written another way


def _parts(tokens: Sequence[_Token], word: str) -> list[Sequence[_Token]]:
    """Cut at a word that stands outside of all brackets."""
    parts, depth, begin = [], 0, 0
    for number, token in enumerate(tokens):
        if token.text in {"(", "["}:
            depth += 1
        elif token.text in {")", "]"}:
            depth -= 1
        elif depth == 0 and token.text == word:
            parts.append(tokens[begin:number])
            begin = number + 1
    return [*parts, tokens[begin:]]


def _closes(tokens: Sequence[_Token]) -> int:
    depth = 0
    for number, token in enumerate(tokens):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0:
            return number
    return -1
