"""All that is below a path."""

from pathlib import Path

from collectors.file_watch.tree import WalkLog
from collectors.integrity.tree import everything


def test_files_folders_and_links_but_nothing_behind_them(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/f").touch()
    (tmp_path / "a/out").symlink_to("/etc")
    (tmp_path / "a/no").mkdir()
    (tmp_path / "a/no/g").touch()

    def below(*, recursive: bool) -> list[str]:
        found = everything([str(tmp_path / "a"), "/nowhere"], recursive, lambda path: path.endswith("no"), WalkLog())
        return sorted(str(Path(path).relative_to(tmp_path)) for path in found)

    assert below(recursive=True) == ["a", "a/b", "a/b/f", "a/out"]
    assert below(recursive=False) == ["a", "a/b", "a/out"]


def test_what_cannot_be_listed_is_said(tmp_path: Path) -> None:
    log = WalkLog()
    name = str(tmp_path / ("x" * 300))
    assert list(everything([str(tmp_path)], True, lambda _: False, log)) == [str(tmp_path)]
    assert name not in log.unreadable
