"""Records found in bulk: whatever a capture holds, the same as those found one by one."""

import random
import struct
from typing import Any

import pytest

from collectors.packets import chase as module
from collectors.packets.chase import chase
from collectors.packets.frames import MAX_FRAME_BYTES, PAD_BYTES

SECONDS = 1_773_000_000


def record(order: str, size: int, seconds: int = SECONDS, payload: bytes = b"") -> bytes:
    return struct.pack(order + "IIII", seconds, 5, size, size) + (payload or bytes(size))[:size].ljust(size, b"\x07")


def plain(data: bytes, order: str) -> tuple[list[int], int]:
    """One by one, from the format's description."""
    found, at = [], 0
    while at + 16 <= len(data):
        size = int.from_bytes(data[at + 8 : at + 12], "little" if order == "<" else "big")
        if at + 16 + size > len(data) or size > MAX_FRAME_BYTES:
            break
        found.append(at)
        at += 16 + size
    return found, at


def check(data: bytes, order: str = "<") -> None:
    buffer = bytearray(data + bytes(range(PAD_BYTES)))
    found: list[int] = []
    begin = 0
    while True:
        chain = chase(buffer, begin, len(data), order)
        if not len(chain.places):
            break
        found += chain.places.tolist()
        begin = chain.end
    assert (found, begin) == plain(data, order)


@pytest.fixture(autouse=True)
def short_lanes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LANE_BYTES", 2048)
    monkeypatch.setattr(module, "_LOOK_BYTES", 1024)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("tail", [b"", b"\1" * 15, record("<", 100)[:60]])
def test_ordinary_records(order: str, tail: bytes) -> None:
    rng = random.Random(1)
    records = [record(order, rng.choice((0, 1, 60, 66, 700, 1514)), SECONDS + index // 9) for index in range(900)]
    check(b"".join(records) + tail, order)


def test_lanes_are_followed_together() -> None:
    data = record("<", 100) * 2000
    buffer = bytearray(data + bytes(PAD_BYTES))
    assert len(module._lanes(buffer, 0, len(data), "<")) > 100
    assert len(chase(buffer, 0, len(data), "<").places) == 2000


@pytest.mark.parametrize("order", ["<", ">"])
def test_days_of_little_traffic_have_lanes_too(order: str) -> None:
    data = b"".join(record(order, 100, SECONDS + number * 400) for number in range(2000))
    check(data, order)
    buffer = bytearray(data + bytes(PAD_BYTES))
    assert len(module._lanes(buffer, 0, len(data), order)) > 100


def test_where_no_lane_is_found_records_are_stepped_over_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """All lanes together cost as much for one as for hundreds."""
    steps: list[int] = []
    original = module._one_by_one

    def step(*given: Any) -> module.Chain:
        chain = original(*given)
        steps.append(len(chain.places))
        return chain

    monkeypatch.setattr(module, "_one_by_one", step)
    check(record("<", 100) * 1000 + record("<", 100, 5) * 3000)
    assert max(steps) >= 2990


@pytest.mark.parametrize("order", ["<", ">"])
def test_payloads_that_look_like_records_mislead_nobody(order: str) -> None:
    rng = random.Random(2)
    decoys = [record(order, size) for size in (16, 48, 300, 2000, 70_000)]
    records = []
    for _ in range(700):
        payload = rng.randbytes(rng.randrange(40)) + rng.choice(decoys)[: rng.randrange(16, 400)] * rng.randrange(1, 6)
        records.append(record(order, len(payload), payload=payload))
    check(b"".join(records), order)
    check(b"".join(records[:300]) + b"\xff" * 40 + b"".join(records[300:]), order)


def test_nothing_but_zeros_and_nothing_but_empty_records() -> None:
    check(bytes(200_000))
    check(record("<", 0) * 40_000)
    check(b"")


def test_times_far_apart_and_times_going_back() -> None:
    rng = random.Random(3)
    check(b"".join(record("<", rng.randrange(900), rng.randrange(1 << 32)) for _ in range(500)))


def test_records_longer_than_a_lane() -> None:
    rng = random.Random(4)
    check(b"".join(record("<", rng.choice((60, 9000, 65_000, MAX_FRAME_BYTES))) for _ in range(90)))


@pytest.mark.parametrize("number", [0, 400, 799])
def test_a_record_that_cannot_be_ends_the_chain(number: int) -> None:
    records = [record("<", 100) for _ in range(800)]
    records[number] = record("<", MAX_FRAME_BYTES + 1)
    check(b"".join(records))
    records[number] = struct.pack("<IIII", SECONDS, 0, 0xFFFFFFFF, 0xFFFFFFFF) + bytes(100)
    check(b"".join(records))


def test_anything_at_all() -> None:
    rng = random.Random(5)
    for _ in range(60):
        data = bytearray(b"".join(record("<", rng.randrange(300)) for _ in range(400)))
        for _ in range(rng.randrange(6)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        check(bytes(data[: rng.randrange(len(data))]))
