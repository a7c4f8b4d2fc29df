"""Capture files: every variant of the formats, growing, cut off and hostile ones."""

import os
import random
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.packets import capture_file
from collectors.packets.capture_file import CHUNK_BYTES, CaptureReader
from tests.collectors.packets import craft

PACKETS = [(0.000001, b"first frame"), (1.5, b""), (2.000000001, b"the third frame" * 20)]


def read_all(reader: CaptureReader) -> list[tuple[int, bytes, int]]:
    found = []
    while (frames := reader.read()) is not None:
        for start, size, time_ns, link in zip(frames.start, frames.size, frames.time_ns, frames.link, strict=True):
            found.append((int(time_ns), frames.data[start : start + size].tobytes(), int(link)))
    return found


def read_bytes(data: bytes, folder: Path) -> tuple[list[tuple[int, bytes, int]], CaptureReader]:
    path = folder / "x.pcap"
    path.write_bytes(data)
    fd = os.open(path, os.O_RDONLY)
    try:
        reader = CaptureReader(fd, str(path))
        return read_all(reader), reader
    finally:
        os.close(fd)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("nano", [False, True])
def test_pcap_of_both_byte_orders_and_resolutions(order: str, nano: bool, tmp_path: Path) -> None:
    found, reader = read_bytes(craft.pcap(PACKETS, order=order, nano=nano, link=113), tmp_path)
    unit = 1 if nano else 1000
    assert found == [((craft.BEGIN_NS + round(at * 1e9)) // unit * unit, data, 113) for at, data in PACKETS]
    assert reader.problem is None


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("resolution", "ticks", "expected_ns"),
    [
        (None, 1_700_000_000_000_001, 1_700_000_000_000_001_000),
        (9, 1_700_000_000_000_000_007, 1_700_000_000_000_000_007),
        (3, 1_700_000_000_123, 1_700_000_000_123_000_000),
        (0, 1_700_000_000, 1_700_000_000_000_000_000),
        (12, 1_700_000_000_000_000_123, 1_700_000_000_000_000),
        (0x80 | 10, 1_700_000_000 << 10 | 512, 1_700_000_000_500_000_000),
        (0x80 | 63, (1 << 62) | 5, 500_000_000),
    ],
)
def test_pcapng_time_resolutions(
    order: str, resolution: int | None, ticks: int, expected_ns: int, tmp_path: Path
) -> None:
    options = b"" if resolution is None else craft.option(order, 9, bytes([resolution])) + craft.option(order, 0, b"")
    data = craft.section(order) + craft.interface(order, options=options) + craft.enhanced(order, ticks, b"frame")
    found, reader = read_bytes(data, tmp_path)
    assert reader.problem is None
    assert found == [(expected_ns, b"frame", 1)]


def test_pcapng_with_sections_interfaces_and_every_kind_of_packet_block(tmp_path: Path) -> None:
    offset = craft.option("<", 14, struct.pack("<q", 100))
    old = craft.block("<", 2, struct.pack("<HHIIII", 1, 7, 0, 2_000_000, 3, 3) + b"old")
    simple = craft.block("<", 3, struct.pack("<I", 6) + b"simple")
    data = b"".join(
        [
            craft.section("<"),
            craft.interface("<", link=1, snaplen=4),
            craft.interface("<", link=101, options=offset),
            craft.enhanced("<", 1_000_000, b"one"),
            craft.block("<", 0xBAD, b"never heard of"),
            old,
            simple,
            craft.section(">"),
            craft.interface(">", link=276),
            craft.enhanced(">", 3_000_000, b"big endian"),
        ]
    )
    found, reader = read_bytes(data, tmp_path)
    second = craft.SECOND
    assert reader.problem is None
    assert found == [
        (second, b"one", 1),
        (102 * second, b"old", 101),
        (102 * second, b"simp", 1),  # cut at the snaplen of the first interface; the time of the packet before
        (3 * second, b"big endian", 276),
    ]


def test_a_large_block_that_is_no_packet_is_jumped_over(tmp_path: Path) -> None:
    large = craft.block("<", 0xBAD, bytes(CHUNK_BYTES + 100))
    data = craft.section() + craft.interface() + large + craft.enhanced("<", 5, b"after")
    found, reader = read_bytes(data, tmp_path)
    assert [frame for _, frame, _ in found] == [b"after"]
    assert reader.problem is None


@pytest.mark.parametrize("resumed", [False, True])
def test_more_than_a_buffer_of_blocks_without_a_packet(
    resumed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A buffer full of what is stepped over is no end of the file."""
    monkeypatch.setattr(capture_file, "CHUNK_BYTES", 40_000)
    between = [
        craft.enhanced("<", 3, bytes(900)) if resumed else craft.block("<", 0xBAD, bytes(900)) for _ in range(150)
    ]
    before = craft.section() + craft.interface() + b"".join(between)
    path = tmp_path / "x.pcapng"
    path.write_bytes(before + craft.enhanced("<", 5, b"after"))
    fd = os.open(path, os.O_RDONLY)
    reader = CaptureReader(fd, str(path), len(before) if resumed else 0)
    assert [frame for _, frame, _ in read_all(reader)] == [b"after"]
    assert reader.problem is None
    os.close(fd)


def test_packets_of_an_undescribed_interface_are_counted_and_left_out(tmp_path: Path) -> None:
    data = (
        craft.section()
        + craft.interface()
        + craft.enhanced("<", 1, b"lost", number=9)
        + craft.enhanced("<", 2, b"kept")
    )
    found, reader = read_bytes(data, tmp_path)
    assert [frame for _, frame, _ in found] == [b"kept"]
    assert reader.bad_records == 1


@pytest.mark.parametrize("ng", [False, True])
def test_a_file_cut_anywhere_gives_all_whole_packets_before(ng: bool, tmp_path: Path) -> None:
    if ng:
        head = craft.section() + craft.interface()
        records = [craft.enhanced("<", number, data) for number, (_, data) in enumerate(PACKETS)]
    else:
        head = craft.pcap([])
        records = [craft.pcap([packet])[24:] for packet in PACKETS]
    data = head + b"".join(records)
    for cut in range(len(head), len(data)):
        found, reader = read_bytes(data[:cut], tmp_path)
        whole = [at for at in range(4) if len(head) + sum(map(len, records[:at])) <= cut][-1]
        assert [frame for _, frame, _ in found] == [frame for _, frame in PACKETS[:whole]]
        assert reader.problem is None
        assert reader.offset == len(head) + sum(map(len, records[:whole]))


def test_a_growing_file_is_read_on(tmp_path: Path) -> None:
    data = craft.pcap(PACKETS)
    path = tmp_path / "growing.pcap"
    found: list[bytes] = []
    with path.open("wb", buffering=0) as target:
        fd = os.open(path, os.O_RDONLY)
        reader = CaptureReader(fd, str(path))
        for place in range(0, len(data), 7):
            target.write(data[place : place + 7])
            found += [frame for _, frame, _ in read_all(reader)]
        assert found == [frame for _, frame in PACKETS]
        assert reader.rest == 0
        os.close(fd)


@pytest.mark.parametrize("ng", [False, True])
def test_reading_goes_on_at_an_offset(ng: bool, tmp_path: Path) -> None:
    data = craft.pcap(PACKETS)
    if ng:
        data = (
            craft.section()
            + craft.interface(link=7)
            + b"".join(craft.enhanced("<", n, f) for n, (_, f) in enumerate(PACKETS))
        )
    path = tmp_path / "x"
    path.write_bytes(data)
    fd = os.open(path, os.O_RDONLY)
    size = len(craft.enhanced("<", 0, PACKETS[2][1])) if ng else 16 + len(PACKETS[2][1])
    reader = CaptureReader(fd, str(path), len(data) - size)
    assert [frame for _, frame, _ in read_all(reader)] == [PACKETS[2][1]]
    assert reader.offset == len(data)
    os.close(fd)


def test_a_record_of_impossible_length_ends_the_file_with_a_problem(tmp_path: Path) -> None:
    bad = struct.pack("<IIII", 1, 1, 0x7FFFFFFF, 5)
    found, reader = read_bytes(craft.pcap(PACKETS[:1]) + bad + b"whatever", tmp_path)
    assert len(found) == 1
    assert reader.problem is not None
    assert reader.problem.code == "packets.corrupt"
    assert reader.problem.values == {"offset": 24 + 16 + 11, "bytes": 24}


@pytest.mark.parametrize("data", [b"hello", b"\x7fELF" + bytes(100), b"\x0a\x0d\x0d\x0a" + bytes(40)])
def test_what_is_no_capture_is_said_to_be_none(data: bytes, tmp_path: Path) -> None:
    found, reader = read_bytes(data, tmp_path)
    assert found == []
    assert reader.problem is not None
    assert reader.problem.code in ("packets.not_capture", "packets.corrupt")


def test_more_frames_than_a_batch_holds_come_in_several(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture_file, "MAX_FRAMES", 10)
    found, _ = read_bytes(craft.pcap([(n / 1000, b"%d" % n) for n in range(35)]), tmp_path)
    assert [int(frame) for _, frame, _ in found] == list(range(35))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["", "pcap", "ng"]))
def test_random_bytes_never_raise_and_always_end(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, head: str
) -> None:
    start = {"": b"", "pcap": craft.pcap([]), "ng": craft.section() + craft.interface()}[head]
    read_bytes(start + data, tmp_path_factory.getbasetemp())


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 255), st.booleans())
def test_a_flipped_byte_never_raises(
    tmp_path_factory: pytest.TempPathFactory, place: int, value: int, ng: bool
) -> None:
    records = b"".join(craft.enhanced("<", n, f) for n, (_, f) in enumerate(PACKETS))
    data = bytearray(craft.section() + craft.interface() + records if ng else craft.pcap(PACKETS))
    data[place % len(data)] = value
    read_bytes(bytes(data), tmp_path_factory.getbasetemp())


@pytest.mark.data
def test_real_captures_read_as_scapy_reads_them(shared_data: Path) -> None:
    from scapy.utils import RawPcapNgReader, RawPcapReader

    for path in sorted((shared_data / "pcap").glob("*.pcap*")):
        reader_class = RawPcapNgReader if path.suffix == ".pcapng" else RawPcapReader
        with reader_class(str(path)) as theirs:
            expected = [bytes(packet) for packet, _ in theirs]
        fd = os.open(path, os.O_RDONLY)
        ours = CaptureReader(fd, str(path))
        assert [frame for _, frame, _ in read_all(ours)] == expected, path.name
        assert ours.problem is None
        assert ours.rest == 0
        os.close(fd)


def blocks_at_random(rng: random.Random, count: int) -> tuple[bytes, list[tuple[int, bytes, int]]]:
    """A pcapng file of every kind of block, and the packets that it holds."""
    data, expected = b"", []
    order, links, last_ns = "<", [1], 0
    for number in range(count):
        turn = rng.random()
        if not number or turn < 0.02:
            order, links = rng.choice("<>"), [rng.choice((1, 101, 113))]
            data += craft.section(order) + craft.interface(order, link=links[0])
        elif turn < 0.05:
            links.append(rng.choice((1, 101, 276)))
            data += craft.interface(order, link=links[-1], options=craft.option(order, 9, b"\x09"))
        elif turn < 0.15:
            data += craft.block(order, rng.choice((4, 5, 0xBAD, 0x80000001)), rng.randbytes(rng.randrange(0, 60, 4)))
        else:
            frame, interface = rng.randbytes(rng.randrange(90)), rng.randrange(len(links))
            ticks = 1_700_000_000_000_000 + number
            if turn < 0.2:
                head = struct.pack(order + "HHIIII", interface, 0, ticks >> 32, ticks & 0xFFFFFFFF, *[len(frame)] * 2)
                data += craft.block(order, 2, head + frame)
            elif turn < 0.25:
                data += craft.block(order, 3, struct.pack(order + "I", len(frame)) + frame)
                expected.append((last_ns, frame, links[0]))
                continue
            else:
                data += craft.enhanced(order, ticks, frame, interface)
            last_ns = ticks if interface else ticks * 1000
            expected.append((last_ns, frame, links[interface]))
    return data, expected


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 300), st.integers(0, 100))
def test_blocks_of_every_kind_in_any_order(
    tmp_path_factory: pytest.TempPathFactory, rng: random.Random, count: int, cut: int
) -> None:
    data, expected = blocks_at_random(rng, count)
    folder = tmp_path_factory.mktemp("ng")
    found, reader = read_bytes(data, folder)
    assert (found, reader.problem) == (expected, None)
    found, _ = read_bytes(data[: max(len(data) - cut, 0)], folder)
    assert found == expected[: len(found)]
    assert len(expected) - len(found) <= cut // 12 + 1
