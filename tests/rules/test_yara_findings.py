"""A file that matches a rule of the product becomes an alert that says all that the rule says."""

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from soc_agent.decode import Context
from soc_agent.detect import Engine
from soc_agent.detect.ruleset import RuleSet
from soc_agent.detect.yara.scan import YaraScanner
from soc_agent.model import Block, Detection, FileFacts, Layer, Level, RuleInfo, Tier
from tests import product

YARA = product.yara_rules()
NOTE = (
    b"All your files have been encrypted. To get the decryption key pay 2 bitcoin. Install Tor Browser and open "
    b"http://abcdefghij.onion. Do not rename the files. After 72 hours we publish your data."
)


def finding(info: RuleInfo, **more: Any) -> bytes:
    """Give the line of a finding, as the file collector writes it."""
    line = {
        "type": "yara",
        "time": "2026-11-21T08:14:03Z",
        "path": "/srv/ho-so/README.txt",
        "rule": "ransom_note",
        "rule_id": info.id,
        "title": info.title,
        "title_vi": info.title_vi,
        "description_vi": info.description_vi,
        "level": info.level.word,
        "layer": int(info.layer),
        "tier": info.tier.value,
        "suppress_s": 60,
        "response": info.response,
        "response_vi": info.response_vi,
        "references": info.references,
        "author": info.author,
        "false_positives": info.false_positives,
        "attack": ["T1486"],
    }
    return msgspec.json.encode(line | more) + b"\n"


def detect(line: bytes) -> Detection:
    block = Block(source="files", stream="files", stream_id="files", type="yara", data=line)
    context = Context("files", "yara", ZoneInfo("Asia/Ho_Chi_Minh"), 0)
    (detection,) = Engine(RuleSet(), product.decoders()).run(block, context).detections
    return detection


@pytest.fixture
def ransom_note() -> RuleInfo:
    facts = FileFacts(path=str(Path("/srv/ho-so/README.txt")), size=len(NOTE), owner="an", mode="0644", modified_ns=0)
    (found,) = YaraScanner(YARA).scan(NOTE, facts, 10).findings
    return found.rule


def test_the_alert_is_of_the_layer_and_tier_of_its_rule(ransom_note: RuleInfo) -> None:
    info = detect(finding(ransom_note)).rule
    assert (info.layer, info.tier, info.level) == (Layer.NATIONAL, Tier.SERVER, Level.CRITICAL)
    assert info.suppress_s == 60


def test_the_alert_says_what_to_do_in_both_languages(ransom_note: RuleInfo) -> None:
    info = detect(finding(ransom_note)).rule
    assert (info.response, info.response_vi) == (ransom_note.response, ransom_note.response_vi)
    assert (info.title_vi, info.description_vi) == (ransom_note.title_vi, ransom_note.description_vi)
    assert (info.references, info.author) == (ransom_note.references, ransom_note.author)
    assert info.false_positives == ransom_note.false_positives


@pytest.mark.parametrize("more", [{"layer": 9}, {"layer": "x"}, {"tier": "cellar"}, {"tier": 4}, {"suppress_s": -1}])
def test_what_nobody_can_read_gets_a_default(ransom_note: RuleInfo, more: dict[str, Any]) -> None:
    info = detect(finding(ransom_note, **more)).rule
    if "layer" in more:
        assert info.layer is Layer.MONITORING
    if "tier" in more:
        assert info.tier is Tier.ENDPOINT
    assert info.suppress_s > 0
