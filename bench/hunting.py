"""How fast ``hunt`` reads logs, with our rules and with many more."""

import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.generate import access_log, auth_log
from bench.measure import SOC_AGENT, Cost, median, run, show

LINES = 500_000
RUNS = 3
PUBLIC = Path(__file__).resolve().parents[2] / "shared" / "data" / "sigmahq-rules.tar.gz"
"""The public Sigma rule set, where somebody put it beside the project."""


def main() -> None:
    """Print lines/s and MB/s per CPU-second and peak memory, for both logs and both rule sets."""
    with tempfile.TemporaryDirectory(prefix="soc-agent-bench-") as name:
        folder = Path(name)
        environment = {"XDG_CACHE_HOME": str(folder / "cache")}
        logs = [auth_log(folder / "auth.log", LINES), access_log(folder / "access.log", LINES)]
        public = public_rules(folder)
        rows = []
        for log in logs:
            ours = _hunt(log, (), environment)
            rows.append(_row(log, "ours", ours, None))
            if public:
                more = _hunt(log, [argument for path in public for argument in ("--rules", str(path))], environment)
                rows.append(_row(log, "ours and public", more, ours))
        show(
            f"hunt, {LINES:,} lines, whole process, median of {RUNS}",
            ("log", "rules", "lines/s per CPU-s", "MB/s per CPU-s", "peak RSS MB", "rate against ours"),
            rows,
        )
        if not public:
            print("The public rule set is not beside the project; its lanes were left out.")


def _hunt(log: Path, more: Sequence[str], environment: dict[str, str]) -> Cost:
    command = [*SOC_AGENT, "hunt", "--json", *more, str(log)]
    run(command, environment)  # fills the cache of compiled rules
    return median([run(command, environment) for _ in range(RUNS)])


def _row(log: Path, rules: str, cost: Cost, base: Cost | None) -> tuple[str, ...]:
    size = log.stat().st_size / 1e6
    ratio = f"{base.cpu_s / cost.cpu_s:.2f}" if base else "1.00"
    return (log.name, rules, f"{LINES / cost.cpu_s:,.0f}", f"{size / cost.cpu_s:.1f}", f"{cost.rss_mb:.0f}", ratio)


def public_rules(folder: Path) -> list[Path]:
    """Unpack the public Linux, web server and generic rules; nothing where the archive is absent."""
    if not PUBLIC.exists():
        return []
    with tarfile.open(PUBLIC) as archive:
        archive.extractall(folder / "public", filter="data")
    return [
        path
        for path in sorted((folder / "public").rglob("*"))
        if path.is_dir() and path.parent.name == "rules" and path.name in ("linux", "web", "application", "network")
    ]
