"""Which files are read, and as what."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soc_agent.detect.indicators import load_indicators
from soc_agent.detect.indicators.feeds import intake, read
from soc_agent.detect.indicators.feeds.read import find_lists
from soc_agent.model import Problem
from tests.detect.indicators.making import faults, indicators_of


def test_lists_of_a_folder_are_found_in_order(tmp_path: Path) -> None:
    for name in ("b.txt", "a.csv", "sub/c.jsonl", "readme.md", ".git/d.txt", "e.TXT"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
    files, problems = find_lists([tmp_path, tmp_path / "readme.md", tmp_path / "b.txt", tmp_path / "no"])
    assert [str(path.relative_to(tmp_path)) for path in files] == [
        "a.csv",
        "b.txt",
        "e.TXT",
        "sub/c.jsonl",
        "readme.md",
    ]
    assert [problem.code for problem in problems] == ["indicator.no_such_path"]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    assert faults(load_indicators([tmp_path])) == ["0: not_a_file"]


def test_ten_million_lines_end_at_the_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same as with the real bound, in a thousandth of the time."""
    monkeypatch.setattr(intake, "TOTAL_CAP", 2_000)
    lines = "\n".join(f"203.{n // 65536}.{n // 256 % 256}.{n % 256}" for n in range(10_000))
    listed = indicators_of(tmp_path, lines)
    assert len(listed) == 2_000
    assert faults(listed) == ["2001: too_many"]


def test_a_file_that_is_no_list_is_left_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "_REFUSED_CAP", 1_000)
    listed = indicators_of(tmp_path, "some words\n" * 5_000)
    assert len(listed.problems) == 52
    assert {problem.code for problem in listed.problems} >= {"indicator.not_a_list", "indicator.more"}
    assert listed.reports[0].refused == 1_000


def test_a_sparse_giant_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(1024**3)
    assert faults(load_indicators([path])) == ["0: too_big"]


def test_a_document_beyond_the_bound_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "DOCUMENT_CAP_BYTES", 50)
    assert faults(indicators_of(tmp_path, '{\n"Event": ' + " " * 100 + "{}}", "a.json")) == ["1: document_too_big"]
    rows = '{"ip":"203.0.113.9"}\n' * 10
    assert faults(indicators_of(tmp_path, rows, "b.jsonl")) == []


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.one_of(
        st.binary(max_size=300),
        st.text(alphabet='{}[]",:;#\n\\ \tabip.1/-=', max_size=200).map(str.encode),
        st.sampled_from(
            [b"", b"\x00" * 5000, b"\xff\xfe", b"\xef\xbb\xbf", b",,,\n,,,", b"ip,\n\n\n,", b'{"Event":[]}', b"null"]
        ),
    ),
    name=st.sampled_from(["a.txt", "a.csv", "a.json", "a.jsonl", "a.stix"]),
)
def test_garbage_is_no_error_of_the_program(tmp_path: Path, data: bytes, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    listed = load_indicators([path])
    assert all(isinstance(problem, Problem) for problem in listed.problems)
    faults(listed)
    assert len(listed.reports) == 1
