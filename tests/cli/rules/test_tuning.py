"""From false positives to a filter, as a person does it: on stored alerts, tried, written, in force."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from soc_agent.cli.rules import tuning
from soc_agent.decode import Context
from soc_agent.detect import Engine, load_rules
from soc_agent.model import Block, Status
from soc_agent.model.tuning import TunedAlert
from soc_agent.store import AlertFilter, Store
from tests import product
from tests.cli.conftest import Run
from tests.detect.making import RECEIVED_NS, context_of
from tests.end_to_end.running import GROUP_RULE, LINE_RULE
from tests.store.making import record

TITLE = str(LINE_RULE["title"])
GROUP = str(GROUP_RULE["title"])


def line(user: str, address: str, number: int) -> bytes:
    return f"Nov 20 10:00:{number:02} host sshd[{number}]: Invalid user {user} from {address} port {number}\n".encode()


LINES = [
    *(line(f"user-backup{n}", "10.0.0.9", n) for n in range(6)),
    *(line(f"user-{n}", f"198.51.100.{n}", n) for n in range(10, 14)),
]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Alerts of six backups from one address, false positives, and of four strangers, taken on; one more is new."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "test.yml").write_text(yaml.safe_dump_all([LINE_RULE, GROUP_RULE]), "utf-8")
    source = {"kind": "file", "name": "test", "paths": ["a.log"], "type": "syslog"}
    config = {"rules": {"builtin": False, "paths": ["rules"]}, "store": {"path": "soc.db"}, "sources": [source]}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump({**config, "console": {"user": "lan.nt"}}))
    rules = load_rules([tmp_path / "rules"])
    context: Context = context_of("syslog")
    block = Block("test", "a.log", "1", "syslog", b"".join(LINES), received_ns=RECEIVED_NS)
    with Store.open(tmp_path / "soc.db") as store:
        found = Engine(rules, product.decoders()).run(block, context)
        with store.transaction() as transaction:
            transaction.put_rules(rules.infos.values())
            for detection in found.detections:
                record(transaction, detection)
        by_user = {alert.fields["user"]: alert.id for alert in store.alerts(store.alert_ids()) if alert.title == TITLE}
        store.mark_false_positive([by_user[f"user-backup{n}"] for n in range(6)], "our backup", "lan.nt")
        store.acknowledge([by_user[f"user-{n}"] for n in range(10, 13)], "lan.nt")
    return tmp_path


def tuned(run: Run, *words: str) -> dict[str, object]:
    done = run("rules", "tune", TITLE, "--json", *words)
    assert done.code == 0, done.err
    found: dict[str, object] = json.loads(done.out)
    return found


def test_the_proposal_is_what_the_false_positives_share(run: Run, site: Path) -> None:
    found = tuned(run, "--status", "false_positive")
    tree = yaml.safe_load(str(found["filter"]))
    assert tree["filter"]["false_positive"]["src_ip"] == "10.0.0.9"
    assert tree["filter"]["rules"] == [LINE_RULE["id"]]
    assert tree["author"] == "lan.nt"
    assert tree["soc"]["reason"] == "our backup"
    assert tree["soc"]["expires"] - tree["date"] == timedelta(days=90)
    assert found["spares"] is True
    assert not list(site.rglob("mf_*")), "nothing is written unless asked for"


def test_it_shows_on_what_is_stored_what_would_have_become_of_each_alert(run: Run, site: Path) -> None:
    found = tuned(run, "--status", "false_positive")
    outcomes = [(each["verdict"], each["outcome"]) for each in found["alerts"]]  # type: ignore[attr-defined]
    assert sorted(set(outcomes)) == [("false", "removed"), ("open", "stays"), ("true", "stays")]
    assert outcomes.count(("false", "removed")) == 6
    plain = run("rules", "tune", TITLE, "--status", "false_positive")
    assert "All 3 true alerts stay" in plain.err
    assert "10.0.0.9" in plain.out


def test_written_it_applies_and_checks_clean(run: Run, site: Path) -> None:
    done = run("rules", "tune", TITLE, "--status", "false_positive", "--write", "--days", "7")
    assert done.code == 0, done.err
    (path,) = (site / "rules").glob("mf_*.yml")
    assert run("rules", "check", path).out == ""
    assert run("rules", "check", path).code == 0
    rules = load_rules([site / "rules"])
    assert [each.applies_to for each in rules.filters] == [(LINE_RULE["id"],)]
    assert rules.filters[0].expires is not None
    assert rules.filters[0].expires > date.today()  # noqa: DTZ011 - as the loader has it
    block = Block("test", "a.log", "2", "syslog", b"".join(LINES))
    found = Engine(rules, product.decoders()).run(block, context_of("syslog"))
    assert len(found.detections) == 4
    assert "Base" not in run("rules", "filters").out
    assert "our backup" in run("rules", "filters").out


def test_without_a_folder_of_ones_own_it_goes_beside_the_configuration(run: Run, site: Path) -> None:
    config = yaml.safe_load((site / "config.yaml").read_text())
    config["rules"]["paths"] = ["rules/test.yml"]
    (site / "config.yaml").write_text(yaml.safe_dump(config))
    assert run("rules", "tune", TITLE, "--status", "false_positive", "--write").code == 0
    assert len(list((site / "filters").glob("mf_*.yml"))) == 1
    assert "our backup" in run("rules", "filters").out


def test_a_true_alert_that_would_go_is_named_and_nothing_is_written(run: Run, site: Path) -> None:
    with Store.open(site / "soc.db") as store:
        backup = next(iter(store.alerts(store.alert_ids(AlertFilter.parse("status=false_positive")))))
        store.reopen([backup.id], "lan.nt")
        store.acknowledge([backup.id], "lan.nt")
    done = run("rules", "tune", TITLE, "--status", "false_positive", "--write")
    assert done.code == 2
    assert "also hide lines of 1 alerts" in done.err
    assert not list(site.rglob("mf_*"))
    assert run("rules", "tune", TITLE, "--status", "false_positive", "--write", "--even-so").code == 0
    assert list(site.rglob("mf_*"))


def test_alerts_may_be_named(run: Run, site: Path) -> None:
    with Store.open(site / "soc.db") as store:
        alerts = [alert for alert in store.alerts(store.alert_ids()) if alert.title == TITLE]
    strangers = [alert for alert in alerts if alert.status is Status.ACKNOWLEDGED][:1]
    found = tuned(run, "--alerts", ",".join(str(alert.id) for alert in strangers), "--reason", "a friend")
    assert str(strangers[0].fields["user"]) in str(found["filter"])
    assert found["spares"] is True


def test_a_correlation_is_tuned_by_the_rules_that_it_builds_on(run: Run, site: Path) -> None:
    with Store.open(site / "soc.db") as store:
        (group,) = [alert for alert in store.alerts(store.alert_ids()) if alert.title == GROUP]
        store.mark_false_positive([group.id], "our backup", "lan.nt")
    done = run("rules", "tune", GROUP, "--status", "false_positive", "--json")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    tree = yaml.safe_load(found["filter"])
    assert tree["filter"]["rules"] == [LINE_RULE["id"]]
    assert tree["filter"]["false_positive"]["src_ip"] == "10.0.0.9"
    assert [each["outcome"] for each in found["alerts"]] == ["removed"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((TITLE, "--status", "closed"), "No alert"),
        ((TITLE,), "either"),
        ((TITLE, "--status", "new", "--alerts", "1"), "either"),
        (("nothing of the kind", "--status", "new"), "nothing of the kind"),
        ((TITLE, "--alerts", "4711"), "4711"),
    ],
)
def test_what_cannot_be_is_said(run: Run, site: Path, words: tuple[str, ...], said: str) -> None:
    done = run("rules", "tune", *words)
    assert done.code == 2
    assert said in done.err


def test_a_filter_needs_a_reason(run: Run, site: Path) -> None:
    done = run("rules", "tune", TITLE, "--status", "acknowledged", "--write")
    assert done.code == 2
    assert not list(site.rglob("mf_*"))


def test_of_many_alerts_that_are_alike_some_are_listed() -> None:
    alike = [TunedAlert(number, "open", 2, 1, "partly") for number in range(1, 31)]
    kept = TunedAlert(99, "true", 1, 0, "stays")
    first, *rows = tuning._rows([*alike, kept])
    assert first[0] == "99"
    assert [row[0] for row in rows] == [*(str(number) for number in range(30, 25, -1)), "+25"]
    assert rows[-1][2:4] == ["50", "25"]
