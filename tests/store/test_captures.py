"""The files of packets that belong to the lines of an alert."""

import struct
from pathlib import Path

import pytest

from soc_agent.store.captures import captures_folder, captures_of, look_at


def test_the_files_that_are_there_are_found_once(tmp_path: Path) -> None:
    store = tmp_path / "soc.db"
    folder = captures_folder(store, "lan")
    assert folder == tmp_path / "evidence" / "lan"
    folder.mkdir(parents=True)
    (folder / "Ca1.pcap").write_bytes(b"")
    (tmp_path / "evidence" / "x.pcap").write_bytes(b"")
    lines = [
        ("lan", b'{"uid":"Ca1"}'),
        ("lan", b'{"uid":"Ca1","more":1}'),
        ("lan", b'{"uid":"Cb"}'),
        ("other", b'{"uid":"Ca1"}'),
        ("lan", b'{"uid":"../x"}'),
        ("lan", b'{"uid":7}'),
        ("lan", b"\xff{"),
        ("lan", b'{"a":' * 100_000),
    ]
    assert captures_of(store, lines) == [folder / "Ca1.pcap"]


def pcap(*packets: bytes) -> bytes:
    header = struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, 1)
    return header + b"".join(struct.pack("<IIII", 1, 2, len(data), len(data)) + data for data in packets)


@pytest.mark.parametrize(
    ("data", "packets"),
    [
        (pcap(), 0),
        (pcap(b"abc", b"", b"defg"), 3),
        (pcap(b"abc", b"defg")[:-1], 1),
        (pcap(b"abc")[:30], 0),
        (b"", None),
        (b"not a capture at all, but long enough to be one", None),
        (pcap() + b"\xff" * 64, 0),
    ],
)
def test_whole_packets_are_counted(tmp_path: Path, data: bytes, packets: int | None) -> None:
    path = tmp_path / "lan" / "Ca1.pcap"
    path.parent.mkdir()
    path.write_bytes(data)
    found = look_at(path)
    assert found is not None
    assert (found.source, found.size_bytes, found.packets) == ("lan", len(data), packets)
    path.unlink()
    assert look_at(path) is None
