"""The process that reads packets, spoken to as the agent does."""

import io
import os
from pathlib import Path

from collectors.packets.messages import Answer, Begin, Lines, Missing, Now, Open, Opened, Order, answers, framed
from collectors.packets.worker import Worker
from soc_agent.config import PacketSource
from tests.collectors.packets.craft import SYN, frame, pcap, tcp


def served(*orders: Order) -> list[Answer]:
    target = io.BytesIO()
    Worker(io.BytesIO(b"".join(map(framed, orders))), target).run()
    return list(answers(bytearray(target.getvalue())))


def test_what_is_missing_is_answered_and_then_it_waits() -> None:
    assert served() == []
    assert served(Open({})) == []
    assert served(Begin(PacketSource(name="edge", paths=("/nowhere/*.pcap",)), -1)) == [Missing(None)]
    [answer] = served(Begin(PacketSource(name="edge", interface="nothing0"), -1))
    assert isinstance(answer, Missing)
    assert answer.problem is not None
    assert answer.problem.code == "packets.no_interface"


def test_it_says_when_it_cannot_open() -> None:
    found = served(Begin(PacketSource(name="edge", interface="nothing0"), -1), Open({}))
    assert [type(answer) for answer in found] == [Missing, Opened]
    assert isinstance(found[1], Opened)
    assert found[1].problem is not None


def test_it_reads_until_its_input_ends_and_notes_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(pcap([(0.0, frame("10.0.0.1", "10.0.0.2", 6, tcp(1, 2, SYN)))]))
    os.utime(path, (1, 1))
    note_fd = os.memfd_create("note", 0)
    read_fd, write_fd = os.pipe()
    with io.BytesIO() as target, open(read_fd, "rb") as source:  # noqa: PTH123 - a pipe
        worker = Worker(source, target)
        os.write(write_fd, framed(Begin(PacketSource(name="edge", paths=(str(path),)), note_fd)) + framed(Open({})))
        said = worker._say

        def say(answer: Answer) -> None:
            said(answer)
            if isinstance(answer, Now):
                os.close(write_fd)
                worker._say = said  # type: ignore[method-assign]

        worker._say = say  # type: ignore[method-assign]
        worker.run()
        found = list(answers(bytearray(target.getvalue())))
    blocks = [answer.block for answer in found if isinstance(answer, Lines)]
    assert blocks[0].data.count(b"\n") == 1
    assert os.pread(note_fd, 200, 0).strip() == b""
    os.close(note_fd)
