from collectors.host.gauges import AGAIN_NS, Gauges
from collectors.host.running import Disk
from soc_agent.config import HostSource
from soc_agent.hostclock import HostClock

OPTIONS = HostSource(name="h", disk_percent=90, clock_ms=500, signature_days=7, update_days=45)


def gauges() -> Gauges:
    return Gauges(OPTIONS, {})


def test_a_full_disk_is_told_once_a_day_and_its_end() -> None:
    found = gauges()

    def states(percent: float, now_ns: int) -> list[str]:
        return [line["state"] for line in found.disks([Disk("/", percent, 10.0, 1)], now_ns)]

    assert states(89.9, 0) == []
    assert states(90.0, 1) == ["bad"]
    assert states(99.0, 2) == []
    assert states(88.0, 3) == []  # not yet so far below that it will stay there
    assert states(95.0, 1 + AGAIN_NS) == ["bad"]
    assert states(80.0, 2 + AGAIN_NS) == ["well"]
    assert states(80.0, 3 + AGAIN_NS) == []


def test_a_disk_without_files_left_is_full_too() -> None:
    (line,) = gauges().disks([Disk("/var", 10.0, 99.0, 1)], 0)
    assert (line["what"], line["mount"], line["percent"]) == ("inodes_full", "/var", 99.0)


def test_a_disk_that_is_gone_is_forgotten() -> None:
    found = gauges()
    found.disks([Disk("/mnt", 99.0, 1.0, 1)], 0)
    found.disks([], 1)
    assert found.told == {}


def test_a_clock_that_is_off_or_free() -> None:
    found = gauges()
    assert found.clock(HostClock(True, 499.0, 1.0), 0) == []
    assert [line["what"] for line in found.clock(HostClock(True, -501.0, 1.0), 1)] == ["clock_off"]
    assert [(line["what"], line["state"]) for line in found.clock(HostClock(False, 0.0, 16_000.0), 2)] == [
        ("clock_off", "well"),
        ("clock_free", "bad"),
    ]
    assert found.clock(None, 3) == []


def test_the_posture_once_a_day() -> None:
    found = gauges()
    now_ns = 1_795_305_600 * 10**9  # 2026-11-22
    sections = {"antivirus": {"ClamAV": "running, signatures 2026-11-01"}, "firewall": {"ufw": "disabled"}}
    (line,) = found.posture(sections, {"packages changed": "2026-09-01"}, now_ns)
    assert (line["antivirus"], line["antivirus_running"], line["signature_days"]) == ("ClamAV", True, 21)
    assert (line["signatures_old"], line["updates_old"], line["firewall"]) == (True, True, "")
    assert found.posture(sections, {}, now_ns + 1) == []
    (line,) = found.posture({}, {}, now_ns + AGAIN_NS)
    assert (line["antivirus"], line["signatures_old"], line["updates_old"]) == ("", False, False)
