"""The Journal Export Format, in whatever pieces it comes."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from collectors.journal.export import Entry, ExportParser
from tests.collectors.journal.standin import export

_NAMES = st.sampled_from(["MESSAGE", "PRIORITY", "_UID", "OTHER", "COREDUMP"])
_FIELDS = st.dictionaries(
    _NAMES, st.binary(max_size=60) | st.sampled_from([b"", b"a\n\nb", b"\n", b"X\n", b"a=b"]), max_size=4
)
WANTED = {b"MESSAGE", b"PRIORITY", b"_UID", b"__CURSOR"}


def parse(data: bytes, cap: int = 1000, step: int | None = None) -> list[Entry]:
    parser = ExportParser(WANTED, cap)
    entries: list[Entry] = []
    for at in range(0, len(data), step or len(data)):
        entries += parser.feed(data[at : at + (step or len(data))])
    return entries


@given(st.lists(_FIELDS, max_size=5), st.integers(1, 80))
def test_every_value_comes_out_as_it_was_in_whatever_pieces_it_is_read(
    entries: list[dict[str, bytes]], step: int
) -> None:
    data = b"".join(export(number, fields) for number, fields in enumerate(entries))
    found = [entry.fields for entry in parse(data, step=step)]
    assert found == [entry.fields for entry in parse(data)] if data else not found
    for fields, got in zip(entries, found, strict=True):
        wanted = {name.encode(): value for name, value in fields.items() if name.encode() in WANTED}
        assert {name: value for name, value in got.items() if name != b"__CURSOR"} == wanted


@given(st.binary(max_size=400), st.integers(1, 50))
def test_garbage_is_survived(data: bytes, step: int) -> None:
    parse(data, step=step)


def test_a_value_over_the_cap_keeps_its_head_and_the_next_entry_is_whole() -> None:
    for value in (b"x" * 5000, b"x\n" * 2500):
        data = export(1, {"MESSAGE": value}) + export(2, {"MESSAGE": b"after"})
        for step in (None, 700):
            first, second = parse(data, step=step)
            assert first.fields[b"MESSAGE"] == value[:1000]
            assert first.cut == {b"MESSAGE"}
            assert second.fields[b"MESSAGE"] == b"after"
            assert not second.cut


def test_a_value_of_exactly_the_cap_is_not_cut() -> None:
    for value in (b"x" * 1000, b"x\n" * 500):
        (entry,) = parse(export(1, {"MESSAGE": value}), step=333)
        assert entry.fields[b"MESSAGE"] == value
        assert not entry.cut


def test_a_core_dump_is_passed_over_without_being_held() -> None:
    parser = ExportParser(WANTED, 1000)
    size = 50_000_000
    head, _, rest = export(1, {"COREDUMP": b"\n", "MESSAGE": b"crashed"}).partition(struct.pack("<Q", 1) + b"\n")
    entries = parser.feed(head + struct.pack("<Q", size))
    for _ in range(size // 100_000):
        entries += parser.feed(b"\n\nA=" * 25_000)
        assert len(parser._rest) + len(parser._value) < 300_000
    entries += parser.feed(rest)
    assert [entry.fields[b"MESSAGE"] for entry in entries] == [b"crashed"]


def test_a_text_without_end_is_not_held() -> None:
    parser = ExportParser(WANTED, 1000)
    parser.feed(b"__CURSOR=c\nMESSAGE=")
    for _ in range(100):
        assert not parser.feed(b"x" * 100_000)
        assert len(parser._rest) < 400_000
    (entry,) = parser.feed(b"\nPRIORITY=3\n\n")
    assert entry.fields == {b"__CURSOR": b"c", b"MESSAGE": b"x" * 1000, b"PRIORITY": b"3"}
    assert entry.cut == {b"MESSAGE"}


def test_of_a_field_that_comes_twice_the_first_counts() -> None:
    assert parse(b"MESSAGE=one\nMESSAGE=two\n\n")[0].fields == {b"MESSAGE": b"one"}
    assert parse(b"X\n" + struct.pack("<Q", 1) + b"\n\nMESSAGE=one\nMESSAGE=two\n\n")[0].fields == {b"MESSAGE": b"one"}


def test_words_of_the_program_to_its_reader_are_no_entries() -> None:
    assert [entry.fields for entry in parse(b"-- No entries --\n")] == []
    assert [entry.fields for entry in parse(b"-- Boot 1 --\nMESSAGE=a\n\n")] == [{b"MESSAGE": b"a"}]
