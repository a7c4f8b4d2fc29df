"""The required literals of rules."""

import pytest

from soc_agent.detect.prefilter.literals import CANDIDATE_US, CLAUSES, HIT_US, chance, choose, clauses_of, cost_us
from soc_agent.detect.prefilter.spelling import Alternatives, Spelling
from tests.detect.making import rule_of

PLAIN = Spelling("plain", frozenset({"plain"}), frozenset({"made"}))
JSON = Spelling("json", frozenset({"json"}))


def clauses(detection: str, spelling: Spelling = PLAIN) -> list[set[str]]:
    return [{literal.decode() for literal in clause} for clause in clauses_of(rule_of(detection), spelling)]


@pytest.mark.parametrize(
    ("detection", "expected"),
    [
        ("selection: {f|contains: word}", [{"word"}]),
        ("selection: {f: word}", [{"word"}]),
        ("selection: {f: 'long one*short'}", [{"long one"}, {"short"}]),
        ("selection: {f|contains: [one, two]}", [{"one", "two"}]),
        ("selection: {f|contains|all: [one, longer]}", [{"longer"}, {"one"}]),
        ("selection: {f: one, g: longer}", [{"longer"}, {"one"}]),
        ("selection: [{f: one, g: longer}, {h: two}]", [{"longer", "two"}]),
        ("selection: {f: word, g|contains: [x, '1']}", [{"word"}]),
        ("selection: {f|contains: [word, '1']}", []),
        ("selection: {f: 4624}", []),
        ("selection: {f: null}", []),
        ("selection: {f|exists: true}", []),
        ("selection: {f|gt: 5}", []),
        ("selection: {f|cidr: 10.0.0.0/8}", []),
        ("selection: {f|fieldref: g}", []),
        ("selection: {f: '*'}", []),
        ("selection: {f|neq: word}", []),
        ("selection: {made: word}", []),
        ("selection: {made: word, f: other}", [{"other"}]),
        ("selection: {f|re: 'abc.*defg'}", [{"defg"}, {"abc"}]),
        ("selection: {f|re: ['abc', 'defg']}", [{"abc", "defg"}]),
        ("selection: {f|windash: ' -enc '}", [{" -enc ", " /enc ", "enc "}]),
        ("selection: {f|contains: mật khẩu}", [{"t kh"}, {"m"}][:1]),
        ("keywords: [one, other two]\ncondition: keywords", [{"one", "other two"}]),
        ("a: {f: aaaa}\nb: {f: bbbb}\ncondition: a and b", [{"aaaa"}, {"bbbb"}]),
        ("a: {f: aaaa}\nb: {f: bbbb}\ncondition: a or b", [{"aaaa", "bbbb"}]),
        ("a: {f: aaaa}\nb: {f: bbbb}\ncondition: a and not b", [{"aaaa"}]),
        ("a: {f: aaaa}\ncondition: not a", []),
        ("a: {f: aaaa}\ncondition: not not a", []),
        ("a1: {f: aaaa}\na2: {f: bbbb}\ncondition: 1 of a*", [{"aaaa", "bbbb"}]),
        ("a1: {f: aaaa}\na2: {f: 5}\ncondition: 1 of a*", []),
        ("a1: {f: aaaa}\na2: {f: bbbb, g: 5}\ncondition: all of a*", [{"aaaa"}, {"bbbb"}]),
        ("a: {f: aaaa}\nb: {f: bbbb}\ncondition: [a, b]", [{"aaaa", "bbbb"}]),
    ],
)
def test_clauses(detection: str, expected: list[set[str]]) -> None:
    assert clauses(detection) == expected


def test_no_more_than_the_best_few_are_looked_for() -> None:
    rule = rule_of("selection: {f|contains|all: [aaaa, bbbbb, cccccc, ddddddd, ee]}")
    found = choose(clauses_of(rule, PLAIN), {})
    assert len(found) == CLAUSES
    assert found[0] == {b"ddddddd"}


def test_what_was_found_often_is_chosen_last() -> None:
    known = clauses_of(rule_of("selection: {f|contains|all: [aaaa, ddddddd]}"), PLAIN)
    assert choose(known, {b"ddddddd": 0.5}) == (frozenset({b"aaaa"}),)
    assert choose(known, {b"ddddddd": 0.5, b"aaaa": 0.9}) == (frozenset({b"ddddddd"}),)
    assert choose(known, {b"ddddddd": 0.001, b"aaaa": 0.002}) == known
    assert choose((), {}) == ()


def test_a_choice_costs_its_hits_and_the_lines_that_all_its_clauses_let_through() -> None:
    one, two = frozenset({b"aaaa"}), frozenset({b"bbbb", b"cccc"})
    known = {b"aaaa": 0.5, b"bbbb": 0.25, b"cccc": 0.25}
    assert cost_us([(one,)], known) == 0.5 * HIT_US + 0.5 * CANDIDATE_US
    assert cost_us([(one, two)], known) == HIT_US + 0.25 * CANDIDATE_US
    assert cost_us([(one,), (one,)], known) == 0.5 * HIT_US + 0.5 * CANDIDATE_US, "the same lines"
    assert cost_us([(one,), (two,)], known) == HIT_US + 0.75 * CANDIDATE_US, "some lines hold both"
    assert cost_us([()], known) == 0


def test_a_word_of_which_logs_are_full_is_looked_for_last() -> None:
    (found, *others) = choose(clauses_of(rule_of("selection: {f|contains|all: [session, xyzw]}"), PLAIN), {})
    assert (found, others) == (frozenset({b"xyzw"}), [])
    assert chance({b" for "}) > chance({b" fox "})


def test_expansions_are_alternatives() -> None:
    (found,) = clauses("selection: {f|base64offset|contains: foobar}")
    assert found == {"zm9vymfy", "zvb2jhc", "mb29iyx"}


def test_literals_are_spelled_as_the_line_spells_them() -> None:
    assert clauses("selection: {f|endswith: '\\cmd.exe'}", JSON) == [{"\\\\cmd.exe"}]


def test_an_expression_that_ignores_case_may_match_wide_letters() -> None:
    (found,) = clauses("selection: {f|re|i: mask}")
    assert found == {"mask", "\u212a", "\u017f"}
    assert clauses("selection: {f|re: mask}") == [{"mask"}]


def test_literals_of_the_log_source_are_one_more_clause() -> None:
    rule = rule_of("selection: {f: 5}")
    assert clauses_of(rule, PLAIN, [b"sshd"]) == (frozenset({b"sshd"}),)
    assert clauses_of(rule, PLAIN, []) == ()


def test_a_single_letter_is_worse_than_nothing_but_an_odd_one_is_not() -> None:
    assert clauses("selection: {f|contains: a}") == []
    assert clauses("selection: {f|contains: '<'}") == [{"<"}]


def literals(*texts: str) -> Alternatives:
    return frozenset(text.encode() for text in texts)


def test_longer_and_fewer_literals_are_rarer() -> None:
    assert chance(literals("abcdef")) < chance(literals("abc"))
    assert chance(literals("abc")) < chance(literals("abc", "abd"))
    assert chance(literals("${ab")) < chance(literals("abcd"))


def test_naming_a_selection_often_costs_nothing() -> None:
    detection = f"a: {{f|contains: {[f'word{n}' for n in range(500)]}}}\ncondition: {' or '.join(['a'] * 900)}"
    (found,) = clauses(detection)
    assert len(found) == 500
