"""Datagrams that wait at a door are taken together, by sender."""

import socket
from collections import Counter
from collections.abc import Iterator

import pytest

from collectors.listener.datagrams import Datagrams
from collectors.listener.limits import Rate, Tally
from collectors.listener.record import head_of
from collectors.listener.sockets import open_door
from collectors.listener.writing import Entry
from soc_agent.model import Sender
from tests.collectors.listener.listening import door, held


class Place:
    """A door for datagrams, and senders at two addresses."""

    def __init__(self, lines_s: int = 0) -> None:
        self.options = door("udp")
        self.socket = open_door(self.options, 1_048_576)
        self.lost: Counter[str] = Counter()
        self.entries: list[Entry] = []
        self.datagrams = Datagrams(self.socket, "syslog", 64, Rate(lines_s), Tally(), self.lost, held())

    def send(self, *messages: bytes, address: str = "127.0.0.1") -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.bind((address, 0))
            for message in messages:
                sender.sendto(message, ("127.0.0.1", self.options.port))

    def take(self, *, drop: bool = False) -> None:
        self.datagrams.take(self.entries.append, 0.0, drop=drop)


@pytest.fixture
def place() -> Iterator[Place]:
    made = Place()
    yield made
    made.socket.close()


def test_those_of_one_sender_are_written_together(place: Place) -> None:
    place.send(b"<1>a", b"<1>b\n")
    place.send(b"<1>c", address="127.0.0.2")
    place.send(b"<1>d")
    place.take()
    assert {entry.head: (entry.data, entry.lines) for entry in place.entries} == {
        head_of(Sender("127.0.0.1", "", "udp"), "syslog"): (b"<1>a\n<1>b\n<1>d\n", 3),
        head_of(Sender("127.0.0.2", "", "udp"), "syslog"): (b"<1>c\n", 1),
    }


def test_one_datagram_is_one_line_whatever_it_ends_with_or_holds(place: Place) -> None:
    place.send(b"<1>a\r\n", b"<1>b\0", b"<1>c\nd\n", b"", b"\n\0", b'{"a":1}\n{"a":2}')
    place.take()
    assert place.entries[0].data == b'<1>a\n<1>b\n<1>c#012d\n{"a":1}\n{"a":2}\n'
    assert place.entries[0].lines == 5


def test_a_long_one_is_cut_and_counted(place: Place) -> None:
    place.send(b"x" * 65, b"y" * 64)
    place.take()
    assert (place.entries[0].data, place.entries[0].truncated) == (b"x" * 64 + b"\n" + b"y" * 64 + b"\n", 1)


def test_what_cannot_be_written_is_counted(place: Place) -> None:
    place.send(b"<1>a", b"<1>b")
    place.take(drop=True)
    assert place.entries == []
    assert place.lost == {"spool": 2}


def test_what_is_over_the_limit_is_counted() -> None:
    place = Place(lines_s=1)
    place.send(*[b"<1>%d" % number for number in range(5)])
    place.take()
    assert place.entries[0].data == b"<1>0\n<1>1\n"
    assert place.lost == {"limit": 3}
    place.socket.close()


def test_nothing_waits(place: Place) -> None:
    place.take()
    assert place.entries == []
