"""Rules are run against their samples."""

from pathlib import Path

import pytest
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


@pytest.mark.parametrize("samples", [None, {"match": SAMPLES["match"]}, {"ignore": SAMPLES["ignore"]}])
def test_a_rule_that_lacks_samples_does_not_hold(run: Run, folder: Path, samples: dict[str, object] | None) -> None:
    (folder / "good.yml").write_text(yaml.safe_dump({**LINE_RULE, "samples": samples} if samples else LINE_RULE))
    done = run("rules", "test", "--rules", folder)
    assert done.code == 2
    assert "lacks samples" in done.out
    assert "1 rules have no samples" in done.err
    assert run("rules", "test", "--rules", folder, "--skip-untested").code == 0


def test_samples_may_need_decoders_of_ones_own(run: Run, folder: Path) -> None:
    (folder / "decoders").mkdir()
    (folder / "decoders" / "qlvb.yml").write_text(
        "name: qlvb\ndescription: x\nprograms: [qlvb]\nlog_sources: [{product: qlvb}]\n"
        "patterns: [{match: '(?P<user>\\w+) signed'}]\n"
    )
    line = "Mar  2 06:00:00 h qlvb[1]: {} signed\n"
    rule = {
        **LINE_RULE,
        "logsource": {"product": "qlvb"},
        "detection": {"s": {"user": "an"}, "condition": "s"},
        "samples": {
            "match": [{"type": "syslog", "lines": line.format("an")}],
            "ignore": [{"type": "syslog", "lines": line.format("binh")}],
        },
    }
    (folder / "good.yml").write_text(yaml.safe_dump(rule))
    assert run("rules", "test", "--rules", folder).code == 0


def test_the_rules_of_the_configuration_are_tested(run: Run, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("rules: {builtin: false, paths: [own]}\n")
    done = run("rules", "test")
    assert done.code == 0
    assert "2 samples of 1 rules" in done.err
