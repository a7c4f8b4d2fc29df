"""Rules are run against their samples."""

from pathlib import Path

import yaml

from tests.cli.conftest import Run
from tests.cli.rules.conftest import SAMPLES
from tests.end_to_end.running import LINE_RULE


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


def test_the_rules_of_the_configuration_are_tested(run: Run, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("rules: {builtin: false, paths: [own]}\n")
    done = run("rules", "test")
    assert done.code == 0
    assert "2 samples of 1 rules" in done.err
