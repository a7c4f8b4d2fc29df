"""``soc-agent indicators``: what lists hold, and what is known of a value."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    folder = tmp_path / "feeds"
    folder.mkdir()
    (folder / "a.txt").write_text("# source: NCSC\n203.0.113.9\n203.0.113.0/24\n10.0.0.1\nhttp://evil.com/x\nbad.org\n")
    (folder / "b.csv").write_text("ip,tlp,expires,level,comment\n203.0.113.9,red,2020-01-01,high,C2\n")
    return folder


def test_check_says_what_is_taken_and_what_is_refused(run: Run, lists: Path) -> None:
    done = run("indicators", "check", lists)
    assert done.code == 2
    assert f"{lists}/a.txt:4: `10.0.0.1` is a private" in done.out
    assert "5 indicators of 2 lists are used: 2 ip, 1 cidr, 1 domain, 1 url. 1 refused, 1 past their time" in done.err
    assert "By source: NCSC 4, b 1. By mark: TLP:AMBER 4, TLP:RED 1." in done.err
    (lists / "a.txt").unlink()
    assert run("indicators", "check", lists).code == 0


def test_check_for_programs(run: Run, lists: Path) -> None:
    record = json.loads(run("indicators", "check", "--json", lists).out)
    assert record["indicators"] == 5
    assert record["sources"] == {"NCSC": 4, "b": 1}
    assert record["tlp"] == {"amber": 4, "red": 1}
    assert record["expired"] == 1
    assert [(file["format"], file["taken"], file["refused"]) for file in record["files"]] == [
        ("text", 4, 1),
        ("csv", 1, 0),
    ]
    assert [(problem["line"], problem["code"]) for problem in record["problems"]] == [(4, "indicator.not_global")]


def test_list_shows_those_that_count(run: Run, lists: Path) -> None:
    done = run("indicators", "list", "--json", lists)
    records = list(map(json.loads, done.out.splitlines()))
    assert len(records) == 4
    assert not any(record["expired"] for record in records)
    (old,) = [
        r
        for r in map(json.loads, run("indicators", "list", "--json", "--expired", lists).out.splitlines())
        if r["expired"]
    ]
    assert (old["tlp"], old["level"], old["comment"], old["expires"]) == (
        "red",
        "high",
        "C2",
        "2020-01-02T00:00:00.000000Z",
    )
    few = run("indicators", "list", "--limit", "1", lists)
    assert "3 more" in few.err
    assert "TLP:" in few.out


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("203.0.113.9", ["203.0.113.9", "203.0.113.9", "203.0.113.0/24"]),
        ("203.0.113[.]10", ["203.0.113.0/24"]),
        ("203.0.113.0/24", ["203.0.113.0/24"]),
        ("a.BAD.org", ["bad.org"]),
        ("hxxp://evil.com/x/y", ["http://evil.com/x"]),
        ("evil.com", ["http://evil.com/x"]),
        ("evil", ["http://evil.com/x"]),
    ],
)
def test_search_finds_what_is_known(run: Run, lists: Path, value: str, found: list[str]) -> None:
    done = run("indicators", "search", "--json", value, lists)
    assert done.code == 0
    assert [json.loads(line)["value"] for line in done.out.splitlines()] == found


def test_search_says_when_nothing_is_known(run: Run, lists: Path) -> None:
    done = run("indicators", "search", "198.51.100.1", lists)
    assert (done.code, done.out) == (1, "")
    assert "198.51.100.1" in done.err


def test_lists_of_the_configuration_are_taken(run: Run, lists: Path, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("indicators: {paths: [feeds], default_tlp: green}\n")
    records = list(map(json.loads, run("indicators", "list", "--json").out.splitlines()))
    assert {record["tlp"] for record in records} == {"green"}
    (tmp_path / "config.yaml").write_text("{}\n")
    done = run("indicators", "list")
    assert done.code == 2
    assert "indicators.paths" in done.err


def test_hostile_text_is_shown_safely(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\x1b[2Jevil\n")
    done = run("indicators", "check", tmp_path / "a.txt")
    assert "\x1b" not in done.out + done.err
