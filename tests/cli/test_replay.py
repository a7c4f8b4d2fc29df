"""The order and the pace of what is replayed; through a live agent it is tried in ``tests/end_to_end``."""

from pathlib import Path
from zoneinfo import ZoneInfo

from soc_agent.cli.inputs import find_inputs
from soc_agent.cli.replay import Recorded
from soc_agent.model import Problem
from tests import product

UTC = ZoneInfo("UTC")


def line(second: int, text: str) -> str:
    return f"Mar  2 06:00:{second:02d} h sshd[1]: {text}\n"


def recorded(*paths: Path) -> list[tuple[int, bytes]]:
    problems: list[Problem] = []
    inputs = list(find_inputs(paths, None, problems))
    lines = [(timed.time_ns, timed.line) for timed in Recorded(inputs, UTC, product.decoders(), problems)]
    assert problems == []
    return lines


def test_files_are_merged_by_time(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(line(1, "a") + line(3, "a") + line(5, "a"))
    (tmp_path / "b.log").write_text(line(2, "b") + line(4, "b"))
    found = recorded(tmp_path / "a.log", tmp_path / "b.log")
    assert [text.split()[-1] for _, text in found] == [b"a", b"b", b"a", b"b", b"a"]
    assert [time for time, _ in found] == sorted(time for time, _ in found)


def test_every_line_is_there_with_its_place(tmp_path: Path) -> None:
    """A line without a time of its own happened when the one before it did; none is left out."""
    text = line(1, "x") + "no time here\n" + line(2, "y")
    (tmp_path / "a.log").write_text(text)
    problems: list[Problem] = []
    timed = list(
        Recorded(list(find_inputs([tmp_path / "a.log"], "syslog", problems)), UTC, product.decoders(), problems)
    )
    assert b"".join(one.line for one in timed) == text.encode()
    assert [one.number for one in timed] == [1, 2, 3]
    assert timed[1].time_ns == timed[0].time_ns < timed[2].time_ns
    assert [text.encode()[one.offset : one.offset + 3] for one in timed] == [one.line[:3] for one in timed]


def test_lines_before_the_first_time_happened_when_it_did(tmp_path: Path) -> None:
    """Otherwise the first line with a time would be due in fifty years."""
    (tmp_path / "a.log").write_text("# a header\n" + line(2, "a"))
    (tmp_path / "b.log").write_text(line(1, "b"))
    found = recorded(tmp_path / "a.log", tmp_path / "b.log")
    assert [text.split()[-1] for _, text in found] == [b"b", b"header", b"a"]
    assert found[1][0] == found[2][0] > 0


def test_a_file_without_any_time_happened_when_it_was_written(tmp_path: Path) -> None:
    for count in (1, 1500):
        path = tmp_path / f"{count}.log"
        path.write_text("no time\n" * count)
        found = recorded(path)
        assert len(found) == count
        assert {time for time, _ in found} == {path.stat().st_mtime_ns}
