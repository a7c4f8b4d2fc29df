"""The boxes and strips: states as glyph and word, the next step always there, exact sizes."""

import pytest

from soc_agent.config import Config
from soc_agent.layers import Figure, Health, LayerState, Message, layer_states
from soc_agent.model import Counters, Layer, Level, Problem
from soc_agent.store import AgentState, Counts, SourceLedger, SourceStatus, Store
from soc_agent.text import LANGUAGES, say, use_language
from tests.tui.stage import HOUR, MINUTE, NOW, SECOND, a_config
from tui.outside import Line
from tui.panels import (
    AGENT_SILENT_NS,
    agent_part,
    agent_runs,
    boxed,
    layer_box,
    layer_chips,
    open_alerts,
    section,
    source_view,
    sources_line,
)
from tui.paper import width_of


def plain(rows: list[Line]) -> str:
    return "\n".join("".join(text for text, _ in row) for row in rows)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("width", "height"), [(36, 6), (40, 6), (59, 7), (39, 9)])
def test_a_layer_is_a_box_of_exactly_its_size(store: Store, language: str, width: int, height: int) -> None:
    use_language(language)
    for state in layer_states(store, a_config(), NOW):
        rows = layer_box(state, width, height)
        assert len(rows) == height
        assert {width_of(row) for row in rows} == {width}
        text = plain(rows)
        assert say(f"layers.health.{state.health.value}") in text
        assert text.count("│") >= 2 * (height - 2)
        assert ("→" in text) == bool(state.next_steps)


def test_figures_make_way_for_the_next_step_but_for_two() -> None:
    figures = tuple(Figure(key, 1) for key in ("open_critical", "open_high", "open_other", "dropped"))
    state = LayerState(Layer.MONITORING, Health.ATTENTION, figures, (Message("layers.next.dropping", {"count": 9}),))
    text = plain(layer_box(state, 40, 6))
    assert say("layers.figure.open_critical") in text
    assert say("layers.figure.open_high") in text
    assert say("layers.figure.open_other") not in text
    assert text.count("…") == 1


def test_a_layer_without_data_says_not_configured() -> None:
    state = LayerState(Layer.NATIONAL, Health.NOT_CONFIGURED, (), ())
    text = plain(layer_box(state, 40, 6))
    assert f"– {say('layers.health.not_configured')}" in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [80, 120, 200])
def test_chips_of_the_layers_are_aligned(store: Store, language: str, width: int) -> None:
    use_language(language)
    rows = layer_chips(layer_states(store, Config(), NOW), width)
    assert all(width_of(row) <= width for row in rows)
    assert sum(plain([row]).count(say("layers.health.critical")) for row in rows) >= 0
    assert all(say(f"layers.short.{layer}") in plain(rows) for layer in (1, 2, 3, 4))
    assert layer_chips([], width) == []


def test_open_alerts_name_every_level_and_shorten_their_words_when_they_must() -> None:
    counts = Counts(open_by_level={Level.CRITICAL: 1, Level.MEDIUM: 12_345})
    text = plain([open_alerts(counts, 80)])
    assert "◆ 1 critical" in text
    assert "● 12,345 medium" in text
    assert "▲ 0 high" in text
    assert "◆ 1 crit " in plain([open_alerts(counts, 50)])


def test_the_agent_is_alive_or_one_is_told_what_to_do() -> None:
    alive = AgentState(1, NOW - HOUR, NOW - SECOND, 12.4)
    assert agent_part(alive, NOW).text == say("tui.agent.running", rate="12")
    assert agent_part(alive, NOW, short=True).text == say("tui.agent.running_short")
    assert agent_runs(alive, NOW)
    silent = AgentState(1, NOW - HOUR, NOW - AGENT_SILENT_NS - SECOND)
    assert agent_part(silent, NOW).text == say("tui.agent.silent", ago="6s")
    stopped = AgentState(1, NOW - HOUR, NOW - MINUTE, 0, NOW - MINUTE)
    assert "soc-agent run" in agent_part(stopped, NOW).text
    assert "soc-agent run" in agent_part(None, NOW).text
    assert not any(agent_runs(state, NOW) for state in (silent, stopped, None))


def ledger(**options: object) -> SourceLedger:
    given = {"source": "auth", "totals": Counters(), "per_minute": Counters(), "last_ns": NOW, **options}
    return SourceLedger(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "word", "health"),
    [
        ({"state": SourceStatus.RUNNING}, "reading", Health.OK),
        ({"state": SourceStatus.RUNNING, "last_ns": 0}, "waiting", Health.NOT_CONFIGURED),
        ({"state": SourceStatus.RUNNING, "last_ns": NOW - 901 * SECOND}, "silent", Health.ATTENTION),
        ({"state": SourceStatus.MISSING}, "missing", Health.CRITICAL),
        ({"state": SourceStatus.FAILED}, "failed", Health.CRITICAL),
        ({"state": SourceStatus.FINISHED, "last_ns": NOW - HOUR}, "finished", Health.OK),
        ({"state": SourceStatus.RUNNING, "problem": Problem("tail.unreadable")}, "degraded", Health.ATTENTION),
    ],
)
def test_sources_are_judged_by_what_they_do(options: dict[str, object], word: str, health: Health) -> None:
    assert source_view(ledger(**options), NOW, 900) == (word, health)


def test_the_line_of_the_sources_names_those_that_are_not_well_first() -> None:
    ledgers = [
        ledger(per_minute=Counters(lines=90), state=SourceStatus.RUNNING),
        ledger(source="asa-01", last_ns=NOW - 22 * MINUTE, state=SourceStatus.RUNNING, totals=Counters(dropped=7)),
    ]
    text = plain([sources_line(ledgers, NOW, 900, 120)])
    assert text.startswith(say("tui.sources.well", well=1, all=2) + "  ! asa-01: silent 22m")
    assert say("tui.sources.dropped", dropped=7) in text
    assert width_of(sources_line(ledgers, NOW, 900, 30)) <= 30
    assert plain([sources_line([], NOW, 900, 120)]) == say("tui.sources.none")


def test_boxes_and_sections_have_the_width_they_are_given() -> None:
    assert {width_of(row) for row in boxed((), (), [(), ()], 20)} == {20}
    assert width_of(section("What it is", 30)) == 30


def test_without_an_agent_no_source_is_said_to_be_well() -> None:
    reading = ledger(last_ns=NOW)
    assert source_view(reading, NOW, 900, runs=False) == ("unread", Health.ATTENTION)
    assert source_view(ledger(state=SourceStatus.FAILED), NOW, 900, runs=False).word == "failed"
    line = sources_line([reading], NOW, 900, 120, runs=False)
    assert plain([line]) == say("tui.sources.unread", all=1)
    assert width_of(sources_line([reading], NOW, 900, 20, runs=False)) <= 20


def test_a_source_is_silent_as_the_agent_learnt() -> None:
    quiet = {"last_ns": NOW - 1000 * SECOND, "state": SourceStatus.RUNNING}
    words = [source_view(ledger(**quiet, silent_after_s=limit), NOW, 900).word for limit in (None, 0, 999, 1001)]
    assert words == ["silent", "reading", "silent", "reading"]
