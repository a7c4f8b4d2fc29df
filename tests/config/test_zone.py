"""The zone in which a host writes its logs."""

from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest

from soc_agent.config.zone import host_zone, zone_of


@pytest.fixture(autouse=True)
def forget() -> None:
    host_zone.cache_clear()


def test_a_name_is_that_zone() -> None:
    assert zone_of("Asia/Ho_Chi_Minh") == ZoneInfo("Asia/Ho_Chi_Minh")
    with pytest.raises(ZoneInfoNotFoundError):
        zone_of("Asia/Nowhere")


def test_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", ":Asia/Bangkok")
    assert zone_of("") == ZoneInfo("Asia/Bangkok")


def test_the_link_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TZ", raising=False)
    target = tmp_path / "zoneinfo" / "Asia" / "Tokyo"
    target.parent.mkdir(parents=True)
    target.touch()
    (tmp_path / "localtime").symlink_to(target)
    assert host_zone(tmp_path / "localtime") == ZoneInfo("Asia/Tokyo")


def test_neither_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TZ", "no zone at all")
    assert host_zone(tmp_path / "localtime") == ZoneInfo("UTC")
