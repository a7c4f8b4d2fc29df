"""The last hour and the last day of the loss ledger: what was read of each source, and how each record ended."""

from collections.abc import Sequence
from typing import NamedTuple

from soc_agent.model import Counters
from soc_agent.store import SourceLedger
from soc_agent.text import SafeText
from tui import times
from tui.look import Role
from tui.outside import Line, cells, fit, part, safe, said
from tui.paper import cut

_GAP = "  "
_ALARMS = "dropped"
_NAME_WANTED = 16


class _Column(NamedTuple):
    word: str
    """``ledger.<word>`` in the catalogues."""
    span: str
    counter: str
    rank: int = 0
    """Where there is no room for all, those of the highest rank go first; 0 stays."""


_COLUMNS = (
    _Column("hour_read", "hour", "read"),
    _Column("hour_dropped", "hour", "dropped", 1),
    _Column("day_read", "day", "read"),
    _Column("decoded", "day", "decoded", 3),
    _Column("skipped", "day", "skipped", 2),
    _Column("undecodable", "day", "undecodable", 4),
    _Column("dropped", "day", "dropped"),
)


def recent_lines(ledgers: Sequence[SourceLedger], width: int) -> list[Line]:
    """Draw a row a source: read and dropped within an hour; read within a day, and the four ways it ended."""
    longest = max((cells(safe(ledger.source)) for ledger in ledgers), default=0)
    columns = list(_COLUMNS)
    while True:
        head = [said(f"ledger.{column.word}") for column in columns]
        rows = [[_cell(getattr(ledger, column.span), column.counter) for column in columns] for ledger in ledgers]
        texts = zip(head, *([text for text, _ in row] for row in rows), strict=True)
        sizes = [max(map(cells, column)) for column in texts]
        name = min(width - sum(sizes) - len(_GAP) * len(sizes), longest)
        least = max(columns, key=lambda column: column.rank)
        if name >= min(longest, _NAME_WANTED) or not least.rank:
            break
        columns.remove(least)
    name = max(name, 1)
    drawn: list[Line] = [
        cut((part(_GAP.join([fit(said("ledger.source"), name), *map(_right, head, sizes)]), "muted"),), width)
    ]
    for ledger, row in zip(ledgers, rows, strict=True):
        parts = [part(fit(safe(ledger.source), name), "strong")]
        for (text, role), size in zip(row, sizes, strict=True):
            parts += [part(_GAP), part(_right(text, size), role)]
        drawn.append(cut(tuple(parts), width))
    return drawn


def _cell(counters: Counters, name: str) -> tuple[SafeText, Role]:
    number = getattr(counters, name)
    return times.number(number), "faint" if not number else "attention" if name == _ALARMS else ""


def _right(text: SafeText, size: int) -> SafeText:
    return fit(text, size, right=True)
