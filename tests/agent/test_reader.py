"""A block is read with the zone and the host of its source; hosts are noted even when nothing is detected."""

from pathlib import Path

from msgspec import structs

from soc_agent.model import Block, Sender
from tests.agent.parts import reader
from tests.end_to_end.running import sshd_line


def block(data: bytes, offset: int = 0) -> Block:
    return Block("auth", "auth.log", "1:2:0", "syslog", data, offset, received_ns=1_790_000_000_000_000_000)


def test_detections_carry_where_they_come_from(tmp_path: Path) -> None:
    reading = reader(tmp_path).read(block(b"".join(sshd_line(n) for n in range(5))))
    assert [d.line_number for d in reading.result.detections if d.rule.title == "Numbered user"] == [1, 2, 3, 4, 5]
    assert {d.source for d in reading.result.detections} == {"auth"}
    assert reading.result.counters.lines == 5


def test_the_same_block_gives_the_same_ids(tmp_path: Path) -> None:
    data = b"".join(sshd_line(n) for n in range(5))
    first = [d.uid for d in reader(tmp_path).read(block(data)).result.detections]
    again = [d.uid for d in reader(tmp_path).read(block(data)).result.detections]
    assert first == again
    assert len(set(first)) == len(first) == 6


def test_hosts_of_all_senders_are_noted_one_with_each_block(tmp_path: Path) -> None:
    line = b"Mar  2 06:00:00 fw-%d kernel: nothing of interest\n"
    data = b"".join(line % number for number in range(3)) + b"<13>no host at all\n"
    senders = tuple((len(line % 0) * number, Sender(f"192.0.2.{number}")) for number in range(4))
    blocks = [structs.replace(block(data, 200 * number), senders=senders) for number in range(5)]
    made = reader(tmp_path, host="")
    assert [made.read(each).host for each in blocks] == ["fw-0", "fw-1", "fw-2", "192.0.2.3", ""]


def test_a_host_is_noted_once_in_a_while_without_any_detection(tmp_path: Path) -> None:
    quiet = b"Mar  2 06:00:00 may-chu-01 systemd[1]: Started Daily apt download activities.\n"
    made = reader(tmp_path)
    assert made.read(block(quiet)).host == "may-chu-01"
    assert made.read(block(quiet, 100)).host == ""
