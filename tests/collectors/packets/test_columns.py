"""Columns of headers: what is refused leaves the flows, and is counted."""

import numpy as np

from collectors.packets.columns import Work, keep, refuse, table
from collectors.packets.frames import frames_of
from tests.collectors.packets.craft import ACK, frame, tcp

PACKETS = [frame("10.1.2.3", "192.0.2.9", 6, tcp(1000, 80, ACK))] * 3


def test_what_is_refused_is_bad_and_of_no_flow() -> None:
    work = Work(frames_of(PACKETS, [0] * 3))
    work.flow[:] = True
    refuse(work, np.array([1]))
    assert work.flow.tolist() == [True, False, True]
    assert work.bad.tolist() == [False, True, False]


def test_only_the_good_are_kept_and_the_others_lose_their_kind() -> None:
    work = Work(frames_of(PACKETS, [0] * 3))
    ethertype = np.array([0x0800, 0x0800, 0x0806])
    left = keep(work, np.array([0, 2]), np.array([True, False]), ethertype)
    assert left.tolist() == [0]
    assert work.bad.tolist() == [False, False, True]
    assert ethertype.tolist() == [0x0800, 0x0800, 0]


def test_a_table_holds_nothing_where_nothing_was_named() -> None:
    values = table({6: 20, 17: 8})
    assert (values[6], values[17], values[1], len(values)) == (20, 8, 0, 256)
