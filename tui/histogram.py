"""Alerts over time as bars of eighth blocks: one bucket a cell, its worst level as colour and a glyph on the axis."""

from collections.abc import Sequence
from datetime import tzinfo

from soc_agent.model import Level
from tui import times
from tui.look import EIGHTHS, LEVEL_GLYPH, LEVEL_ROLE, Role
from tui.outside import Line, Part, cells, part

Buckets = Sequence[Sequence[int]]
"""Per bucket, how many alerts of each of the five levels."""

_MARKED = (Level.CRITICAL, Level.HIGH)
_LABEL_EVERY = 14


def worst(bucket: Sequence[int]) -> Level | None:
    """Give the worst level in a bucket."""
    return next((level for level in sorted(Level, reverse=True) if bucket[level]), None)


def bars(buckets: Buckets, height: int, cursor: int | None = None) -> list[Line]:
    """Draw buckets as bars, ``height`` cells high; a bucket that is not empty always shows. Top line first."""
    totals = [sum(bucket) for bucket in buckets]
    peak = max(totals, default=0)
    full = height * 8
    eighths = [max(round(total * full / peak), 1) if total else 0 for total in totals]
    rows: list[Line] = []
    for row in reversed(range(height)):
        parts: list[Part] = []
        for index, (bucket, amount) in enumerate(zip(buckets, eighths, strict=True)):
            level = worst(bucket)
            role: Role = LEVEL_ROLE[level] if level is not None else "faint"
            if role == "critical":
                role = "high"
            if index == cursor:
                role = "banner" if not amount else role
            here = min(max(amount - row * 8, 0), 8)
            glyph = "│" if index == cursor and not here else EIGHTHS[here]
            parts.append(part(glyph, role if glyph != "│" else "attention"))
        rows.append(tuple(parts))
    return rows


def axis(buckets: Buckets, from_ns: int, to_ns: int, zone: tzinfo, cursor: int | None = None) -> Line:
    """Draw the axis below the bars: times along it, a glyph where a bucket holds a severe alert, the cursor."""
    width = len(buckets)
    marks: list[Part] = [part("─", "rule")] * width
    for index, bucket in enumerate(buckets):
        level = worst(bucket)
        if level in _MARKED:
            marks[index] = part(LEVEL_GLYPH[level], "high")
    span = max(to_ns - from_ns, 1)
    for start in range(0, width - 6, _LABEL_EVERY):
        label = times.axis_mark(from_ns + span * start // max(width, 1), span, zone)
        if start + cells(label) + 1 < width:
            for offset, character in enumerate(f"╷{label}"):
                marks[start + offset] = part(character, "muted")
    if cursor is not None and 0 <= cursor < width:
        marks[cursor] = part("▲", "attention")
    return tuple(marks)


def place(time_ns: int, from_ns: int, to_ns: int, width: int) -> int | None:
    """Give the cell of an axis that a time falls into; None when it lies outside."""
    if not from_ns <= time_ns <= to_ns or to_ns <= from_ns:
        return None
    return min((time_ns - from_ns) * width // (to_ns - from_ns), width - 1)
