"""What holds of any value: texts in base64, lists in events, lists of thousands."""

from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.detect import ir
from soc_agent.detect.evaluate.leaf import compile_test
from soc_agent.detect.evaluate.predicate import compile_item
from tests.detect.making import parse, rule_of, rule_text, view_of


@given(st.binary(max_size=9), st.text("abc XYZ09-_/\\é", min_size=3, max_size=12), st.binary(max_size=9))
def test_base64offset_finds_a_text_wherever_it_stands(before: bytes, text: str, after: bytes) -> None:
    """Modifiers, Encoding: three variants, for each shift."""
    escaped = text.replace("\\", "\\\\")
    rule = rule_of(f"selection:\n  f|base64offset|contains|cased: '{escaped}'")
    found = compile_item(rule.selections["selection"])  # type: ignore[arg-type]
    assert found(view_of({"f": b64encode(before + text.encode() + after).decode()}))


@pytest.mark.parametrize(
    ("modifier", "encoding"), [("utf16le", "utf-16-le"), ("wide", "utf-16-le"), ("utf16be", "utf-16-be")]
)
@given(before=st.text("xyz", max_size=5), text=st.text("abcXYZ 09-", min_size=2, max_size=9))
def test_wide_texts_are_found_in_base64(modifier: str, encoding: str, before: str, text: str) -> None:
    rule = rule_of(f"selection:\n  f|{modifier}|base64offset|contains|cased: '{text}'")
    found = compile_item(rule.selections["selection"])  # type: ignore[arg-type]
    assert found(view_of({"f": b64encode((before + text + "end").encode(encoding)).decode()}))


values = st.one_of(st.text("aAbB*?%\\é.7", max_size=5), st.integers(-9, 99), st.booleans(), st.none(), st.floats(-9, 9))
single_tests = st.one_of(
    st.builds(
        ir.Text,
        st.lists(st.one_of(st.sampled_from(["a", "B", "7", "\\"]), st.sampled_from([ir.ANY, ir.ONE])), max_size=4).map(
            tuple
        ),
        st.booleans(),
    ),
    st.builds(ir.Regex, st.sampled_from(["a", "^B", "7$", "[aé]."]), st.sampled_from(["", "i"])),
    st.builds(ir.Compare, st.sampled_from(["lt", "gte"]), st.integers(-5, 50)),
    st.just(ir.Network("10.0.0.0/8")),
)


@given(single_tests, st.lists(values, min_size=1, max_size=4))
def test_a_list_in_an_event_passes_when_one_of_its_values_does(test: ir.Test, found: list[Any]) -> None:
    predicate = compile_test("f", test)
    assert predicate(view_of({"f": found})) == any(predicate(view_of({"f": value})) for value in found)


def test_a_very_long_list() -> None:
    detection = "selection:\n  f|contains:\n" + "".join(f"    - evil{number:x}z\n" for number in range(5_000))
    rule = parse(rule_text(detection)).rule
    assert rule is not None
    found = compile_item(rule.selections["selection"])  # type: ignore[arg-type]
    assert found(view_of({"f": "xx EVIL1387Z xx"}))
    assert not found(view_of({"f": "xx EVIL1388Z xx"}))
