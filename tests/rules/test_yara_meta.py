"""What each YARA rule of the product says of itself, beyond what all rules must say."""

import re
from functools import cache
from pathlib import Path

import pytest

from soc_agent.detect.yara.rules import YaraRules
from soc_agent.model import Level, RuleInfo
from tests import product

VIETNAMESE = re.compile("[àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ]", re.IGNORECASE)
SOURCES = re.compile(
    r"https://(attack\.mitre\.org/(techniques/T\d{4}(/\d{3})?|software/S\d{4})/|nvd\.nist\.gov/vuln/detail/CVE-\d{4}-\d+)"
)
FAMILIES = {
    "webshells in PHP": "webshell_php*",
    "webshells in JSP and ASPX": "webshell_java_dotnet",
    "Linux malware": "linux_malware",
    "Windows malware": "windows_malware",
    "ransomware": "ransom*",
    "stolen credentials": "stolen_credentials",
    "documents": "documents",
    "packed scripts": "packed_script",
    "pages of a site": "web_pages",
    "footholds": "linux_foothold",
    "tools of intruders": "intruder_tools",
}


@cache
def loaded() -> YaraRules:
    return product.yara_rules()


def name_of(info: RuleInfo) -> str:
    return f"{Path(info.path).stem}:{info.title}"


INFOS = sorted(loaded().infos.values(), key=name_of)


def test_there_are_as_many_rules_as_promised() -> None:
    assert len(INFOS) >= 60


@pytest.mark.parametrize("family", FAMILIES)
def test_each_family_has_several_rules(family: str) -> None:
    assert sum(Path(info.path).match(FAMILIES[family] + ".yar") for info in INFOS) >= 3


@pytest.mark.parametrize("info", INFOS, ids=name_of)
def test_a_rule_says_why_it_has_its_level_in_both_languages(info: RuleInfo) -> None:
    assert info.level_reason.endswith(".")
    assert info.level_reason_vi.endswith(".")
    assert VIETNAMESE.search(info.level_reason_vi)
    assert info.level_reason != info.description


@pytest.mark.parametrize("info", INFOS, ids=name_of)
def test_a_rule_says_what_to_do_first_and_then(info: RuleInfo) -> None:
    """Advice in one sentence is no playbook; the canary asks for nothing."""
    if info.level is Level.INFORMATIONAL:
        return
    for text in (info.response, info.response_vi):
        assert len(re.findall(r"[.;,:](?=\s|$)", text)) >= 2, text


@pytest.mark.parametrize("info", INFOS, ids=name_of)
def test_a_rule_names_where_one_can_read_more(info: RuleInfo) -> None:
    assert info.references
    assert all(SOURCES.fullmatch(reference) for reference in info.references), info.references


def test_most_rules_are_about_what_somebody_must_act_on() -> None:
    low = [info.title for info in INFOS if info.level < Level.MEDIUM]
    assert len(low) <= 3, low
