"""What a rule asks for is counted before anything is made of it."""

from typing import Any

import pytest

from soc_agent.detect.load.bounds import EXPRESSIONS_CAP, TEXT_CAP_CHARS, VALUES_CAP, Size, size_of


def values_of(key: str, value: Any) -> int:
    return size_of({key: value}).values


def test_values_are_counted_wherever_they_stand() -> None:
    tree = {"title": "T", "detection": {"s": {"f": ["a", 1, None], "g": "b"}, "t": [{"h": "c"}], "condition": "s"}}
    assert size_of(tree).values == 7


@pytest.mark.parametrize(
    ("key", "value", "count"),
    [
        ("f", "a", 1),
        ("f|contains", "a*b?", 3),
        ("f|re", "a.*b?", 1),
        ("f|base64offset|contains", "a", 3),
        ("f|windash", "-a", 5),
        ("f|windash", "a-b", 1),
        ("f|windash", " -a /b -c -d", 125),
        ("f|windash|base64offset", "-a", 15),
        ("|base64offset", ["a", "b"], 6),
    ],
)
def test_modifiers_multiply(key: str, value: Any, count: int) -> None:
    assert values_of(key, value) == count


@pytest.mark.parametrize(
    "modifiers", ["base64" + "|base64" * 60, "wide" + "|wide" * 40, "base64offset" + "|base64offset" * 40]
)
def test_chains_that_make_much_of_little_are_too_much(modifiers: str) -> None:
    assert size_of({f"f|{modifiers}": "aaaa"}).excess() is not None


@pytest.mark.parametrize(
    ("size", "key"),
    [
        (Size(values=VALUES_CAP), None),
        (Size(values=VALUES_CAP + 1), "bounds.values"),
        (Size(characters=TEXT_CAP_CHARS + 1), "bounds.text"),
        (Size(expressions=EXPRESSIONS_CAP + 1), "bounds.expressions"),
    ],
)
def test_each_bound_has_its_name(size: Size, key: str | None) -> None:
    found = size.excess()
    assert (found and found[0]) == key
    assert size.excess(2) is None


def test_counting_is_bounded_too() -> None:
    shared = ["a"] * 1_000
    tree: dict[str, Any] = {"a": [[shared] * 1_000] * 1_000}
    assert VALUES_CAP < size_of(tree).values < 4 * VALUES_CAP
