"""The help: every key of the screen below it, made from the registry, and what the glyphs mean."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from soc_agent.layers import Health
from soc_agent.model import Status
from tui.dialogs import Says
from tui.drawn import Drawn
from tui.keys import EVERYWHERE, Key, all_shown, bindings
from tui.outside import Line, Part, cells, fit, joined, part, said
from tui.page import Page
from tui.panels import section
from tui.paper import beside, wrapped
from tui.registry import VIEWS
from tui.words import WORST_FIRST, ended_part, health_part, level_part, status_part, suppressed_part

_TWO_COLUMNS = 70


def key_lines(keys: Sequence[Key], width: int) -> list[Line]:
    """Draw keys and what they do."""
    label = max((cells(all_shown(key)) for key in keys), default=0) + 2
    rows: list[Line] = []
    for key in keys:
        words = (part(fit(all_shown(key), label), "key"), Part(said(f"tui.key.{key.name}")))
        rows += wrapped(words, width, indent=label)
    return rows


def help_lines(here: Sequence[Key], moving: Sequence[Key], width: int) -> list[Line]:
    """Draw the whole help of a screen."""
    everywhere = [
        *(Key(f"view.{view.name}", str(number), "") for number, view in enumerate(VIEWS, 1)),
        *EVERYWHERE,
    ]
    if width < _TWO_COLUMNS:
        rows = [section(said("tui.help.here"), width), *key_lines(here, width)]
        rows += [(), section(said("tui.help.moving"), width), *key_lines(moving, width)]
        rows += [(), section(said("tui.help.everywhere"), width), *key_lines(everywhere, width)]
    else:
        each = (width - 3) // 2
        left = [section(said("tui.help.here"), each), *key_lines(here, each)]
        right = [section(said("tui.help.everywhere"), each), *key_lines(everywhere, each)]
        right += [(), section(said("tui.help.moving"), each), *key_lines(moving, each)]
        rows = beside([left, right], [each, each], "   ")
    rows += [(), section(said("tui.help.glyphs"), width)]
    for scale in (
        [level_part(level) for level in WORST_FIRST],
        [status_part(status) for status in Status],
        [ended_part(), suppressed_part()],
        [health_part(health) for health in Health],
    ):
        rows += wrapped(tuple(item for sign in scale for item in (sign, part("   "))), width)
    rows += [(), section(said("tui.help.filter"), width)]
    for number in range(1, 6):
        rows += wrapped(
            (
                Part(joined(fit(said(f"tui.help.filter_example.{number}"), 34)), "key"),
                Part(said(f"tui.help.filter_meaning.{number}")),
            ),
            width,
            indent=34,
        )
    return rows


class _Keys(Drawn):
    """All of the help."""

    def __init__(self, here: Sequence[Key], moving: Sequence[Key]) -> None:
        super().__init__()
        self._here = here
        self._moving = moving

    def draw(self, width: int) -> list[Line]:
        """Give all of it."""
        return help_lines(self._here, self._moving, width)


class Help(ModalScreen[None]):
    """The help, over the screen that it is about."""

    DEFAULT_CSS = """
    Help {
        align: center middle;
        & > Vertical {
            width: 96; max-width: 100%; height: auto; max-height: 100%;
            background: $surface; border: round $primary; padding: 0 1;
        }
        & Page { height: auto; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings((Key("back", "escape,question_mark,f1,q,backspace", "leave"),))]

    def __init__(self, here: Sequence[Key], moving: Sequence[Key]) -> None:
        super().__init__()
        self._here = here
        self._moving = moving

    def compose(self) -> ComposeResult:
        """Give the page."""
        with Vertical():
            yield Page(_Keys(self._here, self._moving))
            yield Says([(Part(said("tui.help.leave"), "muted"),)])

    def on_resize(self, event: events.Resize) -> None:
        """Leave room for the border and the last line."""
        self.query_one(Page).styles.max_height = max(event.size.height - 3, 1)

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)
