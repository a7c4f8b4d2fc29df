"""The rules that run: what the agent looks for right now, and the way to what each of them found."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from textual import on
from textual.widget import Widget

from soc_agent.model import Level, RuleInfo
from soc_agent.store import Store
from soc_agent.text import current_language
from tui import times
from tui.drawn import Drawn
from tui.keys import OPENING, Key
from tui.outside import Line, Part, cells, fit, part, safe, said
from tui.paper import spread
from tui.pivot import term
from tui.rows import Rows
from tui.view import Question, View
from tui.words import level_part, widest
from tui.work import start

_ROOMY = 100


def rule_line(rule: RuleInfo, width: int) -> Line:
    """Draw a rule as a line: level, layer, kind, title, ATT&CK techniques."""
    level = level_part(rule.level, short=width < _ROOMY)
    level_width = widest([level_part(each, short=width < _ROOMY) for each in Level])
    techniques = " ".join(
        tag.removeprefix("attack.").upper() for tag in rule.tags if tag.startswith("attack.t") and tag[8:9].isdigit()
    )
    shown = techniques if width >= _ROOMY else techniques.partition(" ")[0]
    right = fit(safe(shown, 200), 28 if width >= _ROOMY else 10)
    title = rule.title_vi if current_language() == "vi" and rule.title_vi else rule.title
    parts = [
        Part(fit(level.text, level_width), level.role),
        part(" "),
        part(f"L{rule.layer.value} ", "muted"),
        part(fit(said(f"tui.rule.{rule.kind.value}"), 12), "muted"),
        part(" "),
    ]
    room = width - sum(cells(text) for text, _ in parts) - cells(right) - 1
    return (*parts, part(fit(safe(title, 300), max(room, 8))), part(" "), part(right, "entity"))


class Loaded(Drawn):
    """How many rules run, by level."""

    rules: tuple[RuleInfo, ...] = ()

    def draw(self, width: int) -> list[Line]:
        """Give the one line."""
        title = (part(" "), Part(said("tui.rules.title", count=times.number(len(self.rules))), "title"))
        counted: list[Part] = []
        for level in sorted(Level, reverse=True):
            number = sum(rule.level is level for rule in self.rules)
            if number:
                counted += [part(f"{times.number(number)} ", "strong"), level_part(level, short=True), part("  ")]
        return [spread(title, tuple(counted), width)]


class Rules(View[tuple[RuleInfo, ...]]):
    """The screen of the rules."""

    KEYS: ClassVar[tuple[Key, ...]] = (OPENING,)

    def __init__(self) -> None:
        super().__init__()
        self._rules: tuple[RuleInfo, ...] = ()

    def body(self) -> Iterable[Widget]:
        """Give the count, and the rules."""
        yield Loaded()
        rows: Rows[RuleInfo] = Rows(rule_line)
        yield rows

    def on_mount(self) -> None:
        """Let the list have the keys, and stay where a person put it."""
        self.query_one(Rows).focus()

    def question(self) -> Question[tuple[RuleInfo, ...]]:
        """Ask for the rules that are loaded."""

        def answer(store: Store) -> tuple[RuleInfo, ...]:
            return tuple(sorted(store.rules(), key=lambda rule: (-rule.level, rule.title, rule.id)))

        return answer

    def show(self, answer: tuple[RuleInfo, ...]) -> None:
        """Show them, the worst first."""
        if answer != self._rules:
            self._rules = answer
            loaded = self.query_one(Loaded)
            loaded.rules = answer
            loaded.redraw()
            self.query_one(Rows).show(range(len(answer)), dict(enumerate(answer)))

    def fetching(self, keys: Sequence[int]) -> Question[Mapping[int, Any]]:
        """Give rules that are here already: there are few enough to hold all."""
        found = {key: self._rules[key] for key in keys if key < len(self._rules)}
        return lambda _: found

    @on(Rows.Opened)
    def _opened(self, event: Rows.Opened) -> None:
        if self.is_current and event.key < len(self._rules):
            start(self, self.console_app.find, term("rule", self._rules[event.key].id))
