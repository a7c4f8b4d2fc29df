"""The base of widgets: lines become strips of exactly the width, drawn once, again when something changed."""

from rich.style import Style

from tests.tui.small import Small
from tests.tui.waiting import screen_lines, until
from tui.drawn import Drawn, strip
from tui.outside import Line, part


class Counted(Drawn):
    """Counts how often it is drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = 2
        self.draws = 0

    def draw(self, width: int) -> list[Line]:
        self.draws += 1
        return [(part(f"line {number} of {width}", "strong"),) for number in range(self.rows)]


async def test_lines_are_drawn_once_for_a_width() -> None:
    widget = Counted()
    app = Small(widget)
    async with app.run_test(size=(40, 10)) as pilot:
        await until(pilot, lambda: screen_lines(app)[1].startswith("line 1 of 40"))
        draws = widget.draws
        widget.refresh()
        await pilot.pause()
        assert widget.draws == draws
        await pilot.resize_terminal(50, 10)
        await until(pilot, lambda: screen_lines(app)[0].startswith("line 0 of 50"))


async def test_its_height_follows_its_lines() -> None:
    widget = Counted()
    app = Small(widget)
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        assert widget.size.height == 2
        widget.rows = 5
        widget.redraw()
        await until(pilot, lambda: widget.size.height == 5)
        assert screen_lines(app)[4].startswith("line 4")


def test_a_strip_has_exactly_its_width() -> None:
    roles = {"": Style(), "strong": Style(bold=True)}
    for width in (0, 1, 3, 5, 40):
        drawn = strip((part("日本語", "strong"), part("x")), width, roles, Style())  # type: ignore[arg-type]
        assert drawn.cell_length == width
