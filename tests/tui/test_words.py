"""Words and glyphs: never one without the other, titles in the language in use."""

import pytest
from msgspec.structs import replace

from soc_agent.layers import Figure, Health, LayerState, Message
from soc_agent.model import Layer, Level, Status
from soc_agent.store import Store
from soc_agent.text import say, use_language
from tests.tui.stage import BRUTE
from tui import words
from tui.look import LEVEL_GLYPH, STATUS_GLYPH


@pytest.mark.parametrize("short", [False, True])
def test_a_level_is_a_glyph_and_a_word(short: bool) -> None:
    for level in Level:
        glyph, _, word = words.level_part(level, short=short).text.partition(" ")
        assert glyph == LEVEL_GLYPH[level]
        assert word


def test_a_status_and_a_health_are_a_glyph_and_a_word() -> None:
    for status in Status:
        assert words.status_part(status).text == f"{STATUS_GLYPH[status]} {say(f'tui.status.{status.value}')}"
    for health in Health:
        assert words.health_part(health).text.split(maxsplit=1) == [
            words.HEALTH_GLYPH[health], say(f"layers.health.{health.value}") + " "
        ]  # fmt: skip


def test_figures_are_read_in_the_language_in_use() -> None:
    assert words.figure_value(Figure("lines_per_minute", 12_345)) == "12,345"
    assert words.figure_value(Figure("agent", "running", value_key="layers.agent.running")) == "running"
    use_language("vi")
    assert words.figure_value(Figure("lines_per_minute", 12_345)) == "12.345"
    assert words.figure_value(Figure("agent", "running", value_key="layers.agent.running")) == "đang chạy"
    assert words.figure_value(Figure("oldest_wait", "\x1b[2J")) == "␛[2J"


def test_the_next_step_is_the_most_urgent_one() -> None:
    steps = (Message("layers.next.agent_never"), Message("layers.next.add_sources"))
    state = LayerState(Layer.MONITORING, Health.ATTENTION, (), steps)
    assert words.next_step(state) == say("layers.next.agent_never")
    assert words.next_step(replace(state, next_steps=())) is None


def test_titles_descriptions_and_responses_follow_the_language(store: Store) -> None:
    alert = next(alert for alert in store.alerts(store.alert_ids()) if alert.rule_id == BRUTE.id)
    assert words.title_of(alert, BRUTE) == BRUTE.title
    use_language("vi")
    assert words.title_of(alert, BRUTE) == BRUTE.title_vi
    assert words.description_of(BRUTE) == BRUTE.description_vi
    assert words.response_of(BRUTE) == BRUTE.response_vi
    why = replace(BRUTE, level_reason="rare", level_reason_vi="hiếm")
    assert words.level_reason_of(why) == "hiếm"
    assert words.level_reason_of(replace(why, level_reason_vi="")) == "rare"
    assert words.level_reason_of(None) == ""
    bare = replace(BRUTE, title_vi="", description_vi="", response_vi="")
    assert words.title_of(alert, bare) == BRUTE.title, "English, where nobody wrote it in Vietnamese"
    assert words.response_of(bare) == BRUTE.response
    assert (words.title_of(alert, None), words.description_of(None), words.response_of(None)) == (alert.title, "", "")
