from datetime import date
from typing import Any

import msgspec
import pytest

from soc_agent.config import Config, ContactOptions, OrganisationOptions
from soc_agent.layers import Health
from soc_agent.layers.on_site import judge
from soc_agent.layers.snapshot import Snapshot
from soc_agent.model import Layer, Level
from tests.layers.making import BACKUP, CONFIG, HOUR, LEAD, SECOND, WELL, backlog, figure, steps, with_open


def look(**changes: Any) -> Snapshot:
    return msgspec.structs.replace(WELL, **changes)


def people(*contacts: ContactOptions, **options: Any) -> Config:
    return Config(organisation=OrganisationOptions(contacts=contacts, **options))


@pytest.mark.parametrize(
    ("seen", "config", "health", "next_steps"),
    [
        (WELL, CONFIG, Health.OK, []),
        (WELL, Config(), Health.NOT_CONFIGURED, ["name_contacts"]),
        (look(waiting=backlog(2, 60 * SECOND)), CONFIG, Health.ATTENTION, ["acknowledge"]),
        (look(waiting=backlog(2, HOUR)), CONFIG, Health.ATTENTION, ["acknowledge"]),
        (look(waiting=backlog(2, HOUR + 1)), CONFIG, Health.CRITICAL, ["acknowledge_overdue"]),
        (look(waiting=backlog(2, 60 * SECOND)), people(LEAD, BACKUP, acknowledge_s=30), Health.CRITICAL,
         ["acknowledge_overdue"]),
        (look(waiting=backlog(1, HOUR + 1)), Config(), Health.CRITICAL, ["acknowledge_overdue", "name_contacts"]),
        (look(unassigned=3), CONFIG, Health.ATTENTION, ["assign"]),
        (look(counts=with_open(Layer.ON_SITE, Level.HIGH)), CONFIG, Health.ATTENTION, ["handle_alerts"]),
        (look(counts=with_open(Layer.ON_SITE, Level.CRITICAL)), CONFIG, Health.CRITICAL, ["handle_alerts"]),
        (look(counts=with_open(Layer.ON_SITE, Level.LOW)), CONFIG, Health.OK, []),
        (look(counts=with_open(Layer.ON_SITE, Level.LOW)), Config(), Health.ATTENTION, ["name_contacts"]),
        (look(counts=with_open(Layer.MONITORING, Level.CRITICAL)), CONFIG, Health.OK, []),
        (WELL, people(LEAD), Health.ATTENTION, ["name_lead_and_backup"]),
        (WELL, people(LEAD, msgspec.structs.replace(BACKUP, checked=None)), Health.ATTENTION, ["check_contacts"]),
        (WELL, people(LEAD, msgspec.structs.replace(BACKUP, checked=date(2025, 11, 21))), Health.OK, []),
        (WELL, people(LEAD, msgspec.structs.replace(BACKUP, checked=date(2025, 11, 20))), Health.ATTENTION,
         ["check_contacts"]),
    ],
)  # fmt: skip
def test_layer_1(seen: Snapshot, config: Config, health: Health, next_steps: list[str]) -> None:
    state = judge(seen, config)
    assert state.layer is Layer.ON_SITE
    assert (state.health, steps(state)) == (health, next_steps)


def test_what_is_most_urgent_comes_first() -> None:
    seen = look(waiting=backlog(5, 2 * HOUR), unassigned=5, counts=with_open(Layer.ON_SITE, Level.HIGH))
    state = judge(seen, people(msgspec.structs.replace(LEAD, checked=None)))
    assert steps(state) == ["acknowledge_overdue", "handle_alerts", "assign", "name_lead_and_backup", "check_contacts"]
    assert [shown.key for shown in state.figures[:2]] == ["unacknowledged", "oldest_wait"]
    assert state.next_steps[0].values == {"count": 5, "age": "2h00m", "limit": "1h00m"}


def test_a_wait_of_nothing_is_no_figure() -> None:
    assert figure(judge(WELL, CONFIG), "oldest_wait").value == "-"
