"""The way of a line through the agent: blocks from the queue, through the engine, into one transaction."""

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable

from msgspec import Struct, structs

from soc_agent.agent.canary import RULE_IDS, Canaries
from soc_agent.agent.health import SOURCE, HealthLog, endings
from soc_agent.agent.reader import Reader, Reading
from soc_agent.agent.trouble import Trouble
from soc_agent.agent.trust import Passage
from soc_agent.decode import Decoders
from soc_agent.detect import Engine, StateChange
from soc_agent.detect.suppress import target_of
from soc_agent.errors import StoreError, describe
from soc_agent.model import AlertContext, Block, Counters, Detection, Problem
from soc_agent.store import Store, Transaction
from soc_agent.text import say

log = logging.getLogger(__name__)

BATCH_BLOCKS = 8
"""Blocks that are committed together when more than one waits: one sync to disk for all of them."""
BATCH_BYTES = 4 * 1024 * 1024
WAIT_S = 0.2
QUIET_S = 5.0
"""When nothing came for so long, nothing waits to be read: time passes by the clock for what must not happen."""
RETRY_S = 1.0
"""How long a store that takes no writes rests before the same transaction is tried again."""
STALLED = "store_stalled"


class Rates(Struct):
    """What the pipeline did since it began, for the status line."""

    lines: int = 0
    bytes: int = 0
    alerts: int = 0
    dropped: int = 0


class Pipeline:
    """Owns the engine. All of it runs on one thread; others only put blocks and ask for a new engine.

    A transaction that fails is tried again until it succeeds or the agent stops: the results are kept, the queue fills
    up, and the collectors wait. What was not committed is read again after a restart.
    """

    def __init__(
        self,
        store: Store,
        reader: Reader,
        blocks: "queue.Queue[Block]",
        health: HealthLog,
        committed: Callable[[str, int], None],
        keep: Callable[[str, Iterable[bytes]], None] = lambda _source, _lines: None,
    ) -> None:
        """Make it; ``keep`` is told the lines that detections stand on, by source, once they are committed."""
        self._keep = keep
        self.rates = Rates()
        self.stalled: StoreError | None = None
        self._stalled_ns = 0
        self._store = store
        self._reader = reader
        self._blocks = blocks
        self._health = health
        self._committed = committed
        self._next: tuple[Engine, Decoders, Callable[[], None]] | None = None
        self._stop = threading.Event()
        self.passage = Passage()
        self.canaries = Canaries()
        self._told: list[Problem] = []
        self._trouble = Trouble(health)
        self._worked = time.monotonic()
        self._turned = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="pipeline", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self, timeout_s: float) -> bool:
        """Finish what is in the queue and end; False when that took longer than ``timeout_s``."""
        self._stop.set()
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    @property
    def alive(self) -> bool:
        """Whether it still works; when not though nobody stopped it, the agent has failed."""
        return self._thread.is_alive()

    @property
    def seconds_since_turn(self) -> float:
        """How long it has been at one batch. A store that takes no writes does not count: that is waited for."""
        return time.monotonic() - self._turned

    def use(self, engine: Engine, decoders: Decoders, taken: Callable[[], None] = lambda: None) -> None:
        """Take another engine between two batches; it continues from the committed correlation state.

        ``taken`` is called when it works.
        """
        self._next = (engine, decoders, taken)

    @property
    def engine(self) -> Engine:
        """The engine that runs. Its own thread works with it: another may only make one like it ready."""
        return self._reader.engine

    def _run(self) -> None:
        self._look_at_databases()
        while True:
            self._turned = time.monotonic()
            batch = self._take()
            if batch:
                self._work(batch)
            elif self._stop.is_set():
                return
            elif time.monotonic() - self._worked > QUIET_S:
                self._let_time_pass()
            if self._next is not None:
                (self._reader.engine, self._reader.decoders, taken), self._next = self._next, None
                self._reader.engine.restore(StateChange(*state) for state in self._store.correlation_state())
                taken()
                self._look_at_databases()

    def _take(self) -> list[Block]:
        """Wait for a block, then take those that wait behind it, up to one batch; health lines go first."""
        batch = [block] if (block := self._health.take()) else []
        size = 0
        try:
            while len(batch) < BATCH_BLOCKS and size < BATCH_BYTES:
                block = self._blocks.get(timeout=0 if batch or self._stop.is_set() else WAIT_S)
                batch.append(block)
                size += len(block.data)
        except queue.Empty:
            return batch
        return batch

    def _work(self, batch: list[Block]) -> None:
        work = [self._reader.read(block) for block in batch]
        for item in work:
            self.canaries.read(item.block, item.result.detections)
        self._commit(work)
        self._trouble.look(self._reader.engine.problems())
        self._worked = time.monotonic()

    def _let_time_pass(self) -> None:
        """Find what did not happen though it should have."""
        self._worked = time.monotonic()
        result = self._reader.engine.advance(time.time_ns())
        if result.detections or result.changes:
            nothing = Block(SOURCE, SOURCE, "agent:clock", "health", b"")
            self._commit([Reading(nothing, result, "")])

    def _commit(self, work: list[Reading]) -> None:
        while True:
            try:
                with self._store.transaction() as transaction:
                    alerts = sum(self._write(transaction, item) for item in work)
            except StoreError as error:
                if self.stalled is None:
                    self._stalled_ns = time.time_ns()
                    log.error("%s Nothing is lost: reading waits, and the same write is tried again.", error)  # noqa: TRY400
                self.stalled = error
                self._turned = time.monotonic()
                if self._stop.wait(RETRY_S):
                    log.warning(
                        "stopped with %d blocks not committed; they are read again at the next start", len(work)
                    )
                    return
                continue
            break
        if self.stalled is not None:
            log.warning("the store takes writes again")
            # while it lasted nothing could be kept, nor could this
            self._health.write(STALLED, "store", str(self.stalled), since_ns=self._stalled_ns)
            self._health.well_again(STALLED, "store", say("faults.store_again"), self._stalled_ns)
            self.stalled = None
        self._count(work, alerts)
        if self.canaries.under_way:
            for item in work:
                self.canaries.stored(item.result.detections, self._store)

    def _write(self, transaction: Transaction, item: Reading) -> int:
        """Write what one block caused; gives how many new alerts there are."""
        block, result = item.block, item.result
        alerts = duplicate = 0
        for detection in result.detections:
            if detection.rule.id in RULE_IDS:
                # one alert a source: what else tells canaries apart is no concern of anybody
                named = structs.replace(detection, entity_key=str(detection.fields.get("source") or detection.source))
                duplicate += not transaction.add_hidden(named)
                continue
            target = target_of(detection, transaction.find_open)
            if target is None:
                is_new = transaction.add_alert(detection, self._context_of(detection)) is not None
                alerts += is_new
            else:
                is_new = transaction.add_repeat(target.id, detection, target.suppression)
            duplicate += not is_new
            transaction.see_asset(detection.host, "", detection.source)
        transaction.see_asset(item.host, "", block.source)
        transaction.save_state((change.rule_id, change.group, change.data) for change in result.changes)
        if block.position is not None:
            transaction.save_position(block.position)
        if block.facts is not None:
            transaction.put_facts(block.facts)
            for address in block.facts.addresses:
                transaction.see_asset(block.facts.host, address, block.source)
        transaction.add_counters(block.source, counted(block, result.counters, duplicate))
        if block.source == SOURCE:
            for kind, source, reason in endings(block.data):
                transaction.end_health(kind, source, reason)
        return alerts

    def _context_of(self, detection: Detection) -> AlertContext:
        enricher = self._reader.engine.enricher
        return enricher.context(detection, detection.entities) if enricher is not None else {}

    def _look_at_databases(self) -> None:
        """Say it when what new alerts are told of addresses is not complete any more."""
        enricher = self._reader.engine.enricher
        problems = enricher.problems() if enricher is not None else []
        for problem in problems:
            if problem not in self._told:
                self._health.write("enrichment_degraded", problem.where.file, describe(problem))
        self._told = problems

    def _count(self, work: Iterable[Reading], alerts: int) -> None:
        """After the commit: tell the sources, the status line and, where something was lost, the health log."""
        per_source: dict[str, int] = {}
        for block, result in ((item.block, item.result) for item in work):
            per_source[block.source] = per_source.get(block.source, 0) + 1
            total = counted(block, result.counters)
            self.rates.lines += total.lines
            self.rates.bytes += total.bytes
            self.rates.dropped += total.dropped
            if block.data:
                self.passage.last_line[block.source] = time.monotonic()
            if block.received_ns:
                self.passage.delay_s[block.source] = max((time.time_ns() - block.received_ns) / 1e9, 0.0)
            if total.dropped:
                self.passage.last_drop[block.source] = time.monotonic()
                self._health.write("dropped", block.source, block.stream, total.dropped)
            if total.truncated:
                self._health.write("truncated", block.source, block.stream, total.truncated)
        for detection in (detection for item in work for detection in item.result.detections):
            self._keep(detection.source, (detection.raw, *detection.evidence))
        self.rates.alerts += alerts
        if alerts:
            self._look_at_databases()
        for source, count in per_source.items():
            self._committed(source, count)


def counted(block: Block, counters: Counters, duplicate: int = 0) -> Counters:
    """Give what the ledger says of a block: what came in, and what the engine and the collector say became of it."""
    lines = block.data.count(b"\n") + (bool(block.data) and not block.data.endswith(b"\n"))
    total = Counters(read=lines, duplicate=duplicate)
    total.add(counters)
    if block.lost is not None:
        # of these the collector made no line
        total.read += block.lost.dropped + block.lost.undecodable
        total.add(block.lost)
    return total
