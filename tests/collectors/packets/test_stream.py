"""Segments in any order become the stream again, bounded."""

import itertools
import random

from hypothesis import given
from hypothesis import strategies as st

from collectors.packets.stream import STREAM_CAP_BYTES, Stream, is_behind

ROUND = 1 << 32


@given(st.binary(min_size=1, max_size=300), st.integers(0, ROUND - 1), st.randoms(use_true_random=False))
def test_segments_in_any_order_with_repeats_and_overlaps(data: bytes, base: int, rng: random.Random) -> None:
    cuts = sorted({0, len(data), *(rng.randrange(len(data) + 1) for _ in range(6))})
    pieces = [(begin, min(end + rng.randrange(4), len(data))) for begin, end in itertools.pairwise(cuts)]
    pieces += [rng.choice(pieces) for _ in range(3)]
    rng.shuffle(pieces)
    stream = Stream(base)
    for begin, end in pieces:
        stream.add((base + begin) % ROUND, data[begin:end])
    assert bytes(stream.data) == data
    assert stream.held == len(data)
    assert stream.end == (base + len(data)) % ROUND


def test_what_came_first_stays_where_segments_overlap() -> None:
    stream = Stream(0)
    stream.add(0, b"GET /a")
    stream.add(4, b"/evil")
    assert bytes(stream.data) == b"GET /avil"


def test_bytes_before_the_base_are_left_out() -> None:
    stream = Stream(10)
    stream.add(5, b"old")
    stream.add(7, b"oldnew")
    assert bytes(stream.data) == b"new"


def test_a_gap_waits_for_what_is_missing() -> None:
    stream = Stream(0)
    stream.add(3, b"def")
    assert (bytes(stream.data), stream.held) == (b"", 3)
    stream.add(0, b"abc")
    assert bytes(stream.data) == b"abcdef"


def test_a_stream_is_bounded_in_bytes_and_pieces() -> None:
    stream = Stream(0)
    for place in range(100):
        stream.add(100 + 2 * place, b"x")
    assert stream.held <= 100
    assert stream.is_full
    long = Stream(0)
    long.add(0, bytes(STREAM_CAP_BYTES - 1))
    before = long.is_full
    long.add(STREAM_CAP_BYTES - 1, bytes(5000))
    long.add(STREAM_CAP_BYTES + 10, b"beyond")
    assert (before, long.is_full, long.held) == (False, True, STREAM_CAP_BYTES)


def test_sequence_numbers_wrap_around() -> None:
    assert is_behind(0xFFFFFFFF, 5)
    assert not is_behind(5, 0xFFFFFFFF)
    assert not is_behind(7, 7)


def test_a_message_is_read_again_when_it_has_grown() -> None:
    """Each time at first, then by an eighth: as often as the logarithm of its size."""
    stream = Stream(0)
    readings = 0
    for place in range(16_000):
        stream.add(place, b"x")
        readings += stream.is_worth_reading()
    assert 16 < readings < 16 + 80
    assert Stream(0).is_worth_reading()
