"""Assets as lines: what is not well first, however hostile what a host says of itself, in any width."""

from zoneinfo import ZoneInfo

import pytest

from soc_agent.config import AssetOptions, SystemOptions
from soc_agent.layers import KnownAsset
from soc_agent.store import AssetSeen
from soc_agent.text import LANGUAGES, say, use_language
from tests.tui.hostile import HOSTILE, commands
from tests.tui.stage import HOUR, NOW
from tui.estate import Asset, asset_line, asset_page, facts_of, standing
from tui.outside import Line
from tui.paper import width_of

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
WEB = AssetOptions(name="portal-01", addresses=("192.0.2.10",), system="cong", owner="UBND")
SEEN = AssetSeen("portal-01", ("192.0.2.10",), NOW - HOUR, NOW - HOUR, ("auth", "portal"))
SYSTEMS = (SystemOptions(name="cong", level=3),)
ROWS = [
    ("system", "name", "Debian GNU/Linux 12", NOW - HOUR),
    ("antivirus", "ClamAV", "running, signatures 2026-11-20", NOW - HOUR),
    ("firewall", "ufw", "enabled", NOW - HOUR),
    ("clock", "kept", "yes", NOW - HOUR),
    ("updates", "packages changed", "2026-11-18", NOW - HOUR),
    *(("ports", f"tcp 0.0.0.0:{port}", "nginx", NOW - HOUR) for port in range(8000, 8040)),
    ("users", "root", "uid=0", NOW - HOUR),
]
COUNTS = {"ports": 40, "users": 1, "packages": 724, "suid": 3}


def told(*rows: tuple[str, str, str, int]) -> Asset:
    return Asset(KnownAsset(WEB, SEEN), facts_of(rows), COUNTS, 2)


def text_of(lines: list[Line]) -> str:
    return "\n".join("".join(text for text, _ in line) for line in lines)


def test_a_host_in_order_has_its_figures_and_no_alarm() -> None:
    text = text_of([asset_line(told(*ROWS), 160, NOW)])
    assert "!" not in text
    for figure in (say("assets.count.ports", count=40), say("assets.count.packages", count=724), "2 open", "1h00m"):
        assert figure in text


@pytest.mark.parametrize(
    ("section", "item", "value", "says"),
    [
        ("antivirus", "", "", "assets.lacks.antivirus"),
        ("firewall", "", "", "assets.lacks.firewall"),
        ("clock", "kept", "no", "assets.clock.free"),
    ],
)
def test_what_is_not_well_stands_before_the_figures(section: str, item: str, value: str, says: str) -> None:
    rows = [row for row in ROWS if row[0] != section] + ([(section, item, value, NOW)] if item else [])
    text = text_of([asset_line(told(*rows), 160, NOW)])
    assert text.index(f"! {say(says)}") < text.index(say("assets.count.ports", count=40))


@pytest.mark.parametrize("value", ["not running", "stopped", "disabled"])
def test_what_is_there_and_does_not_run_is_no_protection(value: str) -> None:
    rows = [("antivirus", "ClamAV", value, NOW), *(row for row in ROWS if row[0] != "antivirus")]
    assert f"! ClamAV {value}" in text_of([asset_line(told(*rows), 160, NOW)])


def test_old_updates_are_told() -> None:
    rows = [*(row for row in ROWS if row[0] != "updates"), ("updates", "packages changed", "2026-09-01", NOW)]
    assert f"! {say('assets.updated', days=80)}" in text_of([asset_line(told(*rows), 160, NOW)])
    odd = [*(row for row in ROWS if row[0] != "updates"), ("updates", "packages changed", "soon", NOW)]
    assert "!" not in text_of([asset_line(told(*odd), 160, NOW)])


def test_each_standing_has_its_word_and_its_next_step() -> None:
    found = {
        standing(asset)[0]: text_of(asset_page(asset, SYSTEMS, 120, NOW, ZONE))
        for asset in (Asset(KnownAsset(WEB, SEEN)), Asset(KnownAsset(WEB)), Asset(KnownAsset(seen=SEEN)))
    }
    assert set(found) == {"registered", "unseen", "stranger"}
    for word, text in found.items():
        first = say(f"assets.next.{word}", name="portal-01").split(":")[0].split(";")[0]
        assert first in text
        assert say("assets.no_facts")[:40] in text
    assert say("assets.level", level=3) in found["registered"]


def test_the_page_bounds_long_sections_and_names_the_command_for_the_rest() -> None:
    text = text_of(asset_page(told(*ROWS), SYSTEMS, 120, NOW, ZONE))
    assert say("assets.more", count=15, host="portal-01", section="ports") in text
    assert "suid 3" in text
    assert say("assets.count.packages", count=724) in text
    assert "tcp 0.0.0.0:8024" in text
    assert "tcp 0.0.0.0:8025" not in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [40, 78, 118, 198])
def test_it_fits_whatever_a_host_says(language: str, width: int) -> None:
    use_language(language)
    for data in HOSTILE.values():
        word = data.decode("utf-8", "replace")
        rows = [(section, word, word, NOW) for section in ("system", "antivirus", "clock", "updates", "ports")]
        seen = AssetSeen(word, (word,), NOW, NOW, (word,))
        bad = Asset(KnownAsset(None, seen), facts_of(rows), {"ports": 1, word: 2}, 1)
        page = asset_page(bad, (), width, NOW, ZONE)
        line = asset_line(bad, width, NOW)
        assert commands(text_of([line, *page]).replace("\n", "")) == []
        assert all(width_of(row) <= width for row in [line, *page])
