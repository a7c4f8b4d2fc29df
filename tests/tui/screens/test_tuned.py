"""A filter proposed in the console: from the chosen alerts, seen before it is written, and written with one key."""

import pytest
from msgspec.structs import replace

from soc_agent.model import Problem
from soc_agent.model.tuning import TunedAlert, TunedFilter
from soc_agent.text import LANGUAGES, say, use_language
from tests.tui.conftest import Open
from tests.tui.hostile import EVERYTHING, commands
from tests.tui.waiting import screen_text, settled, shows, until
from tui.outside import Line
from tui.paper import width_of
from tui.screens.tuned import Tuned, tuned_lines

ALERTS = (TunedAlert(1, "false", 2, 2, "removed", "10.0.0.9"), TunedAlert(2, "true", 1, 0, "stays", "198.51.100.1"))
FOUND = TunedFilter("mf_x.yml", "title: Ours\nfilter:\n  rules: [x]\n", "2027-02-19", "ours", ALERTS)
HARMFUL = TunedFilter("mf_x.yml", "title: Ours\n", "2027-02-19", "ours", (TunedAlert(2, "true", 2, 1, "partly"),))


class Tuner:
    """Proposes what it was given."""

    def __init__(self, found: TunedFilter | Problem = FOUND) -> None:
        self.found = found
        self.asked: list[tuple[tuple[int, ...], str, str]] = []
        self.written: list[TunedFilter] = []

    def propose(self, alert_ids: tuple[int, ...], reason: str, author: str) -> TunedFilter | Problem:
        self.asked.append((alert_ids, reason, author))
        return self.found

    def write(self, found: TunedFilter) -> str | Problem:
        if found.lost:
            return Problem("tuning.not_spared", values={"count": found.lost})
        self.written.append(found)
        return "/etc/soc-agent/filters/mf_x.yml"


def plain(rows: list[Line]) -> str:
    return "\n".join("".join(text for text, _ in row) for row in rows)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [40, 80, 160])
def test_it_says_what_would_go_before_anything_else(language: str, width: int) -> None:
    use_language(language)
    rows = tuned_lines(FOUND, width)
    assert all(width_of(row) <= width for row in rows)
    words = " ".join(plain(rows).split())
    assert words.startswith(say("tuning.cli.sum", false=1, open=0, kept=1))
    assert say("tuning.outcome.removed") in words
    assert say("tuning.verdict.true") in words


def test_alerts_stand_before_the_file_and_all_of_many_after_it() -> None:
    text = plain(tuned_lines(FOUND, 80))
    assert text.index("198.51.100.1") < text.index("title: Ours")
    assert say("tui.tuned.ends", expires="2027-02-19", reason="ours") in text
    many = tuple(
        TunedAlert(n, "open", 1, int(n > 50), "removed" if n > 50 else "stays", f"key {n}") for n in range(100)
    )
    text = plain(tuned_lines(replace(FOUND, alerts=(*many, TunedAlert(100, "true", 1, 0, "stays", "key 100"))), 80))
    above, _, below = text.partition("title: Ours")
    assert all(name in above for name in ("key 100", "key 51", "key 0", say("tui.tuned.below", count=94)))
    assert all(f"key {n}\n" in f"{below}\n" for n in range(101))


def test_where_no_alert_was_true_it_is_not_said_that_all_stay() -> None:
    text = " ".join(plain(tuned_lines(replace(FOUND, alerts=FOUND.alerts[:1]), 80)).split())
    assert text.startswith(say("tui.tuned.none_true", false=1, open=0))


def test_nothing_in_it_commands_a_terminal() -> None:
    text = EVERYTHING.decode("utf-8", "replace")
    hostile = TunedFilter(text, text, text, text, (TunedAlert(1, "open", 1, 1, "removed", text),))
    assert commands(plain(tuned_lines(hostile, 80))) == []


async def test_the_chosen_alerts_become_a_filter_that_is_seen_and_written(open_console: Open) -> None:
    tuner = Tuner()
    async with open_console((120, 40), tuner=tuner) as (console, pilot):
        await pilot.press("2")
        await settled(console, pilot)
        await pilot.press("space", "space", "T")
        await shows(pilot, say("tuning.screen.question", count=2))
        await pilot.press(*"ours", "enter")
        await shows(pilot, "title: Ours")
        assert isinstance(console.front, Tuned)
        ((alert_ids, reason, author),) = tuner.asked
        assert (len(alert_ids), reason, author) == (2, "ours", console.actor)
        assert tuner.written == []
        await pilot.press("W")
        await until(pilot, lambda: not isinstance(console.front, Tuned))
        assert tuner.written == [FOUND]
        await shows(pilot, "mf_x.yml")


async def test_one_that_would_hide_a_true_alert_is_not_written(open_console: Open) -> None:
    tuner = Tuner(HARMFUL)
    async with open_console((120, 40), tuner=tuner) as (console, pilot):
        await pilot.press("2")
        await settled(console, pilot)
        await pilot.press("T", *"x", "enter")
        await shows(pilot, "1 alerts that were taken on")
        await pilot.press("W")
        await settled(console, pilot)
        assert isinstance(console.front, Tuned)
        assert tuner.written == []
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(console.front, Tuned))


async def test_what_stands_in_the_way_is_said(open_console: Open) -> None:
    async with open_console((120, 40), tuner=Tuner(Problem("tuning.none_chosen"))) as (console, pilot):
        await pilot.press("2")
        await settled(console, pilot)
        await pilot.press("T", *"x", "enter")
        await shows(pilot, say("tuning.none_chosen"))
        await pilot.press("W")
        await settled(console, pilot)
        assert isinstance(console.front, Tuned)


@pytest.mark.parametrize("options", [{}, {"tuner": Tuner(), "read_only": True}])
async def test_without_rules_or_read_only_there_is_no_such_key(open_console: Open, options: dict[str, object]) -> None:
    async with open_console((120, 40), **options) as (console, pilot):
        await pilot.press("2")
        await settled(console, pilot)
        await pilot.press("T")
        await settled(console, pilot)
        assert say("tuning.screen.question", count=1) not in screen_text(console)
