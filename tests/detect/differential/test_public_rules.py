"""Every public rule that converts, on events that aim at it: the engine's predicates and SQLite say the same."""

import os
import tarfile
from collections import Counter
from pathlib import Path
from random import Random

import pytest
import yaml

from bench.sqlite_peer import SqlitePeer
from soc_agent.detect import load_rules
from tests.detect.differential.aiming import Aimed, events_at
from tests.detect.differential.comparing import NAMED, Difference, differences

pytestmark = pytest.mark.data

BASES = int(os.environ.get("SOC_AGENT_DIFFERENTIAL", "3"))
"""How many events are aimed at each rule; each has mutants. Set it to 100 for a long run."""
MUTANTS = 6
OTHERS = 6
"""Events that aim at other rules."""


def test_the_engine_agrees_with_sqlite(tmp_path: Path, shared_data: Path) -> None:
    with tarfile.open(shared_data / "sigmahq-rules.tar.gz") as tar:
        tar.extractall(tmp_path, filter="data")
    rules = load_rules([tmp_path]).rules
    peer, random = SqlitePeer(), Random(21)
    pool: list[Aimed] = []
    found: list[Difference] = []
    compared, matched, silent = 0, 0, []
    for rule in rules:
        tree = yaml.load(Path(rule.info.path).read_bytes(), yaml.CSafeLoader)
        assert peer.add(rule.info.id, tree), peer.refused[rule.info.id]
        events = list(events_at(rule, random, BASES, MUTANTS))
        pool.append(events[0])
        events += random.choices(pool, k=OTHERS)
        differ, hits = differences(peer, rule.info.id, rule, events)
        found += differ
        compared += len(events)
        matched += hits
        silent += [] if hits else [rule.info.path]
    print(f"{len(rules)} rules, {compared} events compared, {matched} matched", Counter(d.name for d in found))
    assert [difference for difference in found if not difference.name] == []
    assert {difference.name for difference in found} <= {named.name for named in NAMED}
    # what is compared must mean something: nearly every rule matches something, many mutants do not
    assert len(rules) > 3_700
    assert len(silent) < 20, silent
    assert compared * 0.2 < matched < compared * 0.8
