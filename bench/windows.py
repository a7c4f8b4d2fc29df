"""How fast the engine reads Windows events with all public Windows rules: attacks, and ordinary days with some in them.

The peer is the SQLite evaluator of the differential test, on a part of the same events, which it gets decoded. It asks
one table for each rule, as the test does; and, in the last column but one, a table for each kind of event for the rules
of that kind alone, which no such evaluator does, and which costs it least.
"""

import gc
import tarfile
import tempfile
import time
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from bench.hunting import PUBLIC
from bench.measure import show
from bench.sqlite_peer import SqlitePeer
from bench.telemetry import Telemetry, attack_samples
from collectors.archive import read_blocks
from soc_agent.decode import Context, Decoders
from soc_agent.detect import Engine, RuleSet, load_rules
from soc_agent.detect.suppress import Folder
from soc_agent.model import Event, LogSource

EVENTS = 100_000
PEER_EVENTS = 20_000
PLAIN_EVENTS = 4_000
"""For the peer as it is: enough that its time is that of reading rows."""
FOLDERS = ("rules/windows", "rules-threat-hunting/windows", "rules-placeholder/windows")
LANES = (("recorded attacks", 1.0), ("ordinary days, 5 % attacks", 0.05))
WARM_UP = 3
"""So many blocks until every value that comes often has come, and every predicate is compiled."""


def main() -> None:
    """Print events/s per CPU-second of the engine and of the peer, on both kinds of telemetry."""
    if not PUBLIC.exists() or not attack_samples():
        print(
            "The public rules or the recorded event logs are not beside the project; the Windows lanes were left out."
        )
        return
    with tempfile.TemporaryDirectory(prefix="soc-agent-bench-") as name:
        folder = Path(name)
        with tarfile.open(PUBLIC) as archive:
            archive.extractall(folder / "public", filter="data")
        paths = [folder / "public" / part for part in FOLDERS]
        rules = load_rules(paths, cache_dir=folder)
        rows = []
        for label, attack_share in LANES:
            path = folder / "events.json"
            with path.open("wb") as target:
                target.writelines(Telemetry(attack_samples()).lines(EVENTS, attack_share))
            rows.append(_row(label, path, rules, paths))
    show(
        f"Windows events as JSON, {EVENTS:,} events, {len(rules.rules):,} rules, engine and folding",
        (
            "events",
            "events/s per CPU-s",
            "after its start",
            "detections",
            "tried",
            "SQLite",
            "times",
            "by kind",
            "times",
        ),
        rows,
    )


def _row(label: str, path: Path, rules: RuleSet, paths: Iterable[Path]) -> tuple[str, ...]:
    begin = time.process_time()
    engine, folder = Engine(rules, Decoders.load()), Folder()
    gc.collect()
    gc.freeze()  # as hunt does
    gc.set_threshold(50_000)
    events = detections = late_events = 0
    warm = begin
    for number, block in enumerate(read_blocks(path, "json")):
        result = engine.run(block, Context("hunt", "json", ZoneInfo("UTC"), block.received_ns))
        for detection in result.detections:
            folder.add(detection)
        events += result.counters.lines
        detections += len(result.detections)
        if number == WARM_UP:
            warm, late_events = time.process_time(), events
    end = time.process_time()
    whole, after = events / (end - begin), (events - late_events) / (end - warm)
    decoded = list(_decoded(path, PEER_EVENTS))
    some = decoded[:PLAIN_EVENTS]
    plain = len(some) / _peer_cost_s(some, paths, by_kind=False)
    routed = len(decoded) / _peer_cost_s(decoded, paths, by_kind=True)
    return (
        label,
        f"{whole:,.0f}",
        f"{after:,.0f}",
        f"{detections:,}",
        f"{_tried(engine, decoded):.2f}",
        f"{plain:,.0f}",
        f"{whole / plain:.0f}",
        f"{routed:,.0f}",
        f"{whole / routed:.1f}",
    )


def _decoded(path: Path, count: int) -> Iterable[Event]:
    decoders, context = Decoders.load(), Context("hunt", "json", ZoneInfo("UTC"), 0)
    with path.open("rb") as lines:
        for line in islice(lines, count):
            yield decoders.decode(line.rstrip(b"\n"), context)


def _tried(engine: Engine, events: Iterable[Event]) -> float:
    """Give how many rules were tried on an event, on average, after all that was ruled out."""
    index = engine.index_for(Context("hunt", "json", ZoneInfo("UTC"), 0))
    counts = [len(index.rules_for(index.always, event.log_sources, event.fields)) for event in events]
    return sum(counts) / len(counts)


def _peer_cost_s(events: list[Event], paths: Iterable[Path], *, by_kind: bool) -> float:
    """Give what the peer needs for these events: its tables, and one query for each rule that may match some."""
    peer, sources = SqlitePeer(), {}
    for path in sorted(file for folder in paths for file in folder.rglob("*.yml")):
        tree: Any = yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        if peer.add(path.name, tree):
            source = tree["logsource"]
            sources[path.name] = LogSource(*(source.get(key, "") for key in ("category", "product", "service")))
    groups: dict[tuple[LogSource, ...], list[Event]] = {}
    for event in events:
        groups.setdefault(event.log_sources if by_kind else (), []).append(event)
    cost_s = 0.0
    for log_sources, some in groups.items():
        names = [name for name, source in sources.items() if not by_kind or any(map(source.applies_to, log_sources))]
        begin = time.process_time()
        peer.load(((event.fields, event.text) for event in some), names)
        for name in names:
            peer.matches(name)
        cost_s += time.process_time() - begin
    peer.close()
    return cost_s
