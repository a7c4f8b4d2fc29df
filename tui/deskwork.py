"""What is asked of rules from an alert, a rule or nothing at all: why, what of this line, and which filter."""

from typing import TYPE_CHECKING

from soc_agent.model.judging import LogLine
from tui.acting import ACTS, offers
from tui.dialogs import Ask
from tui.outside import Part, said
from tui.words import title_of_rule

if TYPE_CHECKING:
    from tui.app import Console

_LINE_LIMIT = 65_536
"""Characters of a line that is pasted."""


def explain(console: "Console") -> None:
    """Say why the rule of the alert under the cursor matches its line."""
    from tui.screens.explained import Explained

    view = console.front
    alert = view.alert() if view is not None else None
    if view is not None and alert is not None and console.desk is not None:
        line = LogLine(alert.raw, alert.source, alert.stream, alert.line_number, alert.recorded_ns)
        console.push_screen(Explained(alert.rule_id, line, alert.title, at_ns=view.at_ns, alert=alert))


def try_line(console: "Console") -> None:
    """Ask for a line; then say what the rule under the cursor makes of it, or without one, what all rules do."""
    from tui.screens.explained import Explained
    from tui.screens.judged import JudgedLine

    if console.desk is None or console.front is None:
        return
    rule = console.front.rule()

    def answered(text: str | None) -> None:
        if text is not None:
            line = LogLine(text.encode("utf-8", "surrogateescape"))
            console.push_screen(JudgedLine(line) if rule is None else Explained(rule.id, line, rule.title))

    question = [(Part(said("lines.paste_question" if rule is None else "lines.paste_for"), "strong"),)]
    if rule is not None:
        question.insert(0, (Part(title_of_rule(rule), "title"),))
    console.push_screen(Ask(question, required=True, limit=_LINE_LIMIT), answered)


def tune(console: "Console") -> None:
    """Propose a filter from the chosen alerts, once it is said why they may be hidden."""
    from tui.screens.tuned import Tuned

    view = console.front
    ids = view.chosen() if view is not None else []
    if console.tuner is None or not ids or console.is_past_or_read_only(view):
        return

    def answered(reason: str | None) -> None:
        if reason is not None:
            console.push_screen(Tuned(ids, reason))

    question = (Part(said("tuning.screen.question", count=len(ids)), "strong"),)
    console.push_screen(Ask([question], required=True, offers=offers(ACTS["false_positive"])), answered)
