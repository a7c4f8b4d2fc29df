"""Integrity of real files: each change is told once, over restarts, with who did it and whether it was meant."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from collectors.integrity import IntegrityWatch
from collectors.integrity.dpkg import Dpkg
from collectors.integrity.packages import Packages
from collectors.integrity.rpm import Rpm
from collectors.integrity.watch import Timing
from soc_agent.config import IntegritySource
from tests.collectors.integrity.auditlog import NORMAL, records
from tests.collectors.integrity.debs import Debs
from tests.collectors.integrity.rpms import Rpms

QUICK = Timing(settle_s=0.05, package_s=0.05, package_limit_s=0.4, approvals_s=0.05)
DEADLINE_S = 6.0


class Bench:
    """A watch that is being read, its lines and committed positions."""

    def __init__(self, *paths: Path, **options: Any) -> None:
        self.approved: dict[str, str] = {}
        self.packages = options.pop("packages", None)
        options.setdefault("audit_logs", ())
        options.setdefault("packages", False)
        self.options = IntegritySource(name="system", paths=tuple(map(str, paths)), **options)
        self.positions: dict[str, bytes] = {}
        self.lines: list[dict[str, Any]] = []
        self.start()

    def start(self) -> None:
        self.watch = IntegrityWatch(self.options, lambda path: self.approved.get(path, ""), self.packages, QUICK)
        self.watch.open(self.positions)

    def read(self, *, commit: bool = True) -> None:
        block = self.watch.read(0.02)
        if block is not None:
            self.lines += [msgspec.json.decode(line) for line in block.data.splitlines()]
            assert block.lost is None
            if commit and block.position is not None:
                self.positions[block.position.stream_id] = block.position.state

    def until(self, done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + DEADLINE_S
        while not done():
            assert time.monotonic() < deadline, (self.lines, self.watch.problems())
            self.read()

    def ready(self) -> "Bench":
        self.until(lambda: "integrity:root" in self.positions)
        return self

    def told(self) -> list[tuple[str, str, str]]:
        return sorted((Path(line["path"]).name, line["action"], " ".join(line["changes"])) for line in self.lines)

    def until_told(self, *wanted: tuple[str, str, str]) -> None:
        self.until(lambda: self.told() == sorted(wanted))


Start = Callable[..., Bench]


@pytest.fixture
def start() -> Iterator[Start]:
    running: list[Bench] = []

    def begin(*paths: Path, **options: Any) -> Bench:
        running.append(Bench(*paths, **options))
        return running[-1].ready()

    yield begin
    for bench in running:
        bench.watch.close()


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    folder = tmp_path / "etc"
    (folder / "sub").mkdir(parents=True)
    for name in ("one", "two", "sub/three"):
        (folder / name).write_text(f"{name} as it was")
    return folder


def test_what_is_there_at_first_is_the_baseline(start: Start, etc: Path) -> None:
    """Nothing is told of it, nor at the next start."""
    bench = start(etc)
    bench.watch.close()
    bench.start()
    (etc / "new").write_text("x")
    bench.until_told(("new", "created", "created"))


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (lambda etc: (etc / "one").write_text("other"), ("one", "changed", "content")),
        (lambda etc: (etc / "one").chmod(0o600), ("one", "changed", "mode")),
        (lambda etc: (etc / "one").chmod(0o4755), ("one", "changed", "mode setuid")),
        (lambda etc: os.chown(etc / "one", 12345, 54321), ("one", "changed", "owner group")),
        (lambda etc: (etc / "one").unlink(), ("one", "deleted", "deleted")),
        (lambda etc: (etc / "one").rename(etc / "four"), ("four", "renamed", "renamed")),
        (lambda etc: (etc / "sub").chmod(0o700), ("sub", "changed", "mode")),
        (lambda etc: (etc / "link").symlink_to("/etc/passwd"), ("link", "created", "created")),
        (lambda etc: ((etc / "one").unlink(), (etc / "one").symlink_to("two")), ("one", "changed", "type")),
        (lambda etc: os.utime(etc / "one", (1, 1)), ("one", "changed", "times")),
    ],
)
def test_each_kind_of_change_is_told_once(
    start: Start, etc: Path, change: Callable[[Path], object], wanted: tuple[str, str, str]
) -> None:
    """By what it is; and once only, also when everything is looked at again."""
    bench = start(etc)
    change(etc)
    bench.until_told(wanted)
    bench.watch.close()
    bench.start()
    (etc / "last").write_text("x")
    bench.until_told(wanted, ("last", "created", "created"))


def test_content_that_changes_behind_its_times_is_seen(start: Start, etc: Path) -> None:
    """Size and time of modification can be set; the time of change cannot."""
    bench = start(etc)
    info = (etc / "one").stat()
    (etc / "one").write_text("one is IT was")
    os.utime(etc / "one", ns=(info.st_atime_ns, info.st_mtime_ns))
    bench.until_told(("one", "changed", "content"))


def test_extended_attributes_and_capabilities(start: Start, etc: Path) -> None:
    bench = start(etc)
    try:
        os.setxattr(etc / "one", "user.note", b"x")
        # VFS_CAP_REVISION_2 with cap_net_raw, effective (linux/capability.h)
        os.setxattr(etc / "two", "security.capability", bytes.fromhex("0100000200200000000000000000000000000000"))
    except OSError as error:
        pytest.skip(f"the file system keeps no attributes: {error}")
    bench.until_told(("one", "changed", "xattrs"), ("two", "changed", "capabilities"))


def test_another_name_for_a_file_is_told(start: Start, etc: Path) -> None:
    """A hard link keeps an old program alive after its update."""
    bench = start(etc)
    os.link(etc / "one", etc / "alias")
    bench.until(lambda: {("alias", "created", "created"), ("one", "changed", "links")} <= set(bench.told()))


def test_what_changed_while_the_agent_stood_still_is_found(start: Start, etc: Path) -> None:
    bench = start(etc)
    bench.watch.close()
    (etc / "one").write_text("other")
    (etc / "two").unlink()
    (etc / "sub" / "new").write_text("x")
    bench.start()
    bench.until_told(("one", "changed", "content"), ("two", "deleted", "deleted"), ("new", "created", "created"))


def test_a_change_that_was_not_committed_is_told_again(start: Start, etc: Path) -> None:
    """A kill between block and commit loses nothing."""
    bench = start(etc)
    (etc / "one").write_text("other")
    deadline = time.monotonic() + DEADLINE_S
    while not bench.lines:
        assert time.monotonic() < deadline
        bench.read(commit=False)
    bench.watch.close()
    bench.lines.clear()
    bench.start()
    bench.until_told(("one", "changed", "content"))


def test_a_single_file_may_be_watched_and_others_beside_it_are_not(start: Start, etc: Path) -> None:
    bench = start(etc / "one")
    (etc / "two").write_text("x")
    (etc / "one").write_text("x")
    bench.until_told(("one", "changed", "content"))


def test_what_a_person_approved_is_no_alarm_and_the_new_baseline(start: Start, etc: Path) -> None:
    """Before or after it was told; anything after it is told again, and what goes back is said to be restored."""
    bench = start(etc)
    (etc / "one").write_text("meant")
    bench.until_told(("one", "changed", "content"))
    assert bench.lines[0]["verdict"] == "unexpected"
    bench.approved[str(etc / "one")] = bench.lines[0]["fingerprint"]
    bench.until(lambda: len(bench.lines) == 2)
    assert bench.lines[1]["verdict"] == "approved"
    (etc / "one").write_text("not meant")
    bench.until(lambda: len(bench.lines) == 3)
    assert bench.lines[2]["verdict"] == "unexpected"
    (etc / "one").write_text("meant")
    bench.until(lambda: len(bench.lines) == 4)
    assert bench.lines[3]["verdict"] in {"restored", "approved"}


def test_an_upgrade_brings_a_new_baseline(start: Start, debs: Debs, tmp_path: Path) -> None:
    """By dpkg itself: what it brought and took away is its own; what changed before it is told, and after it too."""
    names = [f"srv/f{number}" for number in range(20)]
    debs.install("pkg", "1", {**dict.fromkeys(names, "old"), "srv/goes": "x"})
    srv = tmp_path / "srv"
    bench = start(srv, packages=Packages(Dpkg(str(debs.root), [str(srv)])))
    (srv / "f1").write_text("backdoor")
    bench.until_told(("f1", "changed", "content"))
    debs.install("pkg", "2", {**dict.fromkeys(names, "new"), "srv/sub/comes": "x", "srv/link": "-> f2"})
    bench.until(lambda: len(bench.lines) == 1 + 20 + 1 + 3)
    assert bench.lines[0]["verdict"] == "unexpected"
    assert {(line["verdict"], line["package"]) for line in bench.lines[1:]} == {("package", "pkg")}
    bench.lines.clear()
    (srv / "f1").write_text("backdoor")
    (srv / "f2").chmod(0o777)
    (srv / "f3").write_text("old")
    bench.until(lambda: len(bench.lines) == 3)
    assert {line["verdict"] for line in bench.lines} == {"unexpected"}


def test_a_removal_and_an_upgrade_while_the_agent_stood_still(start: Start, debs: Debs, tmp_path: Path) -> None:
    """What belonged to a package is kept, so that it is known when the package's lists no longer say so."""
    srv = tmp_path / "srv"
    debs.install("one", "1", {"srv/a": "x", "srv/b": "x"})
    debs.install("two", "1", {"srv/c": "x", "srv/d": "x"})
    bench = start(srv, packages=Packages(Dpkg(str(debs.root), [str(srv)])))
    bench.watch.close()
    debs.remove("one")
    debs.install("two", "2", {"srv/c": "y", "srv/d": "x"})
    (srv / "d").unlink()
    bench.packages = Packages(Dpkg(str(debs.root), [str(srv)]))
    bench.start()
    bench.until(lambda: len(bench.lines) == 4)
    told = {(Path(line["path"]).name, line["action"], line["verdict"]) for line in bench.lines}
    assert told == {
        ("a", "deleted", "package"),
        ("b", "deleted", "package"),
        ("c", "changed", "package"),
        ("d", "deleted", "unexpected"),
    }


def test_a_change_waits_while_dpkg_is_at_work(start: Start, debs: Debs, tmp_path: Path) -> None:
    """The file comes before the database knows of it; what is not the package's is told when the wait is over."""
    srv = tmp_path / "srv"
    debs.install("pkg", "1", {"srv/one": "old"})
    bench = start(srv, packages=Packages(Dpkg(str(debs.root), [str(srv)])))
    (debs.root / "var/log/dpkg.log").touch()
    (srv / "other").write_text("x")
    for _ in range(8):
        bench.read()
    assert bench.lines == []
    bench.until_told(("other", "created", "created"))
    assert bench.lines[0]["verdict"] == "unexpected"


def test_an_upgrade_by_rpm_brings_a_new_baseline(start: Start, rpms: Rpms, tmp_path: Path) -> None:
    srv = tmp_path / "srv"
    rpms.install("pkg", "1", {"srv/one": "old", "srv/goes": "x"})
    bench = start(srv, packages=Packages(Rpm([str(srv)], [str(rpms.database)])))
    rpms.install("pkg", "2", {"srv/one": "new", "srv/comes": "x"})
    bench.until(lambda: len(bench.lines) == 3)
    assert {line["verdict"] for line in bench.lines} == {"package"}
    (srv / "one").write_text("backdoor")
    bench.until(lambda: len(bench.lines) == 4)
    assert bench.lines[3]["verdict"] == "unexpected"


def test_who_did_it_is_told_where_audit_records_say_so(start: Start, etc: Path, tmp_path: Path) -> None:
    """The login, the program and its command, from the records near the change that name the path."""
    log = tmp_path / "audit.log"
    bench = start(etc, audit_logs=(str(log),))
    one, now = str(etc / "one"), time.time()
    events = [
        records(1, now - 3600, [(one, NORMAL)], auid=1),
        records(2, now, [("/elsewhere/one", NORMAL)], auid=1),
        records(3, now, [("one", NORMAL)], cwd=str(etc), command="vim one", inode=(etc / "one").stat().st_ino),
        records(4, now, [(one, NORMAL)], success="no", auid=1),
    ]
    log.write_text("".join(line for event in events for line in event))
    (etc / "one").write_text("other")
    bench.until_told(("one", "changed", "content"))
    (line,) = bench.lines
    assert (line["login"], line["Image"], line["CommandLine"]) == ("root", "/usr/bin/vim.basic", "vim one")
    assert (line["ProcessId"], line["audit_serial"]) == (4242, 3)
    (etc / "two").write_text("other")
    bench.until(lambda: len(bench.lines) == 2)
    assert "login" not in bench.lines[1]


def test_a_queue_that_overflows_is_answered_by_a_look_at_everything(start: Start, etc: Path) -> None:
    bench = start(etc, exclude=("none",))
    assert bench.watch._watches is not None
    bench.watch._watches.close()
    (etc / "one").write_text("other")
    bench.watch._lost()
    bench.until_told(("one", "changed", "content"))
    assert "watch.overflow" in [problem.code for problem in bench.watch.problems()]


def test_exclusions_hold(start: Start, etc: Path) -> None:
    bench = start(etc, exclude=("*.swp", "*/sub"))
    (etc / ".one.swp").write_text("x")
    (etc / "sub" / "three").write_text("x")
    (etc / "two").write_text("x")
    bench.until_told(("two", "changed", "content"))


def test_names_and_targets_of_any_bytes(start: Start, etc: Path) -> None:
    """Evidence names the file exactly."""
    bench = start(etc)
    Path(os.fsdecode(bytes(etc) + b"/\xff\xfe")).write_text("x")
    (etc / "link").symlink_to(os.fsdecode(b"\xff"))
    bench.until(lambda: len(bench.lines) == 2)
    by_name = {line["path"].rpartition("/")[2]: line for line in bench.lines}
    assert by_name["\\xff\\xfe"]["path_hex"] == (bytes(etc) + b"/\xff\xfe").hex()
    assert by_name["link"]["new"]["target"] == "\\xff"


def test_a_file_that_is_too_big_is_known_by_size_and_time(start: Start, etc: Path) -> None:
    """And the line says that its content was not read."""
    bench = start(etc, size_cap_bytes=100)
    (etc / "big").write_bytes(b"x" * 200)
    bench.until_told(("big", "created", "created"))
    assert bench.lines[0]["new"]["unread"] == "too_big"
