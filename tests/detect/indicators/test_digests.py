"""Runs of hexadecimal digits."""

import numpy as np
import pytest

from soc_agent.detect.indicators.digests import find_digests, key_of_digests
from soc_agent.detect.indicators.words import FOLD, PAD, Members, Text

DIGEST = b"abcdef0123456789abcdef0123456789"
MEMBERS = Members.of(key_of_digests(np.frombuffer(DIGEST[:16], np.uint64).reshape(-1, 2) | FOLD))


def found(data: bytes) -> list[int]:
    places: list[int] = (find_digests(Text(data), MEMBERS) - PAD).tolist()
    return places


@pytest.mark.parametrize("shift", range(33))
def test_a_hash_is_found_wherever_it_stands(shift: int) -> None:
    assert found(b"." * shift + DIGEST.upper() + b" ") == [shift]


@pytest.mark.parametrize("before", [b"%3D", b"\\x22", b"\\u0026", b"\\b"])
def test_a_hash_behind_an_escape_is_found(before: bytes) -> None:
    assert found(b"zz" + before + DIGEST) == [2 + len(before)]


def test_other_runs_are_none() -> None:
    assert found(DIGEST[1:] + b" " + DIGEST[:15] + b"g" * 20 + b" " + DIGEST[::-1] + b" " + b"f" * 500) == []


def test_many_in_a_row_are_all_found() -> None:
    assert sorted(found((DIGEST + b",") * 100)) == [33 * number for number in range(100)]
