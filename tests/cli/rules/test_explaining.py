"""A line is explained for a rule from the command line."""

import json
from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import Run
from tests.end_to_end.running import GROUP_RULE, LINE_RULE

MATCHING = "Mar  2 06:00:00 h sshd[1]: Invalid user user-1 from 192.0.2.1 port 1"
OTHER = "Mar  2 06:00:00 h sshd[1]: Invalid user admin from 192.0.2.1 port 1"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "auth.log"
    path.write_text(f"{MATCHING}\n{OTHER}\n")
    return path


def test_one_line_is_explained_in_full(run: Run, folder: Path) -> None:
    done = run("rules", "explain", "numbered", "--line", MATCHING, "--rules", folder)
    assert done.code == 0
    first, second, *more = done.out.splitlines()
    assert first.startswith("Numbered user")
    assert second.startswith("✓ true")
    assert {"The line", "Prefilter", "Condition"} <= set(more)
    assert not any(row != row.rstrip() for row in more)


def test_a_line_that_does_not_match_says_why(run: Run, folder: Path) -> None:
    done = run("--lang", "vi", "rules", "explain", "Numbered user", "--line", OTHER, "--rules", folder)
    assert done.code == 0
    assert "Không khớp, vì" in done.out


def test_a_line_of_a_file_by_its_number(run: Run, folder: Path, log: Path) -> None:
    done = run("rules", "explain", "numbered", "--file", f"{log}:2", "--rules", folder)
    assert "✗ false" in done.out.splitlines()[1]
    done = run("rules", "explain", "numbered", "--file", f"{log}:3", "--rules", folder)
    assert done.code == 2
    assert "no line 3" in done.err


def test_many_lines_get_a_sentence_each(run: Run, folder: Path, log: Path) -> None:
    done = run("rules", "explain", "numbered", "--file", log, "--rules", folder)
    first, second = done.out.splitlines()
    assert first.startswith("1: ✓ Matches")
    assert second.startswith("2: ✗ Does not match")
    assert "1 of 2 lines match" in done.err


def test_json_holds_the_tree(run: Run, folder: Path) -> None:
    done = run("rules", "explain", "numbered", "--line", MATCHING, "--rules", folder, "--json")
    found = json.loads(done.out)
    assert found["matches"] is True
    assert found["raw"] == MATCHING
    assert found["condition"]["kind"] == "selection"
    assert found["condition"]["children"][0]["tests"][0]["holds"] is True
    assert found["prefilter"]["passes"] is True
    assert found["conclusion"].startswith("Matches")


def test_a_rule_may_be_a_file(run: Run, folder: Path) -> None:
    done = run("rules", "explain", folder / "good.yml", "--line", MATCHING)
    assert done.code == 0
    assert done.out.startswith("Numbered user")


def test_a_correlation_is_explained_by_its_rules(run: Run) -> None:
    line = "Nov 20 08:14:03 web01 sshd[7]: Failed password for root from 192.0.2.1 port 22 ssh2"
    done = run("rules", "explain", "Password Brute Force From One", "--line", line, "--json")
    found = json.loads(done.out)
    assert found["matches"] is True
    assert found["countings"][0]["explanation"]["rule"]["title"] == "SSH Login Failed"


def test_bad_use_is_told(run: Run, folder: Path) -> None:
    assert run("rules", "explain", "x", "--line", "a", "--file", "b").code == 2
    unknown = run("rules", "explain", "no such rule at all", "--line", MATCHING)
    assert unknown.code == 2
    assert "no such rule at all" in unknown.err
    several = run("rules", "explain", "ssh", "--line", MATCHING)
    assert several.code == 2
    assert "SSH Login Accepted" in several.err
    (folder / "bad.yml").write_text(
        yaml.safe_dump({**LINE_RULE, "title": "Needs a list", "id": None}).replace("startswith", "nope")
    )
    refused = run("rules", "explain", folder / "bad.yml", "--line", MATCHING)
    assert refused.code == 2
    assert "does not run" in refused.err


def test_escapes_of_a_line_do_not_reach_the_terminal(run: Run, folder: Path) -> None:
    done = run("rules", "explain", "numbered", "--line", MATCHING + "\x1b]0;x\x07", "--rules", folder)
    assert "\x1b" not in done.out


def test_what_keeps_a_rule_from_alerts_is_said(run: Run, folder: Path, tmp_path: Path) -> None:
    (folder / "many.yml").write_text(yaml.safe_dump(GROUP_RULE).replace("generate: true", "generate: false"))
    done = run("rules", "explain", "numbered", "--line", MATCHING, "--rules", folder)
    assert "only counts for correlations" in done.err
    config = tmp_path / "config.yaml"
    config.write_text(f"rules: {{builtin: false, paths: [{folder}], disabled: [{LINE_RULE['id']}]}}\n")
    done = run("-c", config, "rules", "explain", "numbered", "--line", MATCHING)
    assert "✓ true" in done.out
    assert "is disabled" in done.err
