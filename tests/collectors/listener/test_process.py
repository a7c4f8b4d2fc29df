"""The receiving process: how it begins, and how it ends."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from collectors.listener.process import Process
from collectors.listener.sockets import open_door
from collectors.listener.spool import Spool
from soc_agent.errors import SourceError
from tests.collectors.listener.listening import PATIENCE_S, connect, door, source


def test_it_says_where_it_writes_and_ends_when_told(tmp_path: Path) -> None:
    options = source(tmp_path, door("tcp"))
    with open_door(options.listen[0], 65_536) as opened:
        process = Process(options, [opened], None)
        first = process.first()
        assert (first.begin, len(first.spool)) == (0, 16)
        assert first.end > 0
        assert psutil.Process(process.pid).rlimit(psutil.RLIMIT_AS)[0] < 2**31, "its memory is bounded"
        assert process.stop() == "exit code 0"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_it_says_how_it_ended(tmp_path: Path, number: signal.Signals) -> None:
    options = source(tmp_path, door("tcp"))
    with open_door(options.listen[0], 65_536) as opened:
        process = Process(options, [opened], None)
        process.first()
        os.kill(process.pid, number)
        deadline = time.monotonic() + PATIENCE_S
        while not process.ended:
            assert time.monotonic() < deadline
            process.take()
            time.sleep(0.01)
        assert process.stop() == ("SIGKILL" if number is signal.SIGKILL else "exit code 0")


def test_a_spool_that_another_uses_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = source(tmp_path, door("tcp"))
    spool = Spool(tmp_path, options.spool_bytes)
    spool.open()
    with open_door(options.listen[0], 65_536) as opened, pytest.raises(SourceError) as caught:
        Process(options, [opened], None).first()
    assert caught.value.problem.code == "listener.spool_in_use"
    spool.close()


def test_a_spool_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    options = source(tmp_path / "file" / "spool", door("tcp"))
    with open_door(options.listen[0], 65_536) as opened, pytest.raises(SourceError) as caught:
        Process(options, [opened], None).first()
    assert caught.value.problem.code == "listener.spool_unusable"
    assert caught.value.problem.values["reason"] == "Not a directory"


OWNER = """
import sys, time
from pathlib import Path
from collectors.listener.process import Process
from collectors.listener.sockets import open_door
from tests.collectors.listener.listening import source
from soc_agent.config import ListenOptions
options = source(Path(sys.argv[1]), ListenOptions(transport="tcp", port=int(sys.argv[2]), address="127.0.0.1"))
process = Process(options, [open_door(options.listen[0], 65536)], None)
process.first()
print(process.pid, flush=True)
time.sleep(600)
"""


def test_it_ends_when_the_agent_is_killed_and_its_port_is_free(tmp_path: Path) -> None:
    there = door("tcp")
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path), str(there.port)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).resolve().parents[3],
    )
    assert owner.stdout is not None
    receiver = psutil.Process(int(owner.stdout.readline()))
    with connect(there) as stream:
        stream.sendall(b"<13>last words\n")
        owner.kill()
        owner.wait()
        owner.stdout.close()
        stream.settimeout(PATIENCE_S)
        assert stream.recv(1) == b"", "closed in order: the line is kept"
    receiver.wait(PATIENCE_S)
    assert any(b"last words" in path.read_bytes() for path in tmp_path.glob("*.spool"))
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", there.port))
