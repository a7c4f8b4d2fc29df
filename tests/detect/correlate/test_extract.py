"""What an event gives to a correlation."""

from typing import Any

import pytest

from soc_agent.detect.correlate.extract import key_maker, number_of, text_of, texts_of, what_maker
from soc_agent.model import Event
from tests.detect.correlate.samples import make_event, make_spec


def test_values_are_text() -> None:
    """A port is the same as a number or as text; a list counts as a whole; what is absent is absent."""
    assert text_of(22) == text_of("22") == "22"
    assert text_of(["a", "b c"]) == "a b\\ c"
    assert text_of(None) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5, 5),
        ("5", 5),
        ("-5", -5.0),
        ("1.5", 1.5),
        (1.5, 1.5),
        ("nan", None),
        (float("inf"), None),
        ("five", None),
        (True, None),
        ([5], None),
        (None, None),
        (2**80, None),
        ("٣", 3.0),
    ],
)
def test_numbers_are_numbers_or_texts_that_hold_one(value: Any, expected: float | None) -> None:
    """What is no number is not measured."""
    assert number_of(value) == expected


def test_keys_tell_groups_apart() -> None:
    """Fields run together to no other key, an alias is the field that it is in the rule."""
    spec = make_spec(group_by=("peer", "user"), rules=("a", "b"), aliases={"peer": {"a": "src_ip", "b": "dst_ip"}})
    key_of_a, key_of_b = key_maker(spec, "a", None), key_maker(spec, "b", None)
    assert key_of_a(make_event(0, src_ip="x y", user="z")) != key_of_a(make_event(0, src_ip="x", user="y z"))
    assert key_of_a(make_event(0, src_ip="x", user=7)) == key_of_b(make_event(0, dst_ip="x", user="7"))
    assert key_of_a(make_event(0, src_ip="x")) is None
    assert texts_of(("dst_ip", "user"), make_event(0, dst_ip="x"), None) == ["x", ""]


@pytest.mark.parametrize("value", ["đăng nhập", "x" * 5000, "odd \ud800", "", 5, ["a"]])
def test_a_key_can_be_written_and_is_bounded(value: Any) -> None:
    """Whatever a hostile line holds."""
    for fields in (("user",), ("user", "user")):
        key = key_maker(make_spec(group_by=fields), "base", None)(make_event(0, user=value))
        assert key is not None
        assert len(key.encode()) < 1000


def test_long_values_that_differ_at_their_end_are_different() -> None:
    """What is cut is hashed."""
    key_of = key_maker(make_spec(), "base", None)
    assert key_of(make_event(0, src_ip="x" * 5000)) != key_of(make_event(0, src_ip="x" * 5001))


def test_what_the_event_lacks_is_looked_up() -> None:
    """Its own fields go first, and the lookup is not asked for them."""
    asked = []

    def lookup(event: Event, field: str) -> Any:
        asked.append(field)
        return {"src_ip.country": "VN", "src_ip.asn": 7}.get(field)

    spec = make_spec("value_sum", group_by=("src_ip.country", "user"), field=("src_ip.asn",))
    event = make_event(0, src_ip="10.0.0.1", user="an")
    assert key_maker(spec, "base", lookup)(event) == "VN\x00an"
    what_of = what_maker(spec, "base", lookup)
    assert what_of is not None
    assert what_of(event) == 7
    assert texts_of(spec.group_by, event, lookup) == ["VN", "an"]
    assert key_maker(make_spec(group_by=("nothing",)), "base", lookup)(event) is None
    assert "user" not in asked


def test_without_group_by_there_is_one_group() -> None:
    assert key_maker(make_spec(group_by=()), "base", None)(make_event(0)) == ""
    assert what_maker(make_spec(), "base", None) is None
