"""Kinds, marks, and when an indicator stops to count."""

import pytest

from soc_agent.detect.indicators.indicator import Indicator, Kind, Tlp


@pytest.mark.parametrize(
    ("word", "tlp"),
    [
        ("TLP:AMBER", Tlp.AMBER),
        ("tlp:amber+strict", Tlp.AMBER_STRICT),
        ("Amber Strict", None),
        ("TLP: Red", Tlp.RED),
        ("white", Tlp.CLEAR),
        ("amber_strict", Tlp.AMBER_STRICT),
        ("secret", None),
    ],
)
def test_marks_are_read_as_feeds_write_them(word: str, tlp: Tlp | None) -> None:
    if tlp is None:
        with pytest.raises(ValueError, match="Tlp"):
            Tlp.parse(word)
    else:
        assert Tlp.parse(word) is tlp


def test_an_indicator_counts_up_to_its_end() -> None:
    ends = Indicator(Kind.IP, "203.0.113.9", expires_s=100)
    assert not ends.expired(99.9)
    assert ends.expired(100)
    assert not Indicator(Kind.IP, "203.0.113.9").expired(1e12)


def test_families_are_what_rules_are_for() -> None:
    assert [kind.family for kind in Kind] == ["address", "address", "domain", "url", "hash", "hash", "hash"]
