"""What all layers share in judging: the worst of several, durations in words, and the state that comes of figures."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from soc_agent.layers.records import Figure, Health, LayerState, Message
from soc_agent.model import Layer, Level

NOTHING = "-"
"""The value of a figure that there is nothing to say about."""
_WORST_FIRST = (Health.CRITICAL, Health.ATTENTION, Health.OK, Health.NOT_CONFIGURED)
_NS = 1_000_000_000


def worst(healths: Iterable[Health]) -> Health:
    """Give the worst: critical beats attention, attention beats ok."""
    return min(healths, key=_WORST_FIRST.index, default=Health.OK)


def state(layer: Layer, figures: Iterable[Figure], next_steps: Iterable[Message]) -> LayerState:
    """Give the state that figures make: the worst of them, and those that are worse than others first."""
    ordered = tuple(sorted(figures, key=lambda figure: _WORST_FIRST.index(figure.health)))
    return LayerState(layer, worst(figure.health for figure in ordered), ordered, tuple(next_steps))


def not_configured(layer: Layer, figures: Iterable[Figure], next_steps: Iterable[Message]) -> LayerState:
    """Give the state of a layer that there is no data on."""
    grey = tuple(Figure(f.key, f.value, Health.NOT_CONFIGURED, f.value_key) for f in figures)
    return LayerState(layer, Health.NOT_CONFIGURED, grey, tuple(next_steps))


def open_figures(open_alerts: Mapping[Level, int]) -> tuple[Figure, ...]:
    """Give the figures of a layer's open alerts: a critical one makes it critical, a high one asks for attention."""
    critical, high = open_alerts.get(Level.CRITICAL, 0), open_alerts.get(Level.HIGH, 0)
    return (
        Figure("open_critical", critical, Health.CRITICAL if critical else Health.OK),
        Figure("open_high", high, Health.ATTENTION if high else Health.OK),
        Figure("open_other", sum(open_alerts.values()) - critical - high),
    )


def open_step(layer: Layer, open_alerts: Mapping[Level, int]) -> tuple[Message, ...]:
    """Give the step that serious open alerts of a layer ask for."""
    serious = sum(n for level, n in open_alerts.items() if level >= Level.HIGH)
    return (Message("layers.next.handle_alerts", {"count": serious, "layer": int(layer)}),) if serious else ()


def duration(span_ns: int) -> str:
    """Give a length of time in short, the same in all languages: ``45s``, ``12m``, ``2h05m``, ``3d04h``."""
    if span_ns < 0:
        return f"-{duration(-span_ns)}"
    seconds = span_ns // _NS
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86_400
    if days:
        return f"{days}d{hours % 24:02}h"
    if hours:
        return f"{hours}h{minutes % 60:02}m"
    return f"{minutes}m" if minutes else f"{seconds}s"


def day_of(moment_ns: int, timezone: str) -> date:
    """Give the date of a moment in a time zone."""
    return datetime.fromtimestamp(moment_ns // _NS, ZoneInfo(timezone)).date()
