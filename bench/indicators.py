"""What looking for indicators costs beside all rules on quiet logs, in memory and to load; and other ways to do it."""

import json
import random
import string
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import psutil

from bench.generate import BEGIN
from bench.hunting import public_rules
from bench.measure import show
from bench.quiet import KINDS, TYPES
from soc_agent.cli.workspace import rule_folders
from soc_agent.decode import Context, Decoders
from soc_agent.detect import Engine, load_rules
from soc_agent.detect.indicators import Indicators, load_indicators
from soc_agent.detect.prefilter.scanner import make_scanner
from soc_agent.model import Block

COUNTS = (1_000, 10_000, 100_000, 1_000_000)
BLOCK_BYTES = 1_000_000
BLOCKS_OF_KIND = 8
ROUNDS = 5
PEER_COUNTS = (1_000, 10_000, 100_000)
"""Other ways are not tried with a million: they would not end in time."""
_TOPS = ("com", "net", "org", "info", "ru", "cn", "xyz", "top", "vn", "com.vn", "co.uk", "technology")


def main() -> None:
    """Print rates per CPU-second, the ratio against no indicators in the same run, memory and load times."""
    with tempfile.TemporaryDirectory(prefix="soc-agent-bench-") as name:
        folder = Path(name)
        load_rules(rule_folders(*public_rules(folder)), cache_dir=folder)
        rows = []
        for count in COUNTS:
            write_list(folder / f"{count}.txt", count)
            cold = _child(folder, "load", count)
            warm = _child(folder, "match", count)
            rows.append(
                (
                    f"{count:,}",
                    f"{warm['without']:,.0f}",
                    f"{warm['with']:,.0f}",
                    f"{warm['with'] / warm['without']:.2f}",
                    f"{warm['scan']:,.0f}",
                    f"{warm['share']:.3%}",
                    f"{cold['load']:.1f}",
                    f"{cold['rss']:,.0f}",
                    f"{warm['load']:.2f}",
                    f"{warm['rss']:,.0f}",
                )
            )
        show(
            f"indicators on quiet logs ({', '.join(KINDS)}), all rules, engine alone",
            (
                *("indicators", "MB/s without", "MB/s with", "ratio", "their scan alone, MB/s", "lines let through"),
                *("first load, CPU-s", "more RSS MB", "load from cache, CPU-s", "more RSS MB"),
            ),
            rows,
        )
        peers = [(f"{count:,}", *_peer(count)) for count in PEER_COUNTS]
        show(
            "literals in a multi-pattern database instead (what it finds would still have to be checked)",
            ("literals", "Hyperscan MB/s", "to compile, CPU-s", "ahocorasick_rs MB/s", "to build, CPU-s"),
            peers,
        )


def write_list(path: Path, count: int) -> None:
    """Write a list of all kinds of indicators, the same at every run."""
    if not path.exists():
        path.write_text("".join(f"{value}\n" for value in _values(count)), "utf-8")


def _values(count: int) -> Iterator[str]:
    rng = random.Random(11)
    letters = string.ascii_lowercase + string.digits
    for number in range(count):
        roll = number % 10
        name = f"{''.join(rng.choices(letters, k=rng.randrange(4, 16)))}.{rng.choice(_TOPS)}"
        if roll < 3:
            yield f"{rng.randrange(1, 9)}.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(256)}"
        elif roll < 6:
            yield name
        elif roll < 8:
            yield f"{rng.getrandbits(256):064x}"
        elif roll < 9:
            yield f"http://{name}/{''.join(rng.choices(letters, k=8))}"
        else:
            yield f"2a{rng.randrange(256):02x}:{rng.getrandbits(16):x}::{rng.getrandbits(16):x}"


def _child(folder: Path, what: str, count: int) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.indicators", what, str(folder), str(count)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    result: dict[str, float] = json.loads(done.stdout)
    return result


def _load(folder: Path, count: int) -> tuple[Indicators, dict[str, float]]:
    import numpy as np  # what it takes itself is no matter of how many indicators there are

    np.zeros(1)
    process = psutil.Process()
    before, begin = process.memory_info().rss, time.process_time()
    listed = load_indicators([folder / f"{count}.txt"], cache_dir=folder / "cache")
    listed.lines(b"warm\n")
    return listed, {"load": time.process_time() - begin, "rss": (process.memory_info().rss - before) / 1e6}


def _match(folder: Path, count: int) -> dict[str, float]:
    listed, result = _load(folder, count)
    before = psutil.Process().memory_info().rss
    blocks = _blocks()
    size = sum(len(block.data) for block, _ in blocks) / 1e6
    for block, _ in blocks:
        listed.lines(block.data)
    # reading the blocks touches what of the table is needed
    result["rss"] += (psutil.Process().memory_info().rss - before) / 1e6 - size
    rules = load_rules(rule_folders(*public_rules(folder)), cache_dir=folder)
    engines = [Engine(rules, Decoders.load()), Engine(rules, Decoders.load(), indicators=listed)]
    spent: list[list[float]] = [[], [], []]
    let_through = lines = 0
    for number in range(ROUNDS + 2):
        for place, engine in enumerate(engines):
            cost = _cost(lambda engine=engine: [engine.match(block, context) for block, context in blocks])  # type: ignore[misc]
            if number > 1:  # the choice of literals is learnt by then
                spent[place].append(cost)
        spent[2].append(_cost(lambda: [listed.lines(block.data) for block, _ in blocks]))
    for block, _ in blocks:
        let_through += len(listed.lines(block.data))
        lines += block.data.count(b"\n")
    without, with_them, scan = (size / sorted(costs)[len(costs) // 2] for costs in spent)
    return result | {"without": without, "with": with_them, "scan": scan, "share": let_through / lines}


def _peer(count: int) -> tuple[str, ...]:
    literals = list(dict.fromkeys(value.encode() for value in _values(count)))
    blocks = _blocks()
    size = sum(len(block.data) for block, _ in blocks) / 1e6
    cells: list[str] = []
    for backend in ("hyperscan", "ahocorasick"):
        begin = time.process_time()
        scanner = make_scanner(literals, backend)
        built = time.process_time() - begin
        cost = _cost(lambda scanner=scanner: [scanner.scan(block.data) for block, _ in blocks])  # type: ignore[misc]
        cells += [f"{size / cost:,.0f}", f"{built:.1f}"]
    return tuple(cells)


def _cost(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


def _blocks() -> list[tuple[Block, Context]]:
    """Give blocks of each kind of quiet log, one kind after the other."""
    made = []
    for kind, line in KINDS.items():
        rng, number, type_ = random.Random(kind), 0, TYPES.get(kind, kind)
        context = Context(kind, type_, ZoneInfo("Asia/Ho_Chi_Minh"), int(BEGIN.timestamp()) * 10**9)
        for _ in range(BLOCKS_OF_KIND):
            lines: list[str] = []
            while len(lines) < BLOCK_BYTES // 120:
                lines.append(line(rng, number))
                number += 1
            made.append((Block(kind, kind, kind, type_, "".join(lines).encode()), context))
    return made


if __name__ == "__main__":
    what, where, how_many = sys.argv[1:]
    print(json.dumps(_match(Path(where), int(how_many)) if what == "match" else _load(Path(where), int(how_many))[1]))
