"""The service manager hears that the agent is ready, lives, and ends; a hung agent gives no sign of life."""

import os
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from soc_agent.agent import agent
from soc_agent.agent.reader import Reader, Reading
from soc_agent.agent.supervisor import Supervisor
from soc_agent.model import Block
from tests.agent.test_agent import Bench
from tests.agent.test_runner import eventually
from tests.end_to_end.running import LINE_RULE, Site
from tests.end_to_end.running import eventually as patiently


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(10)
        yield listening


def heard(manager: socket.socket) -> list[str]:
    manager.setblocking(False)
    found = []
    while True:
        try:
            found += manager.recv(4096).decode().splitlines()
        except BlockingIOError:
            return found


def environment(manager: socket.socket, **more: str) -> dict[str, str]:
    return {"NOTIFY_SOCKET": manager.getsockname(), **more}


def test_it_says_what_happens(manager: socket.socket) -> None:
    supervisor = Supervisor.from_environment(environment(manager))
    assert supervisor.ready()
    assert supervisor.reloading()
    assert supervisor.stopping()
    lines = heard(manager)
    assert [line for line in lines if not line.startswith("MONOTONIC")] == [
        "READY=1",
        "RELOADING=1",
        "WATCHDOG=1",
        "STOPPING=1",
    ]


def test_a_sign_of_life_is_given_only_while_everything_works(manager: socket.socket) -> None:
    supervisor = Supervisor.from_environment(environment(manager, WATCHDOG_USEC="1000000"))
    supervisor.alive(lambda: "well", works=False)
    assert heard(manager) == ["STATUS=well"]
    supervisor.alive(lambda: "well", works=True)
    supervisor.alive(lambda: "well", works=True)
    assert heard(manager) == ["WATCHDOG=1"]


def test_without_a_watchdog_no_sign_of_life_is_given(manager: socket.socket) -> None:
    other = Supervisor.from_environment(environment(manager, WATCHDOG_USEC="1000000", WATCHDOG_PID="1"))
    other.alive(lambda: "two\nlines", works=True)
    assert heard(manager) == ["STATUS=two lines"]
    mine = Supervisor.from_environment(environment(manager, WATCHDOG_USEC="1000000", WATCHDOG_PID=str(os.getpid())))
    assert mine.watchdog_s == 1
    assert Supervisor.from_environment(environment(manager, WATCHDOG_USEC="soon")).watchdog_s == 0


def test_an_abstract_socket_is_found() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(f"\0soc-agent-test-{os.getpid()}")
        assert Supervisor.from_environment({"NOTIFY_SOCKET": f"@soc-agent-test-{os.getpid()}"}).ready()
        assert listening.recv(100) == b"READY=1"


def test_nobody_who_listens_is_no_trouble(tmp_path: Path) -> None:
    assert not Supervisor.from_environment({}).ready()
    assert not Supervisor(str(tmp_path / "nothing"), 0).ready()


def test_an_agent_that_hangs_in_a_batch_does_not_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is waited for is the reading of one block, held up for as long as the test wants."""
    bench = Bench(tmp_path)
    bench.write("a", 0, 5)
    begun, go_on = threading.Event(), threading.Event()
    read = Reader.read

    def hold(reader: Reader, block: Block) -> Reading:
        begun.set()
        go_on.wait(30)
        return read(reader, block)

    monkeypatch.setattr(Reader, "read", hold)
    assert bench.agent.works is False, "it has not begun"
    bench.agent.start()
    try:
        assert begun.wait(30)
        assert getattr(bench.agent, "works"), "a batch may take its time"  # noqa: B009 - it changes between looks
        monkeypatch.setattr(agent, "HUNG_S", 0.05)
        eventually(lambda: not bench.agent.works)
        monkeypatch.setattr(agent, "HUNG_S", 60)
        go_on.set()
        eventually(lambda: bench.agent.works)
    finally:
        go_on.set()
        assert bench.agent.stop()


def test_the_program_speaks_with_its_manager(tmp_path: Path, manager: socket.socket) -> None:
    site = Site(tmp_path, {"sources": []}, [LINE_RULE])
    site.environment |= {"NOTIFY_SOCKET": manager.getsockname(), "WATCHDOG_USEC": "400000"}
    said: list[str] = []

    def says(beginning: str) -> bool:
        said.extend(heard(manager))
        return any(line.startswith(beginning) for line in said)

    site.start("--quiet")
    try:
        patiently(lambda: says("READY=1"), "ready")
        patiently(lambda: says("WATCHDOG=1"), "a sign of life")
        patiently(lambda: says("STATUS="), "its state")
        said.clear()
        site.send(signal.SIGHUP)
        patiently(lambda: says("RELOADING=1"), "reloading")
        patiently(lambda: says("READY=1"), "ready again")
    finally:
        assert site.stop() == 0
    patiently(lambda: says("STOPPING=1"), "the end")
