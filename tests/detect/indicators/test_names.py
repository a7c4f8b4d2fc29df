"""Names in a block."""

import numpy as np
import pytest

from soc_agent.detect.indicators.names import find_names, map_of_tops, tops_of
from soc_agent.detect.indicators.words import PAD, Flags, Members, Text, keys_of


def _listed(*names: str) -> tuple[Members, Flags]:
    keys, tops = [], []
    for name in names:
        text = Text(name.encode())
        keys.append(keys_of(text, np.array([PAD]), np.array([len(name)])))
        tops.append(tops_of(text, text.dots[-1:]))
    return Members.of(np.concatenate(keys)), map_of_tops(np.concatenate(tops))


MEMBERS, TOPS = _listed("evil.com", "bad.example.technology", "x.xn--p1ai")


def found(data: bytes, *, wide: bool = False) -> list[int]:
    return sorted(set((find_names(Text(data), MEMBERS, TOPS, wide=wide) - PAD).tolist()))


@pytest.mark.parametrize(
    ("data", "places"),
    [
        (b"evil.com", [0]),
        (b"a.b.EVIL.com.", [4]),
        (b"x " + b"l" * 60 + b".evil.com/", [63]),
        (b"bad.example.technology", [0]),
        (b"X.XN--P1AI x", [0]),
        (b"%2Fevil.com%2F", [3]),
        (b'"\\nevil.com"', [3]),
        (b"\\u003cevil.com", [6]),
        (b"evil.com evil.org evil.com", [0, 18]),
        (b"notevil.com evil.com.vn evil.comx evil.com-x evil.co m evil .com evil. com", []),
        (b"example.technology bad.example.technologyx", []),
        (b"." * 1000, []),
        (b"a." * 1000 + b"com", []),
    ],
)
def test_names_are_found_on_the_borders_of_labels(data: bytes, places: list[int]) -> None:
    assert found(data) == places


def test_letters_beyond_ascii_matter_only_where_a_name_has_some() -> None:
    data = "thăm đèn.com, x.рф, \\u0111n.com".encode()
    assert found(data) == []
    assert len(found(data, wide=True)) == 3
