"""The public rule set, and real logs: what loads, and the law of the prefilter on what nobody here wrote."""

import tarfile
from collections import Counter
from pathlib import Path

import pytest

from soc_agent.decode import guess_type
from soc_agent.decode.windows import LOG_SOURCES
from soc_agent.detect import Engine, RuleSet, load_rules
from soc_agent.detect.coverage.report import Standing, coverage_of
from soc_agent.detect.evaluate.predicate import compile_rule
from soc_agent.errors import describe
from soc_agent.model import LogSource
from soc_agent.resources import resource
from soc_agent.text import LANGUAGES, use_language
from tests import product
from tests.detect.making import block_of, context_of, view_of

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = Path(__file__).resolve().parents[3] / "shared" / "data" / "sigmahq-rules.tar.gz"
    if not archive.is_file():
        pytest.skip("the public rule set is not beside the project")
    folder = tmp_path_factory.mktemp("public")
    with tarfile.open(archive) as tar:
        tar.extractall(folder / "rules", filter="data")
    return folder


@pytest.fixture(scope="module")
def public(unpacked: Path) -> RuleSet:
    return load_rules([unpacked / "rules"], cache_dir=unpacked / "cache")


def test_every_file_becomes_a_rule_or_is_named(unpacked: Path, public: RuleSet) -> None:
    files = {str(path) for path in (unpacked / "rules").rglob("*.yml")}
    loaded = {rule.info.path for rule in public.rules}
    refused = {problem.where.file for problem in public.problems}
    assert loaded | refused == files
    assert loaded & refused == set()
    assert len(loaded) > 3_700


def test_only_placeholders_keep_a_rule_out(public: RuleSet) -> None:
    assert {problem.code for problem in public.problems} == {"rule.placeholder"}
    for problem in public.problems:
        assert problem.where.line > 1
        for language in LANGUAGES:
            use_language(language)
            assert problem.values["names"] in describe(problem)


def test_every_log_source_of_windows_comes_of_some_event(public: RuleSet) -> None:
    sources = {rule.log_source for rule in public.rules if rule.log_source.product == "windows"}
    nowhere = {source for source in sources if not any(map(source.applies_to, LOG_SOURCES))}
    assert nowhere == {LogSource("file_access", "windows", ""), LogSource("file_rename", "windows", "")}


def test_every_public_rule_is_accounted_for(public: RuleSet, unpacked: Path) -> None:
    decoders = product.decoders()
    known = frozenset().union(*map(decoders.log_sources, decoders.types()))
    found = coverage_of(public, known=known)
    counts = found.counts()
    assert len(found.rules) == len(list((unpacked / "rules").rglob("*.yml"))) == sum(counts.values())
    assert counts[Standing.REFUSED] == counts[Standing.DISABLED] == counts[Standing.NO_BASE] == 0
    assert counts[Standing.NEEDS_LIST] == 25
    assert all(each.detail for each in found.rules if each.standing is not Standing.RUNS)


def test_every_rule_can_be_tried(public: RuleSet) -> None:
    event = view_of({"EventID": 1, "Image": "C:\\x.exe", "CommandLine": ["a", "b"], "c-uri": None}, "an ordinary line")
    matched = [rule for rule in public.rules if compile_rule(rule)(event)]
    # a rule that says only what must not be there matches nearly everything
    assert len(matched) < 5


def test_the_cache_gives_the_same_rules(unpacked: Path, public: RuleSet) -> None:
    assert load_rules([unpacked / "rules"], cache_dir=unpacked / "cache") == public


def test_the_law_on_real_logs(unpacked: Path, shared_data: Path) -> None:
    """With the public rules and ours, with and without prefilter, by either library: the same detections."""
    rules = load_rules(
        [unpacked / "rules", resource("rules") / "sigma", resource("rules") / "correlation"],
        cache_dir=unpacked / "cache",
    )
    decoders = product.decoders()
    plain = Engine(rules, decoders, prefilter=False)
    filtered = [Engine(rules, decoders), Engine(rules, decoders, backend="ahocorasick")]
    found: Counter[str] = Counter()
    for path in sorted([*shared_data.glob("logs/*.log"), *shared_data.glob("scenarios/*/*.log")]):
        data = path.read_bytes()
        line_type = guess_type(data[:65_536])
        block, context = block_of(data, line_type), context_of(line_type)
        expected = plain.run(block, context).detections
        for engine in filtered:
            assert engine.run(block, context).detections == expected, path.name
        found.update(detection.rule.id for detection in expected)
    assert plain.problems() == []
    assert len(found) > 10
