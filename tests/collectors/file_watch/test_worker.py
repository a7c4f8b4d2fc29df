"""Whatever is done to the files, and however often the watcher is ended: each version that stays is found once."""

import shutil
import tempfile
from functools import partial
from hashlib import sha256
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.collectors.file_watch.bench import QUICK, Watched

NAMES = ["a", "b", "d/a", "d/e/b"]
steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["write", "append", "delete", "move in"]), st.sampled_from(NAMES), st.just("")),
        st.tuples(st.just("rename"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
        st.tuples(
            st.sampled_from(["restart", "kill", "away", "folder in", "folder out", "read", "catch up"]),
            st.just(""),
            st.just(""),
        ),
    ),
    min_size=1,
    max_size=25,
)


def digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


class Disk:
    """Does things to files. Every content is another one, and all are found by the scanner."""

    def __init__(self, base: Path) -> None:
        self.drop, self.outside = base / "drop", base / "out"
        self.drop.mkdir()
        self.outside.mkdir()
        self.turn = 0
        self.been: set[tuple[str, str]] = set()
        """A version that comes back to where it was is scanned again, so none does here."""

    def content(self) -> bytes:
        self.turn += 1
        return b"EVIL %d\n" % self.turn

    def do(self, step: str, one: str, two: str) -> None:
        path = self.drop / one
        match step:
            case "write" | "append":
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("ab" if step == "append" else "wb") as file:
                    file.write(self.content())
            case "delete":
                path.unlink(missing_ok=True)
            case "move in":
                path.parent.mkdir(parents=True, exist_ok=True)
                (self.outside / "f").write_bytes(self.content())
                (self.outside / "f").replace(path)
            case "rename" if path.exists() and (str(self.drop / two), digest(path)) not in self.been:
                (self.drop / two).parent.mkdir(parents=True, exist_ok=True)
                path.replace(self.drop / two)
            case "folder in" if not (self.drop / "d").exists():
                shutil.rmtree(self.outside / "d", ignore_errors=True)
                (self.outside / "d" / "e").mkdir(parents=True, exist_ok=True)
                (self.outside / "d" / "e" / "b").write_bytes(self.content())
                (self.outside / "d").rename(self.drop / "d")
            case "folder out" if (self.drop / "d").exists():
                shutil.rmtree(self.outside / "d", ignore_errors=True)
                (self.drop / "d").rename(self.outside / "d")
        self.been |= self.versions()

    def versions(self) -> set[tuple[str, str]]:
        return {(str(path), digest(path)) for path in self.drop.rglob("*") if path.is_file()}


def has_found(watched: Watched, versions: set[tuple[str, str]]) -> bool:
    return versions <= {(line["path"], line["sha256"]) for line in watched.lines()}


@given(steps, st.sampled_from([0.001, 3600.0]))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_stays_is_found_once(sequence: list[tuple[str, str, str]], reconcile_s: float) -> None:
    """Written, appended, moved, moved with its folder; while the watcher runs, is away, or is killed."""
    with tempfile.TemporaryDirectory() as base:
        disk = Disk(Path(base))
        watched = Watched(disk.drop, timing=replace(QUICK, reconcile_s=reconcile_s), scan_existing=True)
        try:
            for step, one, two in sequence:
                match step:
                    case "read":
                        watched.read()
                    case "catch up":
                        there = disk.versions()
                        watched.until(partial(has_found, watched, there))
                    case "restart":
                        watched.restart()
                    case "kill":
                        watched.watch.read(0.05)  # is read, and never committed
                        watched.restart()
                    case "away":
                        watched.stop()
                        disk.do("write", NAMES[disk.turn % 4], "")
                        watched.start()
                    case _:
                        disk.do(step, one, two)
            wanted = disk.versions()
            watched.until(partial(has_found, watched, wanted))
            (disk.drop / "end").write_bytes(b"EVIL end")
            watched.until(lambda: "end" in watched.found())
        finally:
            watched.stop()
        found = [(line["path"], line["sha256"]) for line in watched.lines()]
        assert [version for version in wanted if found.count(version) > 1] == []
