"""Explanations as rows of text with roles, for the terminal of a command and for the console alike.

What is true or false is told by a sign and a word; colour only comes on top. Texts are as they came: whoever puts them
on a screen makes them safe.
"""

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from msgspec import structs

from soc_agent.model import LogSource
from soc_agent.model.explanation import (
    Branch,
    CorrelationExplanation,
    Counting,
    Explanation,
    LaidOver,
    Part,
    Pattern,
    Prefilter,
    Reason,
    RuleExplanation,
)
from soc_agent.text.catalog import current_language, say

RowRole = Literal["", "strong", "muted", "title", "key", "ok", "bad", "entity"]
_STEP = 2
_HELD, _NOT_HELD, _BESIDE = 6, 10, 3
"""So many patterns of an item are shown: that hold, that do not when none does, and beside those that hold."""
_LITERALS = 6


class Piece(NamedTuple):
    """A piece of a row, and how it looks."""

    text: str
    role: RowRole = ""


class Row(NamedTuple):
    """One row: how far it stands in, in cells, and its pieces. What does not fit goes on under itself."""

    indent: int
    pieces: tuple[Piece, ...]
    heading: bool = False
    """Whether a section begins here."""


def sentence(reason: Reason) -> str:
    """Give a conclusion in the language in use."""
    values: dict[str, Any] = {
        key: sentence(value) if isinstance(value, Reason) else value for key, value in reason.values.items()
    }
    code = reason.code
    if code.startswith("explain.matches") and values.get("field") == "" and "pattern" in values:
        code = code.replace("matches", "matches_word")
    if code.startswith("explain.not_") and "patterns" in values:
        values["choice"] = _choice(values["patterns"] - 1)
        values["nearest"] = say("explain.nearest", count=values["alternatives"]) if values["alternatives"] > 1 else ""
        values["others"] = _others(values["more"])
        values["field"] = values["field"] or say("explain.any_field")
    return say(code, **values)


def _others(more: int) -> str:
    if not more:
        return ""
    return say("explain.others", count=more) if more > 1 else say("explain.others_one")


def _choice(others: int) -> str:
    if not others:
        return ""
    return say("explain.choice", count=others) if others > 1 else say("explain.choice_one")


def rows_of(explanation: Explanation) -> list[Row]:
    """Give all of an explanation; the conclusion comes first."""
    return [*_head(explanation), *_body(explanation, 0)]


def _head(explanation: Explanation) -> Iterator[Row]:
    yield Row(0, (Piece(_title(explanation), "strong"), Piece(f"  {explanation.rule.id}", "muted")))
    yield _verdict(explanation, 0)


def _title(explanation: Explanation) -> str:
    rule = explanation.rule
    return rule.title_vi if current_language() == "vi" and rule.title_vi else rule.title


def _verdict(explanation: Explanation, indent: int) -> Row:
    return Row(indent, (_sign(explanation.matches), Piece(sentence(explanation.conclusion))))


def _body(explanation: Explanation, indent: int) -> Iterator[Row]:
    if isinstance(explanation, CorrelationExplanation):
        seconds = f"{explanation.timespan_s:g}"
        condition = say("explain.within", condition=explanation.condition, seconds=seconds)
        yield Row(indent, (Piece(f"{explanation.kind}  ", "key"), Piece(condition)))
        countings = explanation.countings
        matching = [counting for counting in countings if counting.explanation.matches]
        near = matching or [counting for counting in countings if _is_near(counting.explanation)]
        for counting in countings:
            yield from _counting(counting, indent, whole=counting in (near or countings[:1]))
        return
    yield from _line(explanation, indent)
    yield Row(indent, (Piece(say("explain.section.condition"), "title"),), heading=True)
    yield from _branch(explanation.condition, indent + _STEP)
    if explanation.filters:
        yield Row(indent, (Piece(say("explain.section.filters"), "title"),), heading=True)
        for laid_over in explanation.filters:
            yield _filter(laid_over, indent + _STEP)
    yield Row(indent, (Piece(say("explain.section.prefilter"), "title"),), heading=True)
    yield from _prefilter(explanation.prefilter, indent + _STEP)


def _is_near(explanation: Explanation) -> bool:
    return isinstance(explanation, CorrelationExplanation) or (explanation.applies and explanation.decoded)


def _counting(counting: Counting, indent: int, *, whole: bool) -> Iterator[Row]:
    """Yield what a correlation makes of the line for one of its rules; ``whole``: with the condition of that rule."""
    word = "unwanted" if counting.unwanted else "counting"
    heading = f"{say(f'explain.section.{word}')}: {_title(counting.explanation)}"
    yield Row(indent, (Piece(heading, "title"),), heading=True)
    indent += _STEP
    yield _verdict(counting.explanation, indent)
    for label, parts in (("explain.group", counting.group), ("explain.counts", counting.counted)):
        for part in parts:
            yield Row(indent, (Piece(f"{say(label)}  ", "muted"), *_part(part)))
    if whole:
        yield from _body(counting.explanation, indent)


def _part(part: Part) -> Iterator[Piece]:
    yield Piece(part.name if part.name == part.field else f"{part.name} ({part.field})", "key")
    yield Piece(" = ", "muted")
    yield Piece(say("explain.no_value"), "bad") if part.value is None else Piece(part.value, "entity")


def _line(explanation: RuleExplanation, indent: int) -> Iterator[Row]:
    yield Row(indent, (Piece(say("explain.section.line"), "title"),), heading=True)
    indent += _STEP
    read = say("explain.read_as", decoder=explanation.decoder) if explanation.decoded else say("explain.not_read")
    kind = (Piece(f"{say('explain.line_type')}  ", "muted"), Piece(explanation.line_type))
    yield Row(indent, (*kind, Piece("  "), Piece(read, "" if explanation.decoded else "bad")))
    known = [source_words(source) for source in explanation.has if source != LogSource()]
    has = "; ".join(known) or say("explain.unknown_source")
    yield Row(indent, (Piece(f"{say('explain.is_source')}  ", "muted"), Piece(has)))
    word = say("explain.applies" if explanation.applies else "explain.applies_not")
    wanted = say("explain.any_source") if explanation.wants == LogSource() else source_words(explanation.wants)
    wants = (Piece(f"{say('explain.wants_source')}  ", "muted"), Piece(wanted, "key"))
    yield Row(indent, (*wants, Piece("  "), _mark(explanation.applies), Piece(f" {word}")))


def source_words(source: LogSource) -> str:
    """Give a log source as text: ``category webserver``; ``*`` for any."""
    named = (("category", source.category), ("product", source.product), ("service", source.service))
    return ", ".join(f"{key} {value}" for key, value in named if value) or "*"


def _filter(laid_over: LaidOver, indent: int) -> Row:
    reason = (current_language() == "vi" and laid_over.reason_vi) or laid_over.reason
    expires = say("explain.filter.until", day=laid_over.expires.isoformat()) if laid_over.expires else ""
    author = say("explain.filter.by", author=laid_over.author) if laid_over.author else ""
    told = " · ".join(filter(None, (reason, author, expires)))
    return Row(indent, (Piece(f"{laid_over.title}  ", "key"), Piece(told)))


def _prefilter(verdict: Prefilter, indent: int) -> Iterator[Row]:
    word = "passes" if verdict.passes else "stops"
    if verdict.always:
        word = "always"
    elif verdict.unspelled:
        word = "unspelled"
    elif not verdict.sets:
        word = "elsewhere"
    yield Row(indent, (_mark(verdict.passes), Piece(f" {say(f'explain.prefilter.{word}')}")))
    for number, literals in enumerate(verdict.sets, 1):
        label = f"{say('explain.prefilter.set', number=number)}  " if len(verdict.sets) > 1 else ""
        shown = literals[:_LITERALS]
        for place, literal in enumerate(shown):
            lead = label if place == 0 else " " * len(label)
            standing = say("explain.prefilter.yes" if literal.found else "explain.prefilter.no")
            text = (Piece(_edged(literal.literal), "key"), Piece(f"  {standing}", "muted"))
            yield Row(indent + _STEP, (Piece(lead, "muted"), _mark(literal.found), Piece(" "), *text))
        if left_out := verdict.left_out[number - 1] + len(literals) - len(shown):
            left = say("explain.prefilter.more", count=left_out)
            yield Row(indent + _STEP, (Piece(" " * len(label)), Piece(left, "muted")))


def _branch(branch: Branch, indent: int) -> Iterator[Row]:
    if branch.kind == "item":
        yield from _item(branch, indent)
        return
    if branch.unequal is not None:
        yield from _item(_turned(branch.unequal), indent)
        return
    if branch.kind == "selection":
        inner = branch.children[0]
        plain = inner.kind in ("all", "any")
        name = (Piece(branch.label, "strong"),)
        kind = (Piece(f"  {say(f'explain.kind.{inner.kind}')}", "muted"),) if plain else ()
        yield Row(indent, (_sign(branch.holds), *name, *kind))
        for child in inner.children if plain else branch.children:
            yield from _branch(child, indent + _STEP)
        left_out = inner.left_out if plain else 0
    else:
        yield Row(indent, (_sign(branch.holds), Piece(say(f"explain.kind.{branch.kind}"), "muted")))
        for child in branch.children:
            yield from _branch(child, indent + _STEP)
        left_out = branch.left_out
    if left_out:
        yield Row(indent + _STEP, (Piece(say("explain.more_parts", count=left_out), "muted"),))


def _turned(item: Branch) -> Branch:
    """Give an item of ``neq`` as its author means it: true where the value is another one."""
    tests = tuple(structs.replace(test, holds=not test.holds) for test in item.tests)
    return structs.replace(item, holds=not item.holds, tests=tests, every=not item.every)


def _item(branch: Branch, indent: int) -> Iterator[Row]:
    count = len(branch.tests) + branch.left_out
    head = (_sign(branch.holds), Piece(branch.label or (say("explain.any_field") if count > 1 else "")))
    if count == 1:
        separator = (Piece(": ", "muted"),) if branch.label else ()
        yield Row(indent, (*head, *separator, *_tested(branch.tests[0])))
    else:
        kind = say("explain.kind.each" if branch.every else "explain.kind.one", count=count)
        yield Row(indent, (*head, Piece(f"  {kind}", "muted")))
        deciding = [tested for tested in branch.tests if tested.holds is not branch.every]
        others = [tested for tested in branch.tests if tested.holds is branch.every]
        shown = [*deciding[:_HELD], *others[: _BESIDE if deciding else _NOT_HELD]]
        for tested in shown:
            yield Row(indent + 2 * _STEP, (_mark(tested.holds), Piece(" "), *_tested(tested)))
        if count > len(shown):
            word = "explain.more_patterns_held" if deciding or branch.every else "explain.more_patterns"
            yield Row(indent + 2 * _STEP, (Piece(say(word, count=count - len(shown)), "muted"),))
    indent += 2 * _STEP
    if branch.values:
        for value in branch.values:
            yield Row(indent, (Piece(f"{say('explain.is')} ", "muted"), Piece(value, "entity")))
    elif not branch.present:
        yield Row(indent, (Piece(say("explain.no_field"), "muted"),))
    elif not branch.field:
        yield Row(indent, (Piece(say("explain.no_word"), "muted"),))


def _tested(tested: Pattern) -> Iterator[Piece]:
    yield Piece(_edged(tested.pattern), "key")
    if tested.forms > 1:
        yield Piece(f"  {say('explain.kind.forms', count=tested.forms)}", "muted")
    if tested.refers_to:
        yield Piece(" = ", "muted")
        yield Piece(tested.refers_to, "entity")


def _edged(text: str) -> str:
    """Give a text in quotes where nobody would see its edges otherwise."""
    return text if text and text == text.strip() else f"“{text}”"


def _mark(holds: bool) -> Piece:
    return Piece("✓", "ok") if holds else Piece("✗", "bad")


def _sign(holds: bool) -> Piece:
    words = {each: say(f"explain.{'true' if each else 'false'}") for each in (True, False)}
    word = words[holds].ljust(max(map(len, words.values())))
    return Piece(f"{'✓' if holds else '✗'} {word}  ", "ok" if holds else "bad")
