"""An explanation is drawn in any width, and outside text in it stays harmless."""

import pytest
from msgspec.structs import replace

from soc_agent.model import RuleInfo
from soc_agent.text import LANGUAGES, use_language
from tests.text.test_explanation import CORRELATION, ITEM, RULE
from tui.explained import explained_lines
from tui.outside import Line
from tui.paper import width_of


def text_of(lines: list[Line]) -> str:
    return "\n".join("".join(text for text, _ in line) for line in lines)


@pytest.mark.parametrize("width", [20, 38, 78, 118])
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_fits_every_width(width: int, language: str) -> None:
    use_language(language)
    try:
        for explanation in (RULE, CORRELATION):
            assert all(width_of(line) <= width for line in explained_lines(explanation, width))
    finally:
        use_language("en")


def test_everything_is_there() -> None:
    text = text_of(explained_lines(RULE, 78))
    assert text.splitlines()[0].startswith("A rule")
    assert "✗ false  Does not match" in text
    assert "Condition ────" in text
    assert "is xyz" in text


def test_escapes_are_made_visible() -> None:
    item = replace(ITEM, values=("\x1b]0;pwned\x07[bold]x[/bold]",))
    hostile = replace(RULE, rule=RuleInfo("id", "Title \x1b[31m"), condition=item)
    text = text_of(explained_lines(hostile, 78))
    assert "\x1b" not in text
    assert "[bold]x[/bold]" in text
