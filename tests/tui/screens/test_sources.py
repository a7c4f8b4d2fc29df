"""The sources: each with its state, what was lost, and what to do about it."""

import pytest
from msgspec.structs import replace

from soc_agent.model import Counters
from soc_agent.store import Store
from soc_agent.text import say, use_language
from tests.tui.conftest import Open
from tests.tui.stage import HOUR, NOW, Clock
from tests.tui.waiting import screen_lines, screen_text, settled, shows
from tui.paper import width_of
from tui.screens.sources import host_lines, ledger_lines


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (160, 50)])
@pytest.mark.parametrize("language", ["en", "vi"])
async def test_each_source_says_how_it_is(open_console: Open, size: tuple[int, int], language: str) -> None:
    use_language(language)
    async with open_console(size) as (console, pilot):
        await pilot.press("4")
        await settled(console, pilot)
        lines = screen_lines(console)

        def row(name: str) -> str:
            return next(line for line in lines if line.startswith(f" {name} "))

        assert "✓" in row("auth")
        assert f"✗ {say('tui.source.missing')}" in row("mail")
        assert f"! {say('tui.source.silent')}" in row("webroot")
        assert " 417" in row("dmz")
        assert "/var/log/mail.log" in "".join(lines), "the remedy stands below"
        assert "pid 4242" in "".join(lines)


async def test_the_status_of_an_agent_in_this_process_is_shown(open_console: Open) -> None:
    async with open_console(status=lambda: "queue 3/16 \x1b[2J") as (_, pilot):
        await pilot.press("4")
        await shows(pilot, "queue 3/16 ␛[2J")


async def test_an_empty_store_says_what_to_do(open_console: Open, tmp_path: object, clock: Clock) -> None:
    path = tmp_path / "empty.db"  # type: ignore[operator]
    Store.open(path, clock=clock).close()
    async with open_console(path=path) as (console, pilot):
        await pilot.press("4")
        await shows(pilot, say("tui.hosts.none"))
        text = screen_text(console)
        assert "config.yaml" in text
        assert say("tui.agent.never") in text


def test_columns_hold_the_largest_numbers(store: Store) -> None:
    with store.transaction() as transaction:
        huge = Counters(bytes=10**15, lines=10**13, candidates=10**12, dropped=10**9, undecodable=10**9)
        transaction.add_counters("auth", huge)
    for width in (78, 118, 198):
        rows = ledger_lines(store.ledger(), NOW, 900, width)
        widths = {width_of(row) for row in rows if row[0].role == "strong"}
        assert len(widths) == 1, "columns are aligned"
        assert widths.pop() <= max(width, 90)


@pytest.mark.parametrize("width", [78, 198])
def test_hosts_take_no_more_room_than_they_need(store: Store, width: int) -> None:
    rows = host_lines(store.assets(), NOW, width)
    assert all(width_of(row) <= width for row in rows)
    without = [replace(asset, addresses=()) for asset in store.assets()]
    for row, asset in zip(host_lines(without, NOW, width), without, strict=True):
        text = "".join(text for text, _ in row)
        assert "".join(asset.sources) in text.replace(" ", ""), "no empty column pushes the sources out"
    assert host_lines([], NOW, width) == []


async def test_without_an_agent_nothing_is_said_to_be_read(open_console: Open, clock: Clock) -> None:
    clock.now_ns += HOUR
    async with open_console((80, 24)) as (console, pilot):
        await shows(pilot, say("tui.sources.unread", all=5))
        await pilot.press("4")
        await settled(console, pilot)
        assert say("tui.source.unread") in screen_text(console)
        assert say("tui.source.reading") not in screen_text(console)
