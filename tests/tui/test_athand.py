"""What is at hand of an alert: its packets, its file and who did it, who sent its line; however hostile, it fits."""

import struct
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from msgspec.structs import replace

from soc_agent.config import Config, PacketSource
from soc_agent.model import Alert
from soc_agent.model.custody import AlertFile
from soc_agent.store import Store
from soc_agent.store.captures import captures_folder
from soc_agent.text import say, use_language
from tests.tui.hostile import HOSTILE, commands
from tui.athand import file_lines, finder, packet_lines, sender_lines
from tui.outside import Line
from tui.paper import width_of

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
CHANGE: dict[str, Any] = {
    "type": "integrity",
    "path": "/etc/passwd",
    "action": "changed",
    "changes": ["content", "mode"],
    "verdict": "unexpected",
    "login": "lan",
    "effective_user": "root",
    "Image": "/usr/bin/vim",
    "CommandLine": "vim /etc/passwd",
    "ProcessId": 4711,
    "old": {"mode": "0644", "owner": "root", "size": 10},
    "new": {"mode": "0666", "owner": "root", "size": 12},
}


def text_of(lines: list[Line]) -> str:
    return "\n".join("".join(text for text, _ in line) for line in lines)


@pytest.fixture
def alert(store: Store) -> Alert:
    found = store.alert(store.alert_ids()[0])
    assert found is not None
    return found


def about(alert: Alert, line: dict[str, Any]) -> Alert:
    return replace(alert, raw=msgspec.json.encode(line))


@pytest.mark.parametrize("language", ["en", "vi"])
def test_packets_say_how_many_and_until_when_and_what_to_type(store_path: Path, alert: Alert, language: str) -> None:
    use_language(language)
    folder = captures_folder(store_path, "dmz 1")
    folder.mkdir(parents=True)
    data = struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, 1) + struct.pack("<IIII", 1, 2, 3, 3) + b"abc"
    (folder / "Ca1.pcap").write_bytes(data)
    config = Config(sources=(PacketSource(name="dmz 1", interface="eth1", evidence_days=3, evidence_mb=7),))
    with Store.open(store_path, read_only=True) as store:
        evidence = [replace(store.detections_of(alert.id)[0], source="dmz 1", raw=b'{"uid":"Ca1"}')]
    found = finder(store_path, config, None)(alert, evidence)
    (packets,) = found.packets
    assert packets.until_ns - packets.capture.changed_ns == 3 * 86_400 * 10**9
    text = text_of(packet_lines(found.packets, 200, ZONE))
    assert say("evidence.packets", count=1) in text
    assert f"tcpdump -nn -r '{folder}/Ca1.pcap'" in text, "a blank in a path is quoted"
    assert " 7 MB" in text
    (folder / "Ca2.pcap").write_bytes(data)
    evidence.append(replace(evidence[0], raw=b'{"uid":"Ca2"}'))
    several = text_of(packet_lines(finder(store_path, config, None)(alert, evidence).packets, 200, ZONE))
    assert (several.count("tcpdump"), several.count(" 7 MB")) == (1, 1), "what is the same of all is said once"
    assert "Ca1.pcap" in several
    assert "Ca2.pcap" in several
    assert all(width_of(row) <= 40 for row in packet_lines(found.packets, 40, ZONE))
    gone = finder(store_path, Config(), None)(alert, evidence)
    assert say("evidence.unbounded") in text_of(packet_lines(gone.packets, 200, ZONE))


def test_who_changed_a_file_and_what_stands_there(alert: Alert) -> None:
    text = text_of(file_lines(about(alert, CHANGE), None, 120, can_move=False))
    assert "lan as root · /usr/bin/vim · vim /etc/passwd · pid 4711" in text
    assert "0644 → 0666" in text
    assert "root → root" not in text, "what stayed is no news"
    assert "soc-agent integrity approve /etc/passwd --reason" in text
    nobody = {key: value for key, value in CHANGE.items() if key not in ("login", "effective_user")}
    assert say("evidence.nobody") in text_of(file_lines(about(alert, nobody), None, 120, can_move=False))


def test_a_finding_says_what_the_file_was(alert: Alert) -> None:
    line = {"type": "yara", "path": "/srv/a.php", "size": 46, "owner": "www-data", "mode": "0644", "sha256": "ab" * 32}
    text = text_of(file_lines(about(alert, line), None, 120, can_move=False))
    assert "46 B · www-data · 0644" in text
    assert "ab" * 32 in text
    odd = {"type": "yara", "path": "/srv/a.php", "size": "x", "owner": ["a"], "sha256": {"b": 1}}
    assert "/srv/a.php" in text_of(file_lines(about(alert, odd), None, 120, can_move=False))


def test_what_can_be_done_with_a_file_is_said_where_it_can_be(alert: Alert) -> None:
    finding = about(alert, {"type": "not_scanned", "path": "/srv/a.bin", "reason": "too_big", "detail": "more than 9"})
    there, held = AlertFile("/srv/a.bin"), AlertFile("/srv/a.bin", True, "lan", "web shell")
    assert say("evidence.step.move_away") in text_of(file_lines(finding, there, 200, can_move=True))
    assert say("evidence.step.put_back") in text_of(file_lines(finding, held, 200, can_move=True))
    assert "web shell" in text_of(file_lines(finding, held, 200, can_move=False))
    quiet = text_of(file_lines(finding, there, 200, can_move=False))
    assert "Q " not in quiet
    assert f"{say('evidence.reason.too_big')} more than 9" in quiet
    assert file_lines(alert, None, 80, can_move=True) == [], "no file, no section"


@pytest.mark.parametrize(
    ("fields", "host", "says", "claims"),
    [
        ({"sender_ip": "192.0.2.9", "sender_transport": "udp"}, "core-sw1", "udp", True),
        ({"sender_ip": "192.0.2.9", "sender_transport": "tcp"}, "192.0.2.9", "tcp", False),
        (
            {"sender_ip": "192.0.2.9", "sender_name": "web01", "sender_transport": "tls"},
            "web01",
            "certificate",
            False,
        ),
        ({"sender_ip": "192.0.2.9", "sender_name": "web01", "sender_transport": "tls"}, "db01", "certificate", True),
    ],
)
def test_the_sender_stands_apart_from_what_the_line_claims(
    alert: Alert, fields: dict[str, str], host: str, says: str, claims: bool
) -> None:
    text = text_of(sender_lines(replace(alert, fields=dict(fields), host=host), 160))
    assert say(f"evidence.sure.{says}") in text
    assert (say("evidence.claimed") in text) is claims
    assert sender_lines(replace(alert, fields={}), 80) == []


@pytest.mark.parametrize("width", [30, 78, 118])
@pytest.mark.parametrize("language", ["en", "vi"])
def test_nothing_hostile_gets_out_or_over_the_edge(alert: Alert, width: int, language: str) -> None:
    use_language(language)
    for text in HOSTILE.values():
        word = text.decode("utf-8", "replace")
        line: dict[str, Any] = {key: [word] if isinstance(value, list) else word for key, value in CHANGE.items()}
        line |= {"type": "integrity", "old": {"mode": word}, "new": {"mode": "0600"}, "ProcessId": word}
        bad = replace(about(alert, line), host=word, fields={"sender_ip": word, "sender_transport": word})
        rows = [
            *file_lines(bad, AlertFile(word, True, word, word), width, can_move=True),
            *sender_lines(bad, width),
        ]
        assert commands(text_of(rows).replace("\n", "")) == []
        assert all(width_of(row) <= max(width, 40) for row in rows)


@pytest.mark.parametrize(
    "line",
    [b"[]", b'{"type":"integrity"}', b'{"type":1,"path":2}', b"\xff{", b'{"type":["yara"],"path":"x"}', b"[" * 100_000],
)
def test_lines_that_are_no_finding_say_nothing(alert: Alert, line: bytes) -> None:
    assert file_lines(replace(alert, raw=line), None, 80, can_move=True) == []
