"""The border: nothing that enters can command the terminal or be taken for markup."""

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color

import tui
from soc_agent.model import Problem, Where
from soc_agent.text import SafeText
from tests.tui.hostile import HOSTILE, commands
from tui.outside import Neutral, cells, clip, fit, joined, part, safe, said, shown_text, told

PACKAGE = Path(tui.__file__).parent
RENDERABLE = {
    "rich.text": {"Text"},
    "rich.segment": {"Segment"},
    "rich.markup": {"render", "escape"},
    "textual.content": {"Content"},
    "textual.markup": {"escape"},
}
"""What makes something drawable, by module: only the border and the drawing base may."""
MAY = {"outside.py": {"Text", "Segment"}, "drawn.py": {"Segment"}}
TAKES_TEXT = {"Static", "Label", "Button", "Option", "Markdown", "Digits", "Log", "RichLog", "DataTable", "OptionList"}
"""Textual widgets that parse a str as markup or write it as it is."""


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bytes_become_visible_text(name: str) -> None:
    for text in (safe(HOSTILE[name]), part(HOSTILE[name]).text, joined("a", HOSTILE[name].decode("utf-8", "replace"))):
        assert type(text) is SafeText
        assert commands(text) == []


def test_what_is_said_is_safe_whatever_its_values_hold() -> None:
    assert commands(said("tui.picture.saved", path="\x1b]0;x\x07\u202e")) == []
    assert "[/]" in said("tui.picture.saved", path="[/]")


def test_problems_of_a_later_version_are_told_all_the_same() -> None:
    text = told(Problem("later.unheard_of", Where("a.yml", 3), {"x": "\x1b[2J"}))
    assert "later.unheard_of" in text
    assert "a.yml:3" in text
    assert commands(text) == []


@given(st.text(max_size=60), st.integers(0, 40))
def test_texts_are_cut_and_fitted_to_cells(text: str, width: int) -> None:
    assert cell_len(clip(text, width)) <= width
    assert cell_len(fit(text, width)) == width
    assert cell_len(fit(text, width, right=True)) == width
    assert commands(fit(text, width)) == []


def test_wide_characters_count_twice() -> None:
    assert cells("日本") == 4
    assert fit("日本語", 5) == "日本…"
    assert fit("日本語", 4) == "日… "


def test_the_second_wall_neutralises_what_any_widget_draws() -> None:
    segments = [Segment("well"), Segment("\x1b]0;PWNED\x07")]
    drawn = Neutral().apply(segments, Color.parse("black"))
    assert [segment.text for segment in drawn] == ["well", "␛]0;PWNED␇"]
    assert Neutral().apply(segments[:1], Color.parse("black")) is not None


def test_text_for_textuals_own_widgets_is_not_markup() -> None:
    assert shown_text((part("[@click=app.quit]q[/]"),)).plain == "[@click=app.quit]q[/]"


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_only_the_border_makes_something_drawable(path: Path) -> None:
    """A widget that took a plain str would show evidence as markup, or let it command the terminal."""
    wrong = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            names = RENDERABLE.get(node.module or "", set()) - MAY.get(path.name, set())
            wrong += [f"{node.lineno}: imports {a.name}" for a in node.names if a.name in names]
            wrong += [f"{node.lineno}: imports {a.name}" for a in node.names if a.name in TAKES_TEXT]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in {"from_markup", "render_str", "write", "update"} and path.name != "outside.py":
                wrong.append(f"{node.lineno}: calls {node.func.attr}")
            if node.func.attr == "notify" and not any(
                k.arg == "markup" and isinstance(k.value, ast.Constant) and k.value.value is False
                for k in node.keywords
            ):
                wrong.append(f"{node.lineno}: notifies with markup")
        if isinstance(node, ast.Attribute) and node.attr in {"border_title", "border_subtitle", "tooltip"}:
            wrong.append(f"{node.lineno}: sets {node.attr}")
    allowed = ["calls write"] if path.name == "__init__.py" else []
    assert [w for w in wrong if w.split(": ")[1] not in allowed] == []
