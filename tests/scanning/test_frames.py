"""Messages between the agent and the scanning process."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from struct import pack
from threading import Thread

import msgspec
import pytest

from soc_agent.scanning.archives import Bounds
from soc_agent.scanning.frames import FRAME_CAP_BYTES, Answer, BrokenLinkError, Link, Match, Order

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    one, other = socket.socketpair()
    with one, other:
        yield one, other


def test_a_message_arrives_with_its_open_file(pair: Pair, tmp_path: Path) -> None:
    """The other side reads the very file, wherever it is by now."""
    path = tmp_path / "f"
    path.write_bytes(b"content")
    order = Order("/x", "root", 7, 100, 5, Bounds(1, 2, 3))
    with path.open("rb") as file:
        Link(pair[0]).send(order, file.fileno())
    path.unlink()
    body, got = Link(pair[1]).receive()
    assert msgspec.msgpack.decode(body, type=Order) == order
    assert got is not None
    assert os.read(got, 100) == b"content"
    os.close(got)


def test_a_long_answer_arrives_whole_and_two_stay_apart(pair: Pair) -> None:
    """Longer than the kernel's buffer; the next message begins where it ends."""
    long = Answer(tuple(Match("n" * 200, f"r{number}", ("$a",), {"k": "v" * 100}) for number in range(4000)))
    link, sender = Link(pair[1]), Link(pair[0])

    def both() -> None:
        for each in (long, Answer(detail="next")):
            sender.send(each)

    thread = Thread(target=both)
    thread.start()
    first, second = link.receive()[0], link.receive()[0]
    thread.join()
    assert msgspec.msgpack.decode(first, type=Answer) == long
    assert msgspec.msgpack.decode(second, type=Answer).detail == "next"


@pytest.mark.parametrize("said", [b"", b"\0\0", pack("!I", 10) + b"short", pack("!I", FRAME_CAP_BYTES + 1) + b"x" * 50])
def test_who_goes_or_babbles_is_broken(pair: Pair, said: bytes) -> None:
    """A scanner that was taken over can claim any length: nothing is read for it."""
    pair[0].sendall(said)
    pair[0].close()
    with pytest.raises(BrokenLinkError):
        Link(pair[1]).receive()


def test_a_file_that_comes_with_a_broken_message_is_closed(pair: Pair, tmp_path: Path) -> None:
    """Or descriptors would run out."""
    (tmp_path / "f").write_bytes(b"x")
    with (tmp_path / "f").open("rb") as file:
        before = len(list(Path("/proc/self/fd").iterdir()))
        socket.send_fds(pair[0], [pack("!I", 100) + b"half"], [file.fileno()])
        pair[0].shutdown(socket.SHUT_WR)
        with pytest.raises(BrokenLinkError):
            Link(pair[1]).receive()
        assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_two_messages_that_come_together_stay_apart(pair: Pair) -> None:
    sender, link = Link(pair[0]), Link(pair[1])
    sender.send(Answer(wait=True))
    sender.send(Answer(detail="d"))
    assert msgspec.msgpack.decode(link.receive()[0], type=Answer).wait
    assert msgspec.msgpack.decode(link.receive()[0], type=Answer).detail == "d"


def test_silence_has_an_end_and_so_has_who_takes_nothing(pair: Pair) -> None:
    link = Link(pair[1])
    link.wait_at_most(0.01)
    with pytest.raises(TimeoutError):
        link.receive()
    with pytest.raises(TimeoutError):
        link.send(Answer(detail="x" * 4_000_000))


def test_who_is_gone_is_told_nothing(pair: Pair) -> None:
    pair[0].close()
    with pytest.raises(BrokenLinkError):
        Link(pair[1]).send(Answer())
