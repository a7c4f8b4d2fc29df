"""The examples of rules/README.md work as they stand."""

import re
from pathlib import Path

import yaml

from soc_agent.detect.load.correlations import parse_correlation
from soc_agent.detect.load.documents import Document, documents_of
from soc_agent.detect.load.shelf import load_rules
from soc_agent.detect.samples.check import check_samples
from soc_agent.detect.samples.files import LineSample
from soc_agent.errors import describe
from soc_agent.resources import resource

BLOCKS: list[str] = re.findall(
    r"^```yaml\n(.*?)^```", (resource("rules") / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
)


def block_with(word: str) -> str:
    return next(block for block in BLOCKS if word in block)


def test_the_rule_that_is_written_in_ten_minutes_holds(tmp_path: Path) -> None:
    (tmp_path / "rule.yml").write_text(block_with("\nsamples:"), "utf-8")
    results = list(check_samples([tmp_path]))
    assert [describe(result.problem) for result in results if result.problem] == []
    assert len(results) == 2


def test_the_filter_silences_what_it_names(tmp_path: Path) -> None:
    (tmp_path / "filter.yml").write_text(block_with("\nfilter:"), "utf-8")
    rules = load_rules([tmp_path, resource("rules") / "sigma" / "network"])
    assert [describe(problem) for problem in rules.problems] == []
    filtered = [rule.name for rule in rules.rules if any("backup" in name for name in rule.selections)]
    assert filtered == ["net_short_login_flow"]


def test_the_yara_samples_hold(tmp_path: Path) -> None:
    text = (resource("rules") / "yara" / "webshell_php.yar").read_text("utf-8")
    (tmp_path / "x.yar").write_text(text.replace("webshell_php_input_eval", "my_rule"), "utf-8")
    (tmp_path / "x.samples.yml").write_text(block_with("my_rule:"), "utf-8")
    assert [result.ok for result in check_samples([tmp_path])] == [True, True]


def test_every_key_under_soc_is_described() -> None:
    from soc_agent.detect.load.info import SocAttributes

    text = (resource("rules") / "README.md").read_text("utf-8")
    assert [key for key in SocAttributes.__struct_fields__ if f"`{key}`" not in text] == []
    assert [key for key in LineSample.__struct_fields__ if f"{key}" not in text] == []


def test_the_blocks_are_yaml() -> None:
    for block in BLOCKS:
        assert yaml.safe_load(block)


def test_the_correlations_are_understood() -> None:
    """Those that show a form have no title; it is read all the same."""
    shown = [block for block in BLOCKS if block.startswith("correlation:")]
    kinds = []
    for block in shown:
        (document,) = documents_of(f"title: Shown\n{block}".encode(), "README.md")
        assert isinstance(document, Document)
        parsed = parse_correlation(document, "README.md")
        assert [describe(problem) for problem in parsed.problems] == []
        assert parsed.correlation is not None
        kinds.append((parsed.correlation.spec.kind, parsed.correlation.spec.waits))
    assert {("temporal_ordered", True), ("first_seen", False)} <= set(kinds)
