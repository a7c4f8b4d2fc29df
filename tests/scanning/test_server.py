"""What the scanning process does with a file, without the process."""

import gzip
import os
from pathlib import Path

import pytest
import yara

from soc_agent.scanning.archives import Bounds
from soc_agent.scanning.frames import Answer, Match, Order, Pieces
from soc_agent.scanning.server import MATCHES_CAP, Rules, look_inside, match, read_capped

VARIABLES = {"filename": "", "filepath": "", "extension": "", "filetype": "", "owner": ""}


@pytest.mark.parametrize("told", [0, 4, 5, 9])
def test_a_file_is_read_to_its_end_whatever_size_was_told(tmp_path: Path, told: int) -> None:
    """It may have grown or been cut since; /proc tells no size at all."""
    (tmp_path / "f").write_bytes(b"hello")
    with (tmp_path / "f").open("rb") as file:
        file.read(2)
        assert read_capped(file.fileno(), told, 5) == b"hello"
        assert read_capped(file.fileno(), told, 4) is None


def test_what_tells_no_size_is_read(tmp_path: Path) -> None:
    file = os.open("/proc/self/status", os.O_RDONLY)
    assert b"Threads:" in (read_capped(file, 0, 100_000) or b"")
    assert read_capped(file, 0, 100) is None
    os.close(file)


def test_rules_are_compiled_for_the_kind_of_a_file() -> None:
    """Those for another kind are not among them; those for any are."""
    rules = Rules([Pieces("n", "", (("rule each { condition: true }", ()), ("rule pe { condition: true }", ("pe",))))])
    assert not rules.has("text")
    assert [rule.identifier for rule in rules.of("text")] == ["each"]
    assert [rule.identifier for rule in rules.of("pe")] == ["each", "pe"]
    assert rules.has("text")
    assert Rules([]).of("text") is None


def test_rules_that_do_not_compile_apart_are_taken_whole() -> None:
    """A fault in taking them apart costs speed, never a rule."""
    apart = Pieces("n", "", (("rule a { condition: true }", ("pe",)), ("rule b { condition: a }", ())))
    assert [rule.identifier for rule in Rules([apart]).of("text")] == ["a", "b"]


def test_matches_of_one_file_are_bounded() -> None:
    source = "\n".join(f'rule r{number} {{ meta: k = "{"v" * 300}" condition: true }}' for number in range(2000))
    answer = match(yara.compile(source=source), b"x", {}, 10)
    assert len(answer.matches) == MATCHES_CAP
    assert len(answer.matches[0].meta["k"]) == 200
    assert len(answer.sha256) == 64


def test_a_member_that_cannot_be_scanned_does_not_hide_what_others_hold() -> None:
    """Nor what the file itself does."""
    data = gzip.compress(gzip.compress(gzip.compress(b"x")))
    order = Order("/srv/x.gz", "", len(data), 1000, 5, Bounds(3, 10, 1000))
    asked = []

    def scan(path: str, content: bytes, left_s: int) -> Answer:
        asked.append((path, left_s))
        if len(asked) == 2:
            return Answer(not_scanned="timeout")
        return Answer((Match("n", "inner", ("$a",), {}),))

    answer = look_inside(data, order, Answer((Match("n", "outer", (), {}),), sha256="00"), lambda: 4.5, scan)
    assert [(each.rule, each.member, each.members) for each in answer.matches] == [("outer", "", 0), ("inner", "x", 2)]
    assert (answer.beyond, answer.sha256) == ({"time": "x/x"}, "00")
    assert asked == [("/srv/x.gz/x", 5), ("/srv/x.gz/x/x", 5), ("/srv/x.gz/x/x/x", 5)]


def test_a_file_is_not_blamed_for_the_time_that_its_rules_take_to_compile(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("soc_agent.scanning.server.time.monotonic", lambda: now[0])
    rules = Rules([Pieces("n", "", (("rule each { condition: true }", ()),))])

    def compile_(self: Rules, kind: str) -> object:
        del self, kind
        now[0] += 7
        return object()

    monkeypatch.setattr(Rules, "_compile", compile_)
    begin = rules.clock()
    rules.of("text")
    now[0] += 1
    assert rules.clock() - begin == 1
