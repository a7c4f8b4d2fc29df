from hypothesis import given

from soc_agent.detect import ir
from soc_agent.detect.routing.fieldneeds import Need, field_clauses, has_field_clauses
from tests.detect.making import rule_of
from tests.detect.routing.test_fieldindex import RULES


def clauses(detection: str) -> list[set[tuple[str, str, str]]]:
    return [{(need.field, need.where, need.text) for need in clause} for clause in field_clauses(rule_of(detection))]


def test_each_shape_of_a_text_says_where_it_must_stand() -> None:
    detection = """
    selection:
      A: Whole
      B|startswith: Head
      C|endswith: Tail
      D|contains: Part
      E: 'a*bcd?e'
      F: '*'
    """
    assert {frozenset(clause) for clause in clauses(detection)} == {
        frozenset({("A", "exact", "whole")}),
        frozenset({("B", "prefix", "head")}),
        frozenset({("C", "suffix", "tail")}),
        frozenset({("D", "contains", "part")}),
        frozenset({("E", "prefix", "a")}),
        frozenset({("E", "contains", "bcd")}),
        frozenset({("E", "suffix", "e")}),
        frozenset({("F", "present", "")}),
    }


def test_one_of_several_values_is_one_clause_and_all_of_them_are_several() -> None:
    assert clauses("selection: {A|contains: [xxx, yyyy]}") == [{("A", "contains", "xxx"), ("A", "contains", "yyyy")}]
    assert len(clauses("selection: {A|contains|all: [xxx, yyyy]}")) == 2


def test_letters_that_stand_everywhere_are_not_looked_for() -> None:
    assert clauses("selection: {A|contains: [x, yyyy]}") == [{("A", "present", ""), ("A", "contains", "yyyy")}]


def test_the_best_clause_of_each_alternative_is_taken_together() -> None:
    detection = """
    one: {A|endswith: "\\\\mimikatz.exe", B: "x"}
    two: {C|contains: "sekurlsa::"}
    condition: 1 of *
    """
    assert clauses(detection) == [{("A", "suffix", "\\mimikatz.exe"), ("C", "contains", "sekurlsa::")}]


def test_what_must_be_absent_needs_nothing() -> None:
    assert clauses("selection: {A: null}") == []
    assert clauses("selection: {A|exists: false}") == []
    assert clauses("selection: {A|exists: true}") == []
    assert clauses("selection: {A|fieldref: B}") == []
    assert clauses("one: {A: x}\nnot_one: {B: y}\ncondition: one and not not_one") == [{("A", "exact", "x")}]
    assert clauses("one: {A: x}\ntwo: {B: null}\ncondition: one or two") == []


def test_words_anywhere_and_fields_of_two_values_need_nothing() -> None:
    assert clauses("selection: [word]") == []
    assert clauses("selection: {cs-uri-query: x}") == []


def test_a_regular_expression_needs_its_literals_or_at_least_a_value() -> None:
    assert {("A", "contains", "evil")} in clauses("selection: {A|re: 'evil[0-9]+'}")
    assert clauses("selection: {A|re: '^.+$'}") == [{("A", "present", "")}]
    assert clauses("selection: {A|cidr: 10.0.0.0/8}") == [{("A", "present", "")}]
    wide = clauses("selection: {A|re|i: 'task'}")
    assert {("A", "contains", "task"), ("A", "contains", "\u212a"), ("A", "contains", "\u017f")} in wide


def test_a_long_text_is_looked_at_before_a_word_that_many_events_have() -> None:
    rule = rule_of("selection: {Initiated: 'true', Image|endswith: '\\notepad.exe'}")
    assert field_clauses(rule)[0] == frozenset({Need("Image", "suffix", "\\notepad.exe")})


def test_a_field_of_which_each_alternative_needs_something_is_a_clause_of_its_own() -> None:
    detection = """
    one: {EventID: 4738, A: some-long-name-of-a-thing}
    two: {EventID: 5136, B: another-long-name-of-it}
    condition: 1 of *
    """
    assert {("EventID", "exact", "4738"), ("EventID", "exact", "5136")} in clauses(detection)
    assert len(clauses(detection)) == 2


def test_odd_letters_do_not_make_a_long_text_worse_than_a_short_one() -> None:
    best = clauses("selection: {A|re|i: 'exe[0-9]werfaultsecure'}")[0]
    assert ("A", "contains", "werfaultsecure") in best


@given(RULES)
def test_whether_there_are_clauses_is_known_without_them(rule: ir.Rule) -> None:
    assert has_field_clauses(rule) == bool(field_clauses(rule))
