"""Frames in bulk: gathering at any place, and picking frames."""

import numpy as np

from collectors.packets.frames import PAD_BYTES, frames_of, gather


def test_gather_reads_unaligned_values_in_both_byte_orders() -> None:
    data = np.frombuffer(bytes(range(32)), np.uint8)
    at = np.array([1, 7, 28], np.int64)
    assert gather(data, at, ">u2").tolist() == [0x0102, 0x0708, 0x1C1D]
    assert gather(data, at, "<u4").tolist() == [0x04030201, 0x0A090807, 0x1F1E1D1C]
    assert [bytes(item) for item in gather(data, at[:2], "V3")] == [b"\x01\x02\x03", b"\x07\x08\x09"]


def test_gather_of_nothing_is_empty() -> None:
    assert gather(np.zeros(1, np.uint8), np.zeros(0, np.int64), ">u8").tolist() == []


def test_frames_of_single_packets_can_be_picked_and_are_padded() -> None:
    frames = frames_of([b"abc", b"", b"defgh"], [1, 2, 3], link=101)
    assert len(frames) == 3
    assert frames.size.tolist() == [3, 0, 5]
    assert len(frames.data) == 8 + PAD_BYTES
    picked = frames.where(np.array([False, False, True]))
    start = int(picked.start[0])
    assert picked.data[start : start + 5].tobytes() == b"defgh"
    assert (picked.time_ns.tolist(), picked.link.tolist(), picked.vlan) == ([3], [101], None)
