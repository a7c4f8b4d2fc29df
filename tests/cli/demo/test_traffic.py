"""The demo's packets are written to a capture file, never sent."""

import random
from pathlib import Path

import pytest

from soc_agent.cli.demo import traffic


@pytest.fixture(autouse=True)
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Building packets must ask the network for nothing."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr("socket.socket.sendto", refuse, raising=False)
    monkeypatch.setattr("scapy.layers.l2.getmacbyip", refuse)
    monkeypatch.setattr("scapy.layers.inet6.getmacbyip6", refuse)


def test_the_scan_touches_many_ports_over_both_families(tmp_path: Path) -> None:
    from scapy.layers.inet import IP, TCP
    from scapy.layers.inet6 import IPv6
    from scapy.utils import rdpcap

    capture = traffic.Capture(tmp_path / "x.pcap")
    capture.write(traffic.port_scan(random.Random(1)))
    packets = rdpcap(str(tmp_path / "x.pcap"))
    for family in (IP, IPv6):
        asked = {packet[TCP].dport for packet in packets if family in packet and packet[TCP].flags == "S"}
        assert len(asked) == len(traffic.SCANNED_PORTS)
    times = [float(packet.time) for packet in packets]
    assert times == sorted(times)


def test_a_capture_grows(tmp_path: Path) -> None:
    from scapy.utils import rdpcap

    capture = traffic.Capture(tmp_path / "x.pcap")
    capture.write(traffic.citizens(random.Random(1)))
    first = len(rdpcap(str(tmp_path / "x.pcap")))
    capture.write(traffic.beacon(random.Random(1), 3))
    assert len(rdpcap(str(tmp_path / "x.pcap"))) == first + 3 * 9
