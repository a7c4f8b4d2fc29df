"""Snapshots and configurations for the tests of the layers."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from soc_agent.config import (
    AssessmentOptions,
    AssetOptions,
    Config,
    ContactOptions,
    FileSource,
    NationalOptions,
    OrganisationOptions,
)
from soc_agent.layers import Figure, LayerState
from soc_agent.layers.snapshot import Backlog, Snapshot
from soc_agent.model import Counters, Layer, Level
from soc_agent.store import AgentState, AssetSeen, Counts, SourceLedger, SourceStatus
from soc_agent.text import say

SECOND = 1_000_000_000
HOUR = 3600 * SECOND
NOW = int(datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp()) * SECOND

LEAD = ContactOptions(name="Nguyễn An", role="lead", checked=date(2026, 10, 1))
BACKUP = ContactOptions(name="Trần Bình", role="backup", checked=date(2026, 10, 1))
CONFIG = Config(
    organisation=OrganisationOptions(name="Tỉnh", contacts=(LEAD, BACKUP)),
    sources=(FileSource(name="auth", paths=("/var/log/auth.log",)), FileSource(name="web", paths=("/var/log/web",))),
    assets=(AssetOptions(name="web01", addresses=("10.0.0.1",)),),
    assessment=AssessmentOptions(assessor="Bên A", provider="Bên B", last_assessment=date(2026, 10, 1)),
    national=NationalOptions(mode="dry-run"),
)
"""Everything is configured and in time."""

AGENT = AgentState(1, NOW - HOUR, NOW - SECOND, 5.0)


def source(name: str, **changes: Any) -> SourceLedger:
    given: dict[str, Any] = {
        "source": name,
        "totals": Counters(lines=100),
        "per_minute": Counters(lines=10),
        "first_ns": NOW - HOUR,
        "last_ns": NOW - SECOND,
        "state": SourceStatus.RUNNING,
    }
    return SourceLedger(**(given | changes))


WELL = Snapshot(
    moment_ns=NOW,
    agent=AGENT,
    sources=(source("auth"), source("web")),
    assets=(AssetSeen("web01", ("10.0.0.1",), NOW - HOUR, NOW, ("auth",)),),
)
"""Everything runs and nothing is open."""


def with_open(layer: Layer, level: Level, count: int = 1) -> Counts:
    return Counts({level: count}, {layer: {level: count}})


def backlog(count: int, age_ns: int) -> Backlog:
    return Backlog(count, NOW - age_ns)


def figure(state: LayerState, key: str) -> Figure:
    (found,) = [figure for figure in state.figures if figure.key == key]
    return found


def steps(state: LayerState) -> list[str]:
    """Give the keys of the next steps, without what is common to all."""
    return [step.key.removeprefix("layers.next.") for step in state.next_steps]


def assert_can_be_said(states: Iterable[LayerState]) -> None:
    """Check that all of it has words in both languages."""
    for state in states:
        for language in ("en", "vi"):
            assert say(f"layers.title.{int(state.layer)}", language=language)
            assert say(f"layers.short.{int(state.layer)}", language=language)
            assert say(f"layers.health.{state.health.value}", language=language)
            for shown in state.figures:
                assert say(f"layers.figure.{shown.key}", language=language)
                if shown.value_key:
                    assert say(shown.value_key, language=language)
            for step in state.next_steps:
                assert say(step.key, language=language, **step.values)
