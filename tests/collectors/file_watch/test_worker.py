"""Whatever is done to the files, and however often the watcher is ended: each version that stays is found once."""

import shutil
import tempfile
from hashlib import sha256
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.collectors.file_watch.bench import Watched

NAMES = ["a", "b", "d/a", "d/e/b"]
steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["write", "append", "delete", "move in"]), st.sampled_from(NAMES), st.just("")),
        st.tuples(st.just("rename"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
        st.tuples(
            st.sampled_from(["restart", "kill", "away", "folder in", "folder out", "read"]), st.just(""), st.just("")
        ),
    ),
    min_size=1,
    max_size=25,
)


class Disk:
    """Does things to files. Every content is another one, and all are found by the scanner."""

    def __init__(self, base: Path) -> None:
        self.drop, self.outside = base / "drop", base / "out"
        self.drop.mkdir()
        self.outside.mkdir()
        self.turn = 0

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
            case "rename" if path.exists():
                (self.drop / two).parent.mkdir(parents=True, exist_ok=True)
                path.replace(self.drop / two)
            case "folder in" if not (self.drop / "d").exists():
                (self.outside / "d" / "e").mkdir(parents=True, exist_ok=True)
                (self.outside / "d" / "e" / "b").write_bytes(self.content())
                (self.outside / "d").rename(self.drop / "d")
            case "folder out" if (self.drop / "d").exists():
                shutil.rmtree(self.outside / "d", ignore_errors=True)
                (self.drop / "d").rename(self.outside / "d")

    def versions(self) -> set[tuple[str, str]]:
        return {(str(p), sha256(p.read_bytes()).hexdigest()) for p in self.drop.rglob("*") if p.is_file()}


@given(steps)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_stays_is_found_once(sequence: list[tuple[str, str, str]]) -> None:
    """Written, appended, moved, moved with its folder; while the watcher runs, is away, or is killed."""
    with tempfile.TemporaryDirectory() as base:
        disk = Disk(Path(base))
        watched = Watched(disk.drop, scan_existing=True)
        try:
            for step, one, two in sequence:
                match step:
                    case "read":
                        watched.read()
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
            watched.until(lambda: wanted <= {(line["path"], line["sha256"]) for line in watched.lines()})
            (disk.drop / "end").write_bytes(b"EVIL end")
            watched.until(lambda: "end" in watched.found())
        finally:
            watched.stop()
        found = [(line["path"], line["sha256"]) for line in watched.lines()]
        assert [version for version in wanted if found.count(version) > 1] == []
