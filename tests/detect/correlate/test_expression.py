"""Expressions over rules, as terms."""

import re
from contextlib import suppress
from itertools import product
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from sigma.correlations import SigmaExtendedCorrelationCondition

from soc_agent.detect.correlate.expression import CHARS_CAP, TERMS_CAP, check_length, terms_of
from soc_agent.detect.correlate.spec import Absence, Term
from soc_agent.errors import RuleError

NAMES = ("a", "b", "c", "d")
NUMBERS = {name: number for number, name in enumerate(NAMES)}

expressions = st.recursive(
    st.sampled_from(NAMES),
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not ({})".format, inner),
    ),
    max_leaves=8,
)


def terms(expression: str, numbers: dict[str, int] | None = None) -> tuple[Term, ...]:
    return terms_of(SigmaExtendedCorrelationCondition(expression).parsed, numbers or NUMBERS)


def test_terms_are_the_ways_in_which_it_is_true() -> None:
    """Each says what must be there and what must not."""
    assert terms("a and (b or c)") == (Term((0, 1)), Term((0, 2)))
    assert terms("a and not (b or c)") == (Term((0,), (Absence(1, 1), Absence(2, 1))),)
    assert terms("d and not b and a") == (Term((0, 3), (Absence(1, 1),)),)
    assert terms("a or (a and b)") == (Term((0,)),)


@given(expressions)
def test_terms_mean_what_the_expression_means(expression: str) -> None:
    """For all ways in which rules can have events; what happens without any event is refused."""
    try:
        found = terms(expression)
    except RuleError:
        found = None
    for values in product((False, True), repeat=len(NAMES)):
        wanted: Any = eval(expression, dict(zip(NAMES, values, strict=True)))
        if found is not None:
            assert wanted == any(
                all(values[rule] for rule in term.present) and not any(values[a.rule] for a in term.absent)
                for term in found
            )


@given(expressions)
def test_what_is_refused_is_never_true_or_true_of_too_little(expression: str) -> None:
    """Nothing else is."""
    try:
        terms(expression)
    except RuleError as refused:
        code = refused.problem.code
        ways = [dict(zip(NAMES, values, strict=True)) for values in product((False, True), repeat=len(NAMES))]
        is_ever_true = any(eval(expression, dict(way)) for way in ways)
        event(code)
        assert (code == "correlation.never_true") == (not is_ever_true)


def test_hostile_expressions_are_refused() -> None:
    """In time that is bounded, and by name."""
    numbers = {f"{letter}{number}": number for number in range(20) for letter in "ab"}
    wide = " and ".join(f"(a{number} or b{number})" for number in range(20))
    with pytest.raises(RuleError) as error:
        terms(wide, numbers | {f"b{number}": 20 + number for number in range(20)})
    assert error.value.problem.code == "correlation.expression_size"
    assert error.value.problem.values["limit"] == TERMS_CAP
    with pytest.raises(RuleError) as error:
        terms("a and not a")
    assert error.value.problem.code == "correlation.never_true"


@pytest.mark.parametrize(
    "expression",
    [
        " and ".join(f"({' or '.join(f'r{i}_{j}' for j in range(16))})" for i in range(30)),
        " and ".join(f"not (a{i} and b{i} and c{i})" for i in range(100)),
        "(" * 150 + "a" + ")" * 150,
        " or ".join(f"x{i}" for i in range(500)),
    ],
    ids=["wide", "negated", "deep", "long"],
)
def test_no_expression_takes_long(expression: str) -> None:
    """Nor much memory: ways that are too many are not gone through."""
    numbers = {name: number for number, name in enumerate(dict.fromkeys(re.findall(r"[a-z]+[0-9_]*", expression)))}
    with suppress(RuleError):
        assert len(terms(expression, numbers)) <= TERMS_CAP


def test_a_long_expression_is_not_even_read() -> None:
    check_length({"condition": "a" * CHARS_CAP})
    check_length({"condition": {"gte": 1}})
    check_length("nonsense")
    with pytest.raises(RuleError) as error:
        check_length({"condition": "a" * (CHARS_CAP + 1)})
    assert error.value.problem.code == "correlation.expression_long"
