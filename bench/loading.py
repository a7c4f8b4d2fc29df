"""How long a start needs to read the whole public rule set: from its YAML, and from the cache of compiled rules."""

import shutil
import tarfile
import tempfile
from pathlib import Path

from bench.hunting import PUBLIC
from bench.measure import SOC_AGENT, Cost, median, run, show

RUNS = 3
_LINE = "Mar  2 06:00:00 host systemd[1]: Started Session 1 of user deploy.\n"


def main() -> None:
    """Print the time of a hunt over one line with all public rules and ours: first without, then with the cache."""
    if not PUBLIC.exists():
        print("The public rule set is not beside the project; this lane was left out.")
        return
    with tempfile.TemporaryDirectory(prefix="soc-agent-bench-") as name:
        folder = Path(name)
        with tarfile.open(PUBLIC) as archive:
            archive.extractall(folder / "public", filter="data")
        log = folder / "one.log"
        log.write_text(_LINE, "utf-8")
        cache = folder / "cache"
        environment = {"XDG_CACHE_HOME": str(cache)}
        without = [*SOC_AGENT, "hunt", str(log)]
        command = [*SOC_AGENT, "hunt", "--rules", str(folder / "public"), str(log)]
        colds = []
        for _ in range(RUNS):
            shutil.rmtree(cache, ignore_errors=True)
            colds.append(run(command, environment))
        warm = median([run(command, environment) for _ in range(RUNS)])
        run(without, environment)  # fills its cache
        base = median([run(without, environment) for _ in range(RUNS)])
        files = sum(1 for _ in (folder / "public").rglob("*.yml"))
        rows = [
            _row("our rules alone, from the cache", base, base),
            _row(f"and {files:,} public files, first start", median(colds), base),
            _row("and the same, from the cache", warm, base),
        ]
        show(
            f"hunt over one line, whole process, median of {RUNS}",
            ("rules", "CPU-s", "wall s", "CPU-s for the rules", "peak RSS MB"),
            rows,
        )


def _row(label: str, cost: Cost, base: Cost) -> tuple[str, ...]:
    more = cost.cpu_s - base.cpu_s
    return (label, f"{cost.cpu_s:.2f}", f"{cost.wall_s:.2f}", f"{more:.2f}" if more else "", f"{cost.rss_mb:.0f}")
