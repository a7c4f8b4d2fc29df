"""Rules are listed, checked and tested from the command line."""

import json
from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import Run
from tests.end_to_end.running import LINE_RULE

SAMPLES = {
    "match": [{"type": "syslog", "lines": "Mar  2 06:00:00 h sshd[1]: Invalid user user-1 from 192.0.2.1 port 1\n"}],
    "ignore": [{"type": "syslog", "lines": "Mar  2 06:00:00 h sshd[1]: Invalid user admin from 192.0.2.1 port 1\n"}],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "own"
    made.mkdir()
    (made / "good.yml").write_text(yaml.safe_dump({**LINE_RULE, "samples": SAMPLES}))
    return made


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


def test_check_is_content_with_good_rules(run: Run, folder: Path) -> None:
    done = run("rules", "check", folder)
    assert (done.code, done.out) == (0, "")
    assert "1 rules" in done.err


def test_check_names_file_line_and_remedy(run: Run, folder: Path) -> None:
    (folder / "bad.yml").write_text(
        "title: Bad\nid: x\nlogsource: {product: linux}\ndetection: {a: {b: 1}, condition: c}\n"
    )
    (folder / "bad.yar").write_text("rule x { condition: nonsense }")
    done = run("rules", "check", folder)
    assert done.code == 2
    assert f"{folder / 'bad.yml'}:" in done.out
    assert f"{folder / 'bad.yar'}:1" in done.out


def test_test_says_which_sample_does_not_hold(run: Run, folder: Path) -> None:
    assert run("rules", "test", "--rules", folder).code == 0
    wrong = {"match": SAMPLES["ignore"], "ignore": SAMPLES["match"]}
    (folder / "good.yml").write_text(yaml.safe_dump({**LINE_RULE, "samples": wrong}))
    done = run("rules", "test", "--rules", folder)
    assert done.code == 2
    assert "good.yml" in done.out


def test_a_rule_without_samples_is_counted(run: Run, folder: Path) -> None:
    (folder / "good.yml").write_text(yaml.safe_dump(LINE_RULE))
    done = run("rules", "test", "--rules", folder)
    assert done.code == 0
    assert "1 rules have no samples" in done.err
