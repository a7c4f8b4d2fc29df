"""What the scanning process may no longer do, tried in one."""

import subprocess
import sys
from pathlib import Path

import pytest

PRELUDE = """
import os, socket, sys, resource, signal
from soc_agent.scanning.confine import confine, limit_cpu
taken = confine()
if "calls" not in taken:
    print("SKIP"); sys.exit()
def refused(what):
    try:
        what()
    except PermissionError:
        print("refused")
    else:
        print("done")
"""


def confined(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", PRELUDE + code], capture_output=True, text=True, check=False)
    if done.stdout.strip() == "SKIP":
        pytest.skip("the kernel filters no system calls here")
    return done.stdout.strip() or str(done.returncode)


@pytest.mark.parametrize(
    "what",
    [
        "socket.socket()",
        "socket.socket(socket.AF_UNIX)",
        "os.fork()",
        "os.execv('/bin/true', ['true'])",
        "open('{folder}/new', 'w')",
        "open('{folder}/old', 'r+')",
        "os.open('{folder}/old', os.O_WRONLY | os.O_TRUNC)",
        "os.unlink('{folder}/old')",
        "os.rename('{folder}/old', '{folder}/other')",
        "os.chmod('{folder}/old', 0o777)",
        "os.mkdir('{folder}/made')",
        "os.kill(os.getppid(), signal.SIGTERM)",
    ],
)
def test_it_can_neither_run_nor_write_nor_talk(tmp_path: Path, what: str) -> None:
    """Whoever takes the scanner over has a process that can compute."""
    tmp_path.chmod(0o777)
    (tmp_path / "old").write_bytes(b"kept")
    (tmp_path / "old").chmod(0o666)
    assert confined(f"refused(lambda: {what.format(folder=tmp_path)})") == "refused"
    assert (tmp_path / "old").read_bytes() == b"kept"
    assert [path.name for path in tmp_path.iterdir()] == ["old"]


def test_memory_has_an_end() -> None:
    code = "\ntry:\n    bytearray(3 * 1024**3)\nexcept MemoryError:\n    print('no more')"
    assert confined(code) == "no more"


def test_computing_without_end_is_ended_by_the_kernel() -> None:
    """Also when the agent does not come round to it."""
    assert confined("\nlimit_cpu(1)\nwhile True: pass") == "-24"


def test_it_is_no_longer_root() -> None:
    code = "print(os.geteuid() != 0, open('/proc/self/status').read().split('CapEff:')[1].split()[0])"
    assert confined(code) == "True 0000000000000000"
