"""A canary through each kind of source that can take one, with the real agent: all the way, or why not."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from soc_agent.agent.canary import RULE_IDS
from soc_agent.agent.canary.ways import Impossible, way_of
from soc_agent.config import parse_config
from soc_agent.resources import resource
from tests.collectors.listener.authority import Authority
from tests.collectors.listener.listening import free_port
from tests.end_to_end.house import House, inhabited
from tests.end_to_end.test_trust import stage_of


def door(transport: str, **more: Any) -> dict[str, Any]:
    return {"transport": transport, "port": free_port(), "address": "127.0.0.1", **more}


def proves(folder: Path, source: dict[str, Any], **sections: Any) -> None:
    """See that a canary comes all the way through a source, twice, and that its alert is nobody's work."""
    with inhabited(House(folder, [{"name": "it", **source}], **sections)) as house:
        house.until_running()
        own = [runner for name, runner in house.agent._runners.items() if name.startswith("canary.")]
        assert all(runner.collector.missing() is None for runner in own)
        for _ in range(2):
            assert stage_of(house, "it") == "", house.canaries()
            assert house.canaries()["it"].stored_ns
        assert [alert.title for alert in house.alerts() if alert.status.is_open] == []
        assert [alert.count for alert in house.alerts() if alert.rule_id in RULE_IDS] == [2]


@pytest.mark.parametrize("line_type", ["syslog", "zeek", "eve", "auto"])
def test_log_files(tmp_path: Path, line_type: str) -> None:
    (tmp_path / "a.log").touch()
    proves(tmp_path, {"kind": "file", "paths": ["a.log"], "type": line_type})
    assert (tmp_path / "a.log").read_bytes() == b""


@pytest.mark.parametrize("transport", ["udp", "tcp"])
@pytest.mark.parametrize("line_type", ["syslog", "json", "auto"])
def test_doors(tmp_path: Path, transport: str, line_type: str) -> None:
    proves(tmp_path, {"kind": "listener", "listen": [door(transport)], "type": line_type, "sync_ms": 20})


@pytest.mark.parametrize("line_type", ["syslog", "json"])
def test_an_encrypted_door(tmp_path: Path, line_type: str) -> None:
    certificate, key = Authority(tmp_path / "ca").sign("listener", names="DNS:localhost", days=400)
    tls = door("tls", certificate=str(certificate), key=str(key))
    proves(tmp_path, {"kind": "listener", "listen": [tls], "type": line_type, "sync_ms": 20})


def test_exported_logs_of_windows(tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    proves(tmp_path, {"kind": "eventlogs", "paths": ["exports"]})
    assert list((tmp_path / "exports").iterdir()) == []


def test_watched_folders(tmp_path: Path) -> None:
    (tmp_path / "drop").mkdir()
    rules = [str(resource("rules") / part) for part in ("sigma/agent", "sigma/files", "yara")]
    proves(tmp_path, {"kind": "watch", "paths": ["drop"]}, rules={"builtin": False, "paths": rules})
    assert list((tmp_path / "drop").iterdir()) == []


def test_every_other_kind_says_why_not(tmp_path: Path) -> None:
    sources = parse_config(
        b"sources: [{kind: packets, name: a, paths: [x]}, {kind: packets, name: b, interface: lo, filter: tcp},"
        b" {kind: portals, name: c, pages: [{name: a, url: 'http://a.example/'}]},"
        b" {kind: host, name: d}, {kind: integrity, name: e, paths: [x]}]"
    ).sources
    assert all(isinstance(way_of(source, tmp_path), Impossible) for source in sources)


_IN_A_NETWORK = """
import sys
from pathlib import Path
from tests.end_to_end.test_canaries import proves
proves(Path(sys.argv[1]), {"kind": "packets", "interface": sys.argv[2]}, canary={"every_s": 0, "wait_s": 60})
"""


@pytest.fixture
def network() -> list[str]:
    """Give a command's beginning that runs it in a network namespace with an Ethernet interface ``own0``."""
    unshare, ip = shutil.which("unshare"), shutil.which("ip")
    if unshare is None or ip is None or os.geteuid() != 0:
        pytest.skip("a network namespace needs root, unshare and ip")
    words = ("set lo up", "add own0 type veth peer name own1", "set own0 up", "set own1 up")
    setup = " && ".join(f"{ip} link {what}" for what in words)
    if subprocess.run([unshare, "--net", "sh", "-c", setup], capture_output=True, check=False).returncode:
        pytest.skip("no network namespace with interfaces can be made here")
    return [unshare, "--net", "sh", "-c", f'{setup} && exec "$@"', "sh"]


@pytest.mark.parametrize("interface", ["lo", "own0"])
def test_interfaces(tmp_path: Path, network: list[str], interface: str) -> None:
    command = [*network, sys.executable, "-c", _IN_A_NETWORK, str(tmp_path), interface]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=150)
    assert done.returncode == 0, done.stderr[-3000:]


_WITH_A_JOURNAL = """
import sys
from pathlib import Path
from tests.end_to_end.test_canaries import proves
proves(Path(sys.argv[1]), {"kind": "journal"})
"""

_JOURNALD = Path("/usr/lib/systemd/systemd-journald")
_SETUP = """
mount -t tmpfs tmpfs /run && mkdir -p /run/systemd /run/log/journal && mount -t tmpfs tmpfs /var/log || exit 7
"$1" 2>/dev/null & daemon=$!
trap 'kill $daemon' EXIT
for turn in $(seq 200); do test -S /run/systemd/journal/socket && break; sleep 0.05; done
test -S /run/systemd/journal/socket || exit 7
"$2" -c "$3" "$4"
"""


def test_the_journal(tmp_path: Path) -> None:
    """A real journald in a mount namespace of its own, and an agent beside it."""
    unshare = shutil.which("unshare")
    if unshare is None or os.geteuid() != 0 or not _JOURNALD.exists() or not shutil.which("journalctl"):
        pytest.skip("needs root, and the programs of systemd")
    command = [unshare, "--mount", "sh", "-c", _SETUP, "sh", str(_JOURNALD)]
    command += [sys.executable, _WITH_A_JOURNAL, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=150)
    if done.returncode == 7:
        pytest.skip("journald does not run here")
    assert done.returncode == 0, done.stderr[-3000:]
