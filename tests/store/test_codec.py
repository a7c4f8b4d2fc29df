import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from soc_agent.store.codec import (
    MAX_INT,
    bounded,
    clean,
    content_json,
    folded_text,
    label,
    labels_of,
    system_level_of,
    tag_label,
    to_json,
)
from tests.store.making import CONTEXT, detection

_any_text = st.text(st.characters(exclude_categories=()), max_size=20)
_any_value = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _any_text | st.binary(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_any_text, inner, max_size=4),
    max_leaves=12,
)


@given(_any_value)
def test_any_value_becomes_json_that_can_be_stored(value: Any) -> None:
    json.loads(to_json(value).encode("utf-8"))


@given(_any_text)
def test_any_text_becomes_text_that_can_be_stored(text: str) -> None:
    clean(text).encode("utf-8")
    if "\ud800" not in text and text.isprintable():
        assert clean(text) == text


@given(st.integers())
def test_any_number_fits_64_bits(number: int) -> None:
    assert -MAX_INT <= bounded(number) <= MAX_INT
    if abs(number) <= MAX_INT:
        assert bounded(number) == number


def test_labels_compare_without_case_and_diacritics() -> None:
    assert label("Nguyễn.ĐỨC") == "nguyen.duc"
    assert len(label("x" * 1000)) == 200
    assert tag_label("attack.T1110.001") == "t1110.001"
    assert tag_label("cve.2021-44228") == "cve.2021-44228"


def test_an_alert_is_found_by_its_entities_its_host_and_its_tags() -> None:
    assert labels_of(detection(0), {}) == {
        ("src_ip", "203.0.113.9"),
        ("user", "root"),
        ("host", "web01"),
        ("tag", "t1110.001"),
        ("tag", "credential_access"),
    }


def test_an_alert_is_found_by_what_is_known_of_its_host_and_addresses() -> None:
    assert labels_of(detection(0), CONTEXT) - labels_of(detection(0), {}) == {
        ("asset", "web01"),
        ("system", "cong tinh"),
        ("country", "vn"),
    }


def test_the_level_of_a_system_is_a_number_or_none() -> None:
    assert [system_level_of(context) for context in (CONTEXT, {}, {"system_level": "3"})] == [3, 0, 0]


def test_without_a_context_the_content_is_what_it_always_was() -> None:
    """The hashes of alerts that were recorded before stay right."""
    assert "context" not in content_json(detection(0), {})


def test_free_words_find_titles_in_both_languages_and_the_raw_line() -> None:
    text = folded_text(detection(0, raw=b"Failed\x00 PASSWORD \xff"))
    for word in ("ssh password guessing", "do mat khau", "web01", "auth.log", "203.0.113.9", "failed␀ password"):
        assert word in text


def test_of_a_huge_line_the_beginning_is_searched() -> None:
    text = folded_text(detection(0, raw=b"a" * 1_000_000 + b"end"))
    assert len(text) < 20_000
    assert "end" not in text
