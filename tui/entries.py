"""Entries of the history as lines: when, who, what, of what."""

from datetime import tzinfo

import msgspec

from soc_agent.model import Problem
from soc_agent.store import HistoryEntry
from soc_agent.text import SafeText
from soc_agent.text.catalog import has
from tui import times
from tui.outside import EMPTY, Line, Part, fit, joined, part, safe, said, told

_LIMIT = 512
AGENT = "agent"
"""The name that the history gives to what the program did itself."""


def entry_line(
    entry: HistoryEntry, now_ns: int, zone: tzinfo, *, title: str | None = None, number: bool = False
) -> Line:
    """Draw an entry. With a ``title`` (that of its alert, or empty) the line says what it speaks of, too."""
    kind = said(f"tui.entry.{entry.kind}") if has(f"tui.entry.{entry.kind}") else safe(entry.kind, 40)
    parts = [part(fit(str(entry.seq), 8, right=True), "faint"), part("  ")] if number else []
    parts += [
        part(fit(times.brief(entry.time_ns, now_ns, zone), 12), "muted"),
        part(fit(safe(entry.actor, 64), 11), "muted" if entry.actor == AGENT else "strong"),
        part(" "),
        Part(kind),
    ]
    if title is not None and entry.kind not in _WITHOUT_SUBJECT:
        parts += [part("  "), part(_subject(entry.subject, title), "muted")]
    if more := _more(entry):
        parts += [part("  "), Part(more)]
    return tuple(parts)


_WITHOUT_SUBJECT = ("started", "stopped", "rules")


def _subject(subject: str, title: str) -> SafeText:
    kind, _, name = subject.partition("/")
    return joined(safe(title, 200), " ", safe(name[:8])) if title else safe(name or kind, 64)


def _more(entry: HistoryEntry) -> SafeText:
    data = entry.data
    match entry.kind:
        case "assign":
            return joined("→ ", safe(data.get("owner") or "–", 64))
        case "repeat":
            return joined("×", safe(data.get("count", ""), 20))
        case "suppressed":
            return joined("+", safe(data.get("suppressed", ""), 20), " ×", safe(data.get("count", ""), 20))
        case "rules":
            return safe(data.get("loaded", ""), 20)
        case "source":
            return _state(data.get("state"), data.get("problem"))
    return safe(data.get("text") or data.get("reason") or "", _LIMIT)


def _state(state: object, problem: object) -> SafeText:
    word = said(f"tui.source_state.{state}") if has(f"tui.source_state.{state}") else safe(state, 40)
    try:
        what = told(msgspec.convert(problem, Problem)) if problem else EMPTY
    except msgspec.ValidationError:
        what = safe(problem, _LIMIT)
    return joined(word, " – " if what else "", what)
