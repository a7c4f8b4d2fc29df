"""Each thing that is not well is said once, with the source, and ends by itself."""

from collections.abc import Mapping

import msgspec
import pytest

from soc_agent.agent.health import HealthLog
from soc_agent.agent.trust.clocks import SourceClock
from soc_agent.agent.trust.conditions import Conditions
from soc_agent.agent.trust.rhythm import Rhythm
from soc_agent.agent.trust.sentry import BOOT_S, CALM_S, Sentry, SourceLook
from soc_agent.config import HealthOptions
from soc_agent.hostclock import HostClock

MIB = 1024 * 1024
WALL = 1_800_000_000.0
CHATTY = msgspec.json.encode(Rhythm(hours=[[20.0]] * 24, seen=[0] * 24, arrivals=1000, observed_s=1e6, longest_s=30.0))


class Watch:
    """A sentry, and a clock of its own."""

    def __init__(self, options: HealthOptions | None = None, rhythms: Mapping[str, bytes] | None = None) -> None:
        self.health = HealthLog("boot", quiet_s=0)
        self.conditions = Conditions(self.health)
        self.sentry = Sentry(options or HealthOptions(), 60, self.conditions, rhythms or {}, lambda _: 0.0)
        self.now = 1000.0
        self.clocks: dict[str, SourceClock] = {}
        self.skew = 0.0

    def look(self, passed_s: float = 1.0, **facts: object) -> list[tuple[object, object]]:
        """Look once more; give the kind and source of each line that is said."""
        self.now += passed_s
        facts = {"name": "auth", "silence_s": 0.0, **facts}
        self.sentry.look(WALL + self.now + self.skew, self.now, [SourceLook(**facts)], self.clocks)  # type: ignore[arg-type]
        return self.said()

    def said(self) -> list[tuple[object, object]]:
        found = []
        while (block := self.health.take()) is not None:
            lines = [msgspec.json.decode(line) for line in block.data.splitlines()]
            found += [(line.get("of", line["kind"]), line["source"]) for line in lines]
        return found


def silent(watch: Watch, seconds: int) -> list[tuple[object, object]]:
    return [line for silence in range(0, seconds, 10) for line in watch.look(10, silence_s=float(silence))]


def test_a_silence_beyond_the_rhythm_begins_once_and_ends_with_a_line() -> None:
    watch = Watch(rhythms={"auth": CHATTY})
    assert silent(watch, 50) == []
    assert silent(watch, 600) == [("source_silent", "auth")]
    assert watch.look(1, silence_s=0.0) == [("source_silent", "auth")]
    assert watch.conditions.all() == {}


def test_what_is_quiet_by_nature_raises_nothing() -> None:
    assert silent(Watch(), 20_000) == []
    assert silent(Watch(rhythms={"auth": b"damaged"}), 20_000) == []


@pytest.mark.parametrize(("limit", "lines"), [(0, 0), (100, 1)])
def test_the_configuration_wins_over_the_rhythm(limit: int, lines: int) -> None:
    watch = Watch(HealthOptions(silence={"auth": limit}), {"auth": CHATTY})
    assert len(silent(watch, 5000)) == lines


def test_a_restart_within_a_silence_says_nothing_again() -> None:
    watch = Watch(rhythms={"auth": CHATTY})
    watch.conditions.restore([("source_silent", "auth", 5)])
    assert silent(watch, 600) == []
    assert watch.look(1, silence_s=0.0) == [("source_silent", "auth")]


def test_the_rhythm_is_learnt_and_kept() -> None:
    watch = Watch()
    for _ in range(200):
        watch.look(20, silence_s=20.0)
        watch.look(1, silence_s=0.0)
    state, limit = watch.sentry.states()["auth"]
    assert limit == 4 * 3600
    again = Watch(rhythms={"auth": state})
    assert again.sentry.limit_s("auth", WALL + watch.now + 86_400) == 60
    assert len(silent(again, 4 * 3600 + 4000)) == 1


def test_behind_by_bytes_or_by_time() -> None:
    watch = Watch()
    assert watch.look(lag_bytes=300 * MIB) == [("source_behind", "auth")]
    assert watch.look(lag_bytes=200 * MIB) == []
    assert watch.look(lag_bytes=0) == [("source_behind", "auth")]
    assert watch.look(lag_bytes=10 * MIB) == []
    assert watch.look(301, lag_bytes=10 * MIB) == [("source_behind", "auth")]
    assert watch.look(lag_bytes=MIB) == [("source_behind", "auth")]
    assert watch.look(lag_s=400.0) == [("source_behind", "auth")]
    assert watch.look(lag_s=200.0) == []


def test_a_clock_that_is_off_until_it_is_right() -> None:
    watch = Watch()
    watch.clocks["auth"] = clock = SourceClock()
    for _ in range(15):
        clock.sample(25_200 * 10**9, 0)
    assert watch.look(is_live=False) == []
    assert watch.look() == [("source_clock_off", "auth")]
    for _ in range(15):
        clock.sample(10**9, 0)
    assert watch.look() == [("source_clock_off", "auth")]


def test_lines_that_waited_say_nothing_of_the_clock() -> None:
    watch = Watch()
    watch.clocks["auth"] = clock = SourceClock()
    for _ in range(15):
        clock.sample(0, 25_200 * 10**9)
    assert watch.look(lag_bytes=20 * MIB) == []
    assert watch.look() == []


def test_losses_end_when_nothing_was_lost_for_long() -> None:
    watch = Watch()
    assert watch.look(last_drop_s=1000.0) == []
    assert watch.conditions.since("dropped", "auth")
    assert watch.look(CALM_S - 10, last_drop_s=1000.0) == []
    assert watch.look(20, last_drop_s=1000.0) == [("dropped", "auth")]


def test_losses_of_an_earlier_run_end_too() -> None:
    watch = Watch()
    watch.conditions.restore([("dropped", "auth", 5)])
    assert watch.look() == []
    assert watch.look(CALM_S) == [("dropped", "auth")]


def test_a_clock_of_this_host_that_is_set() -> None:
    watch = Watch()
    watch.look()
    assert watch.look(10) == []
    watch.skew = -3600.0
    assert watch.look() == [("host_clock_stepped", "host")]
    assert watch.look() == []
    assert watch.look(CALM_S + 1) == [("host_clock_stepped", "host")]


def test_a_clock_of_this_host_that_nobody_keeps() -> None:
    watch = Watch()
    watch.look()
    unkept = HostClock(is_kept=False, offset_ms=0.0, error_ms=16_000.0)
    watch.sentry.look_at_host(None, watch.now + BOOT_S)
    watch.sentry.look_at_host(unkept, watch.now + 1)
    assert watch.said() == []
    watch.sentry.look_at_host(unkept, watch.now + BOOT_S)
    assert watch.said() == [("host_clock_unkept", "host")]
    watch.sentry.look_at_host(HostClock(is_kept=True, offset_ms=0.1, error_ms=1.0), watch.now + BOOT_S)
    assert watch.said() == [("host_clock_unkept", "host")]


def test_what_is_no_longer_configured_is_well() -> None:
    watch = Watch()
    watch.look(lag_bytes=300 * MIB)
    watch.sentry.forget({"web"})
    assert watch.said() == [("source_behind", "auth")]
