import os
import re
import shutil
from pathlib import Path

import pytest

from collectors import eventlog, eventxml
from collectors.eventlog_folder import EventLogFolder
from collectors.eventlog_worker import CHUNK_BYTES, HEADER_BYTES
from soc_agent.config import EventLogSource
from soc_agent.model import Collector
from tests.collectors.eventlog_folder.drops import EVTX, RDP, Agent, header, recorded, xml


def numbers(lines: list[bytes]) -> list[int]:
    return [int(found[1]) for line in lines if (found := re.search(rb"<EventID>(\d+)<", line))]


def test_it_is_a_collector(tmp_path: Path) -> None:
    collector: Collector = EventLogFolder(EventLogSource(name="exports", paths=(str(tmp_path),)))
    assert (collector.name, collector.finished, collector.missing()) == ("exports", False, None)
    collector.open({})
    assert collector.read(0) is None
    collector.wake()
    assert collector.read(60) is None
    collector.close()


def test_a_file_is_read_once_when_nobody_writes_to_it_any_more(tmp_path: Path) -> None:
    agent = Agent(tmp_path)
    path = tmp_path / "host1" / "a.XML"
    path.parent.mkdir()
    path.write_bytes(xml(1, 2))
    assert agent.settle(0) == []
    path.write_bytes(xml(1, 2, 3))
    assert agent.settle(0) == []
    assert numbers(agent.settle()) == [1, 2, 3]
    assert agent.settle() == []
    assert {block.stream for block in agent.blocks} == {str(path)}
    assert len(agent.positions) == 1


def test_files_that_were_there_before_are_read_too_the_oldest_first(tmp_path: Path) -> None:
    for number, name in ((1, "b.xml"), (2, "c.xml"), (3, "a.xml")):
        (tmp_path / name).write_bytes(xml(number))
        os.utime(tmp_path / name, (number, number))
    (tmp_path / "notes.txt").write_bytes(xml(7))
    (tmp_path / ".partial.xml").write_bytes(xml(8))
    assert numbers(Agent(tmp_path).settle()) == [1, 2, 3]


def test_after_a_restart_nothing_comes_again(tmp_path: Path) -> None:
    agent = Agent(tmp_path)
    (tmp_path / "a.xml").write_bytes(xml(1, 2))
    assert numbers(agent.settle()) == [1, 2]
    agent.start()
    assert agent.settle() == []
    (tmp_path / "b.xml").write_bytes(xml(3))
    assert numbers(agent.settle()) == [3]


def test_a_copy_and_another_name_give_nothing_again(tmp_path: Path) -> None:
    agent = Agent(tmp_path)
    (tmp_path / "a.xml").write_bytes(xml(1, 2))
    agent.settle()
    shutil.copy(tmp_path / "a.xml", tmp_path / "copy.xml")
    (tmp_path / "a.xml").rename(tmp_path / "renamed.xml")
    assert agent.settle() == []
    agent.start()
    blocks = len(agent.blocks)
    assert agent.settle() == []
    assert len(agent.blocks) == blocks, "they are known without a look into them"


def test_killed_anywhere_it_loses_nothing_and_repeats_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eventxml, "_BLOCK_BYTES", 1)
    (tmp_path / "a.xml").write_bytes(xml(*range(10)))
    (tmp_path / "b.xml").write_bytes(xml(*range(10, 20)))
    agent = Agent(tmp_path)
    for _ in range(40):
        agent.clock.now += 3
        agent.step()  # the first look; what it gives next is committed, all else is lost by the kill
        agent.clock.now += 3
        while agent.is_busy() and agent.step() is None:
            pass
        agent.start()
    lines = [
        (block.stream_id, block.offset, block.first_line, line)
        for block in agent.blocks
        for line in block.data.splitlines()
    ]
    assert sorted(numbers([line for *_, line in lines])) == list(range(20))
    alone = [block for block in agent_of(tmp_path).blocks if block.data]
    assert {(block.stream_id, block.offset, block.first_line, block.data[:-1]) for block in alone} == set(lines)


def agent_of(folder: Path) -> Agent:
    agent = Agent(folder)
    agent.settle()
    return agent


def test_an_export_to_the_same_path_gives_what_is_new(tmp_path: Path) -> None:
    agent = Agent(tmp_path)
    path = tmp_path / "a.xml"
    path.write_bytes(xml(1, 2))
    agent.settle()
    path.write_bytes(xml(1, 2, 3))
    agent.start()
    assert numbers(agent.settle()) == [3]
    path.unlink()
    path.write_bytes(xml(1, 2, 3, 4))
    assert numbers(agent.settle()) == [4]
    assert len(agent.positions) == 1
    assert [block.first_line for block in agent.blocks if block.data] == [1, 3, 4]
    path.write_bytes(xml(7, 8))
    assert numbers(agent.settle()) == [7, 8]
    assert len(agent.positions) == 2


def test_one_that_is_not_whole_is_waited_for_and_then_read_as_far_as_it_goes(tmp_path: Path) -> None:
    agent = Agent(tmp_path, incomplete_s=60)
    path = tmp_path / "a.xml"
    path.write_bytes(xml(1, 2, end="<Event>"))
    assert agent.settle(30) == []
    assert numbers(agent.settle(60)) == [1, 2]
    assert agent.told() == ["eventxml.cut_off"]
    path.write_bytes(xml(1, 2, 3))
    assert numbers(agent.settle()) == [3]


def test_what_cannot_be_read_is_told_by_name_and_the_rest_is_read(tmp_path: Path) -> None:
    agent = Agent(tmp_path, size_cap_bytes=1_000)
    (tmp_path / "a.evtx").write_bytes(b"PK\3\4 no log")
    (tmp_path / "b.xml").write_bytes(xml(*range(100)))
    (tmp_path / "c.xml").write_bytes(xml(1))
    assert numbers(agent.settle()) == [1]
    found = {Path(problem.where.file).name: problem.code for problem in agent.collector.problems()}
    assert found == {"a.evtx": "eventlogs.no_events", "b.xml": "eventlogs.too_big"}
    (tmp_path / "a.evtx").unlink()
    (tmp_path / "b.xml").write_bytes(xml(2))
    assert numbers(agent.settle()) == [2]
    assert agent.told() == []


def test_a_folder_that_is_not_there_is_told_and_read_when_it_comes(tmp_path: Path) -> None:
    agent = Agent(tmp_path / "drop")
    assert agent.settle() == []
    assert agent.told() == ["watch.missing_folder"]
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop" / "a.xml").write_bytes(xml(1))
    assert numbers(agent.settle()) == [1]
    assert agent.told() == []


def test_a_file_that_vanishes_while_it_is_read_ends_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eventxml, "_BLOCK_BYTES", 1)
    agent = Agent(tmp_path)
    (tmp_path / "a.xml").write_bytes(xml(1, 2, 3))
    agent.settle(0)
    agent.clock.now += 3
    assert any(agent.step() is not None for _ in range(100))
    (tmp_path / "a.xml").unlink()
    (tmp_path / "b.xml").write_bytes(xml(7))
    assert 7 in numbers(agent.settle())


@pytest.mark.data
@recorded
def test_event_logs_are_read_with_a_damaged_part_told(tmp_path: Path) -> None:
    agent = Agent(tmp_path)
    other = (EVTX / "LM_sysmon_psexec_smb_meterpreter.evtx").read_bytes()[HEADER_BYTES:]
    damaged = header(3) + b"X" * CHUNK_BYTES + other + RDP.read_bytes()[HEADER_BYTES:]
    (tmp_path / "damaged.evtx").write_bytes(damaged)
    assert len(agent.settle()) == 83
    assert agent.told() == ["eventlog.damaged"]
    shutil.copy(RDP, tmp_path / "whole.evtx")
    assert len(agent.settle()) == 73
    agent.collector.close()
    assert not hasattr(eventlog._of_thread, "parser"), "the process that parses is ended"


@pytest.mark.data
@recorded
def test_a_log_of_which_parts_are_missing_is_waited_for(tmp_path: Path) -> None:
    agent = Agent(tmp_path)
    whole = header(2) + RDP.read_bytes()[HEADER_BYTES:]
    (tmp_path / "a.evtx").write_bytes(whole)
    assert agent.settle(100) == []
    other = (EVTX / "LM_sysmon_psexec_smb_meterpreter.evtx").read_bytes()[HEADER_BYTES:]
    later = bytearray(other)
    later[8:16], later[16:24] = (500).to_bytes(8, "little"), (509).to_bytes(8, "little")
    (tmp_path / "a.evtx").write_bytes(whole + bytes(later))
    assert len(agent.settle()) == 83
    assert agent.told() == []
