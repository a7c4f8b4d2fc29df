"""One document becomes a rule or filter, or is refused by name, file and line."""

import pytest

from soc_agent.detect import ir
from soc_agent.detect.load.condition import CONDITION_CAP_CHARS
from soc_agent.errors import describe
from soc_agent.model import LogSource, Problem
from tests.detect.making import parse, problem_of, rule_of, rule_text


def test_a_rule() -> None:
    rule = rule_of(
        "selection:\n  f|contains: x", logsource="{category: webserver, product: nginx}", more="name: my_rule"
    )
    assert rule.log_source == LogSource("webserver", "nginx", "")
    assert rule.selections == {"selection": ir.Item("f", "f|contains", (ir.Text((ir.ANY, "x", ir.ANY)),))}
    assert rule.condition == ir.Ref("selection")
    assert (rule.name, rule.line, rule.info.path) == ("my_rule", 1, "test.yml")


def test_selections_that_no_condition_names_are_left_out() -> None:
    assert set(rule_of("a: {f: 1}\nb: {f|expand: '%x%'}\ncondition: a").selections) == {"a"}


@pytest.mark.parametrize(
    ("detection", "code", "line"),
    [
        ("selection:\n  f|sounds_like: x", "rule.modifier", 6),
        ("selection:\n  f|re: 'a(b'", "rule.regex", 6),
        ("selection:\n  f|re|i: '(?=a)(?=.*b)(?=.*c)'", "rule.regex", 6),
        ("selection:\n  f|expand: '%servers%'", "rule.placeholder", 6),
        ("selection:\n  f|expand|re: '%servers%'", "rule.invalid", 4),
        ("selection:\n  f|cidr: 10.0.0.0/99", "rule.invalid", 4),
        ("selection:\n  f|gt: x", "rule.invalid", 4),
        ("selection:\n  f|base64: 'a*'", "rule.invalid", 4),
        ("selection: {f: 1}\ncondition: nothing", "rule.condition", 6),
        ("selection: {f: 1}\ncondition: 1 of x*", "rule.condition", 6),
        ("selection: {f: 1}\ncondition: selection and", "rule.condition", 6),
        ("selection: {f: 1}\ncondition: selection | count() > 5", "rule.condition", 6),
        ("selection: {f: 1}\ncondition: 5", "rule.condition_size", 6),
        (f"selection: {{f: 1}}\ncondition: {' or '.join(['selection'] * 2000)}", "rule.condition_size", 6),
        (f"selection: {{f: 1}}\ncondition: {'not ' * 100}selection", "rule.too_deep", 6),
    ],
)
def test_what_cannot_run_is_refused_with_its_line(detection: str, code: str, line: int) -> None:
    problem = problem_of(detection)
    assert (problem.code, problem.where.file, problem.where.line) == (code, "test.yml", line)
    assert describe(problem)


def test_an_unknown_modifier_is_named() -> None:
    assert problem_of("selection:\n  f|sounds_like: x").values == {"modifier": "sounds_like"}


def test_placeholders_are_named() -> None:
    problem = problem_of("selection:\n  f|expand: ['%servers%', 'x%admins%']")
    assert problem.values == {"names": "servers, admins", "name": "servers"}


@pytest.mark.parametrize("opening", ["(", "not (", "a or ("])
def test_hostile_nesting_of_parentheses_is_harmless(opening: str) -> None:
    count = CONDITION_CAP_CHARS // (len(opening) + 2)
    parsed = parse(rule_text(f"a: {{f: 1}}\ncondition: {opening * count}a{')' * count}"))
    assert (parsed.rule is None) == bool(parsed.problems)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("title: x\nlogsource: {product: linux}\n", "rule.invalid"),
        ("title: x\nlogsource: {}\ndetection: {s: {f: 1}, condition: s}\n", "rule.invalid"),
        ("logsource: {product: linux}\ndetection: {s: {f: 1}, condition: s}\n", "rule.invalid"),
        ("title: x\nlogsource: {product: linux}\ndetection: [1]\n", "rule.invalid"),
        ("title: x\nlogsource: linux\ndetection: {s: {f: 1}, condition: s}\n", "rule.invalid"),
        ("title: x\nlogsource: {product: linux}\nlevel: bad\ndetection: {s: {f: 1}, condition: s}\n", "rule.invalid"),
        ("title: x\nlogsource: {product: linux}\ndetection: {s: {f: {g: 1}}, condition: s}\n", "rule.invalid"),
        ("title: x\nlogsource: {product: linux}\ndetection: {s: null, condition: s}\n", "rule.invalid"),
        ("title: x\nlogsource: {product: linux}\nfilter: 5\n", "rule.invalid"),
        ("title: [1]\ntags: 7\n", "rule.invalid"),
    ],
)
def test_what_pysigma_cannot_read_is_refused(text: str, code: str) -> None:
    parsed = parse(text)
    assert parsed.rule is None
    assert parsed.filter is None
    assert {problem.code for problem in parsed.problems} == {code}


def test_every_fault_of_a_rule_is_named() -> None:
    parsed = parse(
        "title: x\nlevel: bad\nstatus: bad\nlogsource: {product: linux}\ndetection: {s: {f: 1}, condition: s}\n"
    )
    assert len(parsed.problems) == 2
    assert [problem.where.line for problem in parsed.problems] == [2, 3]


def test_an_expression_within_the_budget_runs_and_is_told() -> None:
    parsed = parse(rule_text("selection:\n  f|re: 'cmd(?!\\.exe)'"))
    assert parsed.rule is not None
    assert [(problem.code, problem.where.line) for problem in parsed.problems] == [("rule.regex_budget", 6)]
    assert "cmd(?!" in describe(parsed.problems[0])


def test_wrong_attributes_of_ours_are_told_and_the_rule_runs() -> None:
    parsed = parse(rule_text("selection: {f: 1}", more="soc: {layer: 9}"))
    assert parsed.rule is not None
    assert [(problem.code, problem.where.line) for problem in parsed.problems] == [("rule.soc", 3)]


def test_a_filter() -> None:
    parsed = parse(
        """
title: Backup host
logsource: {product: linux}
filter:
  rules: [some_rule, 6b9bb6f2-ec82-4815-aaf6-768e0caa252f]
  backup: {host: bk01}
  condition: not backup
"""
    )
    assert parsed.problems == []
    assert parsed.filter is not None
    assert parsed.filter.rules == ("some_rule", "6b9bb6f2-ec82-4815-aaf6-768e0caa252f")
    assert parsed.filter.condition == ir.Not(ir.Ref("backup"))


@pytest.mark.parametrize("rules", ["any", "[]"])
def test_a_filter_for_every_rule_of_a_log_source(rules: str) -> None:
    parsed = parse(
        f"title: F\nlogsource: {{product: linux}}\nfilter: {{rules: {rules}, s: {{f: 1}}, condition: not s}}\n"
    )
    assert parsed.filter is not None
    assert parsed.filter.rules == ()


@pytest.mark.parametrize(
    "body",
    ["{s: {f: 1}, condition: not s}", "{rules: any, s: {f|re: '('}, condition: s}", "{rules: any, condition: s}"],
)
def test_a_bad_filter_is_refused(body: str) -> None:
    parsed = parse(f"title: F\nlogsource: {{product: linux}}\nfilter: {body}\n")
    assert parsed.filter is None
    assert all(isinstance(problem, Problem) for problem in parsed.problems)
    assert parsed.problems


@pytest.mark.parametrize(
    ("text", "line", "key", "reason"),
    [
        # what pySigma stumbles over
        (
            "title: T\nid: 5\nlogsource: {product: x}\ndetection: {s: {f: a}, condition: s}\n",
            2,
            "id",
            "put it in quotes",
        ),
        (rule_text("s: {5: a}\ncondition: s"), 4, "detection", "the name 5"),
        (rule_text("on: {f: a}\ncondition: 1 of *"), 4, "detection", "the name True"),
        # what it would take for a rule of every log source, or for the text of a map
        ("title: T\nlogsource: {product: 0}\ndetection: {s: {f: a}, condition: s}\n", 2, "product", "put it in quotes"),
        (rule_text("selection:\n  f|re: {a: b}"), 6, "f|re", "no regular expression"),
        (rule_text("selection:\n  f|re: true"), 6, "f|re", "true is no regular expression"),
        (rule_text("selection:\n  f|re: 2026-11-20"), 6, "f|re", "no regular expression"),
        (rule_text("selection:\n  f|re: [a, null]"), 6, "f|re", "null is no regular expression"),
        # what it says of its own classes
        (rule_text("selection:\n  f|lt: null"), 4, "detection", "Modifier `lt` incompatible to value type of null"),
        (rule_text("selection:\n  f: 2026-11-20"), 4, "detection", "Unsupported type: date"),
        (
            "title: F\nlogsource: {product: x}\nfilter:\n  rules: [5, null, [a]]\n  s: {f: a}\n  condition: s\n",
            4,
            "rules",
            "ids or names",
        ),
        ("title: F\nlogsource: {product: x}\nfilter: {s: {f: a}, condition: s}\n", 3, "filter", "'rules'"),
    ],
)
def test_a_wrong_form_is_named_with_its_place(text: str, line: int, key: str, reason: str) -> None:
    parsed = parse(text)
    assert (parsed.rule, parsed.filter) == (None, None)
    (problem,) = parsed.problems
    assert (problem.code, problem.where.line, problem.where.key) == ("rule.invalid", line, key)
    assert reason in str(problem.values["reason"])


def test_a_number_is_a_regular_expression() -> None:
    assert parse(rule_text("selection: {f|re: 4625}")).problems == []


def test_an_expression_of_a_filter_within_the_budget_is_told_too() -> None:
    parsed = parse("title: F\nlogsource: {product: x}\nfilter: {rules: any, s: {f|re: 'a(?!b)'}, condition: s}\n")
    assert parsed.filter is not None
    assert [problem.code for problem in parsed.problems] == ["rule.regex_budget"]
