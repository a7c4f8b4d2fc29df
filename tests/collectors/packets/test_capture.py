"""The collector's face, and the reading of one capture file: against an independent count of real captures."""

import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import msgspec
import pytest

from collectors.packets import PacketCapture, read_capture
from soc_agent.config import PacketSource
from soc_agent.errors import SourceError
from soc_agent.model import Block, Problem
from tests.collectors.packets.craft import Conversation, pcap

ROOT = Path(__file__).resolve().parents[3]


def lines_of(path: Path, **how: Any) -> list[dict[str, Any]]:
    return [msgspec.json.decode(line) for block in read_capture(path, **how) for line in block.data.splitlines()]


def capture_of(path: Path, talks: int = 3) -> Path:
    frames = []
    for number in range(talks):
        talk = Conversation("10.0.0.1", 5000 + number, "10.0.0.2", 80, at=number)
        frames += (
            talk.open().say(b"GET /%d HTTP/1.1\r\n\r\n" % number).answer(b"HTTP/1.1 200 OK\r\n\r\n").close().frames
        )
    path.write_bytes(pcap(sorted(frames)))
    return path


def test_a_file_becomes_blocks_with_the_name_of_the_source(tmp_path: Path) -> None:
    path = capture_of(tmp_path / "a.pcap")
    blocks = list(read_capture(path, source="evidence"))
    assert {(block.source, block.stream, block.type) for block in blocks} == {("evidence", str(path), "zeek")}
    lines = [msgspec.json.decode(line) for block in blocks for line in block.data.splitlines()]
    assert sorted(line["_path"] for line in lines) == ["conn"] * 3 + ["http"] * 3
    assert {line["sensor"] for line in lines} == {"evidence"}
    options = PacketSource(name="lab", paths=("x",), flow_active_s=7)
    assert {line["sensor"] for line in lines_of(path, options=options)} == {"lab"}


def test_the_same_file_gives_the_same_lines_under_the_same_names(tmp_path: Path) -> None:
    path = capture_of(tmp_path / "a.pcap")

    def names(blocks: list[Block]) -> list[tuple[str, int, int, bytes]]:
        return [(block.stream_id, block.offset, block.first_line, block.data) for block in blocks]

    assert names(list(read_capture(path))) == names(list(read_capture(path)))


def test_a_file_that_is_cut_off_gives_all_before_and_reports(tmp_path: Path) -> None:
    path = capture_of(tmp_path / "a.pcap")
    path.write_bytes(path.read_bytes()[:-10])
    problems: list[Problem] = []
    lines = lines_of(path, report=problems.append)
    assert sum(line["_path"] == "conn" for line in lines) == 3
    assert [(problem.code, problem.where.file) for problem in problems] == [("packets.truncated", str(path))]


def test_without_a_reporter_problems_go_to_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = capture_of(tmp_path / "a.pcap")
    path.write_bytes(path.read_bytes() + b"\xff" * 60)
    assert lines_of(path)
    assert "makes no sense" in caplog.text


@pytest.mark.parametrize(
    ("data", "code"),
    [(None, "packets.unreadable"), (b"plain text, and more of it than a header has\n", "packets.not_capture")],
)
def test_what_cannot_be_read_at_all_is_an_error(data: bytes | None, code: str, tmp_path: Path) -> None:
    path = tmp_path / "x.pcap"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(SourceError) as caught:
        list(read_capture(path))
    assert caught.value.problem.code == code
    assert caught.value.problem.where.file == str(path)


def test_a_folder_is_an_error_and_an_empty_file_is_nothing(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        list(read_capture(tmp_path))
    (tmp_path / "empty.pcap").write_bytes(b"")
    assert list(read_capture(tmp_path / "empty.pcap")) == []


def test_nothing_heavy_is_loaded_before_packets_are_read() -> None:
    code = (
        "import sys; from collectors.packets import PacketCapture; from soc_agent.config import PacketSource;"
        "c = PacketCapture(PacketSource(name='x', interface='lo')); c.name, c.finished;"
        "print(*[m for m in ('numpy', 'scapy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == []


def test_reading_ordinary_traffic_does_not_load_scapy(tmp_path: Path) -> None:
    """It takes half a second and 50 MB; it is loaded for what only it can read."""
    path = capture_of(tmp_path / "a.pcap")
    code = (
        "import sys; from pathlib import Path; from collectors.packets import read_capture;"
        "list(read_capture(Path(sys.argv[1]))); print('scapy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == ["False"]


def test_the_collector_has_the_name_of_its_source() -> None:
    capture = PacketCapture(PacketSource(name="edge", paths=("/nowhere/*.pcap",)))
    assert (capture.name, capture.finished, capture.problems()) == ("edge", False, [])
    capture.open({})
    assert capture.read(0) is None
    capture.close()


Ends = tuple[frozenset[tuple[str, int]], str]


def counted_by_scapy(path: Path) -> dict[Ends, tuple[int, int]]:
    """Packets and payload bytes of each pair of endpoints, counted with scapy alone."""
    from scapy.layers.inet import IP, TCP, UDP
    from scapy.layers.inet6 import IPv6
    from scapy.utils import PcapReader

    found: dict[Ends, tuple[int, int]] = defaultdict(lambda: (0, 0))
    fragmented: dict[tuple[str, str, int], Ends] = {}
    with PcapReader(str(path)) as packets:
        for packet in packets:
            network = packet.getlayer(IP) or packet.getlayer(IPv6)
            if network is None:
                continue
            size = network.len - network.ihl * 4 if isinstance(network, IP) else network.plen
            transport = network.payload
            key = (network.src, network.dst, getattr(network, "id", 0))
            if isinstance(network, IP) and network.frag:
                ends = fragmented[key]
            elif isinstance(transport, TCP | UDP):
                proto = "tcp" if isinstance(transport, TCP) else "udp"
                ends = (frozenset({(network.src, transport.sport), (network.dst, transport.dport)}), proto)
                size -= transport.dataofs * 4 if isinstance(transport, TCP) else 8
                fragmented[key] = ends
            else:
                continue
            packets_so_far, bytes_so_far = found[ends]
            found[ends] = (packets_so_far + 1, bytes_so_far + size)
    return dict(found)


REAL = [
    "dhcp_dhcp_flood.pcap",
    "dns-edns-ecs.pcap",
    "ftp_bruteforce.pcap",
    "ftp_ipv6.pcap",
    "http_cooper-grill-dvwa.pcapng",
    "http_methods.pcap",
    "irc-more-commands.pcap",
    "krb_kinit.pcap",
    "mysql_auth.pcap",
    "quic_curl-8.1.2-dev-http3-www-google-de.pcap",
    "rdp_rdp-to-ssl.pcap",
    "smb_smb2readwrite.pcap",
    "smtp.pcap",
    "ssh_sshguess.pcap",
    "tls_heartbleed-success.pcap",
    "tls_tls-conn-with-extensions.pcap",
    "tls_tls13-ech.pcap",
    "tunnels_Teredo.pcap",
]


@pytest.mark.data
@pytest.mark.parametrize("name", REAL)
def test_flows_of_real_captures_count_as_scapy_counts(name: str, shared_data: Path) -> None:
    path = shared_data / "pcap" / name
    ours: dict[Ends, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for line in lines_of(path):
        if line["_path"] != "conn" or line["proto"] not in ("tcp", "udp"):
            continue
        ends = (
            frozenset({(line["id.orig_h"], line["id.orig_p"]), (line["id.resp_h"], line["id.resp_p"])}),
            line["proto"],
        )
        packets, size = ours[ends]
        ours[ends] = (packets + line["orig_pkts"] + line["resp_pkts"], size + line["orig_bytes"] + line["resp_bytes"])
    assert dict(ours) == counted_by_scapy(path)


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "services"),
    [
        ("ftp_bruteforce.pcap", {"ftp"}),
        ("ssh_sshguess.pcap", {"ssh"}),
        ("mysql_auth.pcap", {"mysql"}),
        ("smb_smb2readwrite.pcap", {"smb"}),
        ("rdp_rdp-to-ssl.pcap", {"rdp"}),
        ("krb_kinit.pcap", {"krb", "krb_tcp"}),
        ("dhcp_dhcp_flood.pcap", {"dhcp"}),
        ("quic_curl-8.1.2-dev-http3-www-google-de.pcap", {"quic"}),
        ("irc-more-commands.pcap", {"irc"}),
        ("http_methods.pcap", {"http"}),
        ("tls_heartbleed-success.pcap", {"ssl"}),
    ],
)
def test_services_of_real_captures(name: str, services: set[str], shared_data: Path) -> None:
    found = {line["service"] for line in lines_of(shared_data / "pcap" / name) if line["_path"] == "conn"}
    assert found - {""} == services


@pytest.mark.data
def test_failed_logins_over_ftp_are_told_one_by_one(shared_data: Path) -> None:
    lines = lines_of(shared_data / "pcap" / "ftp_bruteforce.pcap")
    logins = [line for line in lines if line["_path"] == "ftp"]
    assert len(logins) == 30
    assert {(line["user"], line["command"], line["reply_code"]) for line in logins} == {("bro", "PASS", 530)}


@pytest.mark.data
def test_an_sql_injection_over_http_is_told_whole(shared_data: Path) -> None:
    lines = lines_of(shared_data / "pcap" / "http_cooper-grill-dvwa.pcapng")
    uris = [line["uri"] for line in lines if line["_path"] == "http"]
    assert any("%27+OR+%271%27" in uri for uri in uris)
