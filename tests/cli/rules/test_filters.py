"""What is tuned out is listed, with who, why and until when."""

import json
from pathlib import Path

from tests.cli.conftest import Run

RULE = "11111111-0000-4000-8000-000000000001"
FILTER = """
title: Backup {0}
author: lan.nt
logsource: {{product: linux}}
filter: {{rules: [{1}], backup: {{host: bk}}, condition: not backup}}
soc: {{reason: our backup, expires: {2}}}
"""


def site(folder: Path, *filters: str) -> None:
    (folder / "rules").mkdir()
    (folder / "filters").mkdir()
    (folder / "rules" / "a.yml").write_text(
        f"title: Base\nid: {RULE}\nlogsource: {{product: linux}}\ndetection: {{s: {{f: 1}}, condition: s}}\n"
    )
    (folder / "filters" / "f.yml").write_text("---".join(filters))
    (folder / "config.yaml").write_text("rules: {builtin: false, paths: [rules]}\nstore: {path: soc.db}\n")


def test_filters_are_listed_with_their_state(run: Run, tmp_path: Path) -> None:
    site(tmp_path, FILTER.format("one", RULE, "2999-12-31"), FILTER.format("two", RULE, "2020-01-01"))
    listed = run("rules", "filters")
    assert listed.code == 0
    assert "Base" in listed.out
    assert "EXPIRED" in listed.out
    assert "our backup" in listed.out
    assert "f.yml" in listed.err
    found = [json.loads(line) for line in run("rules", "filters", "--json").out.splitlines()]
    assert [(each["title"], each["state"]) for each in found] == [("Backup two", "expired"), ("Backup one", "active")]
    assert found[1]["applies_to"] == {RULE: "Base"}
    assert (found[1]["expires"], found[1]["author"]) == ("2999-12-31", "lan.nt")


def test_the_filters_of_the_product_say_all_this_themselves(run: Run) -> None:
    listed = run("rules", "filters", "--json")
    found = [json.loads(line) for line in listed.out.splitlines()]
    assert found
    assert all(each["author"] and each["reason"] and each["reason_vi"] for each in found)
    assert listed.err == ""


def test_check_knows_the_rules_that_a_filter_names(run: Run, tmp_path: Path) -> None:
    """They lie in another folder than the one that is checked."""
    site(tmp_path, FILTER.format("one", RULE, "2999-12-31"))
    assert run("rules", "check", "filters").code == 0
    assert run("rules", "check", "filters").out == ""
    (tmp_path / "filters" / "f.yml").write_text(FILTER.format("one", f"{RULE}, nobody", "2999-12-31"))
    noticed = run("rules", "check", "filters")
    assert noticed.code == 0
    assert "nobody" in noticed.out
    (tmp_path / "filters" / "f.yml").write_text(FILTER.format("one", RULE, "2020-12-31"))
    expired = run("rules", "check", "filters")
    assert expired.code == 2
    assert "2020-12-31" in expired.out
