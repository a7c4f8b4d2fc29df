"""Lines of the screen put together: side by side, spread to a width, wrapped. Pure functions over :data:`Line`."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.cells import get_character_cell_size

from soc_agent.text import SafeText
from tui.look import Role
from tui.outside import EMPTY, Line, Part, cells, clip, fit, part, safe


def line(*parts: Part | SafeText) -> Line:
    """Give a line of parts; a bare text plays no role."""
    return tuple(item if isinstance(item, Part) else Part(item) for item in parts)


def width_of(parts: Line) -> int:
    """Give the width of a line, in cells."""
    return sum(cells(text) for text, _ in parts)


def cut(parts: Line, width: int) -> Line:
    """Cut a line to at most ``width`` cells; what was cut ends with ``…``."""
    if width_of(parts) <= width:
        return parts
    kept: list[Part] = []
    left = width
    for text, role in parts:
        size = cells(text)
        if size < left or (size == left and (text, role) == parts[-1]):
            kept.append(Part(text, role))
            left -= size
            continue
        kept.append(Part(clip(text + "…" if size == left else text, left), role))
        break
    return tuple(kept)


def padded(parts: Line, width: int, role: Role = "") -> Line:
    """Cut or pad a line to exactly ``width`` cells."""
    short = cut(parts, width)
    space = width - width_of(short)
    return (*short, Part(fit("", space), role)) if space > 0 else short


def spread(left: Line, right: Line, width: int, fill: str = " ", role: Role = "") -> Line:
    """Put one line at the left end and one at the right end of ``width`` cells; the right one stays whole."""
    right = cut(right, width)
    left = cut(left, max(width - width_of(right) - 1, 0))
    space = width - width_of(left) - width_of(right)
    return (*left, part(fill * space, role), *right)


def beside(blocks: Sequence[Sequence[Line]], widths: Sequence[int], gap: str = " ") -> list[Line]:
    """Put blocks of lines beside each other, each of its own width."""
    height = max((len(block) for block in blocks), default=0)
    rows: list[Line] = []
    for number in range(height):
        parts: list[Part] = []
        for index, (block, width) in enumerate(zip(blocks, widths, strict=True)):
            if index:
                parts.append(part(gap))
            parts.extend(padded(block[number] if number < len(block) else (), width))
        rows.append(tuple(parts))
    return rows


def wrapped(parts: Line, width: int, *, words: bool = True, indent: int = 0) -> list[Line]:
    """Break a line into lines of at most ``width`` cells: between words, or (evidence) exactly at the edge.

    Lines after the first begin with ``indent`` spaces.
    """
    if width_of(parts) <= width:
        return [parts]
    characters = [(character, role) for text, role in parts for character in text]
    rows: list[Line] = []
    start = 0
    while start < len(characters):
        room = max(width - (indent if rows else 0), 1)
        end = _end_of_row(characters, start, room, words)
        row = _grouped(characters[start:end])
        rows.append((part(" " * indent), *row) if rows and indent else row)
        start = end
        while words and start < len(characters) and characters[start][0] == " ":
            start += 1
    return rows


def _end_of_row(characters: Sequence[tuple[str, Role]], start: int, room: int, words: bool) -> int:
    used = 0
    end = start
    while end < len(characters):
        used += get_character_cell_size(characters[end][0])
        if used > room and end > start:
            break
        end += 1
    if end == len(characters) or not words or characters[end][0] == " ":
        return end
    space = next((index for index in range(end - 1, start, -1) if characters[index][0] == " "), 0)
    return space if space > start + room // 3 else end


def _grouped(characters: Iterable[tuple[str, Role]]) -> Line:
    return tuple(
        Part(safe("".join(character for character, _ in run)), role)
        for role, run in groupby(characters, key=lambda item: item[1])
    )


def paragraph(text: str, width: int, role: Role = "") -> list[Line]:
    """Give a text as lines of at most ``width`` cells. Its own line ends are kept; all else is made safe."""
    rows: list[Line] = []
    for piece in text.splitlines():
        rows.extend(wrapped((part(piece.strip(), role),), width))
    return rows


def marked(text: SafeText, values: Iterable[str], role: Role = "", mark: Role = "matched") -> Line:
    """Give a text with every place where one of ``values`` stands set apart. Case does not count."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = text
    spans: list[tuple[int, int]] = []
    for value in {safe(v).lower() for v in values}:
        at = lowered.find(value) if value else -1
        while at >= 0:
            spans.append((at, at + len(value)))
            at = lowered.find(value, at + len(value))
    parts: list[Part] = []
    done = 0
    for begin, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if end <= done:
            continue
        if begin > done:
            parts.append(part(text[done:begin], role))
        parts.append(part(text[max(begin, done) : end], mark))
        done = end
    if done < len(text) or not parts:
        parts.append(part(text[done:], role))
    return tuple(parts)


def field(label: SafeText, value: Line, label_width: int, width: int) -> list[Line]:
    """Give a label and its value; a long value goes on under itself."""
    head = Part(fit(label, label_width), "muted")
    room = max(width - label_width - 2, 8)
    rows = wrapped(value, room, words=False) or [()]
    return [
        (head if number == 0 else Part(fit(EMPTY, label_width)), part("  "), *row) for number, row in enumerate(rows)
    ]


def labelled(told: Sequence[tuple[SafeText, Line]], width: int) -> list[Line]:
    """Give labels and their values, all values beginning in the same column."""
    size = min(max((cells(label) for label, _ in told), default=0), width // 3)
    return [row for label, value in told for row in field(label, value, size, width)]
