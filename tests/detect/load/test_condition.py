"""Conditions become trees of names, and no larger than what they name."""

import pytest

from soc_agent.detect import ir
from soc_agent.detect.evaluate.predicate import compile_rule
from soc_agent.detect.load.condition import CONDITION_CAP_CHARS, SELECTIONS_CAP
from tests.detect.making import problem_of, rule_of, view_of

SELECTIONS = "sa: {f: 1}\nsb: {g: 2}\n_c: {h: 3}\n"
A, B, C = ir.Ref("sa"), ir.Ref("sb"), ir.Ref("_c")


@pytest.mark.parametrize(
    ("condition", "tree"),
    [
        ("sa", A),
        ("((sa))", A),
        ("sa and sb", ir.And((A, B))),
        ("sa or sb and not _c", ir.Or((A, ir.And((B, ir.Not(C)))))),
        ("1 of s*", ir.Or((A, B))),
        ("all of them", ir.And((A, B))),
        ("1 of *a", A),
        ("2 of s*", ir.And((A, B))),
        ("not 2 of them or sa", ir.Or((ir.Not(ir.And((A, B))), A))),
        ("1 of _*", C),
        ("[sa, sb]", ir.Or((A, B))),
    ],
)
def test_the_tree(condition: str, tree: ir.Node) -> None:
    rule = rule_of(f"{SELECTIONS}condition: {condition}")
    assert rule.condition == tree
    assert set(rule.selections) == {ref.name for ref in (A, B, C) if repr(ref) in repr(tree)}


def test_a_condition_has_a_length() -> None:
    fits = "sa or " * ((CONDITION_CAP_CHARS - 2) // 6) + "sa"
    assert rule_of(f"{SELECTIONS}condition: {fits}")
    assert problem_of(f"{SELECTIONS}condition: {fits} or sa or sa").code == "rule.condition_size"


def test_what_conditions_name_in_all_has_a_bound() -> None:
    """A few letters can name every selection, and a list of conditions can do so again and again."""
    many = "".join(f"s{number}: {{f: {number}}}\n" for number in range(1_000))
    quantifiers = SELECTIONS_CAP // 1_000
    assert rule_of(f"{many}condition: {' and '.join(['1 of s*'] * quantifiers)}")
    problem = problem_of(f"{many}condition: {' and '.join(['1 of s*'] * (quantifiers + 1))}")
    assert (problem.code, problem.values) == ("bounds.selections", {"limit": SELECTIONS_CAP})
    listed = "".join("\n  - 1 of s*" for _ in range(quantifiers + 1))
    assert problem_of(f"{many}condition:{listed}").code == "bounds.selections"


def test_so_many_of_several() -> None:
    rule = rule_of("s1: {f: 1}\ns2: {g: 1}\ns3: {h: 1}\nt: {x: 1}\ncondition: 2 of s* and not t")
    matches = compile_rule(rule)
    assert [matches(view_of(dict.fromkeys(names, 1))) for names in ("f", "fg", "gh", "fgh", "fhx")] == [
        False,
        True,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("4 of s*", "condition"),
        (f"{'9' * 5000} of s*", "condition"),
        ("0 of s*", "condition"),
        ("2 of s* s*", "condition"),
    ],
)
def test_so_many_must_be_there(condition: str, code: str) -> None:
    assert problem_of(f"s1: {{f: 1}}\ns2: {{g: 1}}\ncondition: {condition}").code == f"rule.{code}"


def test_combinations_have_a_bound_too() -> None:
    many = "".join(f"s{number}: {{f: {number}}}\n" for number in range(60))
    assert problem_of(f"{many}condition: 30 of s*").code == "bounds.selections"
