import gzip
from pathlib import Path

import pytest

from collectors import eventxml
from collectors.eventxml import first_xml_event, in_one_line, is_event_file, read_xml_events
from soc_agent.errors import SourceError
from soc_agent.model import Block, Problem
from tests.decode.samples import decode

EVENT = (
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>\r\n  <System>\r\n"
    "    <EventID>{number}</EventID>\r\n    <Channel>Security</Channel>\r\n  </System>\r\n"
    "  <EventData>\r\n    <Data\r\n Name='f'>{text}</Data>\r\n"
    "  </EventData>\r\n</Event>\r\n"
)
DOCUMENT = '<?xml version="1.0" encoding="utf-8" standalone="yes"?>\r\n<Events>{}</Events>'


def events(*texts: str) -> str:
    return "".join(EVENT.format(number=number, text=text) for number, text in enumerate(texts, 1))


def read(path: Path) -> tuple[list[Block], list[str]]:
    problems: list[Problem] = []
    blocks = list(read_xml_events(path, source="test", report=problems.append))
    return blocks, [problem.code for problem in problems]


def values(blocks: list[Block]) -> list[object]:
    return [decode(line, block.type).fields["f"] for block in blocks for line in block.data.splitlines()]


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("frame", [DOCUMENT, "{}"])
def test_every_event_is_a_line_in_whatever_letters_it_is_written(tmp_path: Path, coding: str, frame: str) -> None:
    path = tmp_path / "e.xml"
    path.write_bytes(frame.format(events("a", "đ &amp; b", "x\r\n\ty")).encode(coding))
    assert is_event_file(path.read_bytes()[:4096])
    blocks, problems = read(path)
    assert problems == []
    assert values(blocks) == ["a", "đ & b", "x\r\n\ty"]
    assert [(block.offset, block.first_line, block.type) for block in blocks] == [(0, 1, "eventxml")]
    assert blocks[0].data.startswith(first_xml_event(path) + b"\n")


def test_many_events_on_one_line_and_in_an_archive(tmp_path: Path) -> None:
    path = tmp_path / "e.xml.gz"
    path.write_bytes(gzip.compress(events(*map(str, range(5_000))).replace("\r\n", "").encode()))
    assert values(read(path)[0]) == list(map(str, range(5_000)))


@pytest.mark.parametrize("size", [4, 7, 64, 1000])
def test_pieces_may_end_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(eventxml, "_READ_BYTES", size)
    path = tmp_path / "e.xml"
    path.write_bytes(DOCUMENT.format(events("a", "<Event xmlns='u'>in</Event>", "đ😀")).encode("utf-16"))
    lines = [line.decode() for block in read(path)[0] for line in block.data.splitlines()]
    assert [line.count("<Event ") for line in lines] == [1, 2, 1]
    assert "đ😀" in lines[2]


def test_blocks_follow_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eventxml, "_BLOCK_BYTES", 1)
    path = tmp_path / "e.xml"
    path.write_text(events("a", "b", "c"))
    blocks = read(path)[0]
    assert [block.first_line for block in blocks] == [1, 2, 3]
    assert [block.offset for block in blocks] == [0, len(blocks[0].data), len(blocks[0].data) + len(blocks[1].data)]


def test_an_event_that_is_cut_off_is_told(tmp_path: Path) -> None:
    path = tmp_path / "e.xml"
    path.write_text(events("a", "b")[:-40])
    blocks, problems = read(path)
    assert (values(blocks), problems) == (["a"], ["eventxml.cut_off"])


@pytest.mark.parametrize("factor", [1, 3])
def test_an_event_without_end_costs_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, factor: int) -> None:
    monkeypatch.setattr(eventxml, "LINE_CAP_BYTES", 1_000)
    monkeypatch.setattr(eventxml, "_READ_BYTES", 700)
    path = tmp_path / "e.xml"
    path.write_text(events("a", "x" * 1_000 * factor, "c"))
    blocks, problems = read(path)
    assert (values(blocks), problems) == (["a", "c"], ["eventxml.too_long"])


def test_what_the_document_declares_has_no_effect(tmp_path: Path) -> None:
    path = tmp_path / "e.xml"
    bomb = "<!DOCTYPE Events [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'><!ENTITY c SYSTEM 'file:///etc/passwd'>]>"
    path.write_text(bomb + DOCUMENT.format(events("&b;", "&c;", "plain")))
    lines = [line for block in read(path)[0] for line in block.data.splitlines()]
    assert [decode(line, "eventxml").decoded for line in lines] == [False, False, True]


@pytest.mark.parametrize("data", [b"", b"<Events></Events>", b"<Eve", b"\xff\xfe<", b"<Event"])
def test_where_there_is_no_event_there_is_no_line(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "e.xml"
    path.write_bytes(data)
    assert read(path) == ([], [])
    assert first_xml_event(path) == b""


@pytest.mark.parametrize("head", [b"<html>", b"<EventLog>", b"x <Event>", b"{", b"<?xml version='1.0'?><project>"])
def test_other_files_are_none(head: bytes) -> None:
    assert not is_event_file(head)


def test_an_archive_that_breaks_gives_what_stood_before(tmp_path: Path) -> None:
    path = tmp_path / "e.xml.gz"
    path.write_bytes(gzip.compress(events(*map(str, range(20_000))).encode())[:-50])
    found: list[Block] = []
    with pytest.raises(SourceError, match=r"e\.xml\.gz"):
        found.extend(read_xml_events(path, source="test", report=print))
    assert values(found)[:2] == ["0", "1"]


def test_a_file_that_is_not_there_is_told_by_name(tmp_path: Path) -> None:
    assert first_xml_event(tmp_path / "absent.xml") == b""
    with pytest.raises(SourceError, match=r"absent\.xml"):
        read(tmp_path / "absent.xml")


def test_one_line_says_the_same() -> None:
    assert in_one_line("<Event a='b'>x</Event>") == "<Event a='b'>x</Event>"
    assert in_one_line("<a\n b='c'>\n <d>x\ny </d>\r\n</a>") == "<a  b='c'><d>x&#xA;y </d></a>"
