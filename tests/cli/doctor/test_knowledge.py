"""Rules that do not load, networks and databases of addresses."""

import time
from pathlib import Path

import pytest

from soc_agent.cli.doctor import knowledge
from soc_agent.cli.doctor.check import Verdict
from tests import product
from tests.cli.doctor.making import make_case
from tests.enrich.making import MAXMIND_CITY, write_database


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(product.run_before(tmp_path / "cache")))


def test_a_rule_that_does_not_load_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.yml").write_text("title: Bad\n")
    found = list(knowledge.rules(make_case(tmp_path, "rules: {paths: [bad.yml]}\n")))
    assert found[0].verdict is Verdict.OK
    assert int(found[0].detail) > 50
    wrong = [check for check in found if check.verdict is Verdict.WARN]
    assert any(check.problem is not None and "bad.yml" in check.problem.where.file for check in wrong)


def test_no_rule_at_all_is_wrong(tmp_path: Path) -> None:
    (check,) = knowledge.rules(make_case(tmp_path, "rules: {builtin: false}\n"))
    assert check.verdict is Verdict.ERROR


def test_networks_and_address_databases_are_looked_over(tmp_path: Path) -> None:
    assert list(knowledge.enrichment(make_case(tmp_path, "sources: []"))) == []
    now_s = int(time.time())
    write_database(tmp_path / "new.mmdb", {"1.52.0.0/14": MAXMIND_CITY}, built_s=now_s)
    write_database(tmp_path / "old.mmdb", {"1.52.0.0/14": MAXMIND_CITY}, built_s=now_s - 91 * 86_400)
    config = (
        "networks:\n- {name: lan, cidrs: [10.0.0.0/8]}\n- {name: dmz, cidrs: [10.1.0.0/16, 203.0.113.0/24]}\n"
        "- {name: all, cidrs: [0.0.0.0/0]}\nenrichment: {city_mmdb: new.mmdb, asn_mmdb: old.mmdb}\n"
    )
    found = list(knowledge.enrichment(make_case(tmp_path, config)))
    assert [check.verdict for check in found] == [Verdict.OK, Verdict.WARN, Verdict.OK, Verdict.WARN]
    assert "203.0.113.0/24" in found[0].detail
    assert "dmz lies in lan" in found[0].detail
    assert "GeoLite2-City" in found[2].detail
    (tmp_path / "old.mmdb").unlink()
    assert list(knowledge.enrichment(make_case(tmp_path, config)))[-1].verdict is Verdict.ERROR
