"""A text that is longer than the screen is scrolled with the keys of every list."""

from tests.tui.small import Small
from tests.tui.waiting import until
from tui.dialogs import Says
from tui.outside import part
from tui.page import Page


async def test_all_keys_scroll() -> None:
    page = Page(Says([(part(f"line {number}"),) for number in range(100)]))
    app = Small(page)
    async with app.run_test(size=(40, 10)) as pilot:
        page.focus()
        for keys, at in ((["j"], 1), (["down"], 2), (["k"], 1), (["up"], 0), (["G"], 90), (["g"], 0), (["end"], 90)):
            await pilot.press(*keys)
            await until(pilot, lambda at=at: page.scroll_offset.y == at)  # type: ignore[misc]
        await pilot.press("home", "pagedown")
        await until(pilot, lambda: 8 <= page.scroll_offset.y <= 10)
        await pilot.press("ctrl+b")
        await until(pilot, lambda: page.scroll_offset.y == 0)
