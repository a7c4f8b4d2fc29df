"""Scanning files where they lie, once."""

import os
from pathlib import Path

import msgspec

from collectors.file_watch import scan_paths
from soc_agent.model import Problem
from tests.collectors.file_watch.bench import FakeScanner


def test_files_and_folders_are_scanned(tmp_path: Path) -> None:
    """Every file is a block, so that a progress bar moves; a finding has the time of its file."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "bad").write_bytes(b"EVIL")
    os.utime(tmp_path / "a" / "b" / "bad", (1_600_000_000, 1_600_000_000))
    (tmp_path / "a" / "clean").write_bytes(b"hello")
    (tmp_path / "one").write_bytes(b"EVIL too")
    blocks = list(scan_paths([tmp_path / "a", tmp_path / "one"], FakeScanner()))
    assert [(Path(block.stream).name, bool(block.data)) for block in blocks] == [
        ("clean", False),
        ("bad", True),
        ("one", True),
    ]
    line = msgspec.json.decode(blocks[1].data)
    assert (line["path"], line["time"]) == (str(tmp_path / "a" / "b" / "bad"), "2020-09-13T12:26:40.000000000Z")
    assert len({block.stream_id for block in blocks}) == 3


def test_what_cannot_be_looked_at_is_told(tmp_path: Path) -> None:
    """A path that is not there, a file that is too big, what is excluded, and what is no file."""
    (tmp_path / "big").write_bytes(b"x" * 100)
    (tmp_path / "skip.log").write_bytes(b"EVIL")
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "link").symlink_to("/etc/passwd")
    troubles: list[Problem] = []
    blocks = list(
        scan_paths(
            [tmp_path, tmp_path / "gone"],
            FakeScanner(),
            exclude=("*.log",),
            size_cap_bytes=10,
            trouble=troubles.append,
        )
    )
    assert [msgspec.json.decode(block.data)["reason"] for block in blocks] == ["too_big"]
    assert [problem.values["path"] for problem in troubles] == [str(tmp_path / "gone")]


def test_a_link_that_a_person_names_is_followed(tmp_path: Path) -> None:
    """Only links inside folders are not."""
    (tmp_path / "bad").write_bytes(b"EVIL")
    (tmp_path / "link").symlink_to(tmp_path / "bad")
    assert [Path(block.stream).name for block in scan_paths([tmp_path / "link"], FakeScanner())] == ["bad"]
