"""What the engine found commits together with the position behind it; a store that takes no writes loses nothing."""

import queue
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec
import pytest
import yaml

from soc_agent.agent import pipeline
from soc_agent.agent.health import HealthLog
from soc_agent.agent.pipeline import Pipeline
from soc_agent.config import AssetOptions, SystemOptions
from soc_agent.detect import Engine, RuleSet, load_rules
from soc_agent.detect.correlate import Correlator
from soc_agent.enrich import Databases, Enricher, Networks, PlaceTable, Register
from soc_agent.errors import StoreError
from soc_agent.model import Block, Counters, Position, Problem
from soc_agent.store import Store, Transaction
from tests import product
from tests.agent.parts import loaded, reader
from tests.agent.test_runner import eventually
from tests.end_to_end.running import GROUP_RULE, LINE_RULE, sshd_line


class Bench:
    """A pipeline on a real store."""

    def __init__(self, folder: Path, store: Store, enricher: Enricher | None = None) -> None:
        self.store = store
        self.folder = folder
        self.blocks: queue.Queue[Block] = queue.Queue()
        self.health = HealthLog("test")
        self.committed: list[tuple[str, int]] = []
        self.kept: list[tuple[str, tuple[bytes, ...]]] = []
        self.pipeline = Pipeline(
            store,
            reader(folder, enricher),
            self.blocks,
            self.health,
            lambda source, count: self.committed.append((source, count)),
            lambda source, lines: self.kept.append((source, tuple(lines))),
        )

    def block(self, first: int, count: int, lost: Counters | None = None) -> Block:
        data = b"".join(sshd_line(n) for n in range(first, first + count))
        position = Position("auth", "1:2:0", str(first + count).encode())
        return Block("auth", "auth.log", "1:2:0", "syslog", data, first * 1000, first + 1, position, 0, lost)

    def alerts(self) -> int:
        return len(self.store.alert_ids())


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Store.open(tmp_path / "soc-agent.db") as store:
        made = Bench(tmp_path, store)
        yield made
        if made.pipeline.alive:
            assert made.pipeline.stop(10)


def test_alerts_position_and_ledger_commit_together(bench: Bench) -> None:
    bench.pipeline.start()
    bench.blocks.put(bench.block(0, 10))
    eventually(lambda: bench.committed == [("auth", 1)])
    assert bench.alerts() == 12
    assert bench.store.positions("auth") == {"1:2:0": b"10"}
    (entry,) = bench.store.ledger()
    assert (entry.source, entry.totals.lines, entry.totals.candidates) == ("auth", 10, 10)
    assert "host" in [asset.host for asset in bench.store.assets()]


def test_the_source_of_a_detection_is_told_its_lines_after_the_commit(bench: Bench) -> None:
    bench.pipeline.start()
    bench.blocks.put(bench.block(0, 10))
    eventually(lambda: bench.committed == [("auth", 1)])
    assert {source for source, _ in bench.kept} == {"auth"}
    kept = {line for _, lines in bench.kept for line in lines}
    assert {sshd_line(number).rstrip() for number in range(10)} <= {line.rstrip() for line in kept}


def test_a_new_alert_is_told_what_is_known_of_its_addresses(tmp_path: Path) -> None:
    register = Register([AssetOptions(name="HOST", system="portal")], [SystemOptions(name="portal", level=4)])
    with Store.open(tmp_path / "soc-agent.db") as store:
        bench = Bench(tmp_path, store, Enricher(register, Networks(), PlaceTable()))
        bench.pipeline.start()
        bench.blocks.put(bench.block(0, 10))
        eventually(lambda: bench.committed == [("auth", 1)])
        assert bench.pipeline.stop(10)
        for alert in store.alerts(store.alert_ids()):
            assert alert.context["system_level"] == 4
            assert [told["internal"] for told in alert.context["src_ip"]] == [True]
        assert store.verify_history().ok


def test_a_database_that_cannot_be_read_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.open(tmp_path / "soc-agent.db") as store:
        bench = Bench(tmp_path, store, Enricher(Register(), Networks(), Databases([tmp_path / "none.mmdb"])))
        said: list[tuple[str, ...]] = []
        monkeypatch.setattr(bench.health, "write", lambda *words: said.append(words))
        bench.pipeline.start()
        for number in range(3):
            bench.blocks.put(bench.block(number * 10, 10))
        eventually(lambda: sum(count for _, count in bench.committed) == 3)
        assert bench.pipeline.stop(10)
    assert [words[:2] for words in said] == [("enrichment_degraded", str(tmp_path / "none.mmdb"))]


def test_the_same_block_again_changes_nothing(bench: Bench) -> None:
    """A replay is idempotent: no alert, no count, no history."""
    bench.pipeline.start()
    block = bench.block(0, 10)
    bench.blocks.put(block)
    eventually(lambda: len(bench.committed) == 1)
    counts = [alert.count for alert in bench.store.alerts(bench.store.alert_ids())]
    seq = bench.store.last_seq()
    bench.blocks.put(block)
    eventually(lambda: sum(count for _, count in bench.committed) == 2)
    assert [alert.count for alert in bench.store.alerts(bench.store.alert_ids())] == counts
    assert bench.store.last_seq() == seq


def test_a_store_that_takes_no_writes_is_waited_for(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The transaction is tried again with the same results; the failure becomes an alert line of its own."""
    monkeypatch.setattr("soc_agent.agent.pipeline.RETRY_S", 0.05)
    full = threading.Event()
    full.set()
    whole = bench.store.transaction

    def transaction() -> AbstractContextManager[Transaction]:
        if full.is_set():
            raise StoreError(Problem("config.alias"))
        return whole()

    monkeypatch.setattr(bench.store, "transaction", transaction)
    bench.pipeline.start()
    bench.blocks.put(bench.block(0, 10))
    eventually(lambda: bench.pipeline.stalled is not None)
    assert bench.committed == []
    full.clear()
    eventually(lambda: bench.pipeline.stalled is None and bench.alerts() == 12)
    assert bench.store.positions("auth") == {"1:2:0": b"10"}
    eventually(lambda: any(entry.source == "agent" for entry in bench.store.ledger()))


def test_stopping_finishes_what_waits(bench: Bench) -> None:
    for first in range(0, 50, 10):
        bench.blocks.put(bench.block(first, 10))
    bench.pipeline.start()
    assert bench.pipeline.stop(10)
    assert bench.alerts() == 60
    assert bench.store.positions("auth") == {"1:2:0": b"50"}


def test_windows_go_on_when_the_engine_is_replaced(bench: Bench) -> None:
    """Three of five before the change of rules, two after it: one correlation."""
    bench.pipeline.start()
    bench.blocks.put(bench.block(0, 3))
    eventually(lambda: len(bench.committed) == 1)
    parts = loaded(bench.folder)
    bench.pipeline.use(parts.engine, parts.decoders)
    bench.blocks.put(bench.block(3, 2))
    eventually(lambda: bench.alerts() == 6)


def test_what_a_source_lost_is_counted_and_said(bench: Bench) -> None:
    bench.pipeline.start()
    bench.blocks.put(bench.block(0, 1, Counters(dropped=7, truncated=1)))
    eventually(lambda: {entry.source for entry in bench.store.ledger()} == {"auth", "agent"})
    totals = {entry.source: entry.totals for entry in bench.store.ledger()}
    assert (totals["auth"].dropped, totals["auth"].truncated) == (7, 1)
    assert totals["agent"].lines == 2
    assert bench.pipeline.rates.dropped == 7


ABSENT = """
title: Guessed at by one user, and nobody else
id: 0e95725d-7320-415d-80f7-004da920fc99
correlation:
  type: temporal
  group-by: [src_ip]
  timespan: 1m
  condition: {line} and not never
---
title: Never
id: 0e95725d-7320-415d-80f7-004da920fc98
name: never
logsource: {{product: linux, service: syslog}}
detection:
  keywords: [no line has this]
  condition: keywords
"""


def test_what_did_not_happen_is_found_when_nothing_comes(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands in for events; alert and state are committed."""
    monkeypatch.setattr(pipeline, "QUIET_S", 0.0)
    rules = rules_with(bench.folder, ABSENT.format(line=LINE_RULE["name"]))
    bench.pipeline._reader.engine = Engine(rules, product.decoders())
    bench.pipeline.start()
    line = b"Nov 20 08:14:03" + sshd_line(0)[15:]  # long ago: nothing of that time can come any more
    bench.blocks.put(Block("auth", "auth.log", "1:3:0", "syslog", line))
    eventually(lambda: bench.alerts() == 1)
    (alert,) = bench.store.alerts(bench.store.alert_ids())
    assert alert.title == "Guessed at by one user, and nobody else"
    assert b"Invalid user" in alert.raw


def test_forgotten_windows_become_an_alert(bench: Bench) -> None:
    """A bound that bites is a loss like any other."""
    rule = Path(__file__).resolve().parents[2] / "rules" / "sigma" / "agent" / "windows_forgotten.yml"
    rules = rules_with(bench.folder, rule.read_text("utf-8"))
    engine = Engine(rules, product.decoders())
    engine._correlator = Correlator(rules.correlations, memory_bytes=1000)
    bench.pipeline._reader.engine = engine
    bench.pipeline.start()
    bench.blocks.put(many_sources(2000))
    eventually(lambda: bench.alerts() > 0)
    titles = {alert.title for alert in bench.store.alerts(bench.store.alert_ids())}
    assert "Correlation Windows Were Forgotten" in titles


def rules_with(folder: Path, text: str) -> RuleSet:
    """Give the two rules of the end-to-end tests, the first of them silent, and one more."""
    (folder / "more.yml").write_text(yaml.safe_dump_all([LINE_RULE, GROUP_RULE]) + "---\n" + text, "utf-8")
    rules = load_rules([folder / "more.yml"])
    assert not rules.problems
    return msgspec.structs.replace(rules, silent=frozenset(rule.info.id for rule in rules.rules[:1]))


def many_sources(count: int) -> Block:
    """Give a block in which each line is of another address."""
    return Block("auth", "auth.log", "1:3:0", "syslog", b"".join(sshd_line(5 * n) for n in range(count)))
