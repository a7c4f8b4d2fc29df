"""What receives, when it cannot write: senders over TCP wait, datagrams are counted, and nothing else is lost."""

import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from collectors.listener import Listener
from collectors.listener.receiver import Door, Receiver
from collectors.listener.sockets import open_door
from collectors.listener.spool import Spool
from soc_agent.config import ListenOptions
from soc_agent.model import Block
from tests.collectors.listener.listening import (
    PATIENCE_S,
    connect,
    door,
    dropped_in,
    held,
    lines_in,
    listening,
    read_lines,
    read_problem,
    read_until,
    source,
)
from tests.collectors.listener.spooling import read_all

LIMIT = 33_554_432


class Sender(threading.Thread):
    """Sends numbered lines over TCP, as many as the other end takes, and waits until it has them."""

    def __init__(self, to: ListenOptions, count: int, size: int) -> None:
        super().__init__(name="sender", daemon=True)
        self._to, self._count, self._fill = to, count, b"x" * size
        self.sent = 0
        self.kept = False
        self.start()

    def run(self) -> None:
        with suppress(ConnectionError), connect(self._to) as stream:  # cut off when the listener ends before it
            stream.settimeout(60)
            for number in range(self._count):
                stream.sendall(b"<13>%d %s\n" % (number, self._fill))
                self.sent = number + 1
            stream.shutdown(socket.SHUT_WR)
            self.kept = stream.recv(1) == b""


def stands_still(sender: Sender) -> bool:
    before = sender.sent
    time.sleep(0.3)
    return sender.sent == before > 0


def test_a_full_spool_lets_tcp_wait_and_counts_datagrams_and_goes_on_when_freed(tmp_path: Path) -> None:
    udp, tcp = door("udp"), door("tcp")
    count, datagrams = 20_000, 600
    options = source(tmp_path, udp, tcp, spool_bytes=LIMIT, sender_lines_s=0)
    with listening(options) as listener:
        sender = Sender(tcp, count, 2000)
        blocks: list[Block] = []
        read_problem(listener, "listener.spool_full")
        deadline = time.monotonic() + PATIENCE_S
        while not stands_still(sender):
            assert time.monotonic() < deadline
        assert sender.sent < count
        assert sum(path.stat().st_size for path in tmp_path.glob("*.spool")) <= LIMIT
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            for number in range(datagrams):
                other.sendto(b"<13>datagram %d %s" % (number, b"y" * 60_000), ("127.0.0.1", udp.port))
        found = read_until(listener, lambda found: dropped_in(found) + datagrams_in(found) >= datagrams)
        assert dropped_in(found) + datagrams_in(found) == datagrams
        assert 0 < datagrams_in(found) < datagrams, "those who cannot wait get the room that is left"
        assert sum(path.stat().st_size for path in tmp_path.glob("*.spool")) <= LIMIT
        # nothing was committed: a listener that begins anew reads all of it again
    with listening(options) as listener:
        begin = time.monotonic()
        while listener.lag_bytes or time.monotonic() - begin < 1.0:
            block = listener.read(0.2)
            if block is not None:
                blocks.append(block)
                listener.committed(1)
        # the connection was cut when the first listener ended: what had come of a message by then is the last
        whole = [line for line in lines_in(blocks) if b"datagram" not in line and line.endswith(b"x" * 2000)]
        assert [int(line.split()[0][4:]) for line in whole] == list(range(len(whole)))
        assert len(whole) > 5000
        assert not any(problem.code == "listener.spool_full" for problem in listener.problems())


def datagrams_in(blocks: list[Block]) -> int:
    return sum(block.data.count(b"<13>datagram") for block in blocks)


def commit_all(listener: Listener, sender: Sender, count: int) -> list[bytes]:
    lines: list[bytes] = []
    deadline = time.monotonic() + PATIENCE_S * 2
    while len(lines) < count:
        assert time.monotonic() < deadline, f"{len(lines)} of {sender.sent}"
        block = listener.read(0.2)
        if block is not None:
            lines += block.data.splitlines()
            listener.committed(1)
    return lines


def test_a_spool_that_is_freed_passes_many_times_its_size(tmp_path: Path) -> None:
    tcp = door("tcp")
    count = 50_000
    with listening(source(tmp_path, tcp, spool_bytes=LIMIT, sender_lines_s=0)) as listener:
        sender = Sender(tcp, count, 2000)
        lines = commit_all(listener, sender, count)
        sender.join(PATIENCE_S)
        assert sender.kept
    assert [int(line.split()[0][4:]) for line in lines] == list(range(count))
    assert sum(path.stat().st_size for path in tmp_path.glob("*.spool")) < LIMIT


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a folder on a disk of 2 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("no right to mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_lets_tcp_wait_and_loses_nothing(small_disk: Path) -> None:
    tcp, udp = door("tcp"), door("udp")
    count = 3000
    ballast = small_disk / "ballast"
    with listening(source(small_disk / "spool", udp, tcp, sender_lines_s=0)) as listener:
        ballast.write_bytes(b"x" * 1_000_000)
        Sender(tcp, count, 1000)
        assert "space" in str(read_problem(listener, "listener.spool_unusable")["reason"])
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.sendto(b"<13>lost", ("127.0.0.1", udp.port))
        read_until(listener, lambda found: dropped_in(found) == 1)
        stuck = listener._written
        ballast.unlink()
        read_until(listener, lambda _: listener._written > stuck + 300_000)
        texts, damaged = read_all(small_disk / "spool", 0, listener._written)
        numbers = [int(line.split()[0][4:]) for line in "".join(texts).splitlines()]
        assert (numbers, damaged) == (list(range(len(numbers))), 0)
        assert len(numbers) > 1000


class Inside:
    """A receiver on the thread of the test."""

    def __init__(self, spool: Path, options: ListenOptions) -> None:
        self.spool = Spool(spool, LIMIT)
        self.spool.open()
        self.now = 1000.0
        self.control, self._stop = os.pipe()
        settings = source(spool, options, idle_s=100)
        doors = [Door(options, open_door(options, 65_536), "syslog")]
        self.receiver = Receiver(settings, doors, self.spool, held(), lambda: self.now)
        self.receiver.start(self.control, lambda: None)

    def stop(self) -> None:
        self.receiver.stop()
        os.close(self.control)
        os.close(self._stop)


def test_a_silent_connection_is_closed_when_its_time_is_over_and_not_before(tmp_path: Path) -> None:
    tcp = door("tcp")
    inside = Inside(tmp_path, tcp)
    with connect(tcp) as stream:
        stream.sendall(b"<13>one\n")
        end = inside.spool.end
        while inside.spool.end == end:
            inside.receiver.step(0.01)
        inside.now += 99
        inside.receiver.step(0.0)
        assert inside.receiver._connections
        inside.now += 2
        inside.receiver.step(0.0)
        assert not inside.receiver._connections
        assert inside.receiver.told().counts["unfinished"][1] == "127.0.0.1"
        end = inside.spool.end
        inside.stop()
        assert stream.recv(1) == b""
    assert read_all(tmp_path, 0, end) == (["<13>one\n"], 0)


def test_nobody_is_told_that_lines_are_kept_before_they_are_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tcp = door("tcp")
    inside = Inside(tmp_path, tcp)
    end = inside.spool.end
    with connect(tcp) as stream:
        with monkeypatch.context() as patch:
            patch.setattr(inside.spool, "sync", lambda: None)  # the disk takes its time
            stream.sendall(b"<13>one\n")
            stream.shutdown(socket.SHUT_WR)
            while inside.spool.end == end or inside.receiver._connections:
                inside.receiver.step(0.01)
            for _ in range(5):
                inside.receiver.step(0.01)
            stream.setblocking(False)
            with pytest.raises(BlockingIOError):
                stream.recv(1)
        stream.settimeout(PATIENCE_S)
        while inside.receiver._ending:
            inside.receiver.step(0.01)
        assert stream.recv(1) == b""
    inside.stop()


def test_hundreds_who_hold_a_message_open_hold_up_nobody(tmp_path: Path) -> None:
    tcp = door("tcp")
    options = source(tmp_path, tcp, max_connections_per_sender=300, unfinished_s=2, message_cap_bytes=480)
    with listening(options) as listener, ExitStack() as held:
        slow = [held.enter_context(connect(tcp)) for _ in range(250)]
        for number, stream in enumerate(slow):
            stream.sendall(b"%d <13>" % (100 + number) if number % 2 else b"<13>never")
        with connect(tcp) as quick:
            quick.sendall(b"<13>quick\n")
            assert b"<13>quick" in lines_in(read_lines(listener, 1))
        assert all(stream.recv(1) == b"" for stream in slow)
        assert int(read_problem(listener, "listener.unfinished")["count"]) > 0


def test_stopping_takes_what_has_come(tmp_path: Path) -> None:
    tcp = door("tcp")
    inside = Inside(tmp_path, tcp)
    sent = "".join(f"<13>line {number}\n" for number in range(2000))
    with connect(tcp) as stream:
        while not inside.receiver._connections:
            inside.receiver.step(0.01)
        stream.sendall(sent.encode() + b"<13>unfinished")
        inside.stop()
        assert stream.recv(1) == b""
    texts, damaged = read_all(tmp_path, 0, inside.spool.end)
    assert ("".join(texts), damaged) == (sent + "<13>unfinished\n", 0)


def test_who_knocks_when_there_are_no_descriptors_is_taken_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tcp = door("tcp")
    inside = Inside(tmp_path, tcp)
    with connect(tcp) as stream:
        stream.sendall(b"<13>one\n")
        accept = inside.receiver._doors[0].socket

        class Out:
            options, certificates = inside.receiver._doors[0].options, None
            type = "syslog"

            class socket:  # noqa: N801 - takes the place of one
                @staticmethod
                def accept() -> None:
                    raise OSError(24, "Too many open files")

        inside.receiver._accept(Out())  # type: ignore[arg-type]
        assert accept not in inside.receiver._selector.get_map()
        assert inside.receiver.told().counts["refused"][3] == "Too many open files"
        inside.now += 2
        end = inside.spool.end
        for _ in range(1000):
            inside.receiver.step(0.01)
            if inside.spool.end > end:
                break
        assert inside.spool.end > end
    inside.stop()
