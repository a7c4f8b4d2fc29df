"""The last lines of a source are read from its files, whatever kind they are."""

import gzip
import os
from pathlib import Path

import pytest

from soc_agent.cli.lastlines import LINES, last_lines
from soc_agent.config import parse_config
from soc_agent.errors import SourceError
from soc_agent.model.judging import LogLine


def lines_of(folder: Path, source: str) -> tuple[LogLine, ...]:
    config = parse_config(f"sources: [{{name: s, {source}}}]\n".encode())
    return last_lines(config, folder, "s")


def refused(folder: Path, source: str) -> str:
    with pytest.raises(SourceError) as raised:
        lines_of(folder, source)
    return raised.value.problem.code


def test_lines_come_in_order_with_file_and_number(tmp_path: Path) -> None:
    for age, name in enumerate(("new.log", "old.log")):
        path = tmp_path / name
        path.write_bytes(f"first of {name}\n\r\n  \nlast of {name}\r\n".encode())
        os.utime(path, (1_700_000_000 - age * 60,) * 2)
    found = lines_of(tmp_path, "kind: file, paths: ['*.log']")
    assert [line.raw for line in found] == [
        b"first of old.log", b"last of old.log", b"first of new.log", b"last of new.log"
    ]  # fmt: skip
    assert (found[-1].place, found[-1].number, found[-1].source) == (str(tmp_path / "new.log"), 4, "s")
    assert found[-1].time_ns == 1_700_000_000_000_000_000


def test_of_a_large_file_only_the_end_is_read(tmp_path: Path) -> None:
    count = 300_000
    (tmp_path / "a.log").write_bytes(b"".join(b"line %d\n" % number for number in range(count)))
    found = lines_of(tmp_path, "kind: file, paths: [a.log]")
    assert [line.raw for line in found] == [b"line %d" % number for number in range(count - LINES, count)]


def test_an_archive_is_unpacked(tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(
        gzip.compress(b"".join(os.urandom(600).hex().encode() + b"\n" for _ in range(2000)))
    )
    found = lines_of(tmp_path, "kind: file, paths: [a.gz], exclude: []")
    assert len(found) == LINES
    assert {len(line.raw) for line in found} == {1200}
    assert found[-1].number == 2000


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("kind: file, paths: [absent.log]", "lines.none"),
        ("kind: file, paths: [empty.log]", "lines.none"),
        ("kind: watch, paths: [www]", "lines.files_only"),
        ("kind: packets, interface: eth0", "lines.not_kept"),
    ],
)
def test_where_there_are_none_the_reason_is_given(tmp_path: Path, source: str, code: str) -> None:
    (tmp_path / "empty.log").write_bytes(b"\n")
    assert refused(tmp_path, source) == code


def test_a_source_that_is_not_configured(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="other"):
        last_lines(parse_config(b"sources: []\n"), tmp_path, "other")


@pytest.mark.skipif(os.geteuid() == 0, reason="this user may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(b"x\n")
    (tmp_path / "a.log").chmod(0)
    with pytest.raises(SourceError):
        lines_of(tmp_path, "kind: file, paths: [a.log]")
