"""The first screen: at three in the morning it says what is wrong and what to do."""

import pytest

from soc_agent.text import say, use_language
from tests.tui.conftest import Open
from tests.tui.waiting import screen_lines

SIZES = [(80, 24), (120, 40), (160, 50), (200, 60)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["en", "vi"])
async def test_one_glance_has_layers_levels_sources_agent_and_the_worst_alert(
    open_console: Open, size: tuple[int, int], language: str
) -> None:
    use_language(language)
    async with open_console(size) as (console, _):
        lines = screen_lines(console)
        text = "\n".join(lines)
        for layer in (1, 2, 3, 4):
            assert f" {layer} {say(f'layers.short.{layer}')} " in text
        assert say("layers.health.critical") in text
        assert say("tui.agent.running_short") in text or "1583" in text.replace(",", "").replace(".", "")
        assert say("tui.sources.title") in text
        assert "mail" in text
        assert text.count("→") == 4, "each layer says what to do next"
        worst = next(line for line in lines if "webshell" in line.lower())
        assert "◆" in worst
        assert all(len(line.rstrip()) <= size[0] for line in lines)
