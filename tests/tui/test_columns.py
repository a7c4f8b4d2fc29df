"""The columns: as many as there is room for, each line exactly as wide as asked, whatever an alert holds."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from soc_agent.model import Alert, Status
from soc_agent.store import Store
from soc_agent.text import LANGUAGES, use_language
from tests.tui.hostile import EVERYTHING, commands
from tests.tui.stage import BRUTE, NOW
from tui.columns import alert_line, columns, heading
from tui.look import ENDED_GLYPH, SUPPRESSED_GLYPH
from tui.paper import width_of

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def an_alert(store: Store) -> Alert:
    return next(alert for alert in store.alerts(store.alert_ids()) if alert.rule_id == BRUTE.id)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", range(78, 200, 7))
def test_lines_are_as_wide_as_their_heading(store: Store, width: int, language: str) -> None:
    use_language(language)
    alert = an_alert(store)
    assert width_of(alert_line(alert, BRUTE, width, NOW, ZONE)) == width_of(heading(width)) <= width


@pytest.mark.parametrize("language", LANGUAGES)
def test_more_columns_come_with_more_room_and_the_title_stays_readable(language: str) -> None:
    use_language(language)
    assert columns(78).entities == columns(78).owner == 0
    assert columns(118).entities > 0
    assert columns(118).owner > 0
    assert not columns(198).short
    assert all(columns(width).title >= 24 for width in range(78, 200))


def test_the_level_of_the_system_is_shown_where_there_is_room(store: Store) -> None:
    alert = replace(an_alert(store), context={"system_level": 4})
    texts = [part.text for part in alert_line(alert, BRUTE, 198, NOW, ZONE)]
    assert "4 " in texts
    assert columns(78).system == 0


def test_a_hostile_alert_is_a_line_like_any_other(store: Store) -> None:
    text = EVERYTHING.decode("utf-8", "replace")
    alert = replace(
        an_alert(store), title=text, host=text, owner=text, entities={"src_ip": (text,), "user": (text,)}, count=10**12
    )
    for width in (79, 119, 199):
        row = alert_line(alert, None, width, NOW, ZONE)
        assert width_of(row) == width_of(heading(width))
        assert commands("".join(part.text for part in row)) == []


def test_what_is_closed_is_quiet_and_what_nobody_took_is_not(store: Store) -> None:
    alert = an_alert(store)

    def role(status: Status) -> str:
        row = alert_line(replace(alert, status=status), BRUTE, 79, NOW, ZONE)
        return next(part.role for part in row if part.text.startswith("SSH"))

    assert [role(s) for s in Status] == ["strong", "muted", "faint", "faint"]


@pytest.mark.parametrize("language", ["en", "vi"])
def test_what_is_suppressed_or_ended_by_itself_has_its_sign(store: Store, language: str) -> None:
    use_language(language)
    alert = store.alerts(store.alert_ids())[0]
    for width in (78, 118, 198):
        quiet = "".join(text for text, _ in alert_line(replace(alert, suppressed=True), None, width, NOW, ZONE))
        assert SUPPRESSED_GLYPH in quiet
        over = replace(alert, status=Status.CLOSED, ended=True)
        shown = "".join(text for text, _ in alert_line(over, None, width, NOW, ZONE))
        assert ENDED_GLYPH in shown
        assert ENDED_GLYPH not in quiet
        assert len({width_of(alert_line(each, None, width, NOW, ZONE)) for each in (alert, over)}) == 1
        again = "".join(text for text, _ in alert_line(replace(over, status=Status.NEW), None, width, NOW, ZONE))
        assert ENDED_GLYPH not in again


def test_what_tells_alerts_apart_is_shown_where_there_is_room(store: Store) -> None:
    alert = an_alert(store)

    def shown(width: int, **changed: Any) -> str:
        return "".join(text for text, _ in alert_line(replace(alert, **changed), BRUTE, width, NOW, ZONE))

    for width in (100, 112, 116, 120, 198):
        assert "203.0.113" in shown(width), width
    own = {"entities": {"host": ("vm",)}, "host": "vm"}
    assert "trang-chu" in shown(198, fields={"page": "trang-chu", "source": "cong"}, **own)
    assert "dmz" in shown(198, fields={"source": "dmz"}, **own)
    assert "portal.example" in shown(198, entities={"host": ("vm", "portal.example")}, host="vm", fields={"page": "x"})
    assert columns(100).title >= 28


@pytest.mark.parametrize(
    "path", ["/srv/portal/uploads/2026/11/21/anh-bia.php", f"/srv/{'ạ' * 90}.php", "漢字" * 40 + "x.php"]
)
def test_of_a_long_path_the_end_is_shown(store: Store, path: str) -> None:
    alert = replace(an_alert(store), entities={"file": (path,)})
    for width in (100, 120, 198):
        line = alert_line(alert, BRUTE, width, NOW, ZONE)
        assert ".php" in "".join(text for text, _ in line)
        assert width_of(line) <= width
