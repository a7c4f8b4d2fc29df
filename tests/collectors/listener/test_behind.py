"""Reading behind the writer of a spool."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from collectors.listener.behind import Behind
from collectors.listener.spool import Spool, segments_in
from tests.collectors.listener.spooling import ALICE, BOB, LIMIT, SPAN_NS, read_all, write


def test_nothing_is_read_beyond_what_is_said_to_be_written(tmp_path: Path) -> None:
    spool = Spool(tmp_path, LIMIT)
    spool.open()
    behind = Behind(tmp_path)
    assert behind.read(spool.end, 1000, SPAN_NS).records == []
    write(spool, "one\n", ALICE)
    first = spool.end
    write(spool, "two\n", BOB)
    assert [record.sender for record in behind.read(first, 1000, SPAN_NS).records] == [ALICE]
    assert [record.sender for record in behind.read(spool.end, 1000, SPAN_NS).records] == [BOB]
    behind.close()
    spool.close()


def test_a_small_read_still_gives_whole_records(tmp_path: Path) -> None:
    spool = Spool(tmp_path, LIMIT, 65_536)
    spool.open()
    texts = ["a\n", "b" * 3000 + "\n", "c\n", "d" * 70_000 + "\n", "e\n"]
    for text in texts:
        write(spool, text)
    for limit in (1, 30, 100, 5000):
        assert read_all(tmp_path, 0, spool.end, limit) == (texts, 0)
    spool.close()


def test_records_of_one_portion_were_received_within_its_span(tmp_path: Path) -> None:
    spool = Spool(tmp_path, LIMIT)
    spool.open()
    for second in (0, 1, 3, 4, 9):
        write(spool, f"{second}\n", received_ns=second * 1_000_000_000)
    behind = Behind(tmp_path)
    portions = []
    while behind.at < spool.end:
        portions.append([record.data for record in behind.read(spool.end, 10_000, SPAN_NS).records])
    assert portions == [[b"0\n", b"1\n"], [b"3\n", b"4\n"], [b"9\n"]]
    behind.close()
    spool.close()


def test_a_segment_that_is_gone_is_told_in_bytes(tmp_path: Path) -> None:
    spool = Spool(tmp_path, LIMIT, 65_536)
    spool.open()
    for number in range(30):
        write(spool, f"{number} " + "x" * 9000 + "\n")
    segments = segments_in(tmp_path)
    segments[1].path.unlink()
    texts, damaged = read_all(tmp_path, 0, spool.end)
    assert damaged == segments[2].begin - segments[1].begin
    assert texts[0].startswith("0 ")
    assert texts[-1].startswith("29 ")
    spool.close()


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=20), st.integers(1, 4000), st.integers(0, 50_000))
def test_damage_anywhere_never_gives_what_was_not_written(sizes: list[int], limit: int, place: int) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        spool = Spool(folder, LIMIT)
        spool.open()
        texts = [f"{number} " + "x" * size + "\n" for number, size in enumerate(sizes)]
        for text in texts:
            write(spool, text)
        path = segments_in(folder)[0].path
        data = bytearray(path.read_bytes())
        hit = 40 + place % (len(data) - 40)
        data[hit] ^= 0x55
        path.write_bytes(bytes(data))
        found, damaged = read_all(folder, 0, spool.end, limit)
        lost = [text for text in texts if text not in found]
        assert found == [text for text in texts if text in found]
        assert len(lost) == 1
        assert damaged > 0
        spool.close()
