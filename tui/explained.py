"""An explanation as lines of the screen: the rows that commands print too, broken to the width."""

from soc_agent.model import Explanation
from soc_agent.text.explanation import Row, rows_of
from tui.look import Role
from tui.outside import Line, clip, joined, part, safe
from tui.panels import section
from tui.paper import wrapped

_ROLES: dict[str, Role] = {"bad": "muted"}
"""A clause that is false is nothing bad: most are."""
_LONGEST = 2_000
"""Characters of one piece that are shown."""
_HANGING = 2
_NARROWEST = 20


def explained_lines(explanation: Explanation, width: int) -> list[Line]:
    """Draw an explanation in a width."""
    rows: list[Line] = []
    for row in rows_of(explanation):
        rows += _lines(row, width)
    return rows


def _lines(row: Row, width: int) -> list[Line]:
    if row.heading and row.indent == 0:
        heading = joined(*(safe(piece.text, _LONGEST) for piece in row.pieces))
        return [(), section(clip(heading, width - 1), width)]
    # what stands deep keeps some room on a narrow screen
    indent = min(row.indent, max(width - _NARROWEST, 0))
    pieces = tuple(part(safe(piece.text, _LONGEST), _ROLES.get(piece.role, piece.role)) for piece in row.pieces)
    lead = part(" " * indent)
    return [(lead, *line) if indent else line for line in wrapped(pieces, max(width - indent, 1), indent=_HANGING)]
