import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.detect.evaluate.lengths import compile_length
from soc_agent.detect.regex.expression import compile_regex


@pytest.mark.parametrize("pattern", ["^.{5,}", ".{5,}$", ".{5,}?", ".{2,5}", "[^/]{5,}", ".{5,}x", "a", r"\.{5,}"])
def test_other_expressions_are_none_of_lengths(pattern: str) -> None:
    assert compile_length(pattern, "") is None


def test_with_a_flag_that_changes_the_dot_it_is_another_expression() -> None:
    assert compile_length(".{5,}", "s") is None
    assert compile_length(".{5,}", "m") is None


@pytest.mark.parametrize("pattern", [".{5,}", "(.){5,}", ".{5}", "(.){0,}"])
@given(text=st.text(st.characters(exclude_categories=["Cs"]) | st.just("\n"), max_size=12))
def test_it_is_found_where_the_expression_is(pattern: str, text: str) -> None:
    found = compile_length(pattern, "i")
    assert found is not None
    assert found(text) is compile_regex(pattern, "i").found(text)
