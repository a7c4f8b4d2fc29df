"""Files of arrays that are mapped."""

from array import array
from pathlib import Path

from soc_agent.detect.indicators.packed import pack, read_packed, unpack, write_packed

ARRAYS = {"numbers": array("Q", [1, 2, 3]), "text": b"abc", "none": b""}


def test_arrays_come_back_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "new" / "one.lists"
    assert write_packed(path, pack(b"stamp", b"notes", ARRAYS))
    packed = read_packed(path, b"stamp")
    assert packed is not None
    assert packed.notes == b"notes"
    assert packed.arrays["numbers"].cast("Q").tolist() == [1, 2, 3]
    assert bytes(packed.arrays["text"]) == b"abc"
    assert bytes(packed.arrays["none"]) == b""
    assert path.stat().st_mode & 0o077 == 0


def test_only_the_right_stamp_opens_it(tmp_path: Path) -> None:
    data = pack(b"one", b"", ARRAYS)
    assert unpack(data, b"two") is None
    write_packed(tmp_path / "a.lists", data)
    assert read_packed(tmp_path / "a.lists", b"two") is None
    assert read_packed(tmp_path / "b.lists", b"one") is None


def test_what_is_damaged_anywhere_is_not_used(tmp_path: Path) -> None:
    data = bytearray(pack(b"one", b"notes", ARRAYS))
    path = tmp_path / "a.lists"
    for place in range(0, len(data), 7):
        data[place] ^= 0xFF
        path.write_bytes(data)
        assert read_packed(path, b"one") is None
        data[place] ^= 0xFF
    for size in (0, 10, 60, len(data) - 1):
        path.write_bytes(data[:size])
        assert read_packed(path, b"one") is None


def test_a_folder_that_cannot_be_written_costs_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert not write_packed(tmp_path / "file" / "a.lists", b"x")


def test_old_files_are_removed(tmp_path: Path) -> None:
    for number in range(8):
        write_packed(tmp_path / f"{number}.lists", b"x")
    assert len(list(tmp_path.iterdir())) == 4
