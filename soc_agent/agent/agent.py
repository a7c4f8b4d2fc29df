"""The agent: sources, pipeline and store, started and stopped together, reloaded while they run."""

import logging
import os
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from soc_agent.agent.before import look_at_the_one_before
from soc_agent.agent.canary import Flock, canary_folder, own_sources
from soc_agent.agent.health import PROBLEM_KINDS, HealthLog, health_kind
from soc_agent.agent.inbox import Inbox, inbox_path
from soc_agent.agent.metrics import Figures, MetricsServer
from soc_agent.agent.pipeline import Pipeline
from soc_agent.agent.reader import Origin, Reader
from soc_agent.agent.rulereport import health_line, reload_line
from soc_agent.agent.rulewatch import RuleWatch
from soc_agent.agent.runner import Runner, SourceReport
from soc_agent.agent.trust import Conditions, Guard
from soc_agent.agent.trust.hung import look_for_hung
from soc_agent.config import Config, ListenerSource, Source, zone_of
from soc_agent.decode import Decoders
from soc_agent.detect import Engine, StateChange
from soc_agent.detect.load.changes import RuleChanges
from soc_agent.detect.load.settle import Look
from soc_agent.errors import SocAgentError, StoreError, describe
from soc_agent.model import Block, Collector, Problem, RuleInfo
from soc_agent.store import AgentState, SourceStatus, Store
from soc_agent.text import say

log = logging.getLogger(__name__)

HEARTBEAT_S = 1.0
HUNG_S = 60.0
"""A batch takes a second at most; an agent that has been at one for so long does not get on."""
STOP_S = 10.0
"""How long a clean stop may take."""

CollectorFactory = Callable[[Source], Collector]


class Loaded(Struct, frozen=True):
    """What detects, for one configuration."""

    engine: Engine
    decoders: Decoders
    rules: tuple[RuleInfo, ...]
    """Every rule that runs, the YARA rules of the collectors too."""
    problems: tuple[Problem, ...]
    """What is wrong with the others."""
    changes: RuleChanges = RuleChanges()
    """What is different from the load before."""
    expires_ns: int | None = None
    """When the next filter ends, so that the rules must be loaded again."""


class Loader(Protocol):
    """Loads rules and decoders."""

    def __call__(self, config: Config, look: Look | None = None, /) -> Loaded:
        """Load what a configuration names; with a ``look``, only files that are finished.

        :raises RuleError: when not one rule can run.
        """
        ...


class Agent:
    """Everything that runs, for one configuration and one store. Used from one thread, but for :meth:`ask_reload`."""

    def __init__(
        self,
        config: Config,
        store_path: Path,
        make_collector: CollectorFactory,
        load: Loader,
        watched: Callable[[], Sequence[Path]] = list,
    ) -> None:
        """:param watched: gives the files and folders of rules, decoders and lists that are loaded again on change."""
        self._config = config
        self._make_collector = make_collector
        self._load = load
        self._store_path = store_path
        self._store = Store.open(store_path)
        self._started_ns = time.time_ns()
        self._health = HealthLog(f"{self._started_ns:x}-{os.getpid()}")
        self._blocks: queue.Queue[Block] = queue.Queue(config.agent.queue_blocks)
        self._runners: dict[str, Runner] = {}
        self._options: dict[str, Source] = {}
        self._reports: dict[str, SourceReport] = {}
        self._reports_lock = threading.Lock()
        self._unsaved_reports: dict[str, SourceReport] = {}
        self._conditions = Conditions(self._health)
        self._guard: Guard | None = None
        self._flock: Flock | None = None
        self._metrics: MetricsServer | None = None
        self._origins: dict[str, Origin] = {}
        self._inbox = Inbox(inbox_path(store_path))
        self._pipeline: Pipeline | None = None
        self._seen = (0.0, 0, 0)
        self._speed = (0.0, 0.0)
        self._watched = watched
        self._rule_watch: RuleWatch | None = None
        self._loading = threading.Lock()
        self._refused: tuple[Problem, ...] = ()

    def start(self) -> None:
        """Load the rules, continue from the last commit, start every source.

        :raises StoreError: when another agent works on this store, or it takes no writes.
        :raises RuleError: when there is no rule to run.
        """
        look_at_the_one_before(self._store, self._store_path, self._health)
        self._rule_watch = RuleWatch(self._watched, self._load_again)
        loaded = self._load(self._config)
        loaded.engine.restore(StateChange(*state) for state in self._store.correlation_state())
        self._announce(loaded)
        self._health.write("started", "agent", f"{len(loaded.rules)} rules, {len(self._config.sources)} sources")
        reader = Reader(loaded.engine, loaded.decoders, self._origin_of)
        self._pipeline = Pipeline(self._store, reader, self._blocks, self._health, self._committed, self._keep)
        passage = self._pipeline.passage
        self._guard = Guard(self._config, self._store, self._conditions, passage, reader.clocks.copy)
        folder, canaries = canary_folder(self._store_path), self._pipeline.canaries
        pipeline = self._pipeline
        self._flock = Flock(folder, canaries, self._conditions, self._store, lambda: pipeline.stalled is not None)
        self._heartbeat()
        self._pipeline.start()
        self._start_source(self._inbox)
        self._start_canary()
        for source in self._config.sources:
            self._options[source.name] = source
            self._start_source(self._make_collector(source))
        self._rule_watch.start(loaded.expires_ns)
        self._serve_metrics("")

    def tick(self) -> None:
        """Do what is due: heartbeat, states of the sources, silence. To be called about once a second.

        :raises StoreError: when the pipeline ended though nobody stopped it.
        """
        assert self._pipeline is not None
        assert self._guard is not None
        assert self._flock is not None
        if not self._pipeline.alive:
            raise StoreError(Problem("agent.pipeline_failed"))
        try:
            self._save_reports()
            self._heartbeat()
            self._guard.keep()
        except StoreError as error:
            log.warning("the store takes no heartbeat: %s", error)
        try:
            self._flock.tick(self._options, self._config.canary)
        except StoreError as error:
            log.warning("the store takes no results of canaries: %s", error)
        finished = {name for name, report in self._reports.items() if report.state is SourceStatus.FINISHED}
        collectors = {name: runner.collector for name, runner in self._runners.items()}
        self._guard.look(self._options, collectors, finished)
        asked = {name: runner.seconds_asked for name, runner in self._runners.items()}
        look_for_hung(self._conditions, asked, self._pipeline.seconds_since_turn, HUNG_S)

    def stop(self) -> bool:
        """End: no more reading, commit what was read. False when something did not end in time; nothing is lost."""
        deadline = time.monotonic() + STOP_S
        for runner in self._runners.values():
            runner.stop()
        if self._metrics is not None:
            self._metrics.stop()
        if self._rule_watch is not None:
            self._rule_watch.stop()
        clean = True
        for runner in self._runners.values():
            clean &= runner.join(max(0.0, deadline - time.monotonic()))
        if self._pipeline is not None:
            self._health.write("stopped", "agent")
            clean &= self._pipeline.stop(max(1.0, deadline - time.monotonic()))
        try:
            self._save_reports()
            if self._guard is not None:
                self._guard.keep(at_once=True)
            self._heartbeat(stopped=True)
        except StoreError as error:
            log.warning("the store does not take the last heartbeat: %s", error)
            clean = False
        self._store.close()
        return clean

    def reload(self, config: Config) -> None:
        """Take another configuration: rules at once, sources where they changed. Positions and windows go on.

        :raises RuleError: when the new rules cannot run; then the old ones go on and nothing has changed.
        """
        assert self._pipeline is not None
        with self._loading:
            loaded = self._load(config)
            listened, self._config = self._config.metrics.listen, config
            self._origins.clear()
            self._use(loaded)
        if self._guard is not None:
            self._guard.reload(config)
        self._serve_metrics(listened)
        self._start_canary()
        wanted = {source.name: source for source in config.sources}
        for name in [name for name in self._options if wanted.get(name) != self._options[name]]:
            runner = self._runners.pop(name)
            runner.stop()
            if not runner.join(STOP_S):
                log.warning("source %s does not end; it is started anew all the same", name)
            runner.wait_until_committed(STOP_S)
            del self._options[name]
            self._reports.pop(name, None)
        for name, source in wanted.items():
            if name not in self._options:
                self._options[name] = source
                self._start_source(self._make_collector(source))
        log.warning("reloaded: %d rules, %d sources", len(loaded.rules), len(wanted))

    def _start_canary(self) -> None:
        """Read our own file and folder with the collectors of what is configured, to prove those."""
        for source in own_sources(self._config.sources, canary_folder(self._store_path)):
            if source.name not in self._runners:
                self._start_source(self._make_collector(source))

    def _serve_metrics(self, listened: str) -> None:
        """Give figures to Prometheus where the configuration says, ``listened`` being where that was until now."""
        listen = self._config.metrics.listen
        if listen == listened:
            return
        if self._metrics is not None:
            self._metrics.stop()
        self._metrics = MetricsServer(listen, self._figures) if listen else None
        if self._metrics is not None and (problem := self._metrics.start()) is not None:
            log.warning("%s", describe(problem))
            self._health.write("source_degraded", "metrics", describe(problem))

    def _figures(self) -> Figures:
        names = {"agent", *self._runners.copy()}
        ledger = tuple(entry for entry in self._store.ledger() if entry.source in names)
        return Figures(ledger, self._conditions.all(), self._blocks.qsize(), self._started_ns / 1e9)

    def _load_again(self, look: Look) -> int | None:
        """Take the rules as their files are now; the sources go on. Runs on the thread that watches the files."""
        with self._loading:
            try:
                loaded = self._load(self._config, look)
            except SocAgentError as error:
                log.warning("the rules cannot be loaded again, and those that run go on: %s", error)
                self._health.write("rule_refused", "rules", str(error), about=str(error))
                return None
            self._use(loaded)
            return loaded.expires_ns

    def _use(self, loaded: Loaded) -> None:
        """Let a new engine, made ready beside the one that runs, take its place between two batches."""
        assert self._pipeline is not None
        loaded.engine.prepare(self._pipeline.engine)
        line = reload_line(loaded.changes, loaded.rules, loaded.problems)
        self._pipeline.use(loaded.engine, loaded.decoders, lambda: log.warning("%s", line))
        self._announce(loaded)

    def status(self) -> str:
        """Give the status line, in the current language."""
        assert self._pipeline is not None
        rates = self._pipeline.rates
        reports = list(self._reports.values())
        trouble = sum(1 for report in reports if report.problem is not None)
        state = "agent.status.stalled" if self._pipeline.stalled else "agent.status.running"
        return say(
            "agent.status.line",
            state=say(state),
            seconds=(time.time_ns() - self._started_ns) // 1_000_000_000,
            lines_s=f"{self._speed[0]:.0f}",
            mb_s=f"{self._speed[1] / 1e6:.1f}",
            alerts=rates.alerts,
            queue=f"{self._blocks.qsize()}/{self._blocks.maxsize}",
            dropped=rates.dropped,
            sources=len(self._options),
            trouble=(say("agent.status.trouble", count=trouble) if trouble else "")
            + (say("reload.status", count=len(self._refused)) if self._refused else ""),
        )

    @property
    def works(self) -> bool:
        """Whether it gets on with what it reads; not when one batch has kept it for longer than any can take."""
        return self._pipeline is not None and self._pipeline.alive and self._pipeline.seconds_since_turn < HUNG_S

    def idle(self) -> bool:
        """Say whether all that was read is committed and nothing more waits."""
        return self._blocks.empty() and all(runner.idle for runner in self._runners.values())

    def problems(self) -> Iterator[tuple[str, Problem]]:
        """Yield the sources that have a problem right now, with it."""
        for report in list(self._reports.values()):
            if report.problem is not None:
                yield report.source, report.problem

    def _announce(self, loaded: Loaded) -> None:
        """Say which rules run, and of each problem that is new what is wrong."""
        with self._store.transaction() as transaction:
            transaction.put_rules(loaded.rules, loaded.problems, loaded.changes.changed)
        new = [problem for problem in loaded.problems if problem not in self._refused]
        self._refused = loaded.problems
        for kind, detail, count in health_line(new):
            self._health.write(kind, "rules", detail, count, about=detail)

    def _start_source(self, collector: Collector) -> None:
        runner = Runner(collector, self._blocks, self._store.positions, self._hear)
        self._runners[collector.name] = runner
        runner.start()

    def _hear(self, report: SourceReport) -> None:
        """Take the report of a runner's thread."""
        with self._reports_lock:
            self._reports[report.source] = report
            self._unsaved_reports[report.source] = report
        kind = health_kind(report.problem) if report.problem is not None else ""
        for known in self._conditions.of_source(report.source):
            if known != kind and known in PROBLEM_KINDS:
                self._conditions.end(known, report.source, say("trust.readable"))
        if report.problem is not None:
            text = describe(report.problem)
            log.warning("source %s: %s", report.source, text)
            self._conditions.note(kind, report.source)
            self._health.write(kind, report.source, text)

    def _save_reports(self) -> None:
        with self._reports_lock:
            reports, self._unsaved_reports = self._unsaved_reports, {}
        if not reports:
            return
        try:
            with self._store.transaction() as transaction:
                for report in reports.values():
                    transaction.set_source_state(report.source, report.state, report.problem)
        except StoreError:
            with self._reports_lock:
                self._unsaved_reports = reports | self._unsaved_reports
            raise

    def _keep(self, source: str, lines: Iterable[bytes]) -> None:
        """Let a source keep what the lines of an alert came from, where it can: the packets of a flow."""
        runner = self._runners.get(source)
        if runner is not None and (keep := getattr(runner.collector, "keep", None)) is not None:
            keep(lines)

    def _committed(self, source: str, blocks: int) -> None:
        runner = self._runners.get(source)
        if runner is not None:
            runner.committed(blocks)

    def _heartbeat(self, *, stopped: bool = False) -> None:
        now_ns = time.time_ns()
        lines_s = 0.0
        if self._pipeline is not None:
            now, rates = time.monotonic(), self._pipeline.rates
            then, lines, size = self._seen
            if then and now > then:
                self._speed = ((rates.lines - lines) / (now - then), (rates.bytes - size) / (now - then))
            self._seen = (now, rates.lines, rates.bytes)
            lines_s = self._speed[0]
        self._store.heartbeat(AgentState(os.getpid(), self._started_ns, now_ns, lines_s, now_ns if stopped else 0))

    def _origin_of(self, source: str) -> Origin:
        origin = self._origins.get(source)
        if origin is None:
            options = self._options.get(source)
            zone = zone_of(getattr(options, "timezone", ""))
            host = options.host if options else ""
            if not host and not isinstance(options, ListenerSource):  # there, the sender of each line is its host
                host = socket.gethostname()
            origin = self._origins[source] = Origin(zone, host)
        return origin
