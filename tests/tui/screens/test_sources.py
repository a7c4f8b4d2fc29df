"""The sources: each with its state, what was lost, and what to do about it."""

import pytest

from soc_agent.model import Counters
from soc_agent.store import CanaryResult, Store
from soc_agent.text import say, use_language
from tests.tui.conftest import Open
from tests.tui.stage import HOUR, MINUTE, NOW, Clock
from tests.tui.waiting import screen_lines, screen_text, settled, shows
from tui.paper import width_of
from tui.screens.sources import ledger_lines


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
        await shows(pilot, say("tui.agent.never"))
        text = screen_text(console)
        assert "config.yaml" in text


def test_columns_hold_the_largest_numbers(store: Store) -> None:
    with store.transaction() as transaction:
        huge = Counters(bytes=10**15, lines=10**13, candidates=10**12, dropped=10**9, undecodable=10**9)
        transaction.add_counters("auth", huge)
    for width in (78, 118, 198):
        rows = ledger_lines(store.ledger(), NOW, 900, width)
        widths = {width_of(row) for row in rows if row[0].role == "strong"}
        assert len(widths) == 1, "columns are aligned"
        assert widths.pop() <= max(width, 90)


async def test_without_an_agent_nothing_is_said_to_be_read(open_console: Open, clock: Clock) -> None:
    clock.now_ns += HOUR
    async with open_console((80, 24)) as (console, pilot):
        await shows(pilot, say("tui.sources.unread", all=5))
        await pilot.press("4")
        await settled(console, pilot)
        assert say("tui.source.unread") in screen_text(console)
        assert say("tui.source.reading") not in screen_text(console)


async def test_each_configured_source_proves_itself(open_console: Open, store: Store) -> None:
    with store.transaction() as transaction:
        transaction.put_canaries(
            [
                CanaryResult("auth", "file", NOW - MINUTE, NOW, NOW, NOW),
                CanaryResult("portal", "file", NOW - MINUTE),
                CanaryResult("dmz", "packets", 0, problem="Not possible: \x1b[2J"),
            ]
        )
        transaction.put_lags({"auth": (9_000_000, 12.0)})
    async with open_console((120, 60)) as (console, pilot):
        await pilot.press("4")
        await settled(console, pilot)
        text = screen_text(console)
        assert say("proofs.title") in text
        assert say("proofs.came", ago="1m00s") in text
        assert say("proofs.lost", stage=say("canary.stage_read"), ago="1m00s") in text
        assert say("proofs.advice.read")[:40] in text
        assert "9.0 MB 12s" in text
        assert "Not possible: ␛[2J" in text
