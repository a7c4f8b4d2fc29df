"""Measures that have a limit: how full disks are, how right the clock is, how old signatures and packages are."""

from typing import Any

from collectors.host import running
from collectors.host.protection import signature_days, update_days
from collectors.host.reading import Section
from soc_agent.config import HostSource
from soc_agent.hostclock import HostClock

AGAIN_NS = 86_400_000_000_000
"""What is beyond its limit is told again after so long."""
_BACK_PERCENT = 3.0
"""A disk is well again when it is so much below its limit: one that is just full is not told twice a minute."""
_DISK_KINDS = ("disk_full", "inodes_full")


class Gauges:
    """Knows what is beyond its limit and was told."""

    def __init__(self, options: HostSource, told: dict[str, int]) -> None:
        """:param told: condition to when it was last told, in nanoseconds; kept over restarts by the caller."""
        self._options = options
        self.told = told

    def disks(self, found: list[running.Disk], now_ns: int) -> list[dict[str, Any]]:
        """Give lines on disks that became full, or are no longer."""
        lines = []
        limit = float(self._options.disk_percent)
        present = set()
        for disk in found:
            for kind, percent in zip(_DISK_KINDS, (disk.percent, disk.inodes_percent), strict=True):
                present.add(f"{kind} {disk.mount}")
                facts = {"mount": disk.mount, "percent": percent, "free_bytes": disk.free_bytes}
                beyond = percent >= limit
                well = percent < limit - _BACK_PERCENT
                lines += self._state(f"{kind} {disk.mount}", kind, now_ns, facts, beyond=beyond, well=well)
        for gone in [key for key in self.told if key.startswith(_DISK_KINDS) and key not in present]:
            del self.told[gone]
        return lines

    def clock(self, clock: HostClock | None, now_ns: int) -> list[dict[str, Any]]:
        """Give lines on a clock that nothing keeps, or that is off."""
        if clock is None:
            return []
        off = abs(clock.offset_ms) > self._options.clock_ms
        facts = {"kept": clock.is_kept, "offset_ms": clock.offset_ms, "error_ms": clock.error_ms}
        return [
            *self._state("clock_off", "clock_off", now_ns, facts, beyond=off, well=not off),
            *self._state("clock_free", "clock_free", now_ns, facts, beyond=not clock.is_kept, well=clock.is_kept),
        ]

    def posture(self, sections: dict[str, Section], updates: Section, now_ns: int) -> list[dict[str, Any]]:
        """Give, once a day, how the host is protected."""
        if now_ns - self.told.get("posture", -AGAIN_NS) < AGAIN_NS:
            return []
        self.told["posture"] = now_ns
        antivirus = sections.get("antivirus", {})
        signatures, packages = signature_days(antivirus, now_ns / 1e9), update_days(updates, now_ns / 1e9)
        line = {
            "event": "posture",
            "antivirus": ", ".join(antivirus),
            "antivirus_running": any(value.startswith("running") for value in antivirus.values()),
            "signature_days": signatures,
            "signatures_old": signatures is not None and signatures > self._options.signature_days,
            "update_days": packages,
            "updates_old": packages is not None and packages > self._options.update_days,
            "firewall": ", ".join(name for name, state in sections.get("firewall", {}).items() if state != "disabled"),
            "access_control": ", ".join(sections.get("access_control", {})),
        }
        ignored = set(self._options.ignore)
        return [{key: value for key, value in line.items() if key not in ignored}]

    def _state(
        self, key: str, what: str, now_ns: int, facts: dict[str, Any], *, beyond: bool, well: bool
    ) -> list[dict[str, Any]]:
        last = self.told.get(key)
        if beyond and (last is None or now_ns - last >= AGAIN_NS):
            self.told[key] = now_ns
            return [{"event": "state", "what": what, "state": "bad", "repeated": last is not None} | facts]
        if well and last is not None:
            del self.told[key]
            return [{"event": "state", "what": what, "state": "well"} | facts]
        return []
