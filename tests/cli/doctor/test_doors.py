"""Ports to listen on: free, held by somebody, or not for this user."""

import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from soc_agent.cli.doctor import doors
from soc_agent.store import AgentState, Store
from tests.cli.doctor.making import codes, make_case


def listener(transport: str, port: int) -> str:
    door = f"{{transport: {transport}, port: {port}, address: 127.0.0.1}}"
    return f"sources:\n- {{kind: listener, name: net, listen: [{door}]}}\n"


@pytest.mark.parametrize(("transport", "kind"), [("tcp", socket.SOCK_STREAM), ("udp", socket.SOCK_DGRAM)])
def test_a_port_in_use_is_told_with_its_holder(tmp_path: Path, transport: str, kind: socket.SocketKind) -> None:
    with socket.socket(socket.AF_INET, kind) as held:
        held.bind(("127.0.0.1", 0))
        if transport == "tcp":
            held.listen()
        port = held.getsockname()[1]
        (check,) = doors.doors(make_case(tmp_path, listener(transport, port)))
        assert codes([check]) == ["doctor.port_held"]
        assert f"({os.getpid()})" in check.what
        assert str(port) in check.remedy
    assert codes(list(doors.doors(make_case(tmp_path, listener(transport, port))))) == []


def test_a_port_that_our_own_agent_holds_is_well(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    now = time.time_ns()
    with socket.create_server(("127.0.0.1", 0)) as held, Store.open(tmp_path / "store" / "soc.db") as store:
        store.heartbeat(AgentState(os.getpid(), now, now, 0.0, 0))
        (check,) = doors.doors(make_case(tmp_path, listener("tcp", held.getsockname()[1])))
        assert check.problem is None
        assert str(os.getpid()) in check.detail


def test_a_port_that_a_child_of_our_agent_holds_is_well(tmp_path: Path) -> None:
    """A listener runs in a process of its own, started by a thread of the agent."""
    (tmp_path / "store").mkdir()
    now = time.time_ns()
    code = (
        "import socket, sys; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True); input()"
    )
    started: list[subprocess.Popen[str]] = []
    done = threading.Event()

    def start() -> None:
        started.append(
            subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        )
        done.wait(60)

    thread = threading.Thread(target=start)
    thread.start()
    try:
        while not started:
            thread.join(0.01)
        child = started[0]
        assert child.stdout is not None
        port = int(child.stdout.readline())
        with Store.open(tmp_path / "store" / "soc.db") as store:
            store.heartbeat(AgentState(os.getpid(), now, time.time_ns(), 0.0, 0))
        (check,) = doors.doors(make_case(tmp_path, listener("tcp", port)))
        assert check.problem is None, check.what
        child.communicate("\n", timeout=30)
    finally:
        done.set()
        thread.join()


def test_holders_are_found_in_tables_as_the_kernel_writes_them(tmp_path: Path) -> None:
    (tmp_path / "net").mkdir()
    head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    rows = [
        "   0: 00000000:0202 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 77 1 0",
        "   1: 0100007F:0202 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 88 1 0",
    ]
    (tmp_path / "net" / "tcp").write_text(head + "\n".join(rows) + "\n")
    for pid, inode in (("10", 77), ("11", 88)):
        (tmp_path / pid / "fd").mkdir(parents=True)
        (tmp_path / pid / "fd" / "3").symlink_to(f"socket:[{inode}]")
        (tmp_path / pid / "comm").write_text(f"p{pid}\n")
    assert list(doors.holders_of("tcp", 514, tmp_path)) == [(10, "p10")]
    assert list(doors.holders_of("udp", 514, tmp_path)) == []


def test_a_host_that_answers_is_reachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert doors.is_reachable("127.0.0.1", port) == ""
    assert "refused" in doors.is_reachable("127.0.0.1", port)
