"""The alert list: filter as visible state, order, marks, actions on many, follow, and the pane beside it."""

from typing import Any

import pytest
from textual import events

from soc_agent.model import Status
from soc_agent.store import AlertFilter, Order, Store
from soc_agent.text import say, use_language
from tests.tui.conftest import Open
from tests.tui.stage import MINUTE, SECOND, Clock, brute
from tests.tui.waiting import KEY_NAMES, screen_lines, screen_text, settled, shows, type_text, until
from tui.screens.alerts import STANDARD, Alerts


async def alerts_of(console: Any, pilot: Any) -> Alerts:
    await pilot.press("2")
    view = await settled(console, pilot)
    assert isinstance(view, Alerts)
    return view


async def test_open_alerts_are_listed_and_what_is_hidden_is_counted(open_console: Open, store: Store) -> None:
    async with open_console() as (console, pilot):
        await alerts_of(console, pilot)
        shown = len(store.alert_ids(AlertFilter.parse(STANDARD)))
        hidden = store.counts().total - shown
        line = screen_lines(console)[1]
        assert STANDARD in line
        assert say("tui.filter.shown", shown=shown) in line
        assert say("tui.filter.hidden", hidden=hidden) in line


async def test_a_filter_is_tried_while_it_is_typed_and_recalled_by_slash(open_console: Open) -> None:
    async with open_console() as (console, pilot):
        view = await alerts_of(console, pilot)
        await pilot.press("slash")
        await type_text(pilot, " level=critical")
        await shows(pilot, say("tui.filter.shown", shown=1))
        await pilot.press("enter")
        assert view.list.filter.text == "status=open level=critical"
        assert not view.list.bar.typing
        await pilot.press("slash")
        assert "status=open level=critical" in screen_lines(console)[2]
        await pilot.press("escape")
        await shows(pilot, say("tui.filter.shown", shown=1))


async def test_a_filter_typed_faster_than_the_screen_is_no_key_that_acts(open_console: Open, store: Store) -> None:
    before = store.last_seq()
    async with open_console() as (console, pilot):
        view = await alerts_of(console, pilot)
        for character in "/ rule=ssh acfu":
            console.post_message(events.Key(KEY_NAMES.get(character, character), character))
        await until(pilot, lambda: view.list.filter.text == "status=open rule=ssh acfu")
        assert len(console.screen_stack) == 1
        assert view.list.rows.marks == set()
    assert store.last_seq() == before


async def test_a_slash_can_be_typed_into_the_filter(open_console: Open) -> None:
    async with open_console() as (console, pilot):
        view = await alerts_of(console, pilot)
        await pilot.press("slash")
        await type_text(pilot, " ip=203.0.113.0/24")
        await until(pilot, lambda: view.list.filter.text == "status=open ip=203.0.113.0/24")


async def test_escape_brings_back_the_filter_from_before(open_console: Open) -> None:
    async with open_console() as (console, pilot):
        view = await alerts_of(console, pilot)
        await pilot.press("slash")
        await type_text(pilot, " mail")
        await until(pilot, lambda: view.list.filter.text == "status=open mail")
        await pilot.press("escape")
        await until(pilot, lambda: view.list.filter.text == STANDARD)
        assert view.list.rows.has_focus


async def test_a_filter_that_is_not_understood_is_explained_and_not_used(open_console: Open) -> None:
    async with open_console((80, 24)) as (console, pilot):
        view = await alerts_of(console, pilot)
        await pilot.press("slash")
        await type_text(pilot, " levl=high")
        await shows(pilot, "`level`")
        await pilot.press("enter")
        assert view.list.bar.typing, "the field stays open"
        assert "levl=" not in view.list.filter.text


async def test_the_filter_can_be_taken_off_and_put_on_again(open_console: Open, store: Store) -> None:
    async with open_console() as (console, pilot):
        view = await alerts_of(console, pilot)
        open_alerts = len(view.list.rows.keys)
        await pilot.press("x")
        await until(pilot, lambda: len(view.list.rows.keys) == store.counts().total)
        assert say("tui.filter.off") in screen_lines(console)[1]
        await pilot.press("x")
        await until(pilot, lambda: len(view.list.rows.keys) == open_alerts)


async def test_the_order_goes_around_and_is_shown(open_console: Open, store: Store) -> None:
    async with open_console() as (console, pilot):
        view = await alerts_of(console, pilot)
        for order in (Order.LEVEL, Order.COUNT, Order.HOST, Order.RULE, Order.SYSTEM, Order.TIME):
            await pilot.press("s")
            await settled(console, pilot)
            assert list(view.list.rows.keys) == list(store.alert_ids(AlertFilter.parse(STANDARD), order))
            assert say(f"tui.order.{order.value}") in screen_lines(console)[1]
        await pilot.press("S")
        await settled(console, pilot)
        assert list(view.list.rows.keys) == list(store.alert_ids(AlertFilter.parse(STANDARD), reverse=True))
        assert "↑" in screen_lines(console)[1]


async def test_marked_alerts_are_acted_on_together_and_lose_their_marks(open_console: Open, store: Store) -> None:
    async with open_console() as (console, pilot):
        view = await alerts_of(console, pilot)
        chosen = list(view.list.rows.keys[:3])
        await pilot.press("space", "space", "space")
        await shows(pilot, say("tui.marked", count=3))
        await pilot.press("a")
        await shows(pilot, say("tui.act.acknowledge.done", count=3))
        await until(pilot, lambda: not view.list.rows.marks)
    assert [alert.status for alert in store.alerts(chosen)] == [Status.ACKNOWLEDGED] * 3


async def test_of_many_only_the_open_ones_are_taken(open_console: Open, store: Store) -> None:
    async with open_console() as (console, pilot):
        view = await alerts_of(console, pilot)
        await pilot.press("x", "asterisk")
        await until(pilot, lambda: len(view.list.rows.marks) == store.counts().total)
        await pilot.press("a")
        await shows(pilot, say("tui.act.acknowledge.done", count=36))
    assert store.counts().by_status[Status.CLOSED] == 20


async def test_closing_asks_what_was_done_and_reopening_undoes_it(open_console: Open, store: Store) -> None:
    async with open_console() as (console, pilot):
        view = await alerts_of(console, pilot)
        key = view.list.rows.key
        assert key is not None
        await pilot.press("c")
        await shows(pilot, say("tui.act.close.question", count=1))
        await pilot.press("down", "enter")
        await shows(pilot, say("tui.act.close.done", count=1))
        entry = store.history(key, 1)[0]
        assert (entry.kind, entry.data["reason"]) == ("close", say("tui.act.close.offer.1"))
        await until(pilot, lambda: view.list.rows.key != key)
        await pilot.press("x")
        await settled(console, pilot)
        view.list.rows.move(list(view.list.rows.keys).index(key))
        await pilot.press("u")
        await shows(pilot, say("tui.act.reopen.done", count=1))
    reopened = store.alert(key)
    assert reopened is not None
    assert reopened.status is Status.NEW


async def test_a_false_positive_needs_a_reason(open_console: Open, store: Store) -> None:
    async with open_console() as (console, pilot):
        view = await alerts_of(console, pilot)
        key = view.list.rows.key
        assert key is not None
        await pilot.press("f", "enter")
        await shows(pilot, say("tui.ask.required"))
        await type_text(pilot, "our own scanner")
        await pilot.press("enter")
        await shows(pilot, say("tui.act.false_positive.done", count=1))
    assert store.history(key, 1)[0].data["reason"] == "our own scanner"


async def test_assigning_and_noting(open_console: Open, store: Store) -> None:
    async with open_console() as (console, pilot):
        view = await alerts_of(console, pilot)
        key = view.list.rows.key
        assert key is not None
        await pilot.press("o")
        await shows(pilot, say("tui.act.assign.question", count=1))
        await pilot.press("ctrl+u")
        await type_text(pilot, "binh.tv")
        await pilot.press("enter")
        await shows(pilot, say("tui.act.assign.done", count=1))
        await pilot.press("n")
        await type_text(pilot, "called the owner")
        await pilot.press("enter")
        await shows(pilot, say("tui.act.note.done", count=1))
    alert = store.alert(key)
    assert alert is not None
    assert alert.owner == "binh.tv"
    assert store.history(key, 1)[0].data["text"] == "called the owner"


async def test_leaving_a_question_does_nothing(open_console: Open, store: Store) -> None:
    before = store.last_seq()
    async with open_console() as (console, pilot):
        await alerts_of(console, pilot)
        for key in "ocfn":
            await pilot.press(key)
            await until(pilot, lambda: len(console.screen_stack) == 2)
            await pilot.press("escape")
            await until(pilot, lambda: len(console.screen_stack) == 1)
    assert store.last_seq() == before


async def test_what_cannot_be_done_is_said(open_console: Open, store: Store) -> None:
    async with open_console() as (console, pilot):
        view = await alerts_of(console, pilot)
        await pilot.press("slash", "ctrl+u")
        await type_text(pilot, "status=closed")
        await pilot.press("enter")
        await until(pilot, lambda: len(view.list.rows.keys) == 20)
        key = view.list.rows.key
        await pilot.press("a")
        await shows(pilot, say("store.not_open", ident=key)[:30])


async def test_following_stays_on_what_comes_in_and_holding_counts_it(
    open_console: Open, store: Store, clock: Clock
) -> None:
    def another(number: int) -> None:
        clock.now_ns += SECOND
        with store.transaction() as transaction:
            transaction.add_alert(brute(clock.now_ns, f"198.51.100.{number}", "db-01", 31, number))

    async with open_console() as (console, pilot):
        view = await alerts_of(console, pilot)
        rows = view.list.rows
        another(1)
        await until(pilot, lambda: rows.value is not None and rows.value.host == "db-01")
        await pilot.press("down", "down")
        held, at = rows.key, rows.cursor - rows.scroll_offset.y
        another(2)
        await shows(pilot, say("tui.follow.more", new=1))
        assert rows.key == held
        assert rows.cursor - rows.scroll_offset.y == at, "the row stays where the eye is"
        await pilot.press("t")
        await shows(pilot, say("tui.follow.on"))
        assert rows.cursor == 0


async def test_the_pane_beside_the_list_follows_the_cursor(open_console: Open) -> None:
    async with open_console((160, 50)) as (console, pilot):
        await alerts_of(console, pilot)
        await shows(pilot, say("tui.detail.line"))
        await pilot.press("down", "down")
        await shows(pilot, "eval(base64_decode(")
        await pilot.resize_terminal(100, 30)
        await until(pilot, lambda: say("tui.detail.first") not in screen_text(console))


async def test_search_ignores_diacritics_in_what_was_written(open_console: Open, store: Store, clock: Clock) -> None:
    detection = brute(clock.now_ns - MINUTE, "198.51.100.9", "máy-chủ-đào-tạo", 12, 1)
    with store.transaction() as transaction:
        transaction.add_alert(detection)
    async with open_console() as (console, pilot):
        view = await alerts_of(console, pilot)
        await pilot.press("slash")
        await type_text(pilot, " dao-tao")
        await until(pilot, lambda: len(view.list.rows.keys) == 1)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (160, 50)])
async def test_titles_are_in_the_language_in_use(open_console: Open, size: tuple[int, int]) -> None:
    use_language("vi")
    async with open_console(size) as (console, pilot):
        await alerts_of(console, pilot)
        assert "Tệp webshell" in screen_text(console)
        await pilot.press("L")
        await shows(pilot, "Webshell dropped")
