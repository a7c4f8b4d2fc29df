"""Files in quarantine: what was found and nothing else, whole or not at all, and back as it was."""

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from soc_agent.cli.locker import Locker, Wanted
from soc_agent.errors import StoreError

ALERT = "ab" * 16


def shell(folder: Path, data: bytes = b"<?php evil") -> tuple[Path, Wanted]:
    path = folder / "shell.php"
    path.write_bytes(data)
    path.chmod(0o4755)
    os.utime(path, ns=(1_600_000_000_000_000_001, 1_600_000_000_000_000_002))
    return path, Wanted(str(path), sha256=sha256(data).hexdigest())


def test_a_file_goes_and_comes_back_as_it_was(tmp_path: Path) -> None:
    """Mode, times and content; in a folder that nobody else can read, where it cannot be run."""
    path, wanted = shell(tmp_path)
    before = path.stat()
    locker = Locker(tmp_path / "q")
    locked = locker.copy(wanted, ALERT, "an", "web shell")
    assert path.exists()
    locker.take(wanted, locked)
    assert not path.exists()
    assert (tmp_path / "q").stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "q").iterdir()} == {0o400}
    assert [each.reason for each in locker.list()] == ["web shell"]
    locker.put_back(ALERT)
    after = path.stat()
    for name in ("st_mode", "st_uid", "st_gid", "st_mtime_ns", "st_size"):
        assert getattr(after, name) == getattr(before, name)
    assert list((tmp_path / "q").iterdir()) == []


def test_a_file_that_changed_since_stays(tmp_path: Path) -> None:
    """No copy of it is left behind either."""
    path, wanted = shell(tmp_path)
    path.write_bytes(b"an honest page")
    with pytest.raises(StoreError) as caught:
        Locker(tmp_path / "q").copy(wanted, ALERT, "an", "x")
    assert caught.value.problem.code == "quarantine.changed"
    assert path.read_bytes() == b"an honest page"
    assert list((tmp_path / "q").iterdir()) == []


def test_a_file_that_is_replaced_between_copy_and_removal_stays(tmp_path: Path) -> None:
    path, wanted = shell(tmp_path)
    locker = Locker(tmp_path / "q")
    locked = locker.copy(wanted, ALERT, "an", "x")
    path.unlink()
    path.write_bytes(b"an honest page")
    with pytest.raises(StoreError) as caught:
        locker.take(wanted, locked)
    assert caught.value.problem.code == "quarantine.changed"
    assert path.read_bytes() == b"an honest page"
    assert list((tmp_path / "q").iterdir()) == []


def test_what_was_not_scanned_is_known_by_size_and_time(tmp_path: Path) -> None:
    path, _ = shell(tmp_path)
    info = path.stat()
    locker = Locker(tmp_path / "q")
    with pytest.raises(StoreError):
        locker.copy(Wanted(str(path), size=info.st_size, modified_ns=info.st_mtime_ns + 1), ALERT, "an", "x")
    locker.copy(Wanted(str(path), size=info.st_size, modified_ns=info.st_mtime_ns), ALERT, "an", "x")


def test_links_devices_and_folders_are_not_followed(tmp_path: Path) -> None:
    """An attacker who may write there must not have another file taken away."""
    path, wanted = shell(tmp_path)
    path.rename(tmp_path / "real")
    path.symlink_to(tmp_path / "real")
    locker = Locker(tmp_path / "q")
    with pytest.raises(StoreError):
        locker.copy(wanted, ALERT, "an", "x")
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(StoreError):
        locker.copy(wanted, ALERT, "an", "x")
    assert (tmp_path / "real").exists()


def test_nothing_is_overwritten_when_it_comes_back(tmp_path: Path) -> None:
    path, wanted = shell(tmp_path)
    locker = Locker(tmp_path / "q")
    locker.take(wanted, locker.copy(wanted, ALERT, "an", "x"))
    path.write_bytes(b"new page")
    with pytest.raises(StoreError):
        locker.put_back(ALERT)
    assert path.read_bytes() == b"new page"
    assert locker.find(ALERT).sha256 == wanted.sha256


def test_a_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    _, wanted = shell(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "q").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError) as caught:
        Locker(tmp_path / "q").copy(wanted, ALERT, "an", "x")
    assert caught.value.problem.code == "quarantine.no_folder"


def test_a_full_disk_leaves_the_original_and_no_half_copy(tmp_path: Path) -> None:
    """The kernel refuses to write more, as a full disk does."""
    path, wanted = shell(tmp_path, b"x" * 100_000)
    code = f"""
import resource, signal
from pathlib import Path
from soc_agent.cli.locker import Locker, Wanted
from soc_agent.errors import StoreError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
try:
    Locker(Path({str(tmp_path / "q")!r})).copy(Wanted({str(path)!r}, sha256={wanted.sha256!r}), {ALERT!r}, "an", "x")
except StoreError as error:
    print(error.problem.code)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "quarantine.failed"
    assert path.stat().st_size == 100_000
    assert list((tmp_path / "q").iterdir()) == []
