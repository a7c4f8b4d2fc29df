from datetime import date
from typing import Any

import msgspec
import pytest

from soc_agent.config import AssessmentOptions, AssetOptions, Config
from soc_agent.layers import Health
from soc_agent.layers.assessment import judge
from soc_agent.layers.snapshot import Snapshot
from soc_agent.model import Layer, Level
from soc_agent.store import AssetSeen
from tests.layers.making import CONFIG, NOW, WELL, figure, steps, with_open


def assessed(**options: Any) -> Config:
    return msgspec.structs.replace(CONFIG, assessment=msgspec.structs.replace(CONFIG.assessment, **options))


def hosts(*found: tuple[str, ...]) -> Snapshot:
    seen = tuple(AssetSeen(name, tuple(addresses), NOW, NOW, ()) for name, *addresses in found)
    return msgspec.structs.replace(WELL, assets=seen)


def registered(*assets: tuple[str, ...]) -> Config:
    made = tuple(AssetOptions(name=name, addresses=tuple(addresses)) for name, *addresses in assets)
    return msgspec.structs.replace(CONFIG, assets=made)


@pytest.mark.parametrize(
    ("seen", "config", "health", "next_steps"),
    [
        (WELL, CONFIG, Health.OK, []),
        (Snapshot(NOW), Config(), Health.NOT_CONFIGURED, ["name_assessor", "register_first"]),
        (WELL, Config(), Health.NOT_CONFIGURED, ["name_assessor", "register"]),
        (WELL, msgspec.structs.replace(CONFIG, assessment=AssessmentOptions()), Health.ATTENTION, ["name_assessor"]),
        (WELL, assessed(last_assessment=None), Health.ATTENTION, ["assess_first"]),
        (WELL, assessed(last_assessment=date(2026, 5, 23)), Health.OK, []),
        (WELL, assessed(last_assessment=date(2026, 5, 22)), Health.ATTENTION, ["assess"]),
        (WELL, assessed(last_assessment=date(2025, 11, 22)), Health.ATTENTION, ["assess"]),
        (WELL, assessed(last_assessment=date(2025, 11, 21)), Health.CRITICAL, ["assess"]),
        (WELL, assessed(provider=" bên a "), Health.CRITICAL, ["conflict"]),
        (WELL, assessed(provider=""), Health.OK, []),
        (msgspec.structs.replace(WELL, counts=with_open(Layer.ASSESSMENT, Level.HIGH)), CONFIG, Health.ATTENTION,
         ["handle_alerts"]),
        (msgspec.structs.replace(WELL, counts=with_open(Layer.ASSESSMENT, Level.LOW)), Config(), Health.ATTENTION,
         ["name_assessor", "register"]),
        (hosts(("web01",), ("db01",)), CONFIG, Health.ATTENTION, ["register"]),
        (hosts(), CONFIG, Health.ATTENTION, ["cover"]),
        (hosts(), registered(), Health.ATTENTION, ["register_first"]),
    ],
)  # fmt: skip
def test_layer_3(seen: Snapshot, config: Config, health: Health, next_steps: list[str]) -> None:
    state = judge(seen, config)
    assert state.layer is Layer.ASSESSMENT
    assert (state.health, steps(state)) == (health, next_steps)


@pytest.mark.parametrize(
    ("asset", "host", "same"),
    [
        (("web01",), ("WEB01",), True),
        (("web01.tinh.gov.vn",), ("web01",), True),
        (("web01",), ("web01.tinh.gov.vn",), True),
        (("Cổng thông tin", "10.0.0.1"), ("web01", "10.0.0.1"), True),
        (("Cổng thông tin", "10.0.0.1"), ("10.0.0.1",), True),
        (("10.0.0.1",), ("10.0.0.2",), False),
        (("2001:db8::1",), ("2001:db8::2",), False),
        (("web01",), ("web02",), False),
        (("Vùng máy chủ", "192.0.2.0/28"), ("web01", "192.0.2.9"), True),
        (("Vùng máy chủ", "192.0.2.0/28"), ("web01", "192.0.2.19"), False),
    ],
)
def test_a_host_is_an_asset_by_name_or_address(asset: tuple[str, ...], host: tuple[str, ...], same: bool) -> None:
    state = judge(hosts(host), registered(asset))
    gap = 0 if same else 1
    assert (figure(state, "unregistered").value, figure(state, "unseen").value) == (gap, gap)


def test_days_left_count_down_and_below_zero() -> None:
    assert figure(judge(WELL, assessed(interval_days=60)), "days_left").value == 9
    assert figure(judge(WELL, assessed(interval_days=40)), "days_left").value == -11
