"""Rules are listed."""

import json
from pathlib import Path

from tests.cli.conftest import Run


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
