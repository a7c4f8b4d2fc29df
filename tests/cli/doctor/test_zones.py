"""Times that are hours off are found by comparing the last line with the file's last change."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from soc_agent.cli.doctor import zones
from tests.cli.doctor.making import codes, make_case


def write(path: Path, hours: float, written: datetime) -> None:
    """Write a line whose clock is so many hours off UTC, into a file last changed at ``written``."""
    stamp = (written + timedelta(hours=hours)).strftime("%b %e %H:%M:%S")
    path.write_text(f"{stamp} web01 sshd[7]: Invalid user x from 192.0.2.1 port 7\n")
    os.utime(path, (written.timestamp(), written.timestamp()))


@pytest.mark.parametrize(
    ("hours", "zone", "expected"),
    [
        (0, "UTC", []),
        (7, "Asia/Ho_Chi_Minh", []),
        (7, "UTC", ["doctor.zone_off"]),
        (0, "Asia/Ho_Chi_Minh", ["doctor.zone_off"]),
        (5.5, "UTC", ["doctor.zone_off"]),
        (-0.2, "UTC", []),
        (-40, "UTC", []),
    ],
)
def test_a_wrong_zone_is_told(tmp_path: Path, hours: float, zone: str, expected: list[str]) -> None:
    write(tmp_path / "auth.log", hours, datetime.now(UTC) - timedelta(days=1))
    config = f"sources:\n- {{kind: file, name: a, paths: [auth.log], type: syslog, timezone: {zone}}}\n"
    found = list(zones.zones(make_case(tmp_path, config)))
    assert codes(found) == expected
    if expected:
        off = hours - (7 if zone.startswith("Asia") else 0)
        assert f"{off:+g} hours" in found[0].what


def test_a_host_in_another_zone_than_its_people_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from zoneinfo import ZoneInfo

    monkeypatch.setattr(zones, "host_zone", lambda: ZoneInfo("UTC"))
    config = "timezone: Asia/Ho_Chi_Minh\nsources:\n- {kind: file, name: a, paths: [a.log]}\n"
    assert codes(list(zones.zones(make_case(tmp_path, config)))) == ["doctor.zones_differ"]
    named = config.replace("[a.log]", "[a.log], timezone: UTC")
    assert codes(list(zones.zones(make_case(tmp_path, named)))) == []


def test_lines_without_a_time_say_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("no time at all\n\n")
    (tmp_path / "b.log").touch()
    config = "sources:\n- {kind: file, name: a, paths: ['*.log'], timezone: UTC}\n"
    assert codes(list(zones.zones(make_case(tmp_path, config)))) == []
