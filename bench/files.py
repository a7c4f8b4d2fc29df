"""Watched folders: what scanning costs beside bare ``yara.match``, a burst of files, doing nothing, and memory.

CPU is that of this process with all its threads and of the scanning process together; the peer runs in the same process
over the same files, with the same rules and the same variables. ``SOC_AGENT_BENCH_YARA`` names other rules.
"""

import os
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import psutil

from bench.measure import SOC_AGENT, show
from collectors.file_watch import FileWatch
from soc_agent.config import WatchSource
from soc_agent.detect.yara.process import ProcessScanner
from soc_agent.detect.yara.rules import YaraRules, load_yara
from soc_agent.resources import resource
from soc_agent.scanning.kinds import externals

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
LOTS = (
    ("pages and scripts", ("/usr/lib/python3", "/usr/share"), (".py", ".html", ".php", ".js", ".sh", ".conf", ".txt")),
    ("programs", ("/usr/bin", "/usr/sbin"), ("",)),
)
LOT_FILES, LOT_BYTES = 1500, 48 * 1024 * 1024
BURST_FILES = 50_000
ROUNDS = 3


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        rules = load_yara([_rules(base / "rules")])
        show(
            f"Scanning against bare yara match, {len(rules.by_name)} rules",
            ("files", "MB", "bare CPU s", "watched CPU s", "ratio", "not the same"),
            [_overhead(base / f"lot{number}", rules, *lot) for number, lot in enumerate(LOTS)],
        )
        (base / "small.yar").write_text('rule marked { strings: $a = "soc-agent-bench" condition: $a }')
        show(
            f"A burst of {BURST_FILES} files of 2 KiB",
            ("rules", "scanned", "said not scanned", "overflows", "CPU s", "wall s", "this bench MB", "scanner MB"),
            [
                _burst(base / "burst1", "one rule", load_yara([base / "small.yar"])),
                _burst(
                    base / "burst2", "rules of the product", load_yara([base / "small.yar", resource("rules") / "yara"])
                ),
            ],
        )
        show("Doing nothing", ("folders", "CPU %"), [_idle(base / "idle", rules)])
        show(
            "The agent with 5 log files, a watched folder and posture of the host",
            ("process", "RSS MB", "PSS MB"),
            _agent(base / "agent"),
        )


def _rules(folder: Path) -> Path:
    named = os.environ.get("SOC_AGENT_BENCH_YARA")
    if named:
        return Path(named)
    public = SHARED / "signature-base-yara.tar.gz"
    if not public.exists():
        print("no large public rule set here: the rules of the product are measured")
        return resource("rules") / "yara"
    with tarfile.open(public) as archive:
        archive.extractall(folder, filter="data")
    return folder


class Watched:
    """A watch that is being read, and what it and its scanner cost."""

    def __init__(self, folder: Path, rules: YaraRules, *, existing: bool) -> None:
        self.scanner = ProcessScanner(rules)
        options = WatchSource(name="bench", paths=(str(folder),), scan_existing=existing)
        self.watch = FileWatch(options, self.scanner)
        self.lines: list[bytes] = []
        self.scanned: set[str] = set()
        true = self.scanner.scan_file

        def counted(file: int, facts, limits):  # type: ignore[no-untyped-def]
            self.scanned.add(facts.path)
            return true(file, facts, limits)

        self.scanner.scan_file = counted  # type: ignore[method-assign]
        self._begin = time.process_time()
        self.watch.open({})

    def until(self, done: Callable[[], bool], limit_s: float = 170.0) -> None:
        deadline = time.monotonic() + limit_s
        while not done() and time.monotonic() < deadline:
            block = self.watch.read(0.2)
            if block is not None:
                self.lines += block.data.splitlines()

    @property
    def ready(self) -> bool:
        return bool(self.watch._folders) and all(folder.complete for folder in self.watch._folders)  # noqa: SLF001

    def cpu_s(self) -> float:
        child = psutil.Process(self.scanner.pid).cpu_times() if self.scanner.pid else None
        return time.process_time() - self._begin + (child.user + child.system if child else 0)

    def close(self) -> None:
        self.watch.close()
        self.scanner.close()


@contextmanager
def _watching(folder: Path, rules: YaraRules, *, existing: bool) -> Iterator[Watched]:
    watched = Watched(folder, rules, existing=existing)
    try:
        yield watched
    finally:
        watched.close()


def _overhead(folder: Path, rules: YaraRules, name: str, tops: tuple[str, ...], suffixes: tuple[str, ...]) -> list[str]:
    """Files that are there are found and scanned; starting the process and compiling is not part of it."""
    files = _copy(folder, tops, suffixes)
    size = sum(file.stat().st_size for file in files)
    bare, watched, wrong = [], [], 0
    for _ in range(ROUNDS):
        begin = time.process_time()
        truth = {str(file): _bare(rules, file) for file in files}
        bare.append(time.process_time() - begin)
        with _watching(folder / "none", rules, existing=True) as run:
            _warm(run, folder)
            before = run.cpu_s()
            run.scanned.clear()
            run.lines.clear()
            (folder / "lot").rename(folder / "none" / "lot")
            run.until(lambda run=run: len(run.scanned) >= len(files))  # type: ignore[misc]
            run.until(lambda run=run: not (run.watch._has_news() or any(f._ready for f in run.watch._folders)))  # type: ignore[misc]  # noqa: SLF001
            watched.append(run.cpu_s() - before)
            found: dict[str, set[str]] = {path: set() for path in truth}
            for line in map(msgspec.json.decode, run.lines):
                path = line["path"].replace("/none/lot/", "/lot/")
                found.setdefault(path, set()).add(line.get("rule", line.get("reason")))
            wrong = sum(found[path] != truth[path] for path in truth)
        (folder / "none" / "lot").rename(folder / "lot")
    # each round has its own ratio: other work on the machine comes and goes
    _, cost, peer = sorted((mine / its, mine, its) for mine, its in zip(watched, bare, strict=True))[ROUNDS // 2]
    return [f"{len(files)} {name}", f"{size / 1e6:.0f}", f"{peer:.2f}", f"{cost:.2f}", f"{cost / peer:.2f}", str(wrong)]


def _bare(rules: YaraRules, file: Path) -> set[str]:
    with file.open("rb") as opened:
        head = opened.read(8)
    variables = externals(str(file).replace("/lot/", "/none/lot/"), file.owner(), head)
    found = rules.compiled.match(str(file), externals=variables, fast=True, timeout=60)
    return {match.rule for match in found if (match.namespace, match.rule) in rules.by_name}


def _warm(run: Watched, folder: Path) -> None:
    """Let the scanner start and compile its sets: that is done once, not once a file."""
    run.until(lambda: run.ready)
    for kind, head in (("text", b"x"), ("elf", b"\x7fELF"), ("pe", b"MZ"), ("document", b"%PDF")):
        (folder / "none" / f"warm.{kind}").write_bytes(head)
    run.until(lambda: len(run.scanned) >= 4)
    run.until(lambda: False, 1.0)


def _copy(folder: Path, tops: tuple[str, ...], suffixes: tuple[str, ...]) -> list[Path]:
    (folder / "lot").mkdir(parents=True)
    (folder / "none").mkdir()
    found = sorted(
        path
        for top in tops
        for path in Path(top).rglob("*")
        if path.suffix in suffixes and path.is_file() and not path.is_symlink() and 0 < path.stat().st_size < 8_000_000
    )
    step, size, files = max(1, len(found) // LOT_FILES), 0, []
    for number, path in enumerate(found[::step]):
        size += path.stat().st_size
        if size > LOT_BYTES:
            break
        files.append(Path(shutil.copyfile(path, folder / "lot" / f"{number}{path.suffix}")))
    return files


def _burst(folder: Path, name: str, rules: YaraRules) -> list[str]:
    folder.mkdir()
    with _watching(folder, rules, existing=False) as run:
        run.until(lambda: run.ready)
        before, begin = run.cpu_s(), time.monotonic()
        code = (
            "import sys\nfor n in range(int(sys.argv[2])):\n"
            " open(f'{sys.argv[1]}/{n}.php','wb').write(b'<?php // soc-agent-bench %d' % n + b' ' * 2000)"
        )
        maker = subprocess.Popen([sys.executable, "-c", code, str(folder), str(BURST_FILES)])
        run.until(lambda: len(run.scanned) >= BURST_FILES)
        run.until(lambda: len(run.lines) >= len(run.scanned), 20)
        maker.wait()
        wall, cpu = time.monotonic() - begin, run.cpu_s() - before
        kinds = [msgspec.json.decode(line)["type"] for line in run.lines]
        marked = {msgspec.json.decode(line)["path"] for line in run.lines}
        overflows = sum(problem.code == "watch.overflow" for problem in run.watch.problems())
        child = psutil.Process(run.scanner.pid).memory_info().rss / 2**20
        peak = psutil.Process().memory_info().rss / 2**20
        return [
            name, str(len(marked)), str(kinds.count("not_scanned")), str(overflows), f"{cpu:.1f}", f"{wall:.1f}",
            f"{peak:.0f}", f"{child:.0f}",
        ]  # fmt: skip


def _idle(folder: Path, rules: YaraRules, folders: int = 1000, seconds: float = 10.0) -> list[str]:
    for number in range(folders):
        (folder / f"{number}").mkdir(parents=True)
    with _watching(folder, rules, existing=False) as run:
        run.until(lambda: run.ready)
        (folder / "one").write_bytes(b"x")
        run.until(lambda: bool(run.scanned))
        run.until(lambda: False, 2.0)
        before = run.cpu_s()
        run.until(lambda: False, seconds)
        return [str(folders), f"{100 * (run.cpu_s() - before) / seconds:.2f}"]


def _until(process: "subprocess.Popen[bytes]", done: Callable[[], bool], limit_s: float = 90.0) -> None:
    """Wait until something is so, or the agent has ended."""
    deadline = time.monotonic() + limit_s
    while process.poll() is None and not done():
        if time.monotonic() >= deadline:
            raise TimeoutError("the agent did not come so far")
        time.sleep(0.2)


def _lines_read(config: Path) -> dict[str, int]:
    """Ask the agent how many lines of each source it read; nothing until it runs."""
    asked = subprocess.run([*SOC_AGENT, "-c", str(config), "status", "--json"], capture_output=True, check=False)
    try:
        said = msgspec.json.decode(asked.stdout)
    except msgspec.DecodeError:
        return {}
    return {each["source"]: each["totals"]["lines"] for each in said["sources"]} if said["alive"] else {}


def _agent(folder: Path) -> list[list[str]]:
    """The whole program with the rules that come with it, while it works and after it."""
    (folder / "drop").mkdir(parents=True)
    sources = []
    for number in range(5):
        (folder / f"{number}.log").touch()
        sources.append(f"  - {{kind: file, name: log{number}, paths: ['{folder}/{number}.log']}}")
    sources.append(f"  - {{kind: watch, name: drop, paths: ['{folder}/drop']}}")
    if os.environ.get("SOC_AGENT_BENCH_HOST", "1") == "1":
        sources.append("  - {kind: host, name: host}")
    config = folder / "c.yaml"
    config.write_text("sources:\n" + "\n".join(sources) + "\n")
    process = subprocess.Popen(
        [*SOC_AGENT, "-c", str(config), "run", "-q"], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        _until(process, lambda: bool(_lines_read(config)))
        quiet = b"Nov 22 01:00:00 web CRON[%d]: (root) CMD (run-parts /etc/cron.hourly)\n"
        failed = b"Nov 22 01:00:00 web sshd[%d]: Failed password for root from 203.0.113.7 port 22 ssh2\n"
        for number in range(5):
            lines = [(failed if n % 1000 == 0 else quiet) % n for n in range(20_000)]
            (folder / f"{number}.log").write_bytes(b"".join(lines))
        for number in range(500):
            (folder / "drop" / f"{number}.php").write_bytes(b"<?php echo %d; ?>" % number)
        (folder / "drop" / "shell.php").write_bytes(b"<?php eval($_POST['x']);")
        wanted = {**{f"log{number}": 20_000 for number in range(5)}, "drop": 1}
        _until(process, lambda: all(_lines_read(config).get(name, 0) >= lines for name, lines in wanted.items()))
        if process.poll() is not None:
            return [["it ended: " + (process.stderr.read().decode()[-200:] if process.stderr else ""), "", ""]]
        rows, total, shared = [], 0.0, 0.0
        for each in [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]:
            memory = each.memory_full_info()
            total, shared = total + memory.rss / 2**20, shared + memory.pss / 2**20
            what = "scanner" if "scanning" in " ".join(each.cmdline()) else "agent"
            rows.append([what, f"{memory.rss / 2**20:.0f}", f"{memory.pss / 2**20:.0f}"])
        return [*rows, ["together", f"{total:.0f}", f"{shared:.0f}"]]
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
