import pytest

from soc_agent.decode.pattern import Pattern, PatternError


def test_named_groups_are_given_in_their_order() -> None:
    pattern = Pattern(r"(?P<user>\S+) (?:from (?P<place>\S+))?.*")
    assert pattern.names == ("user", "place")
    assert pattern.named("an from home now") == ["an", "home"]
    assert pattern.named("an ") == ["an", None]


def test_the_whole_text_must_match() -> None:
    assert Pattern("a+").named("aab") is None
    assert Pattern("a+").named("aa") == []


def test_text_beyond_ascii_is_cut_at_characters() -> None:
    assert Pattern("(?P<a>.+)=(?P<b>.+)").named("tên=Ánh") == ["tên", "Ánh"]


def test_a_dot_matches_a_newline_as_messages_may_hold_one() -> None:
    assert Pattern("(.*)").groups("a\nb") == ["a\nb"]


def test_half_a_surrogate_pair_does_no_harm() -> None:
    assert Pattern("(?P<a>.*)").named("\ud800") == ["\ud800"]


@pytest.mark.parametrize("pattern", ["(?=a)", r"(a)\1", "(", "(?P<a-b>x)", "(?P<a>x)(?P<a>y)", "a{5000}", "(?<!x)y"])
def test_what_has_no_linear_form_is_refused_with_a_reason(pattern: str) -> None:
    with pytest.raises(PatternError, match=r"\w"):
        Pattern(pattern)


def test_a_pattern_that_blows_up_elsewhere_does_not_here() -> None:
    """Python's ``re`` would need longer than the universe has for this."""
    assert Pattern("(a+)+(a+)+(a+)+b").named("a" * 5000) is None


def test_places_in_utf8() -> None:
    pattern = Pattern("(?P<a>.+)=(?P<b>x)?(?P<c>.*)")
    assert pattern.spans("ê=y".encode()) == [(0, 4), (0, 2), (-1, -1), (3, 4)]
    assert pattern.spans(b"") is None


def test_the_same_without_the_inner_parts_of_the_library() -> None:
    pattern = Pattern("(?P<a>.+)=(?P<b>x)?(?P<c>.*)")
    pattern._match_bytes = None
    assert list(pattern.spans(b"k=y") or ()) == [(0, 3), (0, 1), (-1, -1), (2, 3)]
    assert pattern.spans(b"") is None
