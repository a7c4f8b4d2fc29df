"""Public rules for Zeek, DNS, firewalls, proxies and web servers fire on packets, without any mapping.

For each rule, packets are made that it asks for (:mod:`tests.end_to_end.forging`) and go through collector, decoder and
engine. Rules that no packet can fire would be named below, with the reason. What is encrypted on the wire (HTTP in TLS,
SMB 3 with encryption) fires none of them: the packets here are in the clear.
"""

import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from collectors.packets import read_capture
from soc_agent.detect import Engine, RuleSet, ir, load_rules
from tests import product
from tests.collectors.packets.craft import write
from tests.detect.making import context_of
from tests.end_to_end.forging import MAKERS, name_of, wishes

pytestmark = pytest.mark.data

OUT_OF_REACH: dict[str, str] = {}
"""By file: why packets cannot fire it."""


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> RuleSet:
    archive = Path(__file__).resolve().parents[3] / "shared" / "data" / "sigmahq-rules.tar.gz"
    if not archive.is_file():
        pytest.skip("the public rule set is not beside the project")
    folder = tmp_path_factory.mktemp("public")
    with tarfile.open(archive) as tar:
        tar.extractall(folder / "rules", filter="data")
    return load_rules([folder / "rules"], cache_dir=folder / "cache")


def kind_of(rule: ir.Rule) -> str:
    """Give what makes packets for a rule; empty for a rule of another world."""
    source = rule.log_source
    if source.product == "zeek":
        return source.service
    return source.category if source.category in MAKERS and not source.product else ""


def firing(rules: RuleSet, folder: Path) -> Iterator[tuple[ir.Rule, bool]]:
    """Say of each rule for packets whether some capture made for it fires it."""
    engine = Engine(rules, product.decoders())
    for rule in rules.rules:
        maker = MAKERS.get(kind_of(rule))
        if maker is None:
            continue
        fired = False
        for wish in wishes(rule):
            try:
                capture = write(folder / "made.pcap", maker(wish))
            except (ValueError, KeyError):
                continue
            blocks = read_capture(capture)
            hits = {hit.rule.id for block in blocks for hit in engine.run(block, context_of(block.type)).detections}
            if fired := rule.info.id in hits:
                break
        yield rule, fired


def test_each_fires_on_packets_made_for_it(public: RuleSet, tmp_path: Path) -> None:
    results = list(firing(public, tmp_path))
    assert len(results) >= 170
    silent = {name_of(rule) for rule, fired in results if not fired}
    assert silent == set(OUT_OF_REACH)
