"""Two network namespaces with a cable between them, for tests of live capture."""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


class Cable:
    """Namespaces ``near`` and ``far``; in each an interface ``cable0`` with addresses .1 and .2."""

    near_ip, far_ip = "10.77.0.1", "10.77.0.2"

    def __init__(self, mark: str) -> None:
        self.near, self.far = f"soc-{mark}-near", f"soc-{mark}-far"

    def ip(self, *words: str) -> bool:
        """Run iproute2; say whether it did as told."""
        done = subprocess.run(["ip", *words], capture_output=True, check=False, timeout=20)
        return done.returncode == 0

    @contextmanager
    def inside(self, namespace: str) -> Iterator[None]:
        """Be in a namespace: sockets made here belong to it for ever."""
        with Path("/proc/thread-self/ns/net").open("rb") as home, Path(f"/run/netns/{namespace}").open("rb") as there:
            assert _libc.setns(there.fileno(), _CLONE_NEWNET) == 0
            try:
                yield
            finally:
                assert _libc.setns(home.fileno(), _CLONE_NEWNET) == 0


@pytest.fixture
def cable() -> Iterator[Cable]:
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("needs root and iproute2")
    made = Cable(str(os.getpid()))
    try:
        if not (made.ip("netns", "add", made.near) and made.ip("netns", "add", made.far)):
            pytest.skip("network namespaces cannot be made here")
        if not made.ip(
            "link", "add", "cable0", "netns", made.near, "type", "veth", "peer", "name", "cable0", "netns", made.far
        ):
            pytest.skip("veth interfaces cannot be made here")
        for namespace, address in ((made.near, made.near_ip), (made.far, made.far_ip)):
            assert made.ip("-n", namespace, "addr", "add", f"{address}/24", "dev", "cable0")
            assert made.ip("-n", namespace, "link", "set", "cable0", "up")
            assert made.ip("-n", namespace, "link", "set", "lo", "up")
        yield made
    finally:
        made.ip("netns", "del", made.near)
        made.ip("netns", "del", made.far)
