"""Rules are listed."""

import json
from pathlib import Path

import yaml

from tests.cli.conftest import Run
from tests.end_to_end.running import LINE_RULE


def test_list_holds_the_products_rules_and_more(run: Run, folder: Path) -> None:
    done = run("rules", "list", "--json", "--rules", folder)
    assert done.code == 0
    found = [json.loads(line) for line in done.out.splitlines()]
    kinds = [rule["kind"] for rule in found]
    assert "Numbered user" in [rule["title"] for rule in found]
    assert kinds.count("sigma") >= 25
    assert kinds.count("correlation") >= 6
    assert kinds.count("yara") >= 6


def test_list_is_a_table_in_vietnamese(run: Run) -> None:
    done = run("--lang", "vi", "rules", "list")
    assert "mức độ" in done.out
    assert "T1110" in done.out


def test_list_holds_the_rules_of_the_configuration_and_those_of_its_indicators(run: Run, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "a.yml").write_text(yaml.safe_dump(LINE_RULE))
    config = tmp_path / "config.yaml"
    config.write_text("rules: {builtin: false, paths: [own]}\n")
    listed = ["--config", config, "rules", "list", "--json"]
    assert [json.loads(line)["title"] for line in run(*listed).out.splitlines()] == ["Numbered user"]
    config.write_text("rules: {builtin: false, paths: [own]}\nindicators: {paths: [feeds]}\n")
    kinds = [json.loads(line)["kind"] for line in run(*listed).out.splitlines()]
    assert kinds.count("indicator") == 4
    assert len(kinds) == 5
