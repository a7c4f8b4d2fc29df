"""Draws the picture of the console that the documents show: ``python -m tests.tui.picture docs/console.svg [en|vi]``.

The data centre in it is invented (``tests/tui/stage.py``) and its clock stands, so the picture changes only when the
console does.
"""

import asyncio
import html
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path

from rich.cells import cell_len

from soc_agent.text import use_language
from tests.tui.stage import Clock, a_config, a_store
from tests.tui.waiting import settled
from tui.app import Console

_SIZE = (120, 36)
_TEXT = re.compile(r'<text class="([^"]*)" x="([\d.]+)" y="([\d.]+)" textLength="([\d.]+)"[^>]*>([^<]*)</text>')
_FONT_FACE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_RECT = re.compile(r'<rect fill="([^"]*)" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)" [^>]*/>')
_RECTS = re.compile(f"(?:{_RECT.pattern}){{2,}}")
_CLIP_LINE = re.compile(r'<clipPath id="[^"]*-line-\d+">.*?</clipPath>\s*', re.DOTALL)


async def picture(language: str = "en", size: tuple[int, int] = _SIZE) -> str:
    """Give the first screen as SVG."""
    use_language(language)
    with tempfile.TemporaryDirectory() as folder:
        clock = Clock()
        console = Console(a_store(Path(folder) / "store.db", clock), a_config(), clock=clock)
        async with console.run_test(size=size) as pilot:
            await settled(console, pilot)
            return slimmed(console.export_screenshot(title="soc-agent"))


def slimmed(svg: str) -> str:
    """Give a screenshot of Textual without what it would fetch from elsewhere, and without padding.

    Renderers disagree about spaces at the ends of a text, so each text begins and ends with something visible.
    """
    svg = _FONT_FACE.sub("", svg)
    svg = _CLIP_LINE.sub("", svg)
    svg = _TEXT.sub(_trimmed, svg)
    svg = _RECTS.sub(_merged, svg)
    svg = svg.replace("        font-variant-east-asian: full-width;\n", "")
    svg = re.sub(r"terminal-\d+", "t", svg)
    return re.sub(r"\n\s*\n+", "\n", svg)


def _merged(match: re.Match[str]) -> str:
    """Join rectangles that touch in a line, and lay the commonest colour below all of them."""
    found = [(fill, float(x), y, float(w), h) for fill, x, y, w, h in _RECT.findall(match[0])]
    area = Counter[str]()
    for fill, _, _, width, _ in found:
        area[fill] += round(width)
    ground = area.most_common(1)[0][0]
    joined: list[tuple[str, float, str, float, str]] = []
    for fill, x, y, width, height in found:
        if fill == ground:
            continue
        if joined and (joined[-1][0], joined[-1][2]) == (fill, y) and abs(joined[-1][1] + joined[-1][3] - x) < 0.1:
            joined[-1] = (fill, joined[-1][1], y, joined[-1][3] + width, height)
        else:
            joined.append((fill, x, y, width, height))
    rects = [f'<rect fill="{ground}" width="100%" height="100%"/>']
    rects += [f'<rect fill="{f}" x="{x:.5g}" y="{y}" width="{w:.5g}" height="{h}"/>' for f, x, y, w, h in joined]
    return "\n".join(rects)


def _trimmed(match: re.Match[str]) -> str:
    style, x, y, length, body = match.groups()
    text = html.unescape(body).replace("\xa0", " ")
    if not text.strip():
        return ""
    width = float(length) / cell_len(text)
    left = len(text) - len(text.lstrip())
    shown = text.strip()
    at, long = float(x) + left * width, cell_len(shown) * width
    safe = html.escape(shown).replace(" ", "&#160;")
    return f'<text class="{style}" x="{at:.5g}" y="{y}" textLength="{long:.5g}">{safe}</text>'


def main() -> None:
    """Write the picture to the path that was given."""
    target = Path(sys.argv[1])
    target.write_text(asyncio.run(picture(sys.argv[2] if len(sys.argv) > 2 else "en")), "utf-8")


if __name__ == "__main__":
    main()
