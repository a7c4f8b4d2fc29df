from typing import Any

import msgspec
import pytest

from soc_agent.config import Config, NationalOptions
from soc_agent.layers import Health
from soc_agent.layers.national import judge
from soc_agent.layers.snapshot import Snapshot
from soc_agent.model import Layer, Level
from tests.layers.making import CONFIG, HOUR, WELL, backlog, figure, steps, with_open


def look(**changes: Any) -> Snapshot:
    return msgspec.structs.replace(WELL, **changes)


@pytest.mark.parametrize(
    ("seen", "config", "health", "next_steps"),
    [
        (WELL, Config(), Health.NOT_CONFIGURED, ["mode_not_configured"]),
        # nothing is sent in a dry run: that is never called well
        (WELL, CONFIG, Health.ATTENTION, ["mode_dry_run"]),
        (look(serious=backlog(3, HOUR)), CONFIG, Health.ATTENTION, ["initial_notice", "full_notice", "mode_dry_run"]),
        (look(serious=backlog(3, 24 * HOUR)), CONFIG, Health.ATTENTION,
         ["initial_notice", "full_notice", "mode_dry_run"]),
        (look(serious=backlog(3, 24 * HOUR + 1)), CONFIG, Health.CRITICAL,
         ["initial_notice_over", "full_notice", "mode_dry_run"]),
        (look(serious=backlog(3, 73 * HOUR)), CONFIG, Health.CRITICAL,
         ["initial_notice_over", "full_notice_over", "mode_dry_run"]),
        # deadlines run whether or not a connection is configured
        (look(serious=backlog(1, HOUR)), Config(), Health.ATTENTION,
         ["initial_notice", "full_notice", "mode_not_configured"]),
        (look(counts=with_open(Layer.NATIONAL, Level.CRITICAL)), Config(), Health.CRITICAL,
         ["handle_alerts", "mode_not_configured"]),
        (look(serious=backlog(1, 2 * HOUR)), Config(national=NationalOptions(initial_notice_hours=1)), Health.CRITICAL,
         ["initial_notice_over", "full_notice", "mode_not_configured"]),
    ],
)  # fmt: skip
def test_layer_4(seen: Snapshot, config: Config, health: Health, next_steps: list[str]) -> None:
    state = judge(seen, config)
    assert state.layer is Layer.NATIONAL
    assert (state.health, steps(state)) == (health, next_steps)


def test_the_time_left_is_that_of_the_oldest() -> None:
    state = judge(look(serious=backlog(3, 30 * HOUR)), CONFIG)
    assert figure(state, "may_need_notice").value == 3
    assert figure(state, "initial_notice").value == "-6h00m"
    assert figure(state, "full_notice").value == "1d18h"
    assert state.next_steps[0].values == {"count": 3, "hours": 24, "time": "6h00m"}


@pytest.mark.parametrize(("config", "word"), [(CONFIG, "dry_run"), (Config(), "not_configured")])
def test_the_mode_is_stated_truthfully(config: Config, word: str) -> None:
    shown = figure(judge(WELL, config), "mode")
    assert (shown.value, shown.value_key) == (word, f"layers.mode.{word}")
    assert shown.health is not Health.OK
