"""An event as rules see it."""

import pytest

from soc_agent.detect.evaluate.view import View, plain_text
from soc_agent.model import Event
from tests.detect.making import view_of


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("aB", "aB"),
        (5, "5"),
        (5.0, "5"),
        (5.5, "5.5"),
        (True, "true"),
        (False, "false"),
        (None, None),
        ([], None),
        ([None], None),
        (["a", 1, None, True], ("a", "1", "true")),
        (float("inf"), "inf"),
    ],
)
def test_values_as_text(value: object, text: object) -> None:
    assert plain_text(value) == text


def test_values_are_folded_once_and_kept() -> None:
    view = view_of({"f": "ABC", "g": ["X", "y"]})
    assert view["f"] == "abc"
    assert view["g"] == ("x", "y")
    assert view["missing"] is None
    view.fields["f"] = "changed"
    assert view["f"] == "abc"


def test_keywords_see_the_line_and_every_text_of_its_fields() -> None:
    view = view_of({"a": "X", "b": ["Y", 1], "c": 2}, "The Line")
    assert view.texts == ("The Line", "X", "Y")


def test_folded_texts_leave_out_what_the_line_holds() -> None:
    assert view_of({"a": "LINE", "b": "Hidden"}, "the line").folded_texts == ("the line", "hidden")


def test_keywords_do_not_see_words_of_the_decoder() -> None:
    """Nobody wrote `failure` in the line, so a keyword must not find it there."""
    event = Event(b"", "Failed password", "sshd", (), {"outcome": "failure", "user": "an"})
    assert View(event, {"outcome"}).texts == ("Failed password", "an")


def test_the_query_of_a_web_request_is_looked_for_in_the_whole_target_too() -> None:
    """Public rules ask the query for paths; a request without a query has its target there."""
    with_query = view_of({"c-uri": "/Vpns/x?a=1", "cs-uri-query": "a=1"})
    assert with_query["cs-uri-query"] == ("a=1", "/vpns/x?a=1")
    assert with_query.plain("cs-uri-query") == ("a=1", "/Vpns/x?a=1")
    assert view_of({"c-uri": "/vpns/"})["cs-uri-query"] == "/vpns/"
    assert view_of({"cs-uri-query": "a=1"})["cs-uri-query"] == "a=1"
    assert view_of({})["cs-uri-query"] is None
