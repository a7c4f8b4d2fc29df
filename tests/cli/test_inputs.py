"""Files are told by what is in them."""

import gzip
from pathlib import Path

import pytest

from soc_agent.cli.inputs import CAPTURE_MAGIC, blocks_of, find_inputs
from soc_agent.model import Problem

SSHD = b"Mar  2 06:00:00 h sshd[7]: Failed password for root from 192.0.2.1 port 22 ssh2\n"


def types(*paths: Path, type_: str | None = None) -> dict[str, str]:
    problems: list[Problem] = []
    found = {item.path.name: item.type for item in find_inputs(paths, type_, problems)}
    assert problems == []
    return found


def test_content_decides(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(SSHD)
    (tmp_path / "b.log.gz").write_bytes(gzip.compress(SSHD))
    (tmp_path / "c").write_bytes(b'{"a": 1}\n')
    (tmp_path / "d").write_bytes(bytes(range(256)) * 10)
    for number, magic in enumerate(CAPTURE_MAGIC):
        (tmp_path / f"p{number}").write_bytes(magic + bytes(40))
    found = types(tmp_path)
    assert [found[name] for name in ("a.log", "b.log.gz", "c", "d")] == ["syslog", "syslog", "json", "binary"]
    assert {found[f"p{number}"] for number in range(5)} == {"capture"}


def test_events_as_xml_are_taken_apart_wherever_their_lines_end(tmp_path: Path) -> None:
    event = "<Event>\n<System>\n<EventID>{}</EventID><Channel>Security</Channel></System>\n</Event>\n"
    (tmp_path / "e.xml").write_text("<?xml version='1.0'?>\n<Events>" + event.format(1) + event.format(2) + "</Events>")
    (item,) = find_inputs([tmp_path], None, [])
    assert (item.type, item.line_type) == ("xml", "eventxml")
    (block,) = blocks_of(item, [])
    assert block.data.count(b"\n") == 2
    assert item.head + b"\n" == block.data[: len(item.head) + 1]


def test_a_type_that_is_given_wins_but_for_captures(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(SSHD)
    (tmp_path / "p").write_bytes(CAPTURE_MAGIC[0] + bytes(40))
    assert types(tmp_path, type_="plain") == {"a": "plain", "p": "capture"}


def test_links_in_folders_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "out.log").write_bytes(SSHD)
    (tmp_path / "logs" / "link").symlink_to(tmp_path / "out.log")
    assert types(tmp_path / "logs") == {}


def test_what_is_not_there_is_told_and_the_rest_is_found(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(SSHD)
    problems: list[Problem] = []
    found = list(find_inputs([tmp_path / "none", tmp_path / "a"], None, problems))
    assert [item.path.name for item in found] == ["a"]
    assert [problem.where.file for problem in problems] == [str(tmp_path / "none")]


@pytest.mark.parametrize("cut", [10, 60])
def test_a_broken_archive_is_told_after_what_could_be_read(tmp_path: Path, cut: int) -> None:
    packed = gzip.compress(SSHD * 100_000)
    (tmp_path / "a.gz").write_bytes(packed[:-cut])
    problems: list[Problem] = []
    (item,) = find_inputs([tmp_path / "a.gz"], None, problems)
    blocks = list(blocks_of(item, problems))
    assert blocks
    assert [problem.code for problem in problems] == ["archive.broken"]


def test_an_event_log_is_known_by_its_first_bytes_and_gives_lines_of_json(tmp_path: Path) -> None:
    path = tmp_path / "Security.evtx"
    path.write_bytes(b"ElfFile\0".ljust(4096, b"\0"))
    problems: list[Problem] = []
    (item,) = find_inputs([path], None, problems)
    assert (item.type, item.line_type, item.head) == ("evtx", "json", b"")
    assert list(blocks_of(item, problems)) == []
    assert problems == []
