"""The receiving process: how it begins, and how it ends."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from collectors.listener.process import Process
from collectors.listener.sockets import open_door
from collectors.listener.spool import Spool
from soc_agent.errors import SourceError
from tests.collectors.listener.authority import Authority
from tests.collectors.listener.listening import PATIENCE_S, connect, door, source


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


def test_it_says_where_it_writes_and_ends_when_told(tmp_path: Path) -> None:
    options = source(tmp_path, door("tcp"))
    with open_door(options.listen[0], 65_536) as opened:
        process = Process(options, [opened], None)
        first = process.first()
        assert (first.begin, len(first.spool)) == (0, 16)
        assert first.end > 0
        assert psutil.Process(process.pid).rlimit(psutil.RLIMIT_AS)[0] < 2**31, "its memory is bounded"
        assert process.stop() == "exit code 0"


def rights(pid: int) -> set[str]:
    """Give what the threads of a process may, each: rights that count, rights it could take, and no_new_privs."""
    found = set()
    for status in Path(f"/proc/{pid}/task").glob("*/status"):
        lines = dict(line.partition(":")[::2] for line in status.read_text().splitlines())
        found.add(" ".join(lines[name].strip().lstrip("0") or "0" for name in ("CapEff", "CapPrm", "NoNewPrivs")))
    return found


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to give it up")
@pytest.mark.parametrize(
    ("mine", "kept"), [(("key", "spool"), "0 0 1"), (("spool",), "4 4 1"), (("key",), "2 2 1"), ((), "2 2 1")]
)
def test_it_keeps_no_right_that_its_files_do_not_need(
    tmp_path: Path, authority: Authority, mine: tuple[str, ...], kept: str
) -> None:
    """Whoever takes over the process that reads what strangers send gets the rights of an ordinary user.

    Run as root upon the files of a service, it must read (CAP_DAC_READ_SEARCH) or write (CAP_DAC_OVERRIDE) those.
    """
    certificate, key = (Path(shutil.copy(path, tmp_path)) for path in authority.server)
    spool = tmp_path / "spool"
    spool.mkdir(0o700)
    key.chmod(0o600)
    for name, path in (("key", key), ("spool", spool)):
        os.chown(path, 0 if name in mine else 64_321, 0)
    options = source(spool, door("udp"), door("tls", certificate=str(certificate), key=str(key)))
    with ExitStack() as stack:
        opened = [stack.enter_context(open_door(each, 65_536)) for each in options.listen]
        process = Process(options, opened, None)
        process.first()
        assert rights(process.pid) == {kept}
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
from tests.collectors.listener.authority import Authority
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
