"""What the rules cover is told, and written as a layer for the ATT&CK Navigator."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.conftest import Run
from tests.detect.coverage.test_attack import check_layer
from tests.end_to_end.running import LINE_RULE


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    folder.mkdir()
    tagged: dict[str, Any] = {**LINE_RULE, "name": None, "tags": ["attack.credential-access", "attack.t1110.001"]}
    rules: dict[str, dict[str, Any]] = {
        "fires": tagged,
        "foreign": {**tagged, "id": None, "title": "Foreign", "logsource": {"product": "nobody_reads_this"}},
        "listed": {
            **tagged,
            "id": None,
            "title": "Listed",
            "detection": {"s": {"user|expand": "%Own%"}, "condition": "s"},
        },
        "bad": {**tagged, "id": None, "title": "Bad", "detection": {"s": {"user|nope": "x"}, "condition": "s"}},
    }
    for name, rule in rules.items():
        (folder / f"{name}.yml").write_text(
            yaml.safe_dump({key: value for key, value in rule.items() if value is not None})
        )
    return folder


def test_every_rule_is_counted_once(run: Run, own: Path) -> None:
    done = run("rules", "coverage", "--no-builtin", "--rules", own, "--json")
    assert done.code == 0
    found = json.loads(done.out)
    assert found["total"] == 4 == sum(found["counts"].values())
    assert {rule["title"]: (rule["standing"], rule["detail"]) for rule in found["never"]} == {
        "Foreign": ("no_decoder", "product nobody_reads_this"),
        "Listed": ("needs_list", "Own"),
        "Bad": ("refused", "rule.modifier"),
    }
    assert found["tactics"] == [{"name": "credential-access", "rules": 1, "techniques": ["T1110.001"]}]
    assert "Own.txt" in next(rule["reason"] for rule in found["never"] if rule["title"] == "Listed")


def test_a_list_that_is_given_lets_the_rule_fire(run: Run, own: Path) -> None:
    (own / "placeholders").mkdir()
    (own / "placeholders" / "Own.txt").write_text("admin\n")
    found = json.loads(run("rules", "coverage", "--no-builtin", "--rules", own, "--json").out)
    assert found["counts"]["runs"] == 2


def test_a_table_for_people(run: Run, own: Path) -> None:
    done = run("--lang", "vi", "rules", "coverage", "--no-builtin", "--rules", own)
    assert "có thể kích hoạt" in done.out
    assert "product nobody_reads_this" in done.out
    assert "Lấy thông tin đăng nhập" in done.out
    whole = run("rules", "coverage", "--no-builtin", "--rules", own, "--all").out
    assert "product nobody_reads_this · Foreign" in whole
    assert "T1110.001" in whole


def test_sources_of_the_configuration_decide(run: Run, own: Path, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(
        "rules: {builtin: false, paths: [rules]}\n"
        "sources: [{kind: file, name: web, paths: [access.log], type: access}]\n"
    )
    found = json.loads(run("--config", config, "rules", "coverage", "--json").out)
    assert {rule["title"]: rule["standing"] for rule in found["never"]}["Numbered user"] == "not_collected"
    assert found["counts"]["runs"] == 0


def test_the_products_rules_can_all_fire(run: Run) -> None:
    found = json.loads(run("rules", "coverage", "--json").out)
    assert found["never"] == []


def test_a_layer_is_written(run: Run, own: Path, tmp_path: Path) -> None:
    layer = tmp_path / "layer.json"
    done = run("rules", "coverage", "--no-builtin", "--rules", own, "--navigator", layer)
    assert done.code == 0
    written = json.loads(layer.read_text("utf-8"))
    check_layer(written)
    assert written["techniques"][0]["techniqueID"] == "T1110.001"
    assert str(layer) in done.err
    assert run("rules", "coverage", "--navigator", tmp_path / "nowhere" / "x.json").code == 2


def test_rules_of_indicators_count_where_lists_are_configured(run: Run, own: Path) -> None:
    config = own.parent / "config.yaml"
    config.write_text("rules: {builtin: false, paths: [rules]}\nindicators: {paths: [feeds]}\n")
    found = json.loads(run("--config", config, "rules", "coverage", "--json").out)
    assert found["total"] == 8
    assert "command-and-control" in {tactic["name"] for tactic in found["tactics"]}
