"""The listener with its process and real sockets: what is sent comes out, once, with who sent it."""

import os
import signal
import socket
from pathlib import Path

import psutil
import pytest

from collectors.listener import Listener
from collectors.listener.blocks import STREAM
from collectors.listener.sockets import plain_address
from soc_agent.config import ListenOptions
from soc_agent.model import Block, Sender
from tests.collectors.listener.listening import (
    connect,
    door,
    dropped_in,
    lines_in,
    listening,
    read_lines,
    read_problem,
    read_until,
    source,
)

MULTI_LINE = b"<11>1 2026-11-22T01:00:00Z web01 java 7 - - Exception\n\tat Main.java:1"


def commit(blocks: list[Block]) -> dict[str, bytes]:
    """Give the positions that a store would have after these blocks."""
    return {block.position.stream_id: block.position.state for block in blocks if block.position}


def test_datagrams_and_streams_come_out_with_their_senders(tmp_path: Path) -> None:
    udp, tcp = door("udp"), door("tcp", type="syslog")
    with listening(source(tmp_path, udp, tcp)) as listener:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.bind(("127.0.0.7", 0))
            sender.sendto(b"<13>Nov 22 01:00:00 fw01 kernel: one\n", ("127.0.0.1", udp.port))
            sender.sendto(b'{"host":"win01"}', ("127.0.0.1", udp.port))
        blocks = read_lines(listener, 2)
        with connect(tcp) as stream:
            stream.sendall(b"<13>Nov 22 01:00:00 web01 app: two\n%d %s" % (len(MULTI_LINE), MULTI_LINE))
            blocks += read_lines(listener, 2)
    lines = {line: (block.type, block.senders) for block in blocks for line in block.data.splitlines()}
    fw, local = ((0, Sender("127.0.0.7", "", "udp")),), ((0, Sender("127.0.0.1", "", "tcp")),)
    assert lines == {
        b"<13>Nov 22 01:00:00 fw01 kernel: one": ("syslog", fw),
        b'{"host":"win01"}': ("json", fw),
        b"<13>Nov 22 01:00:00 web01 app: two": ("syslog", local),
        MULTI_LINE.replace(b"\n", b"#012"): ("syslog", local),
    }
    assert all(block.received_ns > 0 for block in blocks)


def test_ipv6_and_ipv4_come_in_at_one_door(tmp_path: Path) -> None:
    tcp = door("tcp", address="")
    with listening(source(tmp_path, tcp)) as listener:
        for address in ("::1", "127.0.0.1"):
            with connect(tcp, address) as stream:
                stream.sendall(b"<13>from " + address.encode() + b"\n")
        blocks = read_lines(listener, 2)
    assert {sender.ip for block in blocks for _, sender in block.senders} == {"::1", "127.0.0.1"}
    assert plain_address("::ffff:10.0.0.1") == "10.0.0.1"


def test_what_was_received_and_not_committed_comes_again_and_nothing_else(tmp_path: Path) -> None:
    tcp = door("tcp")
    options = source(tmp_path, tcp)
    with listening(options) as listener:
        with connect(tcp) as stream:
            stream.sendall(b"".join(b"<13>line %d\n" % number for number in range(100)))
            stream.shutdown(socket.SHUT_WR)
            assert stream.recv(1) == b""
        first = read_lines(listener, 100)
    with listening(options) as listener:
        again = read_lines(listener, 100)
    assert lines_in(again) == lines_in(first)
    assert [block.offset for block in again] == [block.offset for block in first]
    with listening(options, commit(again)) as listener:
        with connect(tcp) as stream:
            stream.sendall(b"<13>new\n")
        last = read_lines(listener, 1)
    assert lines_in(last) == [b"<13>new"]
    assert last[0].first_line == 101


def test_blocks_of_one_portion_are_committed_one_by_one(tmp_path: Path) -> None:
    tcp = door("tcp")
    options = source(tmp_path, tcp)
    with listening(options) as listener, connect(tcp) as stream:
        stream.sendall(b'<13>one\n{"two":2}\n<13>three\n{"four":4}\n')
        blocks = read_lines(listener, 4)
    assert len(blocks) == 2
    assert {block.type: lines_in([block]) for block in blocks} == {
        "json": [b'{"two":2}', b'{"four":4}'],
        "syslog": [b"<13>one", b"<13>three"],
    }
    with listening(options, commit(blocks[:1])) as listener:
        assert lines_in(read_lines(listener, 2)) == lines_in(blocks[1:])
    with listening(options, commit(blocks)) as listener:
        assert listener.read(0.3) is None


def test_an_orderly_close_says_that_all_lines_are_on_disk(tmp_path: Path) -> None:
    tcp = door("tcp")
    options = source(tmp_path, tcp, sync_ms=60_000)
    with listening(options) as listener, connect(tcp) as stream:
        stream.sendall(b"".join(b"<13>line %d\n" % number for number in range(2000)))
        stream.shutdown(socket.SHUT_WR)
        assert stream.recv(1) == b"", "the close comes long before the next sync is due"
        process = listener._process
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
        assert len(lines_in(read_lines(listener, 2000))) == 2000


def test_a_receiving_process_that_dies_is_started_again_and_told(tmp_path: Path) -> None:
    udp, tcp = door("udp"), door("tcp")
    with listening(source(tmp_path, udp, tcp)) as listener:
        process = listener._process
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"<13>meanwhile\n", ("127.0.0.1", udp.port))
        with connect(tcp) as stream:
            stream.sendall(b"<13>soon after\n")
            blocks = read_lines(listener, 2)
        assert sorted(lines_in(blocks)) == [b"<13>meanwhile", b"<13>soon after"]
        assert read_problem(listener, "listener.child_ended")["reason"] == "SIGKILL"


def test_datagrams_that_a_killed_process_held_are_counted(tmp_path: Path) -> None:
    """They left the kernel and did not reach the disk: nobody else knows of them."""
    udp = door("udp")
    with listening(source(tmp_path, udp)) as listener, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect(("127.0.0.1", udp.port))
        sender.send(b"<13>before\n")
        read_lines(listener, 1)
        process = listener._process
        assert process is not None
        receiver = psutil.Process(process.pid)
        size = max(path.stat().st_size for path in tmp_path.glob("*.spool"))
        receiver.rlimit(psutil.RLIMIT_FSIZE, (size, size))  # from now on the disk takes nothing
        os.kill(process.pid, signal.SIGSTOP)
        for number in range(5):
            sender.send(b"<13>held %d\n" % number)
        os.kill(process.pid, signal.SIGCONT)
        read_problem(listener, "listener.spool_unusable")
        for number in range(3):
            sender.send(b"<13>refused %d\n" % number)
        told = read_until(listener, lambda blocks: dropped_in(blocks) >= 3)
        assert dropped_in(told) == 3
        # killed between telling and counting what it told, it would make the count too large by that
        read_until(listener, lambda _: process.held == 5)
        os.kill(process.pid, signal.SIGKILL)
        sender.send(b"<13>after\n")
        blocks = read_until(listener, lambda blocks: bool(lines_in(blocks)) and dropped_in(blocks) >= 5)
        assert lines_in(blocks) == [b"<13>after"]
        assert dropped_in(blocks) == 5
        assert read_problem(listener, "listener.child_ended")["count"] == 5


def pid_of(listener: Listener) -> int:
    process = listener._process
    assert process is not None
    return process.pid


def test_every_datagram_is_received_or_counted_over_kills(tmp_path: Path) -> None:
    udp = door("udp")
    kills, sent = 3, 0
    blocks: list[Block] = []
    with listening(source(tmp_path, udp, sender_lines_s=0, receive_buffer_bytes=65_536)) as listener:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for _ in range(kills):
                pid = pid_of(listener)
                for _ in range(3000):
                    sender.sendto(b"<13>line %d\n" % sent, ("127.0.0.1", udp.port))
                    sent += 1
                os.kill(pid, signal.SIGKILL)
                blocks += read_until(listener, lambda _, pid=pid: pid_of(listener) != pid)  # type: ignore[misc]
        while (block := listener.read(1.0)) is not None:
            blocks.append(block)
    numbers = [int(line.split()[1]) for line in lines_in(blocks)]
    assert len(numbers) == len(set(numbers))
    counted = len(numbers) + dropped_in(blocks)
    # the one that was being taken; the round that was in the spool and not counted yet
    assert sent - kills <= counted <= sent + kills * 1024


def test_what_the_kernel_dropped_is_counted_exactly(tmp_path: Path) -> None:
    udp = door("udp")
    count = 3000
    with listening(source(tmp_path, udp, receive_buffer_bytes=4096, sender_lines_s=0)) as listener:
        process = listener._process
        assert process is not None
        os.kill(process.pid, signal.SIGSTOP)  # nobody takes datagrams: the buffer runs over
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for number in range(count):
                sender.sendto(b"<13>line %d\n" % number, ("127.0.0.1", udp.port))
        os.kill(process.pid, signal.SIGCONT)
        blocks = read_until(listener, lambda blocks: len(lines_in(blocks)) + dropped_in(blocks) >= count)
        assert dropped_in(blocks) > 0
        assert len(lines_in(blocks)) + dropped_in(blocks) == count
        assert read_problem(listener, "listener.kernel_dropped")["count"] == dropped_in(blocks)


def test_a_sender_of_datagrams_over_its_limit_is_cut_and_counted(tmp_path: Path) -> None:
    udp = door("udp")
    count = 2000
    with listening(source(tmp_path, udp, sender_lines_s=50)) as listener:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for number in range(count):
                sender.sendto(b"<13>line %d\n" % number, ("127.0.0.1", udp.port))
        blocks = read_until(listener, lambda blocks: len(lines_in(blocks)) + dropped_in(blocks) >= count)
        assert len(lines_in(blocks)) + dropped_in(blocks) == count
        assert dropped_in(blocks) > count // 2
        assert read_problem(listener, "listener.limited")["sender"] == "127.0.0.1"


def test_a_sender_over_its_limit_on_tcp_waits_and_loses_nothing(tmp_path: Path) -> None:
    tcp = door("tcp")
    with listening(source(tmp_path, tcp, sender_lines_s=2000)) as listener, connect(tcp) as stream:
        sent = b"".join(b"<13>line %d\n" % number for number in range(6000))
        stream.sendall(sent)
        blocks = read_lines(listener, 6000)
    assert b"\n".join(lines_in(blocks)) + b"\n" == sent
    assert dropped_in(blocks) == 0


def test_oversize_messages_are_cut_and_counted(tmp_path: Path) -> None:
    udp, tcp = door("udp"), door("tcp")
    long = b"<13>" + b"x" * 3000
    options = source(tmp_path, udp, tcp, message_cap_bytes=1024)
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with listening(options) as listener, datagrams as sender, connect(tcp) as stream:
        sender.sendto(long, ("127.0.0.1", udp.port))
        stream.sendall(b"%d %s<13>short\n" % (len(long), long))
        blocks = read_lines(listener, 3)
    assert sorted(lines_in(blocks)) == sorted([long[:1024], long[:1024], b"<13>short"])
    assert sum(block.lost.truncated for block in blocks if block.lost) == 2


def test_malformed_framing_is_told_and_ends_nothing(tmp_path: Path) -> None:
    tcp = door("tcp")
    with listening(source(tmp_path, tcp)) as listener, connect(tcp) as stream:
        stream.sendall(b"7 <13>oneand then more\n<13>two\n")
        assert lines_in(read_lines(listener, 3)) == [b"<13>one", b"and then more", b"<13>two"]
        values = read_problem(listener, "listener.malformed")
        assert (values["count"], values["sender"]) == (1, "127.0.0.1")
        stream.sendall(b"<13>three\n")
        assert lines_in(read_lines(listener, 1)) == [b"<13>three"]


def test_connections_of_one_sender_are_bounded(tmp_path: Path) -> None:
    tcp = door("tcp")
    with listening(source(tmp_path, tcp, max_connections_per_sender=2)) as listener:
        with connect(tcp) as one, connect(tcp) as two, connect(tcp) as three:
            assert three.recv(1) == b""
            one.sendall(b"<13>one\n")
            two.sendall(b"<13>two\n")
            assert sorted(lines_in(read_lines(listener, 2))) == [b"<13>one", b"<13>two"]
        assert read_problem(listener, "listener.refused")["reason"] == "max_connections_per_sender"
        with connect(tcp) as stream:
            stream.sendall(b"<13>four\n")
            assert lines_in(read_lines(listener, 1)) == [b"<13>four"]


def test_who_leaves_a_message_open_is_closed_and_what_came_is_kept(tmp_path: Path) -> None:
    tcp = door("tcp")
    with listening(source(tmp_path, tcp, unfinished_s=1)) as listener, connect(tcp) as slow:
        slow.sendall(b"<13>whole\n<13>never finis")
        assert slow.recv(1) == b""
        assert lines_in(read_lines(listener, 2)) == [b"<13>whole", b"<13>never finis"]
        assert read_problem(listener, "listener.unfinished")["sender"] == "127.0.0.1"


def test_who_is_silent_for_too_long_is_closed(tmp_path: Path) -> None:
    tcp = door("tcp")
    with listening(source(tmp_path, tcp, idle_s=1)) as listener, connect(tcp) as silent:
        silent.sendall(b"<13>hello\n")
        assert silent.recv(1) == b""
        assert lines_in(read_lines(listener, 1)) == [b"<13>hello"]


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_a_restart_opens_the_same_port_at_once(tmp_path: Path, transport: str) -> None:
    there: ListenOptions = door(transport)
    options = source(tmp_path, there)
    for number in range(2):
        with listening(options) as listener:
            kind = socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM
            with socket.socket(socket.AF_INET, kind) as sender:
                sender.connect(("127.0.0.1", there.port))
                sender.sendall(b"<13>line\n")
                assert len(lines_in(read_lines(listener, number + 1))) == number + 1


def places_of(blocks: list[Block]) -> list[tuple[str, int]]:
    return [(block.stream_id, block.offset) for block in blocks]


def test_a_damaged_position_is_told_and_nothing_is_left_out(tmp_path: Path) -> None:
    tcp = door("tcp")
    options = source(tmp_path, tcp)
    with listening(options) as listener, connect(tcp) as stream:
        stream.sendall(b"<13>one\n")
        first = read_lines(listener, 1)
    with listening(options, {STREAM: b"damaged"}) as listener:
        again = read_lines(listener, 1)
        assert [(block.stream_id, block.offset) for block in again] == [
            (block.stream_id, block.offset) for block in first
        ]
        assert read_problem(listener, "listener.bad_position")


def test_damage_to_the_spool_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    tcp = door("tcp")
    options = source(tmp_path, tcp)
    with listening(options) as listener:
        for number in range(3):
            with connect(tcp) as stream:
                stream.sendall(b"<13>line %d\n" % number)
                stream.shutdown(socket.SHUT_WR)
                assert stream.recv(1) == b""
        read_lines(listener, 3)
    path = next(path for path in tmp_path.glob("*.spool") if b"line 1" in path.read_bytes())
    path.write_bytes(path.read_bytes().replace(b"line 1", b"line 9"))
    with listening(options) as listener:
        assert lines_in(read_lines(listener, 2)) == [b"<13>line 0", b"<13>line 2"]
        assert int(read_problem(listener, "listener.spool_damaged")["bytes"]) > 0


def test_wake_ends_a_wait(tmp_path: Path) -> None:
    with listening(source(tmp_path, door("tcp"))) as listener:
        listener.wake()
        assert listener.read(60.0) is None
