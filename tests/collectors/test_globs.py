"""Files by name."""

import os
from pathlib import Path

import pytest

from collectors.globs import Globs, Pattern


def make(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.fsencode(name))


def scanned(root: Path, pattern: str, *exclude: str) -> set[str]:
    """Give the matching paths, relative to ``root``; hold that the matcher agrees with the walker."""
    globs = Globs([str(root / pattern)], exclude)
    files = globs.scan().files
    everything = {str(path) for path in root.rglob("*") if path.is_file() and not path.is_symlink()}
    assert {path for path in everything if globs.matches(path)} == {p for p in files if not Path(p).is_symlink()}
    return {os.path.relpath(path, root) for path in files}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("a.log", {"a.log"}),
        ("*.log", {"a.log", "b.log"}),
        ("[ab].lo?", {"a.log", "b.log"}),
        (".*", {".hidden"}),
        ("*/x.log", {"one/x.log", "two/x.log"}),
        ("**/x.log", {"x.log", "one/x.log", "two/x.log", "two/deep/er/x.log"}),
        ("two/**", {"two/x.log", "two/deep/er/x.log"}),
        ("**/deep/**/*.log", {"two/deep/er/x.log"}),
        ("none/*.log", set()),
    ],
)
def test_globs_match_as_in_a_shell(tmp_path: Path, pattern: str, expected: set[str]) -> None:
    names = ["a.log", "b.log", "c.txt", ".hidden", "x.log", "one/x.log", "two/x.log", "two/deep/er/x.log", ".h/x.log"]
    make(tmp_path, *names)
    if pattern == "[ab].lo?" or pattern == "*.log":
        (tmp_path / "x.log").unlink()
    assert scanned(tmp_path, pattern) == expected


def test_exclusions_are_names_or_whole_paths(tmp_path: Path) -> None:
    make(tmp_path, "a.log", "a.log.gz", ".b.gz", "debug/a.log", "keep/a.log")
    assert scanned(tmp_path, "**/*", "*.gz", "debug/*") == {"a.log", "keep/a.log"}
    assert scanned(tmp_path, ".*", "*.gz") == set()
    assert scanned(tmp_path, "**/*.log", f"{tmp_path}/keep/*") == {"a.log", "debug/a.log"}


def test_what_is_no_regular_file_is_left_out_and_named_when_it_was_asked_for(tmp_path: Path) -> None:
    make(tmp_path, "a.log")
    os.mkfifo(tmp_path / "pipe.log")
    (tmp_path / "folder.log").mkdir()
    (tmp_path / "dangling.log").symlink_to(tmp_path / "gone")
    assert scanned(tmp_path, "*.log") == {"a.log"}
    scan = Globs([str(tmp_path / "pipe.log"), str(tmp_path / "none*")]).scan()
    assert (scan.files, scan.not_files) == ({}, [str(tmp_path / "pipe.log")])
    assert scan.empty == [str(tmp_path / "none*")]


def test_links_to_files_and_to_named_folders_are_followed_but_not_by_two_stars(tmp_path: Path) -> None:
    make(tmp_path, "real/a.log")
    (tmp_path / "link.log").symlink_to(tmp_path / "real/a.log")
    (tmp_path / "linked").symlink_to(tmp_path / "real")
    (tmp_path / "real/loop").symlink_to(tmp_path)
    assert scanned(tmp_path, "*.log") == {"link.log"}
    assert set(Globs([f"{tmp_path}/*/a.log"]).scan().files) == {f"{tmp_path}/real/a.log", f"{tmp_path}/linked/a.log"}
    assert set(Globs([f"{tmp_path}/**/a.log"]).scan().files) == {f"{tmp_path}/real/a.log"}


def test_changes_are_seen_although_listings_are_remembered(tmp_path: Path) -> None:
    make(tmp_path, "one/a.log")
    long_ago = 1_000_000_000
    os.utime(tmp_path / "one", (long_ago, long_ago))
    globs = Globs([f"{tmp_path}/*/*.log"])
    assert len(globs.scan().files) == 1
    make(tmp_path, "one/b.log", "two/c.log")
    assert len(globs.scan().files) == 3
    (tmp_path / "one/a.log").rename(tmp_path / "one/a.old")
    assert {Path(path).name for path in globs.scan().files} == {"b.log", "c.log"}


def test_a_file_is_described_as_it_is_now(tmp_path: Path) -> None:
    make(tmp_path, "a.log")
    globs = Globs([str(tmp_path / "*.log")])
    before = globs.scan().files[str(tmp_path / "a.log")]
    with (tmp_path / "a.log").open("a") as file:
        file.write("more")
    after = globs.scan().files[str(tmp_path / "a.log")]
    assert after.key == before.key == ((info := (tmp_path / "a.log").stat()).st_dev, info.st_ino)
    assert (before.size, after.size) == (5, 9)


def test_a_name_may_hold_any_bytes(tmp_path: Path) -> None:
    name = os.fsdecode(b"bad\xff\nname.log")
    make(tmp_path, name)
    assert scanned(tmp_path, "*.log") == {name}


def test_a_pattern_knows_where_everything_lies() -> None:
    assert (Pattern("/var/log/*.log").base, Pattern("/var/log/*.log").is_deep) == ("/var/log", False)
    assert (Pattern("/var/*/x/a.log").base, Pattern("/var/*/x/a.log").is_deep) == ("/var", True)
    assert (Pattern("/a.log").base, Pattern("/a.log").is_deep) == ("/", False)
    assert (Pattern("/**").base, Pattern("/**").is_deep) == ("/", True)
    assert Pattern("/var/log/a.log").is_plain
    assert not Pattern("/var/log/**").is_plain


def test_folders_below_which_something_may_match() -> None:
    globs = Globs(["/var/log/*.log", "/srv/*/log/a.log"])
    assert globs.may_hold("/srv/new")
    assert not globs.may_hold("/var/log/new")
