"""An agent that is killed again and again while lines come over TCP: what it said it had is alerted, once."""

import json
import random
import signal
import socket
import threading
import time
from collections import Counter
from pathlib import Path

import psutil
import pytest
import yaml

from soc_agent.errors import StoreError
from soc_agent.model import Alert
from soc_agent.store import AlertFilter, SourceStatus, Store
from tests.collectors.listener.authority import Authority
from tests.collectors.listener.listening import free_port
from tests.end_to_end.running import GROUP_RULE, LINE_RULE, Site, eventually, sshd_line
from tests.end_to_end.test_kill import _seq

KILLS = 6
BATCH = 20


class Sender(threading.Thread):
    """Sends numbered lines, each once, a connection for every few; knows of which it was told that they are kept."""

    def __init__(self, port: int) -> None:
        super().__init__(name="sender")
        self.sent = 0
        self.kept: set[int] = set()
        self._port = port
        self._end = threading.Event()

    def run(self) -> None:
        while not self._end.is_set():
            numbers = range(self.sent, self.sent + BATCH)
            try:
                with socket.create_connection(("127.0.0.1", self._port), timeout=10) as stream:
                    self.sent += BATCH
                    for number in numbers:
                        stream.sendall(b"<38>" + sshd_line(number))
                    stream.shutdown(socket.SHUT_WR)
                    if stream.recv(1) == b"":
                        self.kept.update(numbers)
            except OSError:
                self._end.wait(0.05)
            self._end.wait(0.02)

    def end(self) -> None:
        self._end.set()
        self.join()


DEGRADED = Path(__file__).resolve().parents[2] / "rules" / "sigma" / "agent" / "source_degraded.yml"


def listening_site(folder: Path, *doors: dict[str, object], **more: object) -> Site:
    source = {"kind": "listener", "name": "network", "listen": list(doors), "type": "syslog", "sync_ms": 20, **more}
    return Site(folder, {"sources": [source]}, [LINE_RULE, GROUP_RULE, yaml.safe_load(DEGRADED.read_text("utf-8"))])


def state_of(site: Site) -> SourceStatus | None:
    try:
        with Store.open(site.store_path, read_only=True) as store:
            return next((entry.state for entry in store.ledger() if entry.source == "network"), None)
    except StoreError:
        return None  # the agent is only just making it


def users(site: Site) -> Counter[str]:
    with Store.open(site.store_path, read_only=True) as store:
        alerts = store.alerts(store.alert_ids(AlertFilter.parse("")))
        single = [alert for alert in alerts if alert.rule_id == LINE_RULE["id"]]
        assert {alert.count for alert in single} <= {1}
        return Counter(alert.entities["user"][0] for alert in single)


def test_what_was_acknowledged_is_alerted_once_over_kills(tmp_path: Path) -> None:
    rng = random.Random(20261122)
    port = free_port()
    site = listening_site(tmp_path, {"transport": "tcp", "port": port, "address": "127.0.0.1"})
    site.start("--quiet")
    eventually(lambda: state_of(site) is SourceStatus.RUNNING, "the agent listens")
    sender = Sender(port)
    sender.start()
    try:
        for kill in range(KILLS):
            before, kept = _seq(site), len(sender.kept)
            eventually(
                lambda seen=before, had=kept: _seq(site) > seen and len(sender.kept) > had,  # type: ignore[misc]
                "the agent takes lines and stores alerts",
            )
            time.sleep(rng.uniform(0.0, 0.3))
            assert site.agent is not None
            children = psutil.Process(site.agent.pid).children(recursive=True) if kill % 2 else []
            for child in children:
                child.kill()
            assert site.stop(signal.SIGKILL) == -signal.SIGKILL
            site.start("--quiet")
        kept = len(sender.kept)
        eventually(lambda: len(sender.kept) > kept + BATCH, "the last agent takes lines")
        sender.end()
        wanted = {f"user-{number}" for number in sender.kept}
        eventually(lambda: wanted <= users(site).keys(), "every acknowledged line has its alert")
        assert site.stop() == 0
    finally:
        sender.end()
        site.stop(signal.SIGKILL)
    found = users(site)
    assert set(found.values()) == {1}
    assert found.keys() <= {f"user-{number}" for number in range(sender.sent)}
    with Store.open(site.store_path, read_only=True) as store:
        assert store.verify_history().ok


def test_an_alert_says_who_sent_the_line(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_DGRAM)
    site = listening_site(tmp_path, {"transport": "udp", "port": port, "address": "127.0.0.1"})
    site.start("--quiet")
    try:
        eventually(lambda: state_of(site) is SourceStatus.RUNNING, "the agent listens")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.bind(("127.0.0.9", 0))
            sender.sendto(b"<38>" + sshd_line(1), ("127.0.0.1", port))
        eventually(lambda: bool(users(site)), "the line has its alert")
    finally:
        site.stop()
    with Store.open(site.store_path, read_only=True) as store:
        alert = next(alert for alert in store.alerts(store.alert_ids()) if alert.rule_id == LINE_RULE["id"])
        assert alert.fields["sender_ip"] == "127.0.0.9"
        assert alert.host == "host", "that of the line"


LOGON_RULE = {
    "title": "Failed logon",
    "id": "11111111-0000-4000-8000-000000000009",
    "logsource": {"product": "windows", "service": "security"},
    "detection": {"it": {"EventID": 4625, "sender_name|endswith": ".example"}, "condition": "it"},
    "level": "medium",
}
NXLOG = {
    "EventTime": "2026-11-22 08:00:00",
    "Hostname": "dc01.example",
    "EventID": 4625,
    "Channel": "Security",
    "SourceName": "Microsoft-Windows-Security-Auditing",
    "TargetUserName": "admin",
    "IpAddress": "192.0.2.9",
    "sender_name": "forged.example",
}


def test_windows_events_as_json_over_tls_are_known_by_the_certificate_of_their_sender(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "ca")
    certificate, key = authority.server
    port = free_port()
    files = {"certificate": str(certificate), "key": str(key), "client_ca": str(authority.certificate)}
    door = {"transport": "tls", "port": port, "address": "127.0.0.1", "client_certificates": "optional", **files}
    source = {"kind": "listener", "name": "network", "listen": [door]}
    site = Site(tmp_path, {"sources": [source]}, [LOGON_RULE])
    site.start("--quiet")
    try:
        eventually(lambda: state_of(site) is SourceStatus.RUNNING, "the agent listens")
        named = authority.client(authority.sign("dc01", names="DNS:dc01.example"))
        for context in (authority.client(), named):
            plain = socket.create_connection(("127.0.0.1", port))
            with context.wrap_socket(plain, server_hostname="localhost") as stream:
                stream.sendall(json.dumps(NXLOG).encode() + b"\r\n")
                stream.unwrap().close()
        eventually(lambda: bool(alerts_of(site, "Failed logon")), "the event has its alert")
    finally:
        site.stop()
    (alert,) = alerts_of(site, "Failed logon")
    assert alert.count == 1, "the other sender showed no certificate, whatever its line says"
    assert (alert.fields["sender_name"], alert.fields["claimed_sender_name"]) == ("dc01.example", "forged.example")
    assert alert.host == "dc01.example"


def alerts_of(site: Site, title: str) -> list[Alert]:
    with Store.open(site.store_path, read_only=True) as store:
        return [alert for alert in store.alerts(store.alert_ids()) if alert.title == title]


def test_malformed_framing_is_an_alert_of_layer_1(tmp_path: Path) -> None:
    port = free_port()
    site = listening_site(tmp_path, {"transport": "tcp", "port": port, "address": "127.0.0.1"})
    site.start("--quiet")
    try:
        eventually(lambda: state_of(site) is SourceStatus.RUNNING, "the agent listens")
        with socket.create_connection(("127.0.0.1", port)) as stream:
            stream.sendall(b"7 <13>oneand then more\n")
            eventually(lambda: bool(degraded(site)), "the agent raises an alert")
    finally:
        site.stop()
    assert "127.0.0.1" in str(degraded(site)[0].fields["detail"])
    assert degraded(site)[0].layer == 1


def degraded(site: Site) -> list[Alert]:
    return alerts_of(site, "A Source Is Read Only In Part Or With Trouble")


def test_a_port_in_use_is_said_with_its_remedy(tmp_path: Path) -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        site = listening_site(tmp_path, {"transport": "tcp", "port": port, "address": "127.0.0.1"})
        site.start("--quiet")
        try:
            eventually(lambda: "Another program listens on tcp port" in site.said(), "the agent says it")
        finally:
            site.stop()
    assert f"ss -ltnp sport = :{port}" in site.said()


@pytest.mark.parametrize("words", [("doctor",)])
def test_the_doctor_knows_the_doors(tmp_path: Path, words: tuple[str, ...]) -> None:
    port = free_port()
    site = listening_site(tmp_path, {"transport": "tcp", "port": port, "address": "127.0.0.1"})
    assert f"network: tcp 127.0.0.1:{port}" in site.command(*words).stdout
