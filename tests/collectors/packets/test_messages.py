"""Messages over the pipe: whole ones are read, halves wait, nonsense is refused."""

import msgspec
import pytest

from collectors.packets.messages import Answer, Begin, Failed, Lines, Missing, Now, Open, Opened, answers, framed, order
from soc_agent.config import PacketSource
from soc_agent.model import Block, Counters, Position, Problem, Where

PROBLEM = Problem("packets.given_up", Where("/a.pcap"), {"count": 2})
BLOCK = Block("edge", "/a.pcap", "1:2", "zeek", b"{}\n", 5, 7, Position("edge", "1:2", b"\x00"), 9, Counters(dropped=3))


def test_answers_arrive_whole_however_they_were_cut() -> None:
    said: list[Answer] = [Missing(None), Opened(PROBLEM), Lines(BLOCK), Now((PROBLEM,)), Failed(PROBLEM)]
    data = b"".join(map(framed, said))
    for step in (1, 3, 1000):
        buffer = bytearray()
        found: list[Answer] = []
        for at in range(0, len(data), step):
            buffer += data[at : at + step]
            found += answers(buffer)
        assert found == said
        assert not buffer


def test_orders_arrive_as_they_were_given() -> None:
    options = PacketSource(name="edge", interface="eth0", filter="udp", payloads=False)
    for said in (Begin(options, 7), Open({"1:2": b"\xff"}, ("3:4",))):
        assert order(framed(said)[4:]) == said


@pytest.mark.parametrize("data", [b"\xff\xff\xff\xff", b"\0\0\0\x01\x90", framed(Begin(PacketSource(name="a"), 1))])
def test_nonsense_is_refused(data: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        list(answers(bytearray(data)))
