"""The list: a million rows, a window of values, a cursor that stays where the eye is."""

from array import array

import pytest
from textual import on

from soc_agent.text import say
from tests.tui.small import Small
from tests.tui.waiting import screen_lines, until
from tui.outside import Line, part
from tui.rows import Rows


def draw(value: str, width: int) -> Line:
    return (part(f"{value} {width}"),)


class Listing(Small):
    """A list that gets what it wants at once."""

    def __init__(self, rows: Rows[str], give: bool = True) -> None:
        super().__init__(rows)
        self.rows = rows
        self.give = give

    @on(Rows.Wanted)
    def _wanted(self, event: Rows.Wanted) -> None:
        self.heard.append(event)
        if self.give:
            self.rows.add_values({key: f"row {key}" for key in event.keys})

    @on(Rows.Moved)
    def _moved(self, event: Rows.Moved) -> None:
        self.heard.append(event)

    @on(Rows.Opened)
    def _opened(self, event: Rows.Opened) -> None:
        self.heard.append(event)


@pytest.fixture
def rows() -> Rows[str]:
    return Rows(draw)


async def test_a_million_rows_hold_the_values_of_a_few(rows: Rows[str]) -> None:
    app = Listing(rows)
    async with app.run_test(size=(60, 20)) as pilot:
        keys = array("q", range(1_000_000, 0, -1))
        rows.show(keys, {})
        await until(pilot, lambda: "row 1000000 " in screen_lines(app)[0])
        await pilot.press("end")
        await until(pilot, lambda: "row 1 " in screen_lines(app)[-1])
        assert rows.cursor == 999_999
        await pilot.press("pageup")
        await until(pilot, lambda: rows.value == "row 20")
        await pilot.press("home")
        await until(pilot, lambda: rows.value == "row 1000000")
        assert len(rows.values) < 500


async def test_missing_values_are_asked_for_once(rows: Rows[str]) -> None:
    app = Listing(rows, give=False)
    async with app.run_test(size=(60, 10)) as pilot:
        rows.show(range(100), {})
        await until(pilot, lambda: app.messages(Rows.Wanted))
        rows.refresh()
        await pilot.pause()
        assert len(list(app.messages(Rows.Wanted))) == 1
        assert "…" in screen_lines(app)[0]


async def test_the_cursor_stays_on_its_row_when_rows_come_in_above(rows: Rows[str]) -> None:
    app = Listing(rows)
    async with app.run_test(size=(60, 10)) as pilot:
        rows.show(range(100, 0, -1), {})
        for _ in range(30):
            await pilot.press("j")
        key, at = rows.key, rows.cursor - rows.scroll_offset.y
        rows.show(range(130, 0, -1), {})
        await pilot.pause()
        assert rows.key == key
        assert rows.cursor - rows.scroll_offset.y == at
        rows.follow = True
        rows.show(range(131, 0, -1), {})
        assert rows.key == 131


async def test_a_row_that_is_gone_leaves_the_cursor_where_it_was(rows: Rows[str]) -> None:
    app = Listing(rows)
    async with app.run_test(size=(60, 10)) as pilot:
        rows.show([1, 2, 3, 4], {})
        await pilot.press("down", "down")
        rows.show([1, 2, 4], {})
        assert rows.key == 4
        rows.show([1], {})
        assert rows.key == 1
        rows.show([], {})
        assert (rows.key, rows.value) == (None, None)  # type: ignore[comparison-overlap]
        await pilot.press("down", "up", "end", "home", "enter", "pageup", "pagedown")
        rows.mark()
        assert rows.marks == set()


async def test_a_row_far_away_is_found_again(rows: Rows[str]) -> None:
    app = Listing(rows)
    async with app.run_test(size=(60, 10)) as pilot:
        rows.show(range(20_000), {})
        await pilot.press("end")
        key = rows.key
        rows.show(range(19_999, -1, -1), {})
        assert rows.key == key
        assert rows.cursor == 0


async def test_moving_says_who_moved(rows: Rows[str]) -> None:
    app = Listing(rows)
    async with app.run_test(size=(60, 10)) as pilot:
        rows.show([1, 2, 3], {})
        await pilot.press("down")
        await pilot.pause()
        moves = [event.by_hand for event in app.messages(Rows.Moved)]
        assert moves[0] is False
        assert True in moves
        assert not rows.follow


async def test_marks_are_set_and_taken_away(rows: Rows[str]) -> None:
    app = Listing(rows)
    async with app.run_test(size=(60, 10)) as pilot:
        rows.show([5, 6, 7], {})
        rows.mark()
        rows.mark()
        await until(pilot, lambda: screen_lines(app)[1].startswith("+row 6"))
        assert rows.marks == {5, 6}
        assert rows.cursor == 2
        rows.unmark([5])
        assert rows.marks == {6}
        rows.unmark()
        assert rows.marks == set()


async def test_enter_and_the_mouse_open_a_row(rows: Rows[str]) -> None:
    app = Listing(rows)
    async with app.run_test(size=(60, 10)) as pilot:
        rows.show([5, 6, 7], {})
        await pilot.press("enter")
        await pilot.click(offset=(3, 2))
        assert rows.cursor == 2
        await pilot.double_click(offset=(3, 1))
        await pilot.click(offset=(3, 8))
        await pilot.pause()
        assert [event.key for event in app.messages(Rows.Opened)] == [5, 6]


async def test_the_cursor_stays_in_sight_when_the_screen_shrinks(rows: Rows[str]) -> None:
    app = Listing(rows)
    async with app.run_test(size=(60, 30)) as pilot:
        rows.show(range(100), {})
        rows.move(28)
        await pilot.resize_terminal(60, 8)
        await until(pilot, lambda: any(line.startswith(" row 28 ") for line in screen_lines(app)))


async def test_an_empty_list_says_what_to_do_once_it_is_known_to_be_empty() -> None:
    rows: Rows[str] = Rows(lambda value, _: (part(value),), empty="signs.no_rules")
    async with Small(rows).run_test(size=(60, 8)) as pilot:
        await pilot.pause()
        assert not rows.says_empty, "nothing was answered yet"
        rows.show([], {})
        await pilot.pause()
        text = " ".join(rows.render_line(y).text.strip() for y in range(4))
        assert say("signs.no_rules") in text, "all of it, in as many lines as it takes"
        rows.show([1], {1: "a rule"})
        await pilot.pause()
        assert say("signs.no_rules")[:10] not in rows.render_line(1).text
