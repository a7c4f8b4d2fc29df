"""Packets put together by flow: by hash, and exactly where two flows have the same hash."""

import random

import numpy as np
import pytest

from collectors.packets import grouping
from collectors.packets.flow import ACK, DATA, FIN, HIGH_SHIFT, ODD, RESET, SYN, SYN_ACK
from collectors.packets.frames import frames_of
from collectors.packets.grouping import Groups, Packets, group, prepare
from collectors.packets.headers import decode
from tests.collectors.packets import craft
from tests.collectors.packets.craft import frame, tcp, udp


def prepared(packets: list[bytes], times: list[int] | None = None) -> Packets:
    frames = frames_of(packets, times or list(range(len(packets))))
    return prepare(decode(frames), np.zeros(len(packets), bool))


def grouped(packets: Packets, least_idle_ns: int = 10**9) -> Groups:
    return group(packets, packets.at, packets.headers.frames.time_ns, least_idle_ns)


def mixed(count: int) -> list[bytes]:
    rng = random.Random(5)
    found = []
    for _ in range(count):
        ends = [(f"10.0.0.{rng.randrange(1, 4)}", rng.randrange(1, 5)), (f"10.0.1.{rng.randrange(1, 4)}", 80)]
        if rng.random() < 0.3:
            ends = [(f"2001:db8::{rng.randrange(1, 4)}", rng.randrange(1, 5)), ("2001:db8::ff", 80)]
        (source, sport), (target, dport) = ends if rng.random() < 0.5 else ends[::-1]
        body = b"x" * rng.randrange(3)
        if rng.random() < 0.5:
            found.append(frame(source, target, 6, tcp(sport, dport, rng.choice((2, 16, 18, 17, 4)), body)))
        else:
            found.append(frame(source, target, 17, udp(sport, dport, body)))
    return found


def check_sums(packets: Packets, groups: Groups) -> None:
    """Everything that was added up in bulk, added up one by one."""
    headers = packets.headers
    seen: set[int] = set()
    for row, key in enumerate(groups.keys):
        members = groups.order[groups.begin[row] : groups.end[row]].tolist()
        seen.update(members)
        assert members == sorted(members)
        keys = {np.array([word[index] for word in packets.key], np.uint64).tobytes() for index in members}
        assert keys == {key}
        low = [index for index in members if packets.low[index]]
        size = headers.payload_size
        assert groups.packets[row] == len(members)
        assert groups.packets_low[row] == len(low)
        assert groups.bytes[row] == sum(int(size[index]) for index in members)
        assert groups.bytes_low[row] == sum(int(size[index]) for index in low)
        assert groups.seen[row] == np.bitwise_or.reduce(packets.events[members])
    assert seen == set(packets.at.tolist())
    assert len(set(groups.keys)) == len(groups.keys)
    assert groups.order[np.array(groups.end) - 1].tolist() == sorted(groups.order[np.array(groups.end) - 1].tolist())


def test_groups_are_exact_and_in_the_order_of_their_last_packet() -> None:
    packets = prepared([*mixed(400), b"no packet at all"])
    check_sums(packets, grouped(packets))


@pytest.mark.parametrize("hashes", [1, 3])
def test_flows_with_the_same_hash_are_told_apart(hashes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worst that an attacker can do: every key has one of very few hashes."""
    original = grouping._hash
    monkeypatch.setattr(grouping, "_hash", lambda key: original(key) % np.uint64(hashes) << np.uint64(32))
    packets = prepared(mixed(300))
    assert len(np.unique(packets.hash)) <= hashes
    check_sums(packets, grouped(packets))


def test_both_directions_are_one_flow_and_protocols_and_versions_are_not() -> None:
    there, back = frame("10.0.0.2", "10.0.0.1", 6, tcp(9, 8, 2)), frame("10.0.0.1", "10.0.0.2", 6, tcp(8, 9, 18))
    other = frame("10.0.0.2", "10.0.0.1", 17, udp(9, 8))
    mapped = frame("::a00:2", "::a00:1", 6, tcp(9, 8, 2))
    packets = prepared([there, back, other, mapped])
    assert sorted(grouped(packets).packets) == [1, 1, 2]
    assert packets.low.tolist() == [False, True, False, False]


def test_a_host_that_talks_to_itself_has_a_low_end_by_port() -> None:
    packets = prepared(
        [frame("127.0.0.1", "127.0.0.1", 6, tcp(5, 6, 2)), frame("127.0.0.1", "127.0.0.1", 6, tcp(6, 5, 18))]
    )
    assert packets.low.tolist() == [True, False]
    assert len(grouped(packets).keys) == 1


@pytest.mark.parametrize(
    ("flags", "payload", "events"),
    [(2, b"", SYN), (18, b"", SYN_ACK), (16, b"", ACK), (16, b"x", DATA), (24, b"x", DATA), (17, b"", FIN),
     (25, b"x", DATA | FIN), (4, b"", RESET), (20, b"", RESET), (3, b"", SYN | FIN | ODD), (6, b"", SYN | RESET | ODD),
     (0, b"", 0), (0x29, b"", FIN), (2, b"x", SYN | DATA)],
)  # fmt: skip
def test_events_of_a_segment(flags: int, payload: bytes, events: int) -> None:
    packets = prepared([frame("10.0.0.1", "10.0.0.2", 6, tcp(1, 2, flags, payload)),
                        frame("10.0.0.2", "10.0.0.1", 6, tcp(2, 1, flags, payload))])  # fmt: skip
    assert packets.events.tolist() == [events, events << HIGH_SHIFT]


def test_other_protocols_have_data_even_without_payload() -> None:
    assert prepared([frame("10.0.0.1", "10.0.0.2", 17, udp(1, 2))]).events.tolist() == [DATA]


def test_gaps_and_syns_are_seen() -> None:
    packet, syn = frame("10.0.0.1", "10.0.0.2", 6, tcp(1, 2, 16)), frame("10.0.0.1", "10.0.0.2", 6, tcp(1, 2, 2))
    other = frame("10.0.0.1", "10.0.0.3", 6, tcp(1, 2, 16))
    second = craft.SECOND
    groups = grouped(prepared([syn, packet, other, packet], [0, second - 1, 5 * second, 2 * second - 1]), second)
    assert (groups.has_gap, groups.syns) == ([False, True], [0, 1])
    assert (groups.first_ns, groups.last_ns) == ([5 * second, 0], [5 * second, 2 * second - 1])
