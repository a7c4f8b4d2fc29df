"""The columns of an alert list: which ones there is room for, and an alert drawn in them."""

from datetime import tzinfo
from functools import lru_cache

from msgspec import Struct

from soc_agent.model import Alert, Level, RuleInfo, Status
from soc_agent.text import SafeText, current_language
from tui import times
from tui.look import SUPPRESSED_GLYPH, Role
from tui.outside import EMPTY, Line, Part, cells, fit, joined, safe, said
from tui.words import ended_part, level_part, standing_part, status_part, title_of, widest

_LAYOUTS = (
    (False, 16, 30, 10),
    (True, 16, 30, 10),
    (True, 14, 22, 10),
    (True, 12, 18, 10),
    (True, 12, 16, 0),
    (True, 14, 0, 10),
    (True, 12, 0, 0),
)
"""From the roomiest to the narrowest: whether words are short, and the widths of host, entities and owner."""
_ENTITIES_GOOD = 30
"""Where entities have so many cells, there is room for the level of the system too."""
_TITLE_GOOD = 28
"""A title of so many cells is worth more than another column."""
_TITLE_MIN = 16


class Columns(Struct, frozen=True):
    """The widths of the columns in cells; 0: there is no room for it."""

    time: int
    level: int
    layer: int
    status: int
    host: int
    system: int
    title: int
    entities: int
    count: int
    owner: int
    short: bool
    """Whether levels and statuses are abbreviated."""


@lru_cache(maxsize=32)
def _columns(width: int, language: str) -> Columns:  # noqa: ARG001 - words differ in width between languages
    for short, host, entities, owner in _LAYOUTS:
        level = widest([level_part(level, short=short) for level in Level])
        status = widest([ended_part(short=short), *(status_part(status, short=short) for status in Status)])
        # the level of the system is no news of the alert itself: all else comes first
        system = 2 if entities >= _ENTITIES_GOOD else 0
        fixed = (11, level, 2, status, host, system, entities, 6, owner)
        title = width - sum(size + 1 for size in fixed if size) - 1
        if title >= _TITLE_GOOD:
            break
    return Columns(11, level, 2, status, host, system, max(title, _TITLE_MIN), entities, 6, owner, short)


def columns(width: int) -> Columns:
    """Give the columns that fit into a width, in the language in use."""
    return _columns(width, current_language())


def heading(width: int) -> Line:
    """Give the names of the columns."""
    layout = columns(width)
    return _row(
        layout,
        {
            name: Part(said(f"tui.column.{name}"), "muted")
            for name in ("time", "level", "layer", "status", "host", "system", "title", "entities", "count", "owner")
        },
    )


def alert_line(alert: Alert, rule: RuleInfo | None, width: int, now_ns: int, zone: tzinfo) -> Line:
    """Draw an alert as a line of exactly ``width`` cells."""
    layout = columns(width)
    quiet: Role = "" if alert.status.is_open else "faint"
    level = level_part(alert.level, short=layout.short)
    values = _telling(alert, layout.entities) if layout.entities else ()
    return _row(
        layout,
        {
            "time": Part(times.brief(alert.last_ns, now_ns, zone), quiet or "muted"),
            "level": Part(level.text, quiet or level.role),
            "layer": Part(joined("L", str(alert.layer.value)), "faint" if quiet else "muted"),
            "status": standing_part(alert, short=layout.short),
            "host": Part(safe(alert.host or "–", 256), quiet),
            "system": Part(safe(alert.context.get("system_level", ""), 2), quiet or "key"),
            "title": Part(_title(alert, rule), quiet or _urgency(alert)),
            "entities": Part(safe(" ".join(values), 256), quiet or "entity"),
            "count": Part(joined("×", times.number(alert.count)) if alert.count > 1 else EMPTY, quiet or "muted"),
            "owner": Part(safe(alert.owner, 64), quiet or "muted"),
        },
    )


def _title(alert: Alert, rule: RuleInfo | None) -> SafeText:
    title = title_of(alert, rule)
    return joined(SUPPRESSED_GLYPH, " ", title) if alert.suppressed else title


def _urgency(alert: Alert) -> Role:
    """Set apart what nobody has taken yet: severe alerts before all others."""
    if alert.status is not Status.NEW:
        return "muted"
    return "strong" if alert.level >= Level.HIGH else ""


def _telling(alert: Alert, width: int) -> list[str]:
    """Give what tells an alert from others: its entities; where there are none, what its line is about."""
    found = [
        _tail(value, width) if kind == "file" else value
        for kind in _SHOWN
        for value in alert.entities.get(kind, ())
        if (kind, value) != ("host", alert.host)
    ]
    if found:
        return found
    return [str(alert.fields[name]) for name in _ABOUT if alert.fields.get(name)][:1]


def _tail(path: str, width: int) -> str:
    """Give a path cut at its beginning: its end tells more."""
    text = safe(path, 4096)
    while cells(text) > width:
        text = joined("…", text[max(len(text) - width, 1) + 1 :])
    return text


_ABOUT = ("page", "source", "item", "path")
"""Fields of lines of our own that name what they are about."""
_SHOWN = ("src_ip", "user", "dst_ip", "domain", "file", "process", "url", "host")
"""The kinds of entity that a line shows, the most telling first. The host has its own column."""


_GAP = safe(" ")


def _row(layout: Columns, cells_of: dict[str, Part]) -> Line:
    parts: list[Part] = []
    for name, part in cells_of.items():
        width = getattr(layout, name)
        if width:
            parts += [Part(fit(part.text, width, right=name == "count"), part.role), Part(_GAP)]
    return tuple(parts)
