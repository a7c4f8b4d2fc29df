import os
from pathlib import Path

import pytest

from collectors.host.reading import Root, Unreadable


def test_lines_that_mean_something(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("# a\n\n b \n#c\nd\n")
    assert Root(str(tmp_path)).lines("/f") == ["b", "d"]


def test_what_is_not_there_is_none(tmp_path: Path) -> None:
    root = Root(str(tmp_path))
    (tmp_path / "file").write_text("")
    assert root.text("/none") is None
    assert root.text("/file/below") is None
    assert root.names("/none") == []
    assert root.changed_s("/none") == 0
    assert not root.exists("/none")


def test_a_pipe_where_a_file_should_be_hangs_nobody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "passwd")
    assert Root(str(tmp_path)).text("/passwd") is None
    assert Root(str(tmp_path)).text("/") is None


def test_what_may_not_be_read_is_said(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(Unreadable, match="loop"):
        Root(str(tmp_path)).text("/loop")


def test_a_stamp_tells_when_a_file_changed(tmp_path: Path) -> None:
    root = Root(str(tmp_path))
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "a").write_text("1")
    before = root.stamps(["/d", "/none"])
    assert before == root.stamps(["/d", "/none"])
    (tmp_path / "d" / "a").write_text("22")
    after = root.stamps(["/d"])
    assert after != before
    (tmp_path / "d" / "b").write_text("")
    assert root.stamps(["/d"]) != after


def test_a_stamp_tells_of_a_file_of_the_same_size_written_in_place(tmp_path: Path) -> None:
    root = Root(str(tmp_path))
    (tmp_path / "a").write_text("uid=1000")
    seen = {root.stamps(["/a"])}
    for number in range(5):
        while root.stamps(["/a"]) in seen:  # the clock of the file system moves in ticks
            (tmp_path / "a").write_text(f"uid=000{number}")
        seen.add(root.stamps(["/a"]))
    assert len(seen) == 6
