"""Hostile alerts in a real console: the screen holds none of it raw, nothing crashes, nothing can be clicked."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from soc_agent.model import Clause, Detection, Problem, RuleInfo, Where
from soc_agent.store import SourceStatus, Store
from soc_agent.text import say
from tests.tui.conftest import Open
from tests.tui.hostile import EVERYTHING, HOSTILE, commands
from tests.tui.stage import MINUTE, NOW, Clock, a_detection, fill
from tests.tui.waiting import screen_text, settled, shows, type_text, until

TEXT = EVERYTHING.decode("utf-8", "replace")


def hostile_detections() -> Iterator[Detection]:
    for number, (name, data) in enumerate(HOSTILE.items()):
        text = data.decode("utf-8", "replace")
        rule = RuleInfo(
            id=f"hostile-{name}", title=text[:500] or "x", title_vi=text[:500], description=text[:2000],
            response=text[:2000], tags=(f"attack.{text[:60]}",), false_positives=(text[:200],),
            references=(text[:200],), author=text[:100],
        )  # fmt: skip
        why = (Clause(f"selection: {text[:50]}", text[:80], text[:40], text[:80]),)
        fields: dict[str, object] = {
            "src_ip": text[:90],
            "user": text[:90],
            text[:60] or "k": [text[:50], None, 1.5],
            "path": text[:90],
        }
        yield a_detection(
            rule, NOW - number * MINUTE, data, fields, host=text[:64] or "h", source="auth", stream=text[:80],
            line=number, why=why, evidence=(data, data),
        )  # fmt: skip


@pytest.fixture
def hostile_path(tmp_path: Path, clock: Clock) -> Path:
    path = tmp_path / "hostile.db"
    with Store.open(path, clock=clock) as store:
        fill(store, clock, hostile_detections())
        with store.transaction() as transaction:
            transaction.put_rules([detection.rule for detection in hostile_detections()])
        with store.transaction() as transaction:
            transaction.set_source_state(
                f"src {TEXT[:80]}", SourceStatus.FAILED, Problem("tail.unreadable", Where(TEXT[:80]),
                {"path": TEXT[:200], "reason": TEXT[:200]}),
            )  # fmt: skip
            transaction.see_asset(TEXT[:64], TEXT[:64], "auth")
        ids = store.alert_ids()
        store.note(ids, TEXT, "[/] \x1b]0;PWNED\x07")
        store.assign(ids[:3], TEXT[:64], "attacker \x1b[2J")
    return path


@pytest.mark.parametrize(("size", "language"), [((80, 24), "vi"), ((160, 50), "en")])
async def test_no_screen_holds_anything_of_it_raw(
    open_console: Open, hostile_path: Path, size: tuple[int, int], language: str
) -> None:
    async with open_console(size, path=hostile_path) as (console, pilot):
        if language == "vi":
            await pilot.press("L")

        async def clean() -> None:
            await settled(console, pilot)
            text = screen_text(console)
            assert commands(text) == []
            assert "PWNED" not in (console.title, console.sub_title)

        await clean()
        for number in "23456":
            await pilot.press(number)
            await clean()
        await pilot.press("2")
        await settled(console, pilot)
        for _ in HOSTILE:
            await pilot.press("enter")
            await clean()
            await pilot.press("end")
            await clean()
            await pilot.press("p")
            await pilot.pause()
            assert commands(screen_text(console)) == []
            await pilot.press("escape", "escape", "down")
        assert console.is_running


async def test_markup_stays_text_and_cannot_be_clicked(open_console: Open, hostile_path: Path) -> None:
    async with open_console((160, 50), path=hostile_path) as (console, pilot):
        await pilot.press("2", "slash", "ctrl+u")
        await type_text(pilot, "rule=hostile-markup")
        await pilot.press("enter", "enter")
        await shows(pilot, "[@click=app.quit]q[/]")
        for strip in console.screen._compositor.render_strips():
            for segment in strip:
                assert segment.style is None or segment.style.link is None
                assert segment.style is None or "@click" not in segment.style.meta
        for y in range(50):
            await pilot.click(offset=(20, y))
        assert console.is_running
        assert console.return_code is None


async def test_a_hostile_filter_and_note_are_text_too(open_console: Open, hostile_path: Path) -> None:
    async with open_console((80, 24), path=hostile_path) as (console, pilot):
        await pilot.press("2", "slash", "ctrl+u")
        bar = console.front.list.bar  # type: ignore[union-attr]
        field = bar.query_one("Input")
        field.value = "[red]x[/foo] \x1b]0;PWNED\x07 \u202e"
        await pilot.pause()
        assert commands(screen_text(console)) == []
        await pilot.press("enter")
        await settled(console, pilot)
        assert commands(screen_text(console)) == []
        assert "[red]x[/foo]" in screen_text(console)


async def test_what_the_store_refuses_is_told_without_markup(
    open_console: Open, hostile_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_console(path=hostile_path) as (console, pilot):
        console.tell("[/foo] [@click=app.quit]q[/] \x1b[2J")
        await shows(pilot, "[/foo] [@click=app.quit]q[/] ␛[2J")


async def test_a_hostile_login_name_is_safe_in_dialogs(open_console: Open, hostile_path: Path) -> None:
    async with open_console(path=hostile_path) as (console, pilot):
        await pilot.press("o")
        await until(pilot, lambda: say("tui.act.assign.question", count=1) in screen_text(console))
        assert commands(screen_text(console)) == []


async def test_a_saved_picture_holds_nothing_raw(
    open_console: Open, hostile_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with open_console(path=hostile_path) as (console, pilot):
        await pilot.press("2")
        await settled(console, pilot)
        console.action_picture()
        await shows(pilot, say("tui.picture.saved", path="").strip())
    svg = (tmp_path / "soc-agent-20261121-031200.svg").read_text("utf-8")
    assert commands(svg) == []
    assert "<script" not in svg
