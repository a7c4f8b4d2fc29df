"""Which changes were meant."""

import pytest
from msgspec.structs import replace

from collectors.integrity.entry import Entry, differences, fingerprint
from collectors.integrity.judge import Judge, with_renames
from collectors.integrity.lines import Change
from collectors.integrity.packages import Packages, Verdict
from collectors.integrity.records import Record

OLD = Entry("file", 0o755, 0, 0, 10, 100, 100, 5, 1, "aa")
NEW = replace(OLD, sha256="bb", mtime_ns=200, ctime_ns=200, inode=6)


class Said:
    """A manager that says one thing."""

    def __init__(self, said: Verdict | None, owner: str = "", *, busy: bool = False) -> None:
        self.said, self.owns, self.busy = said, owner, busy

    def refresh(self) -> None:
        pass

    def is_busy(self) -> bool:
        return self.busy

    def owner(self, path: str) -> str:
        return self.owns if path else ""

    def of(self, path: str) -> Verdict | None:
        return self.said if path else None


def verdict(old: Entry | None, new: Entry | None, said: Said, record: Record | None = None, approved: str = "") -> str:
    change = Change("/x", old, new, differences(old, new), "unexpected")
    judge = Judge(lambda _: approved, Packages(said), 0.0)
    return judge.verdict(change, record or (Record(old) if old else None))[0]


YES = Verdict("pkg", matches=True, changed_ns=150)


@pytest.mark.parametrize(
    ("old", "new", "said", "wanted"),
    [
        (OLD, NEW, YES, "package"),
        (OLD, NEW, YES._replace(matches=False), "unexpected"),
        (OLD, NEW, YES._replace(changed_ns=100), "unexpected"),
        (OLD, NEW, None, "unexpected"),
        (None, NEW, YES, "package"),
        (None, replace(NEW, mode=0o4755), YES, "unexpected"),
        (None, replace(NEW, mode=0o4755), YES._replace(knows_rights=True), "package"),
        (OLD, replace(NEW, mode=0o777), YES, "unexpected"),
        (OLD, replace(NEW, uid=33), YES, "unexpected"),
        (OLD, replace(NEW, uid=33), YES._replace(knows_rights=True), "package"),
        (OLD, replace(NEW, xattrs={"security.capability": "1"}), YES._replace(knows_rights=True), "unexpected"),
        # the very file that was there, with other rights: no package manager does that
        (OLD, replace(OLD, mode=0o700, ctime_ns=200), YES, "unexpected"),
        (OLD, replace(OLD, mode=0o700, ctime_ns=200, inode=6), YES, "package"),
    ],
)
def test_what_a_package_brought(old: Entry | None, new: Entry, said: Verdict | None, wanted: str) -> None:
    """Content that is the package's, installed since, and no rights beside it."""
    assert verdict(old, new, Said(said)) == wanted


def test_what_went_with_its_package() -> None:
    """Only where it was a package's, and is no longer."""
    assert verdict(OLD, None, Said(None), Record(OLD, package="pkg")) == "package"
    assert verdict(OLD, None, Said(None, "pkg"), Record(OLD, package="pkg")) == "unexpected"
    assert verdict(OLD, None, Said(None), Record(OLD)) == "unexpected"


def test_while_a_manager_works_a_change_waits_but_not_for_ever() -> None:
    change = Change("/x", OLD, NEW, ["content"], "unexpected")
    said = Said(None, busy=True)
    assert Judge(lambda _: "", Packages(said), 60.0).verdict(change, Record(OLD))[0] == "wait"
    assert verdict(OLD, NEW, said) == "unexpected"


def test_people_and_the_past() -> None:
    assert verdict(OLD, NEW, Said(None), approved=fingerprint(NEW)) == "approved"
    assert verdict(NEW, OLD, Said(None), Record(NEW, OLD, deviates=True)) == "restored"
    assert verdict(OLD, None, Said(None), approved="gone") == "approved"


def test_a_file_that_went_and_came_is_renamed_once() -> None:
    """By inode and content; two that came as one file are one rename and one that was created."""
    found = [
        Change("/a", OLD, None, ["deleted"], ""),
        Change("/b", None, OLD, ["created"], ""),
        Change("/c", None, OLD, ["created"], ""),
    ]
    assert [(change.path, change.old_path, change.changes) for change in with_renames(found)] == [
        ("/b", "/a", ["renamed"]),
        ("/c", "", ["created"]),
    ]


def test_what_dpkg_unpacked_and_not_yet_configured_waits_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("collectors.integrity.judge.time.monotonic", lambda: now[0])
    judge = Judge(lambda _: "", Packages(Said(None, busy=True)), 10.0)
    changes = [Change(path, None, NEW, ["created"], "") for path in ("/etc/a.dpkg-new", "/etc/b")]
    assert [judge.verdict(change, None)[0] for change in changes] == ["wait", "wait"]
    now[0] = 100.0
    assert [judge.verdict(change, None)[0] for change in changes] == ["wait", "unexpected"]
    now[0] = 200.0
    assert judge.verdict(changes[0], None)[0] == "unexpected"
