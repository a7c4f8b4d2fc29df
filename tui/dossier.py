"""All that is known of an alert, as lines: what it is, what to do first, the line itself, why, who, what was done."""

from collections.abc import Iterable, Sequence
from datetime import tzinfo
from urllib.parse import quote, quote_plus

from msgspec import Struct

from soc_agent.model import Alert, Clause, RuleInfo
from soc_agent.store import Evidence, HistoryEntry, Suppression
from soc_agent.text.catalog import has
from soc_agent.text.context import context_rows
from tui import times
from tui.athand import AtHand, file_lines, packet_lines, sender_lines
from tui.entries import entry_line
from tui.outside import Line, Part, cells, fit, joined, part, safe, said
from tui.panels import section
from tui.paper import field, marked, paragraph, wrapped
from tui.words import (
    description_of,
    entity_word,
    layer_word,
    level_part,
    level_reason_of,
    response_of,
    separator,
    standing_part,
    tier_word,
    title_of,
)

_RAW_LIMIT = 4096
"""Characters of a line that are shown; its bytes are in the store."""
_VALUE_LIMIT = 512
_EVIDENCE_SHOWN = 20
_PROSE_WIDTH = 100
"""Sentences wider than this are hard to read."""
_SHORTEST_MARK = 2
"""A matched value shorter than this would light up half the line."""


class Dossier(Struct, frozen=True):
    """What is known of one alert."""

    alert: Alert
    rule: RuleInfo | None = None
    evidence: tuple[Evidence, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    """Those that hold."""
    at_hand: AtHand = AtHand()
    """Packets and the file of the alert."""


def dossier_lines(dossier: Dossier, width: int, now_ns: int, zone: tzinfo, *, can_move: bool = False) -> list[Line]:
    """Draw a dossier in a width. ``can_move``: whether the file of the alert can be moved from here."""
    alert, rule = dossier.alert, dossier.rule
    prose = min(width, _PROSE_WIDTH)
    rows = [
        *wrapped((level_part(alert.level), part("  "), Part(title_of(alert, rule), "strong")), width, indent=2),
        *wrapped(_standing(alert), width, indent=2),
        *_times(alert, width, zone),
    ]
    for suppression in dossier.suppressions:
        rows += wrapped(_suppressed(suppression, zone), width, indent=2)
    if response := response_of(rule):
        rows += [(), section(said("tui.detail.first"), width), *paragraph(response, prose)]
    if description := description_of(rule):
        rows += [(), section(said("tui.detail.what"), width), *paragraph(description, prose)]
    if because := level_reason_of(rule):
        rows += [(), section(said("tui.detail.level_reason"), width), *paragraph(because, prose)]
    # before the line, which is one of our own and says the same less readably
    if file := file_lines(alert, dossier.at_hand.file, width, can_move=can_move):
        rows += [(), section(said("evidence.title_file"), width), *file]
    rows += [(), section(said("tui.detail.line"), width), *_line(alert, width)]
    packets = packet_lines(dossier.at_hand.packets, width, zone)
    for name, found in (("sender", sender_lines(alert, width)), ("packets", packets)):
        if found:
            rows += [(), section(said(f"evidence.title_{name}"), width), *found]
    if alert.why:
        rows += [(), section(said("tui.detail.why"), width), *_why(alert.why, width)]
    if told := context_rows(alert.context):
        rows += [(), section(said("enrich.context.title"), width), *_context(told, width)]
    if alert.entities:
        rows += [(), section(said("tui.detail.entities"), width), *_entities(alert, width)]
    if alert.fields:
        rows += [(), section(said("tui.detail.fields"), width), *_fields(alert, width)]
    rows += [(), section(said("tui.detail.rule"), width), *_rule(alert, rule, width)]
    if len(dossier.evidence) > 1:
        rows += [(), section(said("tui.detail.evidence", count=len(dossier.evidence)), width)]
        rows += _evidence(dossier.evidence, width, now_ns, zone)
    if dossier.history:
        rows += [(), section(said("tui.detail.history"), width), *_history(dossier.history, width, now_ns, zone)]
    return rows


def _standing(alert: Alert) -> Line:
    parts = [
        standing_part(alert),
        separator(),
        part(f"L{alert.layer.value} "),
        Part(layer_word(alert.layer, short=True)),
        separator(),
        Part(tier_word(alert.tier)),
        separator(),
        part(alert.host or "–", "strong"),
    ]
    if alert.owner:
        parts += [separator(), Part(said("tui.detail.owner", owner=alert.owner), "strong")]
    if alert.count > 1:
        parts += [separator(), Part(said("tui.detail.times", count=times.number(alert.count)))]
    return tuple(parts)


def _suppressed(found: Suppression, zone: tzinfo) -> Line:
    since, until = times.moment(found.since_ns, zone), times.moment(found.until_ns, zone)
    said_so = joined(safe(found.actor, 64), ": ", safe(found.reason, _VALUE_LIMIT))
    count = said("tui.detail.suppressed", count=times.number(found.count), since=since, until=until)
    return (Part(count, "attention"), separator(), part(said_so, "muted"))


def _times(alert: Alert, width: int, zone: tzinfo) -> list[Line]:
    parts = [part(times.moment(alert.first_ns, zone))]
    if alert.last_ns > alert.first_ns:
        parts += [
            part(" – "),
            part(times.moment(alert.last_ns, zone)),
            part(f" ({times.lasting(alert.last_ns - alert.first_ns)})", "muted"),
        ]
    parts += [separator(), part(alert.uid.hex()[:12], "muted")]
    return wrapped(tuple(parts), width, indent=2)


def _matched(why: Iterable[Clause]) -> list[str]:
    """Give the values that decided, as they may stand in the line: what was counted stands in none."""
    values = (clause.value for clause in why if clause.matched and not _is_measure(clause))
    return [value for value in values if len(value) >= _SHORTEST_MARK]


def _is_measure(clause: Clause) -> bool:
    """Say whether a clause is that of a correlation: how many, how much, how long."""
    return clause.item.endswith(f": {clause.pattern}")


def _line(alert: Alert, width: int) -> list[Line]:
    where = f"{alert.source} · {alert.stream}:{alert.line_number}" if alert.line_number else alert.source
    raw = safe(alert.raw, _RAW_LIMIT)
    rows = [*wrapped((part(where, "muted"),), width, words=False)]
    matched = [*_matched(alert.why), *_patterns(alert.why)]
    rows += wrapped(marked(raw, [form for text in matched for form in _as_written(text)]), width, words=False)
    if len(alert.raw) > _RAW_LIMIT:
        rows.append((Part(said("tui.detail.cut", size=times.size(len(alert.raw))), "muted"),))
    return rows


def _patterns(why: Iterable[Clause]) -> list[str]:
    """Give patterns without wildcards: where the value is a whole field, the pattern is the part that matters."""
    bare = (clause.pattern.strip("*") for clause in why if clause.matched and clause.pattern != clause.field)
    return [pattern for pattern in bare if len(pattern) >= _SHORTEST_MARK and not set(pattern) & set("*?\\")]


def _as_written(text: str) -> set[str]:
    """Give how a decoded value may stand in its line: as it is, or as URLs write it."""
    return {text, quote(text), quote_plus(text), text.replace(" ", "+")}


def _why(why: Sequence[Clause], width: int) -> list[Line]:
    rows: list[Line] = []
    for clause in why:
        sign = part("✓ ", "ok") if clause.matched else part("✗ ", "muted")
        item = part(safe(clause.item, _VALUE_LIMIT))
        value = marked(safe(clause.value, _VALUE_LIMIT), _patterns([clause]))
        if clause.pattern == clause.field:  # what lines were grouped or counted by: nothing was compared
            named = part(safe(clause.field, _VALUE_LIMIT), "key")
            rows += wrapped((sign, item, part("  "), named, part(" = ", "muted"), *value), width, indent=4)
            continue
        if _is_measure(clause):
            counted = (part(" = ", "muted"), *value) if clause.value else ()
            rows += wrapped((sign, item, *counted), width, indent=4)
            continue
        pattern = part(safe(clause.pattern, _VALUE_LIMIT), "key")
        rows += wrapped((sign, item, part("  "), pattern), width, indent=4)
        if clause.value:
            field = Part(joined("    ", clause.field, " " if clause.field else "", "= "), "muted")
            rows += wrapped((field, *value), width, words=False, indent=6)
    return rows


def _context(told: Sequence[tuple[str, Sequence[str]]], width: int) -> list[Line]:
    label_width = min(max(cells(label) for label, _ in told), width // 3)
    rows: list[Line] = []
    for label, words in told:
        shown = [Part(fit(label, label_width), "muted"), part("  "), part(safe(words[0], _VALUE_LIMIT), "entity")]
        for word in words[1:]:
            shown += [separator(), part(safe(word, _VALUE_LIMIT))]
        rows += wrapped(tuple(shown), width, indent=label_width + 2)
    return rows


def _entities(alert: Alert, width: int) -> list[Line]:
    labels = {kind: entity_word(kind) if has(f"tui.entity.{kind}") else safe(kind) for kind in alert.entities}
    label_width = min(max(cells(label) for label in labels.values()), width // 3)
    rows: list[Line] = []
    for kind, values in alert.entities.items():
        shown = tuple(
            piece
            for number, value in enumerate(values)
            for piece in ((part("  "),) if number else ()) + (part(safe(value, _VALUE_LIMIT), "entity"),)
        )
        rows += field(labels[kind], shown, label_width, width)
    return rows


def _fields(alert: Alert, width: int) -> list[Line]:
    names = {name: safe(name, 40) for name in alert.fields}
    label_width = min(max(cells(name) for name in names.values()), width // 3)
    values = _matched(alert.why)
    rows: list[Line] = []
    for name, value in alert.fields.items():
        shown = safe(_value_text(value), _VALUE_LIMIT)
        rows += field(fit(names[name], label_width), marked(shown, values, mark="strong"), label_width, width)
    return rows


def _value_text(value: object) -> str | bytes:
    """Give a decoded value as text: of a list its parts, not how Python would write them."""
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return "–" if value is None else value if isinstance(value, (str, bytes)) else str(value)


def _rule(alert: Alert, rule: RuleInfo | None, width: int) -> list[Line]:
    label_width = max(cells(said(f"tui.detail.{name}")) for name in ("rule_id", "attack", "author", "mistaken", "more"))

    def row(name: str, value: str, role: str = "") -> list[Line]:
        shown = part(safe(value, _VALUE_LIMIT), "key" if role else "")
        return field(said(f"tui.detail.{name}"), (shown,), label_width, width) if value else []

    rows = row("rule_id", alert.rule_id)
    techniques = [tag.removeprefix("attack.") for tag in alert.tags if tag.startswith("attack.")]
    rows += row("attack", "  ".join(t.upper() if t[:1] == "t" and t[1:2].isdigit() else t for t in techniques), "key")
    if rule is not None:
        rows += row("author", rule.author)
        for reason in rule.false_positives:
            rows += row("mistaken", reason)
        for reference in rule.references:
            rows += row("more", reference)
    return rows


def _evidence(evidence: Sequence[Evidence], width: int, now_ns: int, zone: tzinfo) -> list[Line]:
    rows: list[Line] = []
    for item in evidence[:_EVIDENCE_SHOWN]:
        place = f"{item.source}:{item.line_number}" if item.line_number else item.source
        head = (part(fit(times.brief(item.time_ns, now_ns, zone), 12), "muted"), part(f"{place}  ", "muted"))
        rows += wrapped((*head, part(safe(item.raw, _VALUE_LIMIT))), width, words=False, indent=12)
    if len(evidence) > _EVIDENCE_SHOWN:
        rows.append((Part(said("tui.detail.more_lines", count=len(evidence) - _EVIDENCE_SHOWN), "muted"),))
    return rows


def _history(history: Sequence[HistoryEntry], width: int, now_ns: int, zone: tzinfo) -> list[Line]:
    return [row for entry in history for row in wrapped(entry_line(entry, now_ns, zone), width, indent=12)]
