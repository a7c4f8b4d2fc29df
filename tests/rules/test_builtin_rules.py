"""Every rule that comes with the product is complete, in both languages, and does what its samples say."""

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml
from sigma.collection import SigmaCollection
from sigma.rule import SigmaRule
from sigma.validation import SigmaValidator
from sigma.validators.core import validators

from soc_agent.detect.engine import Engine
from soc_agent.detect.load.documents import Document, documents_of
from soc_agent.detect.load.shelf import load_rules
from soc_agent.detect.ruleset import RuleSet
from soc_agent.detect.samples.check import check_samples
from soc_agent.detect.samples.files import FileSamples, LineSamples, file_samples, line_samples
from soc_agent.detect.yara.rules import load_yara
from soc_agent.detect.yara.samples import sidecar_of
from soc_agent.errors import describe
from soc_agent.model import Layer, Level, RuleInfo
from soc_agent.resources import resource
from tests import product

RULES = resource("rules")
SIGMA_FOLDERS = [RULES / name for name in ("sigma", "correlation", "filters")]
YARA_FOLDER = RULES / "yara"
TECHNIQUE = re.compile(r"attack\.t\d{4}(\.\d{3})?")
VIETNAMESE = re.compile("[àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ]", re.IGNORECASE)


@cache
def loaded() -> RuleSet:
    return product.rules("sigma", "correlation", "filters")


@cache
def documents() -> dict[str, tuple[Path, dict[str, Any]]]:
    """Every rule and correlation, by id."""
    found = {}
    for folder in SIGMA_FOLDERS[:2]:
        for path in sorted(folder.rglob("*.yml")):
            for document in documents_of(path.read_bytes(), str(path)):
                assert isinstance(document, Document), document
                found[str(document.tree["id"])] = (path, document.tree)
    return found


def samples_of(info: RuleInfo) -> LineSamples | FileSamples:
    if not info.path.endswith(".yar"):
        samples = line_samples(documents()[info.id][1])
        assert samples is not None, f"{info.path}: {info.title} has no samples"
        return samples
    of_file, names = file_samples_of(info.path)
    return of_file[names[info.id]]


@cache
def file_samples_of(path: str) -> tuple[dict[str, FileSamples], dict[str, str]]:
    """Give the samples of a YARA file by the name of the rule, and these names by id."""
    tree = yaml.safe_load(sidecar_of(Path(path)).read_text("utf-8"))
    return dict(file_samples(tree)), {info.id: name for (_, name), info in load_yara([Path(path)]).by_name.items()}


@cache
def infos() -> tuple[RuleInfo, ...]:
    return (*loaded().infos.values(), *load_yara([YARA_FOLDER]).infos.values())


def name_of(info: RuleInfo) -> str:
    return f"{Path(info.path).stem}:{info.title}"


def test_all_rules_load_without_a_problem() -> None:
    yara = load_yara([YARA_FOLDER])
    assert [describe(problem) for problem in (*loaded().problems, *yara.problems)] == []
    assert yara.warnings == []


def test_the_whole_folder_can_be_named_as_one() -> None:
    """Decoders, and the samples of YARA rules, are YAML too, but no rules."""
    whole = load_rules([RULES])
    assert whole.problems == ()
    assert whole.infos.keys() == loaded().infos.keys()


def test_there_are_as_many_rules_as_promised() -> None:
    alerting = [rule for rule in loaded().rules if rule.info.id not in loaded().silent]
    assert len(alerting) >= 250
    assert len(loaded().correlations) >= 60
    assert len(load_yara([YARA_FOLDER]).infos) >= 60
    assert len({tag for info in infos() for tag in info.tags if TECHNIQUE.fullmatch(tag)}) >= 150


def test_every_log_source_is_one_that_a_decoder_gives() -> None:
    known = product.decoders().log_sources("")
    unheard = [rule.info.title for rule in loaded().rules if not any(map(rule.log_source.applies_to, known))]
    assert unheard == []


def test_all_layers_and_tiers_are_covered() -> None:
    heard = [info for info in infos() if info.id not in loaded().silent]
    assert {info.layer for info in heard} == set(Layer)
    assert {info.tier for info in heard} >= {"network", "server", "application"}


def test_ids_are_uuids_and_titles_are_unique() -> None:
    for info in infos():
        assert str(UUID(info.id)) == info.id
    assert [title for title, count in Counter(info.title for info in infos()).items() if count > 1] == []
    assert [title for title, count in Counter(info.title_vi for info in infos()).items() if count > 1] == []


def lacks(info: RuleInfo) -> list[str]:
    """Give what a person on duty would miss of a rule."""
    needs = {
        "title": 0 < len(info.title) <= 80,
        "description": bool(info.description),
        "response": bool(info.response),
        "title_vi": VIETNAMESE.search(info.title_vi),
        "description_vi": VIETNAMESE.search(info.description_vi),
        "response_vi": VIETNAMESE.search(info.response_vi),
        "level_reason": bool(info.level_reason),
        "level_reason_vi": VIETNAMESE.search(info.level_reason_vi),
        "references": bool(info.references),
        "false_positives": bool(info.false_positives),
        "author": bool(info.author),
        "technique": any(TECHNIQUE.fullmatch(tag) for tag in info.tags),
    }
    return [name for name, holds in needs.items() if not holds]


def test_a_rule_says_all_that_a_person_needs() -> None:
    assert {name_of(info): missing for info in infos() if (missing := lacks(info))} == {}


def test_a_sigma_rule_says_level_layer_and_tier_itself() -> None:
    """What is left out gets a default, which nobody thought about."""
    own = {"layer", "tier", "title_vi", "description_vi", "response", "response_vi"}
    for path, tree in documents().values():
        assert Level.parse(tree["level"]) is not None, path
        assert own <= set(tree["soc"]), path
        assert tree["status"], path
        assert tree["date"], path


def test_a_rule_has_samples_of_both_kinds() -> None:
    for info in infos():
        samples = samples_of(info)
        assert samples.match, f"{name_of(info)}: nothing that it must find"
        assert samples.ignore, f"{name_of(info)}: nothing that it must leave alone"


def test_every_sample_holds() -> None:
    results = list(check_samples([RULES]))
    assert [describe(result.problem) for result in results if result.problem] == []
    assert {result.rule_id for result in results} == {info.id for info in infos()}


def test_base_rules_of_correlations_make_no_alerts_of_their_own() -> None:
    """Each failed login an alert: nobody could read that."""
    # what these count is worth an alert by itself
    attacks = {
        "web_attack_campaign",
        "admin_login_new_addresses",
        "application_login_after_guessing",
        "web_upload_then_script",
        "windows_new_account_made_admin",
        "windows_ransomware_preparation",
        "off_hours_account_changed",
        "off_hours_windows_account_changed",
    }
    for spec in loaded().correlations:
        name = documents()[spec.info.id][1].get("name")
        assert spec.generate == (name in attacks)
    levels = {rule.info.level for rule in loaded().rules if rule.info.id in loaded().silent}
    assert max(levels) <= Level.LOW


def test_no_address_of_a_real_network_stands_in_the_samples() -> None:
    """Samples use private addresses and those of RFC 5737 and RFC 3849, so that nobody is accused."""
    allowed = re.compile(r"(?:10|127|239|255)\.|0\.0\.0\.0|169\.254\.|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.")
    versions = re.compile(r"[A-Za-z]+/\d+(?:\.\d+){3}")
    for path, tree in documents().values():
        text = versions.sub("", str(tree["samples"]))
        for address in re.findall(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])", text):
            assert allowed.match(address), (path.name, address)


def test_pysigma_finds_nothing_odd() -> None:
    """Its validators, but for those that fetch ATT&CK and D3FEND; escaped question marks stand in addresses."""
    fetching = {name for name in validators if "attack" in name or "d3" in name}
    chosen = [found for name, found in validators.items() if name not in fetching | {"escaped_wildcard"}]
    rules = SigmaCollection.load_ruleset([str(folder) for folder in SIGMA_FOLDERS[:2]])
    parsed = (rule for rule in rules.rules if isinstance(rule, SigmaRule))
    assert [str(issue) for issue in SigmaValidator(chosen).validate_rules(parsed)] == []


@pytest.mark.parametrize("line_type", ["syslog", "access", "json", "apache_error", "nginx_error", "kv", "eventxml"])
def test_no_rule_wants_every_line_of_a_log_that_may_be_large(line_type: str) -> None:
    """Of each rule there is a text that stands in every line which it finds: lines without one are never decoded."""
    engine = Engine(loaded(), product.decoders())
    assert [info.title for info in engine.always_evaluated(line_type)] == []
