"""The rules that run: what the agent looks for right now, and the way to what each of them found."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from textual import on
from textual.widget import Widget

from soc_agent.model import Level, RuleInfo
from soc_agent.store import RulesState, Store
from tui import times
from tui.drawn import Drawn
from tui.keys import OPENING, TRYING, Key
from tui.outside import Line, Part, cells, fit, part, safe, said, told
from tui.paper import cut, spread
from tui.pivot import term
from tui.rows import Rows
from tui.view import Question, View
from tui.words import level_part, title_of_rule, widest
from tui.work import start

_ROOMY = 100
_WRONG_SHOWN = 3


def rule_line(rule: RuleInfo, width: int) -> Line:
    """Draw a rule as a line: level, layer, kind, title, ATT&CK techniques."""
    level = level_part(rule.level, short=width < _ROOMY)
    level_width = widest([level_part(each, short=width < _ROOMY) for each in Level])
    techniques = " ".join(
        tag.removeprefix("attack.").upper() for tag in rule.tags if tag.startswith("attack.t") and tag[8:9].isdigit()
    )
    shown = techniques if width >= _ROOMY else techniques.partition(" ")[0]
    right = fit(safe(shown, 200), 28 if width >= _ROOMY else 10)
    parts = [
        Part(fit(level.text, level_width), level.role),
        part(" "),
        part(f"L{rule.layer.value} ", "muted"),
        part(fit(said(f"tui.rule.{rule.kind.value}"), 12), "muted"),
        part(" "),
    ]
    room = width - sum(cells(text) for text, _ in parts) - cells(right) - 1
    return (*parts, part(fit(title_of_rule(rule), max(room, 8))), part(" "), part(right, "entity"))


class Loaded(Drawn):
    """How many rules run, by level; and what is wrong with others."""

    DEFAULT_CSS = "Loaded { height: auto; }"
    rules: tuple[RuleInfo, ...] = ()
    state: RulesState | None = None

    def draw(self, width: int) -> list[Line]:
        """Give one line, and some more where something is wrong."""
        title = (part(" "), Part(said("tui.rules.title", count=times.number(len(self.rules))), "title"))
        counted: list[Part] = []
        for level in sorted(Level, reverse=True):
            number = sum(rule.level is level for rule in self.rules)
            if number:
                counted += [part(f"{times.number(number)} ", "strong"), level_part(level, short=True), part("  ")]
        rows = [spread(title, tuple(counted), width)]
        if self.state is not None and self.state.refused:
            wrong = said("reload.wrong", count=self.state.refused, loaded=self.state.loaded)
            rows.append(cut((part(" "), Part(wrong, "attention")), width))
            rows += [cut((part("   "), Part(told(each))), width) for each in self.state.problems[:_WRONG_SHOWN]]
        return rows


Answer = tuple[tuple[RuleInfo, ...], RulesState | None]


class Rules(View[Answer]):
    """The screen of the rules."""

    KEYS: ClassVar[tuple[Key, ...]] = (OPENING, TRYING)

    def __init__(self) -> None:
        super().__init__()
        self._rules: tuple[RuleInfo, ...] = ()
        self._state: RulesState | None = None

    def body(self) -> Iterable[Widget]:
        """Give the count, and the rules."""
        yield Loaded()
        rows: Rows[RuleInfo] = Rows(rule_line, empty="signs.no_rules")
        yield rows

    def on_mount(self) -> None:
        """Let the list have the keys, and stay where a person put it."""
        self.query_one(Rows).focus()

    def question(self) -> Question[Answer]:
        """Ask for the rules that are loaded, and what is wrong with others."""

        def answer(store: Store) -> Answer:
            rules = sorted(store.rules(), key=lambda rule: (-rule.level, rule.title, rule.id))
            return tuple(rules), store.rules_state()

        return answer

    def show(self, answer: Answer) -> None:
        """Show them, the worst first."""
        rules, state = answer
        if answer != (self._rules, self._state):
            loaded = self.query_one(Loaded)
            loaded.rules, loaded.state = rules, state
            loaded.redraw()
        if rules != self._rules:
            self.query_one(Rows).show(range(len(rules)), dict(enumerate(rules)))
        self._rules, self._state = rules, state

    def rule(self) -> RuleInfo | None:
        """Give the rule under the cursor: a line is tried on it."""
        found: RuleInfo | None = self.query_one(Rows).value
        return found

    def fetching(self, keys: Sequence[int]) -> Question[Mapping[int, Any]]:
        """Give rules that are here already: there are few enough to hold all."""
        found = {key: self._rules[key] for key in keys if key < len(self._rules)}
        return lambda _: found

    @on(Rows.Opened)
    def _opened(self, event: Rows.Opened) -> None:
        if self.is_current and event.key < len(self._rules):
            start(self, self.console_app.find, term("rule", self._rules[event.key].id))
