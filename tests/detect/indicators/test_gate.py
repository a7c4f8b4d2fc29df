"""The gate before the scan; that it loses no line is tried in ``test_law``."""

import pytest

from soc_agent.detect.indicators.gate import gate_of, gated
from soc_agent.detect.indicators.indicator import Indicator
from soc_agent.detect.indicators.values import canonical
from soc_agent.detect.prefilter.scanner import available_backend

pytestmark = pytest.mark.skipif(available_backend() != "hyperscan", reason="there is no gate without Hyperscan")


def entries(*values: str) -> list[Indicator]:
    return [Indicator(*canonical(value)) for value in values]


def lines(block: bytes, *values: str) -> list[bytes]:
    gate = gate_of(entries(*values), wide=False)
    assert gate is not None
    return [block[start:end] for start, end in gated(gate, block)]


def test_lines_with_the_characters_of_an_indicator_pass() -> None:
    block = b"one\nto 203.0.113.9\nEVIL.com evil.com\n2001:0DB8::1\n198.51.100.7\nA1%2e\nlast evil.com"
    found = lines(block, "203.0.113.9", "evil.com", "2001:db8::5", "198.51.100.0/23")
    assert b"".join(found) == block.removeprefix(b"one\n")
    assert lines(b"one\n\ntwo\n", "evil.com") == []


@pytest.mark.parametrize("value", ["101.0.0.0/8", "10.0.0.0/15"])
def test_there_is_no_gate_for_wide_networks(value: str) -> None:
    kind = canonical("203.0.113.0/24")[0]
    assert gate_of([Indicator(kind, value)], wide=False) is None


def test_there_is_none_for_long_lists_and_for_letters_beyond_ascii() -> None:
    assert gate_of(entries("evil.com"), wide=True) is None
    many = (Indicator(*canonical(f"203.{n >> 16}.{n >> 8 & 255}.{n & 255}")) for n in range(30_000))
    assert gate_of(many, wide=False) is None
