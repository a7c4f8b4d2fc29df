"""From chosen alerts to a filter in a folder; what stands in the way is given, not raised."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from soc_agent.cli.tuner import AlertTuner, alerts_of
from soc_agent.config import load_config
from soc_agent.model import Problem
from soc_agent.model.tuning import TunedFilter
from soc_agent.store import AlertFilter, Store
from tests import product
from tests.cli.rules.test_tuning import GROUP, site
from tests.end_to_end.running import LINE_RULE

__all__ = ["site"]


@pytest.fixture
def tuner(site: Path, monkeypatch: pytest.MonkeyPatch) -> AlertTuner:
    monkeypatch.setenv("XDG_CACHE_HOME", str(product.run_before(site / "cache")))
    return AlertTuner(load_config(site / "config.yaml"), site, site / "soc.db")


def ids(folder: Path, text: str) -> tuple[int, ...]:
    with Store.open(folder / "soc.db", read_only=True) as store:
        return tuple(alert.id for alert in alerts_of(store, str(LINE_RULE["id"])) if _fits(store, alert.id, text))


def _fits(store: Store, alert_id: int, text: str) -> bool:
    return alert_id in store.alert_ids(AlertFilter.parse(text))


def test_a_proposal_is_made_of_alerts_and_written(tuner: AlertTuner, site: Path) -> None:
    found = tuner.propose(ids(site, "status=false_positive"), "", "lan.nt")
    assert isinstance(found, TunedFilter), found
    assert found.reason == "our backup"
    assert found.removed("false") == 6
    path = tuner.write(found)
    assert isinstance(path, str)
    assert Path(path).read_text("utf-8") == found.text
    assert [Path(path).name] == [each.name for each in (site / "rules").iterdir() if each.name.startswith("mf_")]


def test_of_alerts_of_two_rules_nothing_is_proposed(tuner: AlertTuner, site: Path) -> None:
    with Store.open(site / "soc.db") as store:
        group = next(alert.id for alert in store.alerts(store.alert_ids()) if alert.title == GROUP)
    found = tuner.propose((*ids(site, "status=false_positive"), group), "x", "lan.nt")
    assert isinstance(found, Problem)
    assert found.code == "tuning.other_rule"
    nothing = tuner.propose((), "x", "lan.nt")
    assert isinstance(nothing, Problem)
    assert nothing.code == "tuning.none_chosen"


def test_what_harms_or_has_no_reason_is_not_written(tuner: AlertTuner, site: Path) -> None:
    found = tuner.propose(ids(site, "status=acknowledged"), "", "lan.nt")
    assert isinstance(found, TunedFilter), found
    without = tuner.write(found)
    assert isinstance(without, Problem)
    assert without.code == "tuning.reason_needed"
    harmful = replace(found, reason="x", alerts=(replace(found.alerts[0], verdict="true", hidden=1), *found.alerts[1:]))
    refused = tuner.write(harmful)
    assert isinstance(refused, Problem)
    assert refused.code == "tuning.not_spared"
    assert isinstance(tuner.write(harmful, even_so=True), str)


def test_a_folder_that_cannot_be_written_is_named(tuner: AlertTuner, site: Path) -> None:
    found = tuner.propose(ids(site, "status=false_positive"), "", "lan.nt")
    assert isinstance(found, TunedFilter)
    assert isinstance(tuner.write(found), str)
    (site / "rules" / f".{found.name}.new").write_text("somebody else is writing it")
    again = tuner.write(found)
    assert isinstance(again, Problem)
    assert again.code == "cli.unwritable"
