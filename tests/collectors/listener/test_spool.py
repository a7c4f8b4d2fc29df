"""The spool: what is written is there after a crash, once, and space is freed as it is committed."""

import os
import resource
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.listener.spool import Spool, SpoolBusyError, segments_in
from tests.collectors.listener.spooling import LIMIT, read_all, write


def spool_in(folder: Path, limit: int = LIMIT, segment: int = 65_536, resume: tuple[str, int] | None = None) -> Spool:
    spool = Spool(folder, limit, segment)
    spool.open(resume)
    return spool


def test_what_is_written_is_read_in_order_over_segments(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    texts = [f"{number} " + "x" * 5000 + "\n" for number in range(50)]
    for text in texts:
        write(spool, text)
    assert len(segments_in(tmp_path)) > 2
    assert read_all(tmp_path, 0, spool.end) == (texts, 0)
    spool.close()


def test_a_restart_continues_behind(tmp_path: Path) -> None:
    first = spool_in(tmp_path)
    write(first, "one\n")
    first.close()
    second = spool_in(tmp_path)
    assert second.id == first.id
    assert second.begin == 0
    write(second, "two\n")
    assert read_all(tmp_path, 0, second.end) == (["one\n", "two\n"], 0)
    second.close()
    third = spool_in(tmp_path)
    third.close()
    fourth = spool_in(tmp_path)
    assert len(segments_in(tmp_path)) == 3, "an empty segment is used again"
    fourth.close()


@given(st.integers(1, 400))
def test_a_torn_end_is_cut_off_and_the_rest_stays(tmp_path_factory: pytest.TempPathFactory, torn: int) -> None:
    folder = tmp_path_factory.mktemp("spool")
    spool = spool_in(folder)
    for number in range(4):
        write(spool, f"line {number}\n")
    whole = spool.end
    path = segments_in(folder)[0].path
    spool.close()
    torn %= path.stat().st_size - 40  # the header stands: it was there before any line
    os.truncate(path, path.stat().st_size - torn)
    again = spool_in(folder)
    texts, damaged = read_all(folder, 0, again.end)
    assert texts == [f"line {number}\n" for number in range(len(texts))]
    assert damaged == 0
    assert (len(texts) == 4) == (torn == 0)
    assert again.end <= whole + 40
    write(again, "more\n")
    assert read_all(folder, 0, again.end)[0] == [*texts, "more\n"]
    again.close()


def test_damage_in_the_middle_costs_its_record_alone(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    places = []
    for number in range(5):
        places.append(spool.end)
        write(spool, f"line {number}\n")
    path = segments_in(tmp_path)[0].path
    data = bytearray(path.read_bytes())
    data[places[2] + 50] ^= 0xFF
    path.write_bytes(bytes(data))
    texts, damaged = read_all(tmp_path, 0, spool.end)
    assert texts == ["line 0\n", "line 1\n", "line 3\n", "line 4\n"]
    assert damaged == places[3] - places[2]
    spool.close()
    again = spool_in(tmp_path)
    assert read_all(tmp_path, 0, again.end)[0] == texts
    again.close()


def test_places_never_come_again_though_the_power_took_the_end(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    write(spool, "one\n")
    first = spool.end
    write(spool, "two\n")
    committed = spool.end
    spool.close()
    os.truncate(segments_in(tmp_path)[0].path, first)
    again = spool_in(tmp_path, resume=(spool.id, committed))
    write(again, "three\n")
    assert read_all(tmp_path, committed, again.end) == (["three\n"], 0)
    again.close()


def test_another_spool_in_the_folder_has_another_id(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    spool.close()
    for stored in segments_in(tmp_path):
        stored.path.unlink()
    again = spool_in(tmp_path, resume=(spool.id, 5000))
    assert again.id != spool.id
    assert again.end < 5000
    again.close()


def test_space_is_freed_by_whole_segments_and_bounds_what_is_kept(tmp_path: Path) -> None:
    spool = spool_in(tmp_path, limit=1_048_576)
    ends = []
    while spool.room(10_000):
        write(spool, "x" * 9_000 + "\n")
        ends.append(spool.end)
    assert spool.used <= 1_048_576
    spool.free(ends[40])
    assert spool.room(10_000)
    texts, damaged = read_all(tmp_path, ends[40], spool.end)
    assert (len(texts), damaged) == (len(ends) - 41, 0)
    spool.free(spool.end)
    assert len(segments_in(tmp_path)) == 1
    spool.close()


def test_a_full_disk_writes_nothing_or_all(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    write(spool, "one\n")
    end = spool.end
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (end + 100, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            write(spool, "x" * 500 + "\n")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert spool.end == end
    write(spool, "two\n")
    assert read_all(tmp_path, 0, spool.end) == (["one\n", "two\n"], 0)
    spool.close()


def test_two_cannot_write_to_one_spool(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    with pytest.raises(SpoolBusyError):
        spool_in(tmp_path)
    spool.close()
    spool_in(tmp_path).close()


def test_a_segment_without_header_is_put_aside(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    write(spool, "one\n")
    spool.close()
    broken = tmp_path / f"{spool.end:016x}.spool"
    broken.write_bytes(b"SOC")
    again = spool_in(tmp_path)
    write(again, "two\n")
    assert read_all(tmp_path, 0, again.end) == (["one\n", "two\n"], 0)
    assert broken.with_suffix(".damaged").exists()
    again.close()
