"""The boxes and strips that say how things stand: the four layers, open alerts by level, sources, the agent."""

from collections.abc import Sequence
from typing import NamedTuple

from soc_agent.layers import Health, LayerState
from soc_agent.model import Level
from soc_agent.store import AgentState, Counts, SourceLedger, SourceStatus
from tui import times
from tui.look import LEVEL_GLYPH, LEVEL_ROLE, Role
from tui.outside import Line, Part, cells, fit, joined, part, safe, said
from tui.paper import cut, padded, spread, width_of, wrapped
from tui.words import (
    HEALTH_GLYPH,
    WORST_FIRST,
    figure_label,
    figure_value,
    health_part,
    layer_word,
    level_word,
    next_step,
)

AGENT_SILENT_NS = 5 * times.SECOND
"""An agent that did not say a word for so long is taken for dead: it speaks every second."""


def boxed(title: Line, badge: Line, body: Sequence[Line], width: int) -> list[Line]:
    """Draw a box with a title at the left and a badge at the right of its upper edge."""
    head = spread((part("╭─ ", "rule"), *title, part(" ", "rule")), (*badge, part("─╮", "rule")), width, "─", "rule")
    rows = [(part("│ ", "rule"), *padded(line, width - 4), part(" │", "rule")) for line in body]
    return [head, *rows, (part(f"╰{'─' * (width - 2)}╯", "rule"),)]


def layer_box(state: LayerState, width: int, height: int) -> list[Line]:
    """Draw a layer in ``width`` × ``height`` cells: its state, the figures that explain it, the next step."""
    room = width - 4
    inner = height - 2
    step = next_step(state)
    steps = wrapped((part("→ ", "key"), Part(step)), room, indent=2) if step else []
    figures = [_figure(figure_index, state, room) for figure_index in range(len(state.figures))]
    kept = steps[: max(inner - min(len(figures), _FIGURES_MIN), 1)]
    if len(kept) < len(steps):
        rest = steps[len(kept)][1:]  # without what it stands in by
        kept[-1] = cut((*kept[-1], part(" "), *rest), room)
    body = figures[: inner - len(kept)]
    body += [()] * (inner - len(body) - len(kept)) + kept
    title = (part(f"{state.layer.value} ", "title"), Part(layer_word(state.layer, short=True), "strong"))
    return boxed(title, (health_part(state.health),), body, width)


_FIGURES_MIN = 2
"""Figures that stay when the next step needs the room."""
_SICK_ROLE: dict[Health, Role] = {Health.ATTENTION: "attention", Health.CRITICAL: "high"}
"""The badge of a layer is loud; what explains it is not."""


def _figure(index: int, state: LayerState, width: int) -> Line:
    figure = state.figures[index]
    value = figure_value(figure)
    role = _SICK_ROLE.get(figure.health, "")
    sign = HEALTH_GLYPH[figure.health] + " " if role else ""
    return spread((Part(figure_label(figure), "muted"),), (Part(joined(sign, value), role or "strong"),), width)


def layer_chips(states: Sequence[LayerState], width: int) -> list[Line]:
    """Draw the four layers in a line or two: number, name, state."""
    names = [joined(f" {state.layer.value} ", layer_word(state.layer, short=True), " ") for state in states]
    name = max((cells(text) for text in names), default=0)
    chips = [(Part(fit(text, name), "strong"), health_part(s.health)) for text, s in zip(names, states, strict=True)]
    widest = max((width_of(chip) for chip in chips), default=0) + 2
    per_row = 4 if 4 * widest <= width else 2
    return [
        tuple(item for chip in chips[start : start + per_row] for item in padded(chip, width // per_row))
        for start in range(0, len(chips), per_row)
    ]


def open_alerts(counts: Counts, width: int) -> Line:
    """Draw the open alerts by level, the worst first; a level without any stays, quietly."""
    line = _open_alerts(counts, short=False)
    return line if width_of(line) <= width else _open_alerts(counts, short=True)


def _open_alerts(counts: Counts, *, short: bool) -> Line:
    parts: list[Part] = []
    for level in WORST_FIRST:
        number = counts.open_by_level.get(level, 0)
        role = LEVEL_ROLE[level] if number else "faint"
        text = joined(f"{LEVEL_GLYPH[level]} ", times.number(number), " ", level_word(level, short=short))
        padding = " " if number and level is Level.CRITICAL else ""
        parts += [Part(joined(padding, text, padding), role), part("  ")]
    return tuple(parts[:-1])


def agent_part(state: AgentState | None, now_ns: int, *, short: bool = False) -> Part:
    """Say whether the agent runs, and (unless ``short``) how fast."""
    if state is None:
        return Part(said("tui.agent.never"), "attention")
    if state.stopped_ns:
        return Part(said("tui.agent.stopped", ago=times.lasting(now_ns - state.stopped_ns)), "attention")
    if now_ns - state.heartbeat_ns > AGENT_SILENT_NS:
        return Part(said("tui.agent.silent", ago=times.lasting(now_ns - state.heartbeat_ns)), "bad")
    if short:
        return Part(said("tui.agent.running_short"), "ok")
    return Part(said("tui.agent.running", rate=times.number(round(state.events_per_s))), "ok")


def agent_runs(state: AgentState | None, now_ns: int) -> bool:
    """Say whether the agent runs."""
    return state is not None and not state.stopped_ns and now_ns - state.heartbeat_ns <= AGENT_SILENT_NS


class SourceView(NamedTuple):
    """How a source is seen: what its state comes to."""

    word: str
    """``tui.source.<word>`` in the catalogues."""
    health: Health


def source_view(ledger: SourceLedger, now_ns: int, silent_s: int, *, runs: bool = True) -> SourceView:
    """Judge a source: broken, missing, silent, finished, or reading; ``runs``: whether an agent does."""
    if ledger.state is SourceStatus.MISSING:
        return SourceView("missing", Health.CRITICAL)
    if ledger.state is SourceStatus.FAILED:
        return SourceView("failed", Health.CRITICAL)
    if ledger.problem is not None:
        return SourceView("degraded", Health.ATTENTION)
    if ledger.state is SourceStatus.FINISHED:
        return SourceView("finished", Health.OK)
    if not runs:
        return SourceView("unread", Health.ATTENTION)
    if not ledger.last_ns:
        return SourceView("waiting", Health.NOT_CONFIGURED)
    # what the agent learnt of the source counts; where no agent said, what the configuration says of all
    limit_s = silent_s if ledger.silent_after_s is None else ledger.silent_after_s
    if limit_s and now_ns - ledger.last_ns > limit_s * times.SECOND:
        return SourceView("silent", Health.ATTENTION)
    return SourceView("reading", Health.OK)


def sources_line(ledgers: Sequence[SourceLedger], now_ns: int, silent_s: int, width: int, *, runs: bool = True) -> Line:
    """Draw how the sources are doing: how many read, how many lines a minute, what was dropped, which are not well."""
    if not ledgers:
        return (Part(said("tui.sources.none"), "muted"),)
    if not runs:
        return cut((Part(said("tui.sources.unread", all=len(ledgers)), "attention"),), width)
    views = [(ledger, source_view(ledger, now_ns, silent_s)) for ledger in ledgers]
    sick = [(ledger, view) for ledger, view in views if view.health in (Health.ATTENTION, Health.CRITICAL)]
    dropped = sum(ledger.totals.dropped for ledger in ledgers)
    rate = sum(ledger.per_minute.lines for ledger in ledgers)
    parts: list[Part] = [
        Part(said("tui.sources.well", well=len(views) - len(sick), all=len(views)), "ok" if not sick else ""),
    ]
    for ledger, view in sick:
        what = said(f"tui.source.{view.word}")
        ago = f" {times.lasting(now_ns - ledger.last_ns)}" if view.word == "silent" else ""
        parts += [
            part("  "),
            Part(joined(HEALTH_GLYPH[view.health], " ", safe(ledger.source), ": ", what, ago), _SICK_ROLE[view.health]),
        ]
    parts += [
        part("  "),
        Part(said("tui.sources.rate", rate=times.number(rate)), "muted"),
        part("  "),
        Part(said("tui.sources.dropped", dropped=times.number(dropped)), "attention" if dropped else "muted"),
    ]
    return cut(tuple(parts), width)


def section(title: str, width: int) -> Line:
    """Draw the heading of a section: its title, and a rule to the edge."""
    head = part(f"{title} ", "title")
    return (head, part("─" * max(width - cells(head.text), 0), "rule"))
