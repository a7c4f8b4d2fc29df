"""Rule collections with actions."""

import pytest

from soc_agent.detect.load.bounds import RULES_OF_A_FILE, VALUES_CAP
from soc_agent.detect.load.collection import expand_actions
from soc_agent.detect.load.documents import Document, documents_of
from soc_agent.model import Problem


def expand(text: str) -> list[Document | Problem]:
    return list(expand_actions(documents_of(text.encode(), "x.yml"), "x.yml"))


def trees(text: str) -> list[dict[str, object]]:
    found = expand(text)
    assert all(isinstance(document, Document) for document in found), found
    return [document.tree for document in found if isinstance(document, Document)]


def test_global_is_laid_over_every_rule_after_it() -> None:
    text = (
        "action: global\nlevel: high\nlogsource: {product: x}\n---\ntitle: a\n---\ntitle: b\nlogsource: {service: y}\n"
    )
    assert trees(text) == [
        {"title": "a", "level": "high", "logsource": {"product": "x"}},
        {"title": "b", "level": "high", "logsource": {"product": "x", "service": "y"}},
    ]


def test_reset_ends_a_global() -> None:
    assert trees("action: global\nlevel: high\n---\ntitle: a\n---\naction: reset\n---\ntitle: b\n") == [
        {"title": "a", "level": "high"},
        {"title": "b"},
    ]


def test_repeat_is_laid_over_the_rule_before_it() -> None:
    second = "action: repeat\ntitle: b\ndetection: {s: 3}\n"
    text = f"title: a\ndetection: {{s: 1, t: 2}}\n---\n{second}---\naction: repeat\ntitle: c\n"
    assert trees(text) == [
        {"title": "a", "detection": {"s": 1, "t": 2}},
        {"title": "b", "detection": {"s": 3, "t": 2}},
        {"title": "c", "detection": {"s": 3, "t": 2}},
    ]


def test_correlations_and_filters_are_taken_as_they_stand() -> None:
    text = "action: global\nlevel: high\n---\ntitle: a\ncorrelation: {}\n---\ntitle: b\nfilter: {}\n"
    assert trees(text) == [{"title": "a", "correlation": {}}, {"title": "b", "filter": {}}]


@pytest.mark.parametrize("action", ["explode", "[1]"])
def test_an_unknown_action_is_named(action: str) -> None:
    (problem,) = expand(f"title: a\naction: {action}\n")
    assert isinstance(problem, Problem)
    assert (problem.code, problem.where.line) == ("rule.action", 2)


def test_aliases_that_explode_are_refused() -> None:
    levels = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9))
    (problem,) = expand(f"a0: &a0 [x, x]\n{levels}")
    assert isinstance(problem, Problem)
    assert problem.code == "rule.aliases"


def test_a_document_that_holds_itself_is_refused() -> None:
    (problem,) = expand("a: &a [*a]\n")
    assert isinstance(problem, Problem)
    assert problem.code == "rule.aliases"


def test_a_rule_that_asks_for_too_much_is_left_out_and_the_rest_goes_on() -> None:
    text = f"title: a\nd: [{'x, ' * VALUES_CAP}x]\n---\ntitle: b\n"
    assert [found.code if isinstance(found, Problem) else found.tree["title"] for found in expand(text)] == [
        "bounds.values",
        "b",
    ]


def test_a_file_that_asks_for_too_much_in_all_ends_there() -> None:
    common = f"action: global\nd: [{'x, ' * (VALUES_CAP - 9)}x]\n---\n"
    found = expand(common + "title: a\n---\n" * 20)
    assert [type(each) for each in found] == [Document] * RULES_OF_A_FILE + [Problem]
