from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.decode.objects import parse_object


def test_nested_objects_get_dotted_names() -> None:
    assert parse_object('{"a": {"b": {"c": 1}}, "d": null, "e": true, "f": 1.5}') == {
        "a.b.c": 1,
        "d": None,
        "e": True,
        "f": 1.5,
    }


def test_lists_stay_lists_and_lists_of_objects_become_lists_of_their_values() -> None:
    assert parse_object('{"a": [1, "x"], "b": [{"k": 1}, {"k": [2, 3]}, 4], "c": [[5, [6]], 7], "d": []}') == {
        "a": [1, "x"],
        "b.k": [1, 2, 3],
        "b": [4],
        "c": [5, 6, 7],
        "d": [],
    }


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ('{"a": "\\ud800x", "b": 1}', {"a": "?x", "b": 1}),
        ('{"a": NaN, "b": 1}', {"a": None, "b": 1}),
        ('{"a": 1e999, "b": 1}', {"a": None, "b": 1}),
        ('\ufeff {"b": 1}\r', {"b": 1}),
        ('@cee: {"b": 1}', {"b": 1}),
    ],
)
def test_what_a_strict_reader_refuses_hides_nothing(line: str, fields: dict[str, Any]) -> None:
    """Whoever can write half a surrogate pair into a log must not make a line unreadable by it."""
    assert parse_object(line) == fields


@pytest.mark.parametrize("line", ["", "[1]", "1", '{"a": 1', '{"a": 1} x', "text {}", "null"])
def test_what_is_no_object_is_none(line: str) -> None:
    assert parse_object(line) is None


def test_depth_length_and_number_are_bounded() -> None:
    deep = '{"a":' * 500 + "1" + "}" * 500
    assert parse_object(deep) == {}
    assert parse_object('{"a":' * 100_000) is None
    wide = msgspec.json.encode({"k" * 600: {"a": {"b": 1}}, "x": [{f"n{i}": i} for i in range(5000)]}).decode()
    fields = parse_object(wide)
    assert fields is not None
    assert len(fields) < 2100
    assert not any(len(name) > 1200 for name in fields)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=6))
def test_every_object_becomes_fields_that_can_be_written_again(tree: dict[str, Any]) -> None:
    fields = parse_object(msgspec.json.encode(tree).decode("utf-8", "replace"))
    assert fields is not None
    for value in fields.values():
        for item in value if isinstance(value, list) else [value]:
            assert item is None or isinstance(item, (str, int, float, bool))
    msgspec.json.encode(fields)
