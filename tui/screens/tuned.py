"""A filter that is proposed from false positives: its text, what it would have done to each alert, and writing it."""

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from soc_agent.model import Problem
from soc_agent.model.tuning import TunedAlert, TunedFilter
from tui.keys import Key
from tui.outside import Line, Part, fit, part, safe, said, told
from tui.panels import section
from tui.paper import cut, wrapped
from tui.screens.worked import Worked
from tui.work import start

_SHOWN = 500
"""So many alerts are listed."""
_FIRST = 9
"""So many stand above the filter's text: on a small screen that alone fills the rest."""
_LINE_LIMIT = 2_000


def tuned_lines(found: TunedFilter, width: int) -> list[Line]:
    """Draw a proposal in a width: what it would do and until when, the first alerts, its text, then all alerts."""
    false, undecided = found.removed("false"), found.removed("open")
    if found.lost:
        summary = Part(told(Problem("tuning.not_spared", values={"count": found.lost})), "critical")
    elif found.kept:
        summary = Part(said("tuning.cli.sum", false=false, open=undecided, kept=found.kept), "strong")
    else:
        summary = Part(said("tui.tuned.none_true", false=false, open=undecided), "strong")
    ends = Part(said("tui.tuned.ends", expires=found.expires, reason=found.reason), "muted")
    ordered = sorted(found.alerts, key=lambda each: (each.verdict != "true", not each.hidden, each.alert_id))
    first = ordered if len(ordered) <= _FIRST else _mixed(ordered)
    rows: list[Line] = [*wrapped((summary,), width), *wrapped((ends,), width), ()]
    rows += [section(said("tuning.screen.alerts", count=len(ordered)), width)]
    rows += [_alert_line(each, width) for each in first]
    if len(first) < len(ordered):
        rows.append((Part(said("tui.tuned.below", count=len(ordered) - len(first)), "muted"),))
    rows += [(), section(said("tuning.screen.filter"), width)]
    for line in found.text.splitlines():
        rows += wrapped((part(safe(line, _LINE_LIMIT)),), width, words=False)
    if len(first) < len(ordered):
        rows += [(), section(said("tui.tuned.all"), width)]
        rows += [_alert_line(each, width) for each in ordered[:_SHOWN]]
    return rows


def _mixed(ordered: Sequence[TunedAlert]) -> list[TunedAlert]:
    """Give a few alerts of each kind: true ones, then those that would go, then the others."""
    true = [each for each in ordered if each.verdict == "true"]
    going = [each for each in ordered if each.verdict != "true" and each.hidden]
    rest = [each for each in ordered if each.verdict != "true" and not each.hidden]
    share = _FIRST // 3
    return [*true[:share], *going[:share], *rest[:share]]


def _alert_line(each: TunedAlert, width: int) -> Line:
    harmed = each.verdict == "true" and each.hidden
    return cut(
        (
            part(fit(str(each.alert_id), 8, right=True), "faint"),
            part("  "),
            part(fit(said(f"tuning.verdict.{each.verdict}"), 16)),
            part(fit(said(f"tuning.outcome.{each.outcome}"), 20), "critical" if harmed else "muted"),
            part(safe(each.entity_key, 200)),
        ),
        width,
    )


class Tuned(Worked[TunedFilter]):
    """The proposal for some alerts, as they were when it was asked for."""

    KEYS: ClassVar[tuple[Key, ...]] = (
        Key("write_filter", "W", "write", hint=True, acts=True),
        Key("back", "escape,backspace", "back", hint=True),
    )
    WAITING = "tuning.screen.loading"

    def __init__(self, alert_ids: Sequence[int], reason: str) -> None:
        super().__init__()
        self._alert_ids = tuple(alert_ids)
        self._reason = reason

    def work(self) -> TunedFilter | Problem:
        """Propose it with the rules and alerts as they are now."""
        console = self.console_app
        assert console.tuner is not None, "the key works only where something tunes"
        return console.tuner.propose(self._alert_ids, self._reason, console.actor)

    def found_lines(self, found: TunedFilter, width: int) -> list[Line]:
        """Draw what it would do, its text, and what becomes of each alert."""
        return tuned_lines(found, width)

    def action_write(self) -> None:
        """Write the filter where a running agent takes it up."""
        if isinstance(self.found, TunedFilter) and not self.console_app.reader.read_only:
            start(self, self._write, self.found)

    async def _write(self, found: TunedFilter) -> None:
        console = self.console_app
        assert console.tuner is not None
        path = await asyncio.to_thread(console.tuner.write, found)
        if isinstance(path, Problem):
            console.tell(told(path), severity="warning")
            return
        console.tell(said("tuning.cli.written", path=path, expires=found.expires))
        if self.is_current:
            self.app.pop_screen()
