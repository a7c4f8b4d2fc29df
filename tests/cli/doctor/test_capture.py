"""What capturing needs, on real interfaces of a network namespace of the test's own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from soc_agent.cli.doctor import capture
from soc_agent.cli.doctor.check import Verdict
from soc_agent.config import PacketSource
from tests.cli.doctor.making import OTHER, codes, make_case, needs_root

LIVE = "sources:\n- {kind: packets, name: lan, interface: lo}\n"


def test_nothing_is_looked_at_where_no_packets_are_read(tmp_path: Path) -> None:
    assert list(capture.capture(make_case(tmp_path, "sources: []"))) == []
    files = make_case(tmp_path, "sources:\n- {kind: packets, name: p, paths: ['*.pcap']}\n")
    assert list(capture.capture(files)) == []


@needs_root
def test_the_right_to_capture_is_that_of_the_user(tmp_path: Path) -> None:
    mine = {check.name: check.verdict for check in capture.capture(make_case(tmp_path, LIVE))}
    assert mine["net_raw"] is Verdict.OK
    assert mine["interface"] is Verdict.OK
    service = make_case(tmp_path, LIVE, OTHER)
    assert "doctor.no_net_raw" not in codes(list(capture.capture(service))), "the unit gives it"
    files = make_case(tmp_path, "sources: []", OTHER)
    assert files.who.ask([("packets", "")])[0][0] != 0


def folder(net: Path, name: str, flags: int, carrier: str = "1") -> Path:
    (net / name).mkdir(parents=True)
    (net / name / "flags").write_text(f"{flags:#x}\n")
    (net / name / "carrier").write_text(f"{carrier}\n")
    return net / name


@pytest.mark.parametrize(
    ("flags", "carrier", "promiscuous", "expected"),
    [
        (0x1002, "1", False, ["doctor.interface_down"]),
        (0x1003, "0", True, ["doctor.no_carrier", "doctor.not_promiscuous"]),
        (0x1003, "1", True, ["doctor.not_promiscuous"]),
        (0x1103, "1", True, []),
        (0x1003, "1", False, ["doctor.mirror_port"]),
    ],
)
def test_the_state_of_an_interface(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: int, carrier: str, promiscuous: bool, expected: list[str]
) -> None:
    monkeypatch.setattr(capture, "has_address", lambda name: False)
    source = PacketSource(name="lan", interface="mirror9", promiscuous=promiscuous)
    place = folder(tmp_path, "mirror9", flags, carrier)
    assert codes(list(capture.interface(source, place, running=True))) == expected


def test_what_the_card_threw_away_is_told(tmp_path: Path) -> None:
    """The kernel's ring cannot count what never came to it."""
    place = folder(tmp_path, "mirror9", 0x1003)
    (place / "statistics").mkdir()
    for name, count in (("rx_missed_errors", 41), ("rx_fifo_errors", 1)):
        (place / "statistics" / name).write_text(f"{count}\n")
    source = PacketSource(name="lan", interface="mirror9", promiscuous=True)
    told = [check for check in capture.interface(source, place, running=False) if check.name == "missed"]
    assert codes(told) == ["doctor.missed"]
    assert "42" in told[0].what
    assert "ethtool -G mirror9 rx" in told[0].remedy


def test_an_interface_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    folder(tmp_path, "eth0", 1)
    (check,) = capture.interface(PacketSource(name="lan", interface="eth9"), tmp_path / "eth9", running=False)
    assert "eth0" in check.what


IN_NAMESPACE = """
import json, sys
from soc_agent.cli.doctor.capture import has_address, offloads
print(json.dumps([offloads("v0"), offloads("v1"), has_address("v0"), has_address("v1"), has_address("none9")]))
"""


@pytest.mark.netns
@needs_root
@pytest.mark.skipif(not (shutil.which("ip") and shutil.which("unshare")), reason="needs iproute2 and unshare")
def test_offloads_and_addresses_of_real_interfaces() -> None:
    """Of two ends of one cable GRO is turned on at one and off at the other, by the same call that ethtool makes."""
    setup = (
        "ip link add v0 type veth peer name v1 && ip link set v0 addrgenmode none && ip link set v1 addrgenmode none"
        " && ip link set v0 up && ip link set v1 up && ip addr add 192.0.2.1/24 dev v1"
    )
    turn = (
        "import ctypes, fcntl, socket, struct\n"
        "for name, value in (('v0', 1), ('v1', 0)):\n"
        "    asked = ctypes.create_string_buffer(struct.pack('II', 0x2C, value))\n"
        "    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:\n"
        "        request = struct.pack('16sP', name.encode(), ctypes.addressof(asked))\n"
        "        fcntl.ioctl(out, 0x8946, request.ljust(40, b'\\0'))\n"
    )
    script = f'{setup} && "$0" -c "$1" && "$0" -c "$2"'
    done = subprocess.run(
        ["unshare", "--net", "sh", "-c", script, sys.executable, turn, IN_NAMESPACE],
        capture_output=True, text=True, check=False, timeout=60, env={**os.environ},
    )  # fmt: skip
    if "Operation not permitted" in done.stderr:
        pytest.skip("no network namespaces here")
    import json

    first, second, bare, addressed, absent = json.loads(done.stdout)
    assert "gro" in first
    assert "gro" not in second
    assert (bare, addressed, absent) == (False, True, True)
