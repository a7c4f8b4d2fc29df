"""What is known of a path, and what differs."""

import os
from hashlib import sha256
from pathlib import Path

import pytest
from msgspec.structs import replace

from collectors.integrity import entry as entry_module
from collectors.integrity.entry import Entry, differences, fingerprint, look
from tests.collectors.file_watch.bench import write_old

FILE = Entry("file", 0o644, 0, 0, 5, 10, 20, 30, 1, "aa")


def test_content_is_read_only_when_the_file_may_have_changed(tmp_path: Path) -> None:
    path = tmp_path / "f"
    write_old(path, b"one")
    first = look(str(path), None, 100)
    assert first is not None
    assert look(str(path), first, 100) is first
    path.write_text("two")
    second = look(str(path), first, 100)
    assert second is not None
    assert second.sha256 != first.sha256


def test_nothing_hangs_and_no_link_is_followed(tmp_path: Path) -> None:
    """A FIFO that nobody writes into, a link to a device, a folder, a path that is gone."""
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "link").symlink_to("/dev/zero")
    kinds = [found.kind for name in ("fifo", "link", ".") if (found := look(str(tmp_path / name), None, 10))]
    assert kinds == ["other", "link", "folder"]
    assert look(str(tmp_path / "gone"), None, 10) is None


def test_a_file_that_is_too_big_says_so(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"x" * 11)
    found = look(str(tmp_path / "f"), None, 10)
    assert found is not None
    assert (found.sha256, found.unread) == ("", "too_big")


@pytest.mark.parametrize(
    ("new", "wanted"),
    [
        (replace(FILE, sha256="bb"), ["content"]),
        (replace(FILE, mode=0o4644), ["mode", "setuid"]),
        (replace(FILE, mode=0o2755), ["mode", "setuid"]),
        (replace(FILE, uid=1, gid=1), ["owner", "group"]),
        (replace(FILE, links=2), ["links"]),
        (replace(FILE, xattrs={"security.capability": "x"}), ["capabilities"]),
        (replace(FILE, xattrs={"user.a": "x"}), ["xattrs"]),
        (replace(FILE, mtime_ns=11), ["times"]),
        (replace(FILE, ctime_ns=21), []),
        (replace(FILE, sha256="", size=6), ["content"]),
        (None, ["deleted"]),
    ],
)
def test_what_differs_is_named(new: Entry | None, wanted: list[str]) -> None:
    assert differences(FILE, new) == wanted
    assert differences(None, FILE) == ["created"]


def test_what_is_approved_is_content_and_rights_not_times() -> None:
    assert fingerprint(FILE) == fingerprint(replace(FILE, mtime_ns=1, ctime_ns=2, inode=3))
    others = [replace(FILE, sha256="bb"), replace(FILE, mode=0o755), replace(FILE, uid=1), None]
    assert len({fingerprint(entry) for entry in (FILE, *others)}) == 5


def test_a_file_that_changes_while_it_is_read_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its times and its content belong together."""
    file = tmp_path / "f"
    file.write_text("one")
    real = entry_module._digest
    turn: list[int] = []

    def digest(path: str, cap_bytes: int) -> tuple[str, str]:
        found = real(path, cap_bytes)
        if len(turn) < 2:
            turn.append(file.write_text("longer" * (len(turn) + 1)))
        return found

    monkeypatch.setattr(entry_module, "_digest", digest)
    found = look(str(file), None, 1000)
    assert found is not None
    assert (found.sha256, found.size) == (sha256(file.read_bytes()).hexdigest(), 12)


def test_a_change_in_the_same_tick_of_the_clock_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was looked at so shortly after its change is looked at again, though its times are the same."""
    file = tmp_path / "f"
    file.write_text("one")
    monkeypatch.setattr("collectors.integrity.entry.time.time_ns", lambda: file.stat().st_ctime_ns + 1_000_000)
    first = look(str(file), None, 1000)
    monkeypatch.setattr(entry_module, "_digest", lambda *_: ("another", ""))
    second = look(str(file), first, 1000)
    assert second is not None
    assert second.sha256 == "another"
    assert differences(second, replace(second, ctime_ns=second.ctime_ns + 1)) == []
