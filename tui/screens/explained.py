"""Why a rule matches a line, or does not: the condition, clause by clause."""

from typing import ClassVar

from soc_agent.model import Alert, Explanation, Problem
from soc_agent.model.judging import LogLine
from tui.explained import explained_lines
from tui.keys import Key
from tui.outside import Line
from tui.screens.worked import Worked


class Explained(Worked[Explanation]):
    """The explanation of a rule and a line: those of an alert, or any that somebody chose."""

    KEYS: ClassVar[tuple[Key, ...]] = (
        Key("all_rules", "enter", "all_rules", hint=True),
        Key("back", "escape,backspace,y", "back", hint=True),
    )
    WAITING = "tui.explained.loading"

    def __init__(
        self, rule_id: str, line: LogLine, title: str, *, at_ns: int | None = None, alert: Alert | None = None
    ) -> None:
        super().__init__()
        self._rule_id = rule_id
        self._line = line
        self._rule_title = title
        self._at_ns = at_ns
        self._alert = alert

    @property
    def at_ns(self) -> int | None:
        """The moment that is shown; None: now."""
        return self._at_ns

    def work(self) -> Explanation | Problem:
        """Explain it with the rules as they are now."""
        desk = self.console_app.desk
        assert desk is not None, "the key works only where something explains"
        return desk.explain(self._rule_id, self._line, self._rule_title)

    def found_lines(self, found: Explanation, width: int) -> list[Line]:
        """Draw the conclusion, the line, the condition as a tree, and the prefilter."""
        return explained_lines(found, width)

    def alert(self) -> Alert | None:
        """Give the alert, where it is about one."""
        return self._alert

    def action_all_rules(self) -> None:
        """Say what all the other rules make of the same line."""
        from tui.screens.judged import JudgedLine

        self.app.push_screen(JudgedLine(self._line))
