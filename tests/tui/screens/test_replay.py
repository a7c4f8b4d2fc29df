"""Time travel: the list and the layers at any recorded moment, loudly not live, and nothing can be changed there."""

from typing import Any

import pytest

from soc_agent.store import Store
from soc_agent.text import say, use_language
from tests.tui.conftest import Open
from tests.tui.stage import HOUR, MINUTE, NOW, SECOND, Clock
from tests.tui.waiting import screen_lines, screen_text, settled, shows, type_text, until
from tui import times
from tui.screens.detail import Detail
from tui.screens.replay import SPEEDS, Replay, _window


async def replay_of(console: Any, pilot: Any) -> Replay:
    await pilot.press("3")
    view = await settled(console, pilot)
    assert isinstance(view, Replay)
    return view


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (160, 50)])
@pytest.mark.parametrize("language", ["en", "vi"])
async def test_the_banner_says_loudly_that_it_is_not_live(
    open_console: Open, size: tuple[int, int], language: str
) -> None:
    use_language(language)
    async with open_console(size) as (console, pilot):
        await replay_of(console, pilot)
        banner = screen_lines(console)[1]
        assert say("tui.replay.banner", time=times.moment(NOW, console.zone)) in banner
        assert say("tui.replay.back") in banner
        strip = console.screen._compositor.render_strips()[1]
        grounds = {segment.style.bgcolor for segment in strip if segment.style}
        assert grounds == {console.roles["banner"].bgcolor}, "over the whole width"


async def test_moments_show_what_was_known_then(open_console: Open, store: Store) -> None:
    async with open_console() as (console, pilot):
        view = await replay_of(console, pilot)
        now = len(view.list.rows.keys)
        await pilot.press("shift+left")
        await settled(console, pilot)
        assert view.at_ns == NOW - HOUR
        assert list(view.list.rows.keys) == list(store.alert_ids(at_ns=NOW - HOUR))
        assert len(view.list.rows.keys) < now
        await pilot.press("left", "left", "right")
        await settled(console, pilot)
        assert view.at_ns == NOW - HOUR - MINUTE
        await pilot.press("shift+right")
        await settled(console, pilot)
        assert view.at_ns == NOW - MINUTE


async def test_it_goes_from_alert_to_alert_and_to_both_ends(open_console: Open, store: Store) -> None:
    recorded = sorted({alert.recorded_ns for alert in store.alerts(store.alert_ids())})
    async with open_console() as (console, pilot):
        view = await replay_of(console, pilot)
        await pilot.press("comma")
        await until(pilot, lambda: view.at_ns == recorded[-1])
        await pilot.press("comma")
        await until(pilot, lambda: view.at_ns == recorded[-2])
        await pilot.press("full_stop")
        await until(pilot, lambda: view.at_ns == recorded[-1])
        await pilot.press("full_stop")
        await shows(pilot, say("tui.replay.no_more"))
        await pilot.press("b")
        await until(pilot, lambda: view.at_ns == store.span()[0])  # type: ignore[index]
        await pilot.press("left")
        assert view.at_ns == store.span()[0], "never before the first moment"  # type: ignore[index]
        await pilot.press("e")
        await until(pilot, lambda: view.at_ns == NOW)


async def test_a_time_can_be_typed(open_console: Open) -> None:
    async with open_console() as (console, pilot):
        view = await replay_of(console, pilot)
        await pilot.press("d")
        await type_text(pilot, "02:40")
        await pilot.press("enter")
        await until(pilot, lambda: view.at_ns == NOW - 32 * MINUTE)
        await pilot.press("d")
        await type_text(pilot, "soon")
        await pilot.press("enter")
        await shows(pilot, say("tui.replay.no_time", text="soon"))


async def test_playing_moves_on_and_stops_at_the_end(open_console: Open) -> None:
    async with open_console() as (console, pilot):
        view = await replay_of(console, pilot)
        assert SPEEDS[view.speed] == 60
        await pilot.press("left", "left", "space")
        await shows(pilot, say("tui.replay.playing", speed=60))
        await until(pilot, lambda: view.at_ns == NOW and not view.playing)
        await shows(pilot, say("tui.replay.paused", speed=60))


async def test_the_speed_has_an_upper_and_a_lower_end(open_console: Open) -> None:
    async with open_console() as (console, pilot):
        view = await replay_of(console, pilot)
        await pilot.press("plus", "plus", "plus")
        assert SPEEDS[view.speed] == 600
        await pilot.press("minus", "minus", "minus", "minus")
        assert SPEEDS[view.speed] == 1


async def test_playing_from_the_end_begins_at_the_beginning(open_console: Open, store: Store) -> None:
    async with open_console() as (console, pilot):
        view = await replay_of(console, pilot)
        await pilot.press("space")
        assert view.playing
        assert (view.at_ns or 0) < NOW - HOUR
        await pilot.press("space")
        assert not view.playing


async def test_nothing_can_be_changed_in_the_past(open_console: Open, store: Store) -> None:
    before = store.last_seq()
    async with open_console() as (console, pilot):
        await replay_of(console, pilot)
        for key in "aoncfu":
            await pilot.press(key)
            await pilot.pause()
        assert len(console.screen_stack) == 1
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(console.front, Detail))
        await shows(pilot, say("tui.replay.back"))
        assert say("tui.key.acknowledge") not in screen_lines(console)[-1]
        for key in "aoncfu":
            await pilot.press(key)
            await pilot.pause()
        assert len(console.screen_stack) == 2
    assert store.last_seq() == before


async def test_one_key_returns_to_live(open_console: Open) -> None:
    async with open_console() as (console, pilot):
        view = await replay_of(console, pilot)
        await pilot.press("shift+left", "r")
        await until(pilot, lambda: console.current_mode == "alerts")
        await settled(console, pilot)
        assert say("tui.replay.back") not in screen_text(console)
        assert view.at_ns is None


async def test_the_four_layers_are_those_of_the_moment(open_console: Open) -> None:
    async with open_console() as (console, pilot):
        view = await replay_of(console, pilot)
        await pilot.press("b")
        await until(pilot, lambda: view.scene is not None and view.scene.at_ns < NOW - HOUR)
        assert view.scene is not None
        first = view.scene.layers
        await pilot.press("e")
        await until(pilot, lambda: view.scene is not None and view.scene.at_ns == NOW)
        assert view.scene.layers != first
        for layer in (1, 2, 3, 4):
            assert say(f"layers.short.{layer}") in screen_text(console)


async def test_zooming_shows_a_shorter_axis_around_the_moment(open_console: Open) -> None:
    async with open_console() as (console, pilot):
        view = await replay_of(console, pilot)
        await pilot.press("z", "z")
        await until(pilot, lambda: view.scene is not None and view.scene.window == (NOW - HOUR, NOW))
        await shows(pilot, say("tui.replay.window", span="1h00m"))


async def test_an_empty_store_has_nothing_to_replay(open_console: Open, tmp_path: Any, clock: Clock) -> None:
    Store.open(tmp_path / "empty.db", clock=clock).close()
    async with open_console(path=tmp_path / "empty.db") as (_, pilot):
        await pilot.press("3")
        await shows(pilot, say("tui.replay.nothing"))
        await pilot.press("space", "comma", "b", "e", "left", "r")


@pytest.mark.parametrize(
    ("at_s", "length_s", "window"),
    [(50, 0, (0, 100)), (50, 20, (40, 60)), (5, 20, (0, 20)), (99, 20, (80, 100)), (50, 500, (0, 100))],
)
def test_the_axis_never_leaves_what_was_recorded(at_s: int, length_s: int, window: tuple[int, int]) -> None:
    found = _window((0, 100 * SECOND), at_s * SECOND, length_s * SECOND)
    assert found == (window[0] * SECOND, window[1] * SECOND)
