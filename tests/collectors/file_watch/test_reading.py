"""Reading a file that somebody else may be changing."""

import os
from pathlib import Path

import pytest

from collectors.file_watch.reading import Opened, Refused, _owner, identity_of, open_file
from soc_agent.text import path_text


def test_an_open_file_and_its_facts(tmp_path: Path) -> None:
    """What was opened, and of which file; it is closed at the end."""
    path = tmp_path / "f"
    path.write_bytes(b"data")
    path.chmod(0o640)
    opened = open_file(str(path), 10, below=str(tmp_path))
    assert isinstance(opened, Opened)
    with opened:
        assert os.read(opened.file, 10) == b"data"
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.read(opened.file, 1)
    assert (opened.facts.size, opened.facts.mode) == (4, "0640")
    assert opened.facts.owner == path.owner()
    assert opened.identity == identity_of(path.stat())
    assert opened.identity % 2 == 0


def test_the_cap_holds(tmp_path: Path) -> None:
    """Exactly the cap is opened, one byte more is refused."""
    path = tmp_path / "f"
    path.write_bytes(b"x" * 10)
    opened = open_file(str(path), 10)
    assert isinstance(opened, Opened)
    with opened:
        refused = open_file(str(path), 9)
    assert isinstance(refused, Refused)
    assert refused.reason == "too_big"


def test_what_is_no_file_is_nothing(tmp_path: Path) -> None:
    """Gone, a folder, a link, a FIFO that nobody writes into."""
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    for name in ("gone", "", "link", "fifo", "file/below"):
        assert open_file(str(tmp_path / name), 10) is None


def test_a_folder_on_the_way_that_became_a_link_leads_nowhere(tmp_path: Path) -> None:
    """Between an event and the scan, a folder can be replaced by a link to elsewhere."""
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "secret").write_bytes(b"x")
    (tmp_path / "in" / "way").symlink_to(tmp_path / "out")
    path = str(tmp_path / "in" / "way" / "secret")
    assert open_file(path, 10, below=str(tmp_path / "in")) is None
    for below in ("", "/"):
        opened = open_file(path, 10, below=below)
        assert isinstance(opened, Opened)
        os.close(opened.file)


def test_what_may_not_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Permissions are a reason, with what is known of the file."""
    path = tmp_path / "f"
    path.write_bytes(b"x")

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("collectors.file_watch.reading.os.open", refuse)
    read = open_file(str(path), 10)
    assert isinstance(read, Refused)
    assert (read.reason, read.detail, read.facts.size) == ("unreadable", "Permission denied", 1)
    assert open_file(str(tmp_path / "gone"), 10) is None


def test_a_change_that_is_hidden_is_another_version(tmp_path: Path) -> None:
    """Same size, and the time of modification set back: still not the same."""
    path = tmp_path / "f"
    path.write_bytes(b"one")
    before = path.stat()
    while path.stat().st_ctime_ns == before.st_ctime_ns:
        path.write_bytes(b"two")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = path.stat()
    assert (after.st_size, after.st_mtime_ns, after.st_ino) == (before.st_size, before.st_mtime_ns, before.st_ino)
    assert identity_of(after) != identity_of(before)


def test_any_path_is_text() -> None:
    """Bytes that are not UTF-8 are shown as such."""
    assert path_text(os.fsdecode(b"/srv/\xff\xc4\x91")) == "/srv/\\xffđ"


def test_an_owner_of_the_name_is_known_by_number_when_it_has_none() -> None:
    """A file of a user who was removed is still a file."""
    assert _owner(4_000_000_000) == "4000000000"
    assert _owner(os.getuid())
