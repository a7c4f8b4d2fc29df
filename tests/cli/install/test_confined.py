"""The real agent works under the restrictions of its own unit: an ordinary user, the rights named and no more."""

import contextlib
import ctypes.util
import http.server
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from soc_agent.cli.install.command import plan
from soc_agent.cli.install.image import Image
from soc_agent.cli.install.unit import render, unit_lines
from soc_agent.cli.workspace import Workspace
from soc_agent.errors import StoreError
from soc_agent.store import SourceStatus, Store
from tests.cli.install import confined
from tests.collectors.journal.test_child import Journald, journald
from tests.end_to_end.running import LINE_RULE, Site, eventually, sshd_line

__all__ = ["journald"]
MISSING = [name for name in ("setpriv", "systemd-analyze", "mount") if shutil.which(name) is None]
pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to give it up"),
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {' '.join(MISSING)}"),
    pytest.mark.skipif(ctypes.util.find_library("seccomp") is None, reason="libseccomp is not installed"),
]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that everybody can reach, as those of a service are."""
    made = Path(tempfile.mkdtemp(prefix="soc-agent-confined-", dir="/var/tmp"))
    made.chmod(0o755)
    (made / "store").mkdir()
    os.chown(made / "store", confined.UID, confined.UID)
    yield made
    shutil.rmtree(made)


class Service(Site):
    """A site whose agent runs under its unit."""

    def begin(self) -> None:
        self.config_path.chmod(0o644)
        service = plan(Workspace(self.config_path, "en"), Image(), "soc-agent", "/bin/true", "1G", "100%")
        unit = self.folder / "soc-agent.service"
        unit.write_text(render(unit_lines(service)))
        command = [sys.executable, "-m", "soc_agent"]
        with (self.folder / "agent.log").open("ab") as narration:
            self.agent = subprocess.Popen(
                [sys.executable, confined.__file__, str(unit), *command, "--config", str(self.config_path), "run"],
                stdin=subprocess.DEVNULL,
                stdout=narration,
                stderr=narration,
                env={**os.environ, **self.environment, "XDG_CACHE_HOME": str(self.folder / "store")},
            )

    def status(self) -> dict[str, SourceStatus | None]:
        try:
            with Store.open(self.store_path, read_only=True) as store:
                return {entry.source: entry.state for entry in store.ledger()}
        except StoreError:
            return {}

    def alerts(self) -> int:
        try:
            with Store.open(self.store_path, read_only=True) as store:
                return len(store.alert_ids())
        except StoreError:
            return 0

    def limits(self) -> dict[str, str]:
        assert self.agent is not None
        text = Path(f"/proc/{self.agent.pid}/status").read_text()
        return {key: value.strip() for key, _, value in (line.partition(":") for line in text.splitlines())}


def site(folder: Path, *sources: dict[str, object]) -> Service:
    made = Service(folder, {"sources": list(sources), "store": {"path": "store/soc.db"}}, [LINE_RULE])
    made.store_path = folder / "store" / "soc.db"
    return made


def capabilities(*names: int) -> str:
    return f"{sum(1 << name for name in names):016x}"


def test_log_files_are_read_with_no_right_at_all(folder: Path) -> None:
    log = folder / "auth.log"
    log.touch(0o644)
    service = site(folder, {"kind": "file", "name": "auth", "paths": ["auth.log"], "type": "syslog"})
    service.begin()
    try:
        eventually(lambda: service.status().get("auth") is SourceStatus.RUNNING, service.said())
        with log.open("ab") as out:
            out.write(sshd_line(1))
        eventually(lambda: service.alerts() >= 1, service.said())
        limits = service.limits()
        assert limits["Uid"].split()[0] == str(confined.UID)
        assert limits["CapEff"] == limits["CapBnd"] == capabilities()
        assert limits["NoNewPrivs"] == "1"
        assert limits["Seccomp"] == "2"
    finally:
        assert service.stop(signal.SIGTERM) == 0, service.said()
    assert "All that was read is stored" in service.said()


def test_files_of_others_are_read_with_the_one_right_and_nothing_else_is_written(folder: Path) -> None:
    secret = folder / "secret.log"
    secret.touch(0o600)
    (folder / "www").mkdir()
    (folder / "www").chmod(0o700)
    service = site(
        folder,
        {"kind": "file", "name": "secret", "paths": ["secret.log"], "type": "syslog"},
        {"kind": "watch", "name": "web", "paths": ["www"]},
    )
    (folder / "rules" / "shell.yar").write_text('rule shell { strings: $a = "eval($_POST" condition: $a }')
    service.begin()
    try:
        running = {"secret": SourceStatus.RUNNING, "web": SourceStatus.RUNNING}
        eventually(lambda: running.items() <= service.status().items(), service.said())
        assert service.limits()["CapEff"] == capabilities(2), "CAP_DAC_READ_SEARCH alone"
        with secret.open("ab") as out:
            out.write(sshd_line(2))
        eventually(lambda: service.alerts() >= 1, service.said())
        dropped = folder / "www" / "shell.php"
        dropped.write_text("<?php eval($_POST['x']); ?>")
        dropped.chmod(0o600)
        eventually(lambda: lines(service, "web") >= 1, service.said())
    finally:
        assert service.stop() == 0, service.said()


def lines(service: Service, source: str) -> int:
    try:
        with Store.open(service.store_path, read_only=True) as store:
            ledger = store.ledger()
    except StoreError:
        return 0
    return sum(entry.totals.lines for entry in ledger if entry.source == source)


def test_packets_are_captured_with_the_one_right(folder: Path) -> None:
    wanted = {"interface": "lo", "filter": "udp port 64321", "flow_idle_s": 1}
    service = site(folder, {"kind": "packets", "name": "lo", **wanted})
    service.begin()
    try:
        eventually(lambda: service.status().get("lo") is SourceStatus.RUNNING, service.said())
        assert service.limits()["CapEff"] == capabilities(13), "CAP_NET_RAW alone"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            for _ in range(5):
                out.sendto(b"x" * 40, ("127.0.0.1", 64_321))
        eventually(lambda: lines(service, "lo") >= 1, service.said())
    finally:
        assert service.stop() == 0, service.said()


def free_low_port() -> int:
    for port in range(600, 1000):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial, contextlib.suppress(OSError):
            trial.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port below 1000 is free")


def test_a_listener_takes_a_low_port_with_the_one_right(folder: Path) -> None:
    port = free_low_port()
    doors = [{"transport": transport, "port": port, "address": "127.0.0.1"} for transport in ("tcp", "udp")]
    service = site(folder, {"kind": "listener", "name": "net", "listen": doors})
    service.begin()
    try:
        eventually(lambda: service.status().get("net") is SourceStatus.RUNNING, service.said())
        assert service.limits()["CapEff"] == capabilities(10), "CAP_NET_BIND_SERVICE alone"
        with socket.create_connection(("127.0.0.1", port)) as out:
            out.sendall(b"<38>" + sshd_line(5))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            out.sendto(b"<38>" + sshd_line(6), ("127.0.0.1", port))
        eventually(lambda: lines(service, "net") >= 2, service.said())
    finally:
        assert service.stop() == 0, service.said()


class Page(http.server.BaseHTTPRequestHandler):
    """A page that answers."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html><title>Portal</title><p>welcome</p></html>")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the library has
        pass


def test_pages_and_the_host_itself_are_looked_at(folder: Path) -> None:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        pages = [{"name": "home", "url": f"http://127.0.0.1:{server.server_address[1]}/"}]
        service = site(
            folder,
            {"kind": "portals", "name": "web", "pages": pages, "private_networks": ["127.0.0.0/8"]},
            {"kind": "host", "name": "self"},
        )
        service.begin()
        try:
            eventually(lambda: lines(service, "web") >= 1, service.said())
            eventually(lambda: lines(service, "self") >= 1, service.said())
            assert service.limits()["CapEff"] == capabilities(2), "CAP_DAC_READ_SEARCH alone"
        finally:
            assert service.stop() == 0, service.said()
            server.shutdown()


def test_a_journal_is_read_by_journalctl_behind_the_same_fence(folder: Path, journald: Journald) -> None:
    journald.send(1, 2, 3)
    journald.wait_for(3)
    shutil.copytree(journald.folder, folder / "journal")
    for path in (folder / "journal").rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    wanted = {"directory": "journal", "identifiers": ["test"], "start": "beginning"}
    service = site(folder, {"kind": "journal", "name": "far", **wanted})
    service.begin()
    try:
        eventually(lambda: lines(service, "far") >= 3, service.said())
        assert service.limits()["CapEff"] == capabilities()
    finally:
        assert service.stop() == 0, service.said()


def test_changed_files_are_told_with_the_one_right(folder: Path) -> None:
    (folder / "etc").mkdir()
    (folder / "etc").chmod(0o700)
    (folder / "etc" / "passwd").write_text("root:x:0:0::/root:/bin/sh\n")
    wanted = {"paths": ["etc"], "interval_s": 1, "audit_logs": [], "packages": False}
    service = site(folder, {"kind": "integrity", "name": "etc", **wanted})
    service.begin()
    try:
        eventually(lambda: service.status().get("etc") is SourceStatus.RUNNING, service.said())
        assert service.limits()["CapEff"] == capabilities(2), "CAP_DAC_READ_SEARCH alone"
        before = lines(service, "etc")
        numbers = iter(range(1_000_000))

        def told() -> bool:
            """What is changed before the first look is done is part of it: change it again until one is told."""
            (folder / "etc" / "passwd").write_text(f"root:x:0:0:{next(numbers)}:/root:/bin/sh\n")
            return lines(service, "etc") > before

        eventually(told, service.said())
    finally:
        assert service.stop() == 0, service.said()


def test_the_fence_holds(folder: Path) -> None:
    """What the unit closes is closed: otherwise the tests above would prove nothing."""
    service = site(folder)
    made = plan(Workspace(service.config_path, "en"), Image(), "soc-agent", "/bin/true", "1G", "100%")
    unit = folder / "soc-agent.service"
    unit.write_text(render(unit_lines(made)))
    code = (
        "import os, socket, mmap\n"
        "def tried(what):\n"
        "    try: what()\n"
        "    except OSError as error: return error.strerror\n"
        "    return 'open'\n"
        "print(tried(lambda: open('/var/tmp/soc-agent-fence', 'w')))\n"
        "print(tried(lambda: socket.socket(socket.AF_INET)))\n"
        "print(tried(lambda: os.sched_setaffinity(0, {0})))\n"
        "print(tried(lambda: mmap.mmap(-1, 4096, prot=7)))\n"
        f"print(tried(lambda: open('{folder}/store/x', 'w')))\n"
    )
    done = subprocess.run(
        [sys.executable, confined.__file__, str(unit), sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    files, network, priority, code_memory, own = done.stdout.splitlines() or [done.stderr] * 5
    assert files == "Read-only file system"
    assert network == priority == "Operation not permitted"
    assert code_memory == "Permission denied"
    assert own == "open"
