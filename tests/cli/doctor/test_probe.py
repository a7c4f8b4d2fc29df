"""The kernel is asked, as the user in question: modes, folders on the way, ports, raw packets, read-only disks."""

import errno
import os
import socket
import subprocess
from pathlib import Path

import pytest

from soc_agent.cli.doctor import probe
from tests.cli.doctor.making import needs_root, open_folder


def test_what_is_there_is_read_and_what_is_not_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    assert probe.answer("read", str(tmp_path / "a")) == (0, "")
    assert probe.answer("list", str(tmp_path)) == (0, "")
    assert probe.answer("read", str(tmp_path / "b"))[0] == errno.ENOENT


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert probe.answer("read", str(tmp_path / "pipe")) == (0, "")


def test_what_is_not_there_yet_is_written_into_the_nearest_folder(tmp_path: Path) -> None:
    assert probe.answer("write", str(tmp_path / "a" / "b" / "soc.db")) == (0, "")
    assert probe.answer("write", "/proc/none")[0] in (errno.EACCES, errno.EROFS) or os.geteuid() == 0


def test_a_port_in_use_is_found() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        assert probe.answer("bind", f"tcp:127.0.0.1:{port}")[0] == errno.EADDRINUSE
        assert probe.answer("bind", f"udp:127.0.0.1:{port}") == (0, "")
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as datagrams:
        datagrams.bind(("::1", 0))
        assert probe.answer("bind", f"udp:::1:{datagrams.getsockname()[1]}")[0] == errno.EADDRINUSE


@needs_root
def test_a_disk_that_is_read_only_is_told_as_such() -> None:
    with open_folder() as folder:
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "ro,size=64k", "tmpfs", folder], check=False).returncode:
            pytest.skip("mounting is not permitted here")
        try:
            assert probe.answer("write", str(folder / "soc.db")) == (errno.EROFS, str(folder))
        finally:
            subprocess.run(["umount", folder], check=True)
