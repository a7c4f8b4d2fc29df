"""What it costs to follow log files: one that is read through, and ten thousand in which nothing happens."""

import resource
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.measure import show
from collectors.file_tail import FileTail
from soc_agent.config import FileSource, MultilineOptions
from soc_agent.decode import Context, Decoders
from soc_agent.detect import Engine, load_rules

SIZE_BYTES = 500_000_000
FILES, MAX_OPEN, WRITTEN = 10_000, 1000, 1500
SETTLE_S, IDLE_S = 33.0, 15.0
"""After half a minute without lines, looks by the clock become rarer."""
_LINE = b"Nov 20 08:14:03 web01 sshd[4711]: Accepted publickey for deploy from 192.0.2.%d port 50022 ssh2: ED25519 %s\n"


def main() -> None:
    """Print MB/s per CPU-second on one file, then what many files cost while nothing is written."""
    with tempfile.TemporaryDirectory(prefix="soc-agent-bench-") as name:
        _throughput(Path(name))
        _many(Path(name))


def _throughput(folder: Path) -> None:
    ways: dict[str, tuple[dict[str, object], Callable[[bytes], bytes]]] = {
        "lines": ({}, bytes),
        "lines, joined by their beginning": ({"multiline": MultilineOptions(by="start", start="Nov ")}, bytes),
        "lines, joined by indentation": ({"multiline": MultilineOptions(by="indent")}, bytes),
        "lines in UTF-16": ({}, _to_utf16),
    }
    log = folder / "app.log"
    rows = []
    floor = 0.0
    for label, (options, form) in ways.items():
        part = form(b"".join(_LINE % (number % 250, b"x" * (number % 60)) for number in range(8000)))
        with log.open("wb") as file:
            for _ in range(SIZE_BYTES // len(part)):
                file.write(part)
        size = log.stat().st_size
        floor = floor or _cpu(lambda: _read_through(log))
        alone, given = _tail(log, options, engine=False)
        ruled, _ = _tail(log, options, engine=True)
        rate = size / alone / 1e6
        rows.append(
            (label, f"{rate:,.0f}", f"{size / ruled / 1e6:,.0f}", f"{given / 1e6:,.0f}", f"{alone / floor:.1f}")
        )
    show(
        f"one file of {SIZE_BYTES / 1e6:,.0f} MB, no rules",
        ("", "MB/s per CPU-s", "with an engine without rules", "MB given", "CPU against read() and count"),
        rows,
    )


def _to_utf16(data: bytes) -> bytes:
    return data.decode().encode("utf-16-le")


def _tail(log: Path, options: Mapping[str, object], *, engine: bool) -> tuple[float, int]:
    """Give the CPU seconds of reading a file through, and how many bytes were given out."""
    source = FileSource(name="logs", paths=(str(log),), type="syslog", start="beginning", **options)  # type: ignore[arg-type]
    tail = FileTail(source, lambda _: "syslog", hints=False)
    run = None
    if engine:
        with tempfile.TemporaryDirectory(prefix="soc-agent-bench-") as empty:
            run = Engine(load_rules([Path(empty)], cache_dir=Path(empty)), Decoders.load()).run
    context = Context("logs", "syslog", ZoneInfo("UTC"), time.time_ns(), "host")
    given = 0

    def read() -> None:
        nonlocal given
        tail.open({})
        while (block := tail.read(0)) is not None:
            given += len(block.data)
            if run is not None and block.data:
                run(block, context)

    cost = _cpu(read)
    tail.close()
    return cost, given


def _read_through(log: Path) -> None:
    with log.open("rb") as file:
        while data := file.read(1_048_576):
            data.count(b"\n")


def _many(folder: Path) -> None:
    """Ten thousand files of which some are written to; then nothing happens."""
    logs = folder / "many"
    logs.mkdir()
    for number in range(FILES):
        (logs / f"{number}.log").write_bytes(b"before\n")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    source = FileSource(name="many", paths=(str(logs / "*.log"),), type="syslog", start="end")
    rows = []
    for hints in (True, False):
        tail = FileTail(source, lambda _: "syslog", hints=hints, max_open=MAX_OPEN)
        began = _cpu(lambda tail=tail: _drain(tail, opened=True))  # type: ignore[misc]
        for number in range(WRITTEN):
            with (logs / f"{number}.log").open("ab") as file:
                file.write(b"a line\n")
        lines, until = 0, time.monotonic() + 60
        while lines < WRITTEN and time.monotonic() < until:
            lines += _drain(tail)
        opened = len(tail._files)  # noqa: SLF001 - what the table is about
        _wait(tail, SETTLE_S)
        idle = _cpu(lambda tail=tail: _wait(tail, IDLE_S)) / IDLE_S  # type: ignore[misc]
        tail.close()
        rows.append(("hints" if hints else "by the clock", f"{began:.1f}", f"{lines:,}", f"{opened:,}", f"{idle:.2%}"))
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    show(
        f"{FILES:,} files in one glob",
        ("told of writes by", "CPU-s of the first look", "lines of as many files", "open", "idle CPU"),
        rows,
    )


def _drain(tail: FileTail, *, opened: bool = False) -> int:
    if opened:
        tail.open({})
    lines = 0
    while (block := tail.read(0.2)) is not None:
        lines += block.data.count(b"\n")
    return lines


def _wait(tail: FileTail, seconds: float) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        tail.read(min(1.0, left))


def _cpu(work: Callable[[], object]) -> float:
    """Give the CPU seconds of all threads of this process."""
    begin = time.process_time()
    work()
    return time.process_time() - begin
