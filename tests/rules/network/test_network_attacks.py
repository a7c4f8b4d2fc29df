"""Every network rule fires on an attack that scapy built, and is quiet on its clean twin."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from collectors.packets.capture import read_capture
from soc_agent.config import Config
from soc_agent.detect.engine import Engine
from soc_agent.detect.ruleset import RuleSet
from soc_agent.enrich import Enricher
from soc_agent.model import Level, RuleInfo
from tests import product
from tests.detect.making import context_of
from tests.rules.network import (
    contacts,
    floods,
    guessing,
    lateral,
    misuse,
    naming,
    outward,
    policy,
    pressure,
    scans,
    spoofing,
)
from tests.rules.network.kit import Case, Packets, capture

MODULES = (scans, floods, spoofing, guessing, contacts, lateral, misuse, outward, policy, naming, pressure)
CASES: dict[str, Case] = {title: case for module in MODULES for title, case in module.CASES.items()}
ELSEWHERE = ("suricata", "zeek_notice")
"""What another product says of packets is no matter of packets."""


@cache
def rules() -> RuleSet:
    return product.rules("sigma/network", "correlation")


def alerts(packets: Packets, folder: Path) -> dict[str, RuleInfo]:
    """Give the rules that fire on a capture, by title."""
    engine = Engine(rules(), product.decoders(), enricher=Enricher.of(Config(), Path()))
    path = capture(folder / "made.pcap", packets)
    found = [hit for block in read_capture(path) for hit in engine.run(block, context_of(block.type)).detections]
    assert all(hit.entities for hit in found if hit.rule.level > Level.INFORMATIONAL)
    return {hit.rule.title: hit.rule for hit in found}


def network_rules() -> Iterator[RuleInfo]:
    """Yield what speaks of packets by itself: rules, and correlations over them."""
    loaded = rules()
    sigma = {rule.info.id: rule.info for rule in loaded.rules if rule.log_source.product == "zeek"}
    yield from (info for info in sigma.values() if info.id not in loaded.silent and info.level > Level.INFORMATIONAL)
    yield from (spec.info for spec in loaded.correlations if any(rule in sigma for rule in spec.rule_ids))


@pytest.mark.parametrize("title", CASES)
def test_the_attack_is_found(title: str, tmp_path: Path) -> None:
    assert title in alerts(CASES[title].attack(), tmp_path)


@pytest.mark.parametrize("title", CASES)
def test_the_clean_twin_is_quiet(title: str, tmp_path: Path) -> None:
    case = CASES[title]
    found = alerts(case.clean(), tmp_path)
    assert title not in found
    assert {other for other, info in found.items() if info.level > Level.LOW} == case.also


def test_every_network_rule_has_an_attack_and_a_twin() -> None:
    titles = {info.title for info in network_rules() if not Path(info.path).name.startswith(ELSEWHERE)}
    assert titles - CASES.keys() == set()
    assert CASES.keys() - titles == set()
