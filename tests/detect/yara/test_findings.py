"""Findings of the file collector."""

import json
from typing import Any

import pytest

from soc_agent.detect.yara.findings import info_of_finding
from soc_agent.model import Event, Level, RuleKind
from tests import product
from tests.detect.making import context_of

FINDING = {
    "type": "yara",
    "time": "2026-11-21T08:14:03Z",
    "path": "/var/www/x.php",
    "sha256": "ab" * 32,
    "rule": "webshell_php",
    "rule_id": "",
    "title": "PHP web shell",
    "title_vi": "Mã cửa hậu PHP",
    "level": "critical",
    "tags": ["webshell"],
    "attack": ["T1505.003"],
    "description": "It runs what it is sent",
    "meta": {"author": "someone", "reference": "https://example.org"},
}


def event(**changes: Any) -> Event:
    return product.decoders().decode(json.dumps(FINDING | changes).encode(), context_of("yara"))


def test_a_finding_is_a_detection_of_its_rule() -> None:
    info = info_of_finding(event())
    assert info is not None
    assert (info.id, info.title, info.title_vi) == ("yara:webshell_php", "PHP web shell", "Mã cửa hậu PHP")
    assert (info.kind, info.level) == (RuleKind.YARA, Level.CRITICAL)
    assert info.tags == ("webshell", "attack.t1505.003")
    assert (info.author, info.references, info.entity) == ("someone", ("https://example.org",), ("file",))


def test_a_rule_with_an_id_of_its_own() -> None:
    info = info_of_finding(event(rule_id="6b9bb6f2-ec82-4815-aaf6-768e0caa252f"))
    assert info is not None
    assert info.id == "6b9bb6f2-ec82-4815-aaf6-768e0caa252f"


@pytest.mark.parametrize("changes", [{"level": "odd"}, {"level": 7}, {"title": None}, {"tags": "x"}, {"attack": [5]}])
def test_a_finding_that_says_less_is_one_too(changes: dict[str, Any]) -> None:
    info = info_of_finding(event(**changes))
    assert info is not None
    assert info.title


def test_a_file_that_was_not_scanned_is_no_finding() -> None:
    assert info_of_finding(event(type="not_scanned", reason="too_big")) is None
