from datetime import date

import pytest

from soc_agent.layers import Figure, Health
from soc_agent.layers.judge import day_of, duration, not_configured, open_figures, open_step, state, worst
from soc_agent.model import Layer, Level
from tests.layers.making import HOUR, NOW, SECOND


@pytest.mark.parametrize(
    ("healths", "result"),
    [
        ([], Health.OK),
        ([Health.OK, Health.OK], Health.OK),
        ([Health.OK, Health.ATTENTION], Health.ATTENTION),
        ([Health.ATTENTION, Health.CRITICAL, Health.OK], Health.CRITICAL),
        ([Health.OK, Health.NOT_CONFIGURED], Health.OK),
    ],
)
def test_critical_beats_attention_beats_ok(healths: list[Health], result: Health) -> None:
    assert worst(healths) is result


def test_figures_that_explain_come_first_and_the_others_keep_their_order() -> None:
    figures = [
        Figure("a", 1),
        Figure("b", 2, Health.ATTENTION),
        Figure("c", 3, Health.CRITICAL),
        Figure("d", 4),
        Figure("e", 5, Health.ATTENTION),
    ]
    made = state(Layer.ON_SITE, figures, [])
    assert [figure.key for figure in made.figures] == ["c", "b", "e", "a", "d"]
    assert made.health is Health.CRITICAL


def test_a_layer_without_data_is_grey_all_over() -> None:
    made = not_configured(Layer.NATIONAL, [Figure("a", 0), Figure("b", "x", Health.CRITICAL, "key")], [])
    assert made.health is Health.NOT_CONFIGURED
    assert {figure.health for figure in made.figures} == {Health.NOT_CONFIGURED}
    assert made.figures[1].value_key == "key"


@pytest.mark.parametrize(
    ("open_alerts", "result"),
    [
        ({}, Health.OK),
        ({Level.MEDIUM: 50}, Health.OK),
        ({Level.HIGH: 1}, Health.ATTENTION),
        ({Level.CRITICAL: 1, Level.HIGH: 5}, Health.CRITICAL),
    ],
)
def test_open_alerts_weigh_by_their_level(open_alerts: dict[Level, int], result: Health) -> None:
    figures = open_figures(open_alerts)
    assert worst(figure.health for figure in figures) is result
    assert sum(int(figure.value) for figure in figures) == sum(open_alerts.values())
    assert bool(open_step(Layer.ON_SITE, open_alerts)) is (result is not Health.OK)


@pytest.mark.parametrize(
    ("span_ns", "text"),
    [
        (0, "0s"),
        (59 * SECOND, "59s"),
        (60 * SECOND, "1m"),
        (2 * HOUR + 5 * 60 * SECOND, "2h05m"),
        (24 * HOUR, "1d00h"),
        (76 * HOUR, "3d04h"),
        (-HOUR, "-1h00m"),
    ],
)
def test_durations_are_short(span_ns: int, text: str) -> None:
    assert duration(span_ns) == text


def test_a_day_is_that_of_the_time_zone() -> None:
    assert day_of(NOW + 6 * HOUR, "Asia/Ho_Chi_Minh") == date(2026, 11, 22)
    assert day_of(NOW + 6 * HOUR, "UTC") == date(2026, 11, 21)
