"""One line, and what all rules make of it: those that match, those that nearly do, and the way to why."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on

from soc_agent.model import Level, Problem
from soc_agent.model.judging import Judged, Judgement, LogLine
from soc_agent.text.explanation import source_words
from tui import times
from tui.keys import OPENING, Key
from tui.look import Role
from tui.outside import Line, Part, cells, clip, fit, part, safe, said
from tui.panels import section
from tui.paper import cut, wrapped
from tui.rows import Rows
from tui.screens.explained import Explained
from tui.screens.narrowed import NARROWING, Narrowed
from tui.words import level_part, separator, title_of_rule, widest

_RAW_LIMIT = 4096
_RAW_ROWS = 5
"""Rows of the screen that the line may take."""
_WORDS = ("matches", "nothing", "not_applying", "unread")


def judgement_line(each: Judgement, width: int) -> Line:
    """Draw what one rule makes of a line: the word and a sign for it, the level, the title."""
    word, role = _verdict(each)
    widths = [cells(said(f"lines.{name}")) for name in _WORDS]
    taken = max(*widths, cells(said("lines.near", held=10, all=10))) + 2
    level = level_part(each.rule.level, short=True)
    level_width = widest([level_part(other, short=True) for other in Level])
    sign = "✓ " if each.matches else "✗ " if each.applies else "– "
    title = Part(title_of_rule(each.rule), "" if each.held or each.matches else "muted")
    head = (part(fit(sign + word, taken), role), part("  "), Part(fit(level.text, level_width), level.role), part("  "))
    return cut((*head, title), width)


def _verdict(each: Judgement) -> tuple[str, Role]:
    if each.matches:
        return said("lines.matches"), "ok"
    if not each.applies:
        return said("lines.not_applying"), "faint"
    if each.held:
        return said("lines.near", held=each.held, all=each.held + each.lacking), "attention"
    return said("lines.nothing" if each.lacking else "lines.unread"), "muted"


class JudgedLine(Narrowed[Judged, Judgement]):
    """A line above, the rules below it."""

    KEYS: ClassVar[tuple[Key, ...]] = (OPENING._replace(name="why"), *NARROWING)
    WAITING = "lines.judging"
    ABOUT = "lines.rules_question"

    def __init__(self, line: LogLine) -> None:
        super().__init__()
        self._line = line

    def work(self) -> Judged | Problem:
        """Try all rules, as they are now."""
        desk = self.console_app.desk
        assert desk is not None, "the key works only where something judges"
        return desk.judge(self._line)

    def items(self, found: Judged) -> Sequence[Judgement]:
        """Give the rules, those that match first."""
        return found.rules

    def text_of(self, item: Judgement) -> str:
        """Give the titles of a rule, and its id."""
        return f"{item.rule.title} {item.rule.title_vi} {item.rule.id}"

    def draw_item(self, item: Judgement, width: int) -> Line:
        """Draw what one rule makes of the line."""
        return judgement_line(item, width)

    def found_lines(self, found: Judged, width: int) -> list[Line]:
        """Draw the line, what it was read as, and how many rules match."""
        line = self._line
        raw = wrapped((part(safe(line.raw, _RAW_LIMIT)),), width, words=False)
        rows: list[Line] = [section(said("lines.line"), width), *raw[:_RAW_ROWS]]
        if len(raw) > _RAW_ROWS:
            rows.append((part("…", "muted"),))
        place = ":".join(str(each) for each in (line.place, line.number) if each) or said("lines.pasted")
        how = said("explain.read_as", decoder=found.decoder) if found.decoded else said("explain.not_read")
        has = "; ".join(source_words(source) for source in found.has)
        read = Part(how, "" if found.decoded else "bad")
        rows += wrapped((part(place, "muted"), separator(), read, separator(), part(has, "key")), width)
        looking = sum(each.applies for each in found.rules)
        word = "rules" if found.matching else "rules_none" if looking else "rules_elsewhere"
        title = said(f"lines.{word}", matching=times.number(found.matching), all=times.number(looking))
        return [*rows, section(clip(title, width - 1), width), *self.narrowed_lines(len(found.rules), width)]

    @on(Rows.Opened)
    def _opened(self, event: Rows.Opened) -> None:
        if self.is_current and event.key < len(self.shown):
            rule = self.shown[event.key].rule
            self.app.push_screen(Explained(rule.id, self._line, rule.title))
