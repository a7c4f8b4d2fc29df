"""The forty cases that reading log files must survive: each has its test, by its number."""

import ast
import re
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from soc_agent.decode import Context
from soc_agent.text import make_safe
from tests import product
from tests.collectors.tailing import Reader, append

TESTS = Path(__file__).resolve().parents[1]
CASES = {
    1: "rename and create",
    2: "rename, and the writer goes on in the old file",
    3: "copytruncate when all was read",
    4: "copytruncate with unread bytes",
    5: "truncated and grown past the old place between two looks",
    6: "rewritten in place with the same size",
    7: "an inode used again",
    8: "two files with the same first bytes",
    9: "a file shorter than its fingerprint could be",
    10: "an empty file, filled later",
    11: "rotation to an archive",
    12: "several rotations while the agent is down",
    13: "kill -9 between write and checkpoint",
    14: "positions that are damaged or gone",
    15: "a line at the end that is finished later",
    16: "a last line without newline, then a rotation",
    17: "a character at the edge of a read",
    18: "what is no UTF-8, and NUL bytes",
    19: "CRLF, UTF-16, byte order marks",
    20: "a line of 100 MB",
    21: "events of several lines",
    22: "interleaved audit records, and a missing end",
    23: "a folder that appears, goes and comes again",
    24: "a new file found while it is written",
    25: "a first start with old logs",
    26: "links, symbolic and hard",
    27: "deleted while open",
    28: "a file that cannot be read",
    29: "another device number after a mount",
    30: "pipes, sockets, folders and devices",
    31: "ten thousand files and few descriptors",
    32: "a hot file and fifty quiet ones",
    33: "a reader that is slow or blocked",
    34: "no room on the disk of the store",
    35: "no inotify, or its queue or its watches are full",
    36: "clocks that jump, and times without a year",
    37: "forged lines: escapes, carriage returns, markup",
    38: "the journal: rotation, vacuum, a cursor that is gone",
    39: "the agent's own log in a watched glob",
    40: "a crafted file name",
}
ELSEWHERE = {38: ("collectors/journal", "vacuum|rotat|cursor")}
"""Cases of another collector: where their tests are, and a word in their names."""


def names_of_tests(folder: Path) -> list[str]:
    """Give the names of all test functions below a folder."""
    return [
        node.name
        for path in folder.rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    ]


def test_no_case_is_without_a_test() -> None:
    assert list(CASES) == list(range(1, 41))
    named = names_of_tests(TESTS / "collectors") + names_of_tests(TESTS / "end_to_end")
    found = {int(number) for name in named for number in re.findall(r"(?<=case_)\d+|(?<=_and_)\d+", name)}
    for number, (folder, word) in ELSEWHERE.items():
        if any(re.search(word, name) for name in names_of_tests(TESTS / folder)):
            found.add(number)
    assert {number: CASES[number] for number in CASES.keys() - found} == {}


@pytest.mark.parametrize(
    ("received", "line", "happened"),
    [
        ("2026-01-01T00:00:30", "Dec 31 23:59:59", "2025-12-31T23:59:59"),
        ("2025-12-31T23:59:58", "Jan  1 00:00:01", "2026-01-01T00:00:01"),
        ("2026-03-01T00:00:00", "Feb 28 23:59:59", "2026-02-28T23:59:59"),
        ("2026-10-25T01:30:00", "Oct 25 01:10:00", "2026-10-25T01:10:00"),
    ],
)
def test_case_36_a_time_without_a_year_is_the_nearest_and_apart_from_when_it_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, received: str, line: str, happened: str
) -> None:
    """Also after the clock was set: what was read keeps its place, and each line the time that it names."""
    now = _ns(received)
    monkeypatch.setattr(time, "time_ns", lambda: now)
    log = tmp_path / "auth.log"
    append(log, f"{line} host sshd[1]: first\n")
    reader = Reader(log)
    assert len(reader.read()) == 1
    (block,) = (block for block in reader.blocks if block.data)
    assert block.received_ns == now
    context = Context("logs", "syslog", ZoneInfo("UTC"), block.received_ns, "host")
    assert product.decoders().decode(block.data[:-1], context).time_ns == _ns(happened)
    now -= 3600 * 10**9
    append(log, f"{line} host sshd[1]: second, an hour earlier by the clock\n")
    assert len(reader.read()) == 1
    reader.restart()
    assert reader.wait(10) == []


def _ns(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 10**9


def test_case_37_a_forged_line_is_kept_as_it_is_and_shown_with_its_escapes_visible(tmp_path: Path) -> None:
    """One line stays one line, byte by byte, and nothing of it moves a cursor or reverses text on a screen."""
    forged = b"\x1b[2Jroot\rNov 20 host sshd[1]: Accepted [bold]x[/bold] \xe2\x80\xae\x07"
    append(tmp_path / "a.log", forged + b"\n")
    (line,) = Reader(tmp_path / "a.log").read()
    assert line == forged
    shown = make_safe(line)
    assert not {character for character in shown if ord(character) < 32 or character in "\u202e\x7f"}
    assert "sshd" in shown
