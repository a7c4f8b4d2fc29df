"""How fast correlations count, and how much memory their windows take: in-process, around the correlator alone."""

import gc
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from bench.measure import show
from soc_agent.detect.correlate import Check, CorrelationSpec, Correlator, StateChange
from soc_agent.detect.correlate.spec import Kind
from soc_agent.detect.hit import EventRef
from soc_agent.model import Detection, Event, Problem, RuleInfo, RuleKind

EVENTS = int(os.environ.get("BENCH_EVENTS", "1000000"))
KEYS = 100_000
BLOCK = 4_000
SECOND = 1_000_000_000
BEGIN_NS = 1_795_226_400 * SECOND

Shape = tuple[Kind, int, int, tuple[str, ...]]
SHAPES: tuple[Shape, ...] = (
    ("event_count", 20, 300, ()),
    ("event_count", 12, 60, ()),
    ("event_count", 50, 3600, ()),
    ("value_count", 12, 300, ("user",)),
    ("value_count", 15, 3600, ("user",)),
    ("value_count", 14, 600, ("port",)),
    ("temporal", 2, 300, ()),
    ("temporal", 3, 600, ()),
    ("temporal_ordered", 2, 300, ()),
    ("temporal_ordered", 2, 3600, ()),
)
"""Type, threshold, timespan in seconds and counted fields of the ten correlations."""


class Lane(Struct, frozen=True):
    """One way in which the events meet the correlations."""

    name: str
    rules_per_event: int
    """Of how many of the base rules each event is one."""
    spread: bool
    """Whether a key meets all correlations in turn, not always the same one."""
    events: int = EVENTS
    keys: int = KEYS


BARE = "bare"
LANES = {
    BARE: Lane("no correlations: a dictionary of lists", 1, spread=False),
    "keyed": Lane("each key belongs to one correlation", 1, spread=False),
    "spread": Lane("each key meets all ten in turn", 1, spread=True),
    "all": Lane("each event feeds all ten (a tenth of the events)", len(SHAPES), spread=True, events=EVENTS // 10),
    "flood": Lane("a flood: 50 keys feed all ten (a fiftieth)", len(SHAPES), spread=True, events=EVENTS // 50, keys=50),
}


def specs() -> list[CorrelationSpec]:
    """Give ten correlations, each with a base rule of its own; the temporal ones wait for another rule besides."""
    found = []
    for number, (kind, count, timespan_s, fields) in enumerate(SHAPES):
        more = tuple(f"other{number}_{n}" for n in range(1, count)) if kind.startswith("temporal") else ()
        found.append(
            CorrelationSpec(
                info=RuleInfo(id=f"correlation-{number}", title=str(number), kind=RuleKind.CORRELATION),
                kind=kind,
                rule_ids=(f"base{number}", *more),
                timespan_ns=timespan_s * SECOND,
                checks=(Check("gte", count),),
                group_by=("src_ip",),
                value_fields=fields,
            )
        )
    return found


def events(lane: Lane) -> Iterator[tuple[tuple[str, ...], Event, EventRef]]:
    """Yield the events, in order but for jitter: a tenth of a millisecond apart, like a flood of 10,000 a second."""
    rng = random.Random(7)
    keys = [f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}" for n in range(lane.keys)]
    every = tuple(f"base{number}" for number in range(len(SHAPES)))
    offset = 0
    for number in range(lane.events):
        chosen = rng.randrange(lane.keys)
        user, port = f"user{rng.randrange(40)}", 1024 + rng.randrange(60_000)
        rule = (number if lane.spread else chosen) % len(SHAPES)
        raw = (
            f"Nov 21 09:00:00 may-chu sshd[{port}]: Failed password for {user} from {keys[chosen]} port {port}".encode()
        )
        fields = {"src_ip": keys[chosen], "user": user, "src_port": port, "port": port, "program": "sshd"}
        event = Event(raw, "", "sshd", (), fields, BEGIN_NS + number * 100_000, "may-chu")
        rules = every if lane.rules_per_event > 1 else (every[rule],)
        if not lane.spread and rng.random() < 0.002:
            rules = (f"other{rule}_1",) if SHAPES[rule][0].startswith("temporal") else rules
        yield rules, event, EventRef("auth", "auth.log", "stream-1", number + 1, offset, raw)
        offset += len(raw) + 1


def measure(name: str) -> None:
    """Run one lane in this process; print its figures as one line."""
    lane = LANES[name]
    correlator = _Bare() if name == BARE else Correlator(specs())
    source = events(lane)
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)  # as a hunt has it
    before = _rss_mb()
    spent = taking = 0.0
    detections = state_bytes = 0
    while block := [item for _, item in zip(range(BLOCK), source, strict=False)]:
        begin = time.process_time()
        for rules, event, ref in block:
            for rule in rules:
                detections += len(correlator.feed(rule, event, ref))
        middle = time.process_time()
        changes = correlator.take_changes()
        end = time.process_time()
        spent += end - begin
        taking += end - middle
        state_bytes += sum(len(change.data or b"") for change in changes)
    forgotten = sum(problem.values["count"] for problem in correlator.problems())
    print(lane.events / spent, taking / spent, before, _peak_mb(), state_bytes / 1e6, detections, forgotten)


class _Bare:
    """The least that there is to do, as a measure of the machine: put each event with those of its group."""

    def __init__(self) -> None:
        self._groups: dict[str, list[tuple[int, int, None, int]]] = {}

    def feed(self, _: str, event: Event, ref: EventRef) -> list[Detection]:
        """Keep an event."""
        entry = (event.time_ns, 1, None, ref.offset)
        self._groups.setdefault(event.fields["src_ip"], []).append(entry)
        return []

    def take_changes(self) -> list[StateChange]:
        """Give nothing."""
        return []

    def problems(self) -> list[Problem]:
        """Give nothing."""
        return []


def main(names: Sequence[str] = tuple(LANES)) -> None:
    """Print events/s per CPU-second, the share that state costs, and memory, for each lane in a process of its own."""
    rows = []
    for name in names:
        done = subprocess.run(
            [sys.executable, "-m", "bench.correlation", name], capture_output=True, text=True, check=True
        )
        rate, taking, before, peak, state, detections, forgotten = done.stdout.split()
        rows.append(
            (
                LANES[name].name,
                f"{float(rate):,.0f}",
                f"{float(taking):.0%}",
                f"{float(before):.0f}",
                f"{float(peak):.0f}",
                f"{float(state):.0f}",
                f"{int(detections):,}",
                f"{int(forgotten):,}",
            )
        )
    show(
        f"correlation, {EVENTS:,} events, up to {KEYS:,} group keys, {len(SHAPES)} correlations",
        (
            "lane",
            "events/s per CPU-s",
            "of it state",
            "RSS before MB",
            "peak RSS MB",
            "state written MB",
            "detections",
            "groups forgotten",
        ),
        rows,
    )


def _peak_mb() -> float:
    return _status("VmHWM")


def _rss_mb() -> float:
    return _status("VmRSS")


def _status(name: str) -> float:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    measure(sys.argv[1])
