"""Lines put together: exact widths, nothing lost, evidence never reordered."""

from unicodedata import normalize

from hypothesis import given
from hypothesis import strategies as st

from soc_agent.text import make_safe
from tests.tui.hostile import HOSTILE
from tui.outside import Line, cells, part, safe
from tui.paper import beside, cut, field, line, marked, padded, paragraph, spread, width_of, wrapped

TEXT = st.text(alphabet=st.sampled_from(list("ab đ日ế…\u0301 ")), max_size=40)
LINES = st.lists(TEXT, max_size=5).map(lambda texts: tuple(part(text) for text in texts))


def plain(row: Line) -> str:
    return normalize("NFC", "".join(text for text, _ in row))


@given(LINES, st.integers(1, 50))
def test_lines_are_cut_and_padded_to_cells(row: Line, width: int) -> None:
    assert width_of(cut(row, width)) <= width
    assert width_of(padded(row, width)) == width


@given(LINES, LINES, st.integers(1, 60))
def test_two_ends_fill_exactly_one_width(left: Line, right: Line, width: int) -> None:
    assert width_of(spread(left, right, width)) == width


@given(LINES, st.integers(4, 30))
def test_evidence_is_wrapped_without_losing_a_character(row: Line, width: int) -> None:
    rows = wrapped(row, width, words=False)
    assert "".join(map(plain, rows)) == plain(row)
    assert all(width_of(each) <= width for each in rows)


@given(LINES, st.integers(4, 30))
def test_words_are_wrapped_losing_only_the_spaces_between_lines(row: Line, width: int) -> None:
    rows = wrapped(row, width)
    assert "".join(map(plain, rows)).replace(" ", "") == plain(row).replace(" ", "")
    assert all(width_of(each) <= width for each in rows)


def test_words_stay_whole_and_later_lines_are_indented() -> None:
    rows = wrapped((part("one two three four"),), 9, indent=2)
    assert [plain(row) for row in rows] == ["one two", "  three", "  four"]


def test_a_paragraph_keeps_its_own_lines_and_is_safe() -> None:
    rows = paragraph("first line\nsecond\x1b[2J", 40)
    assert [plain(row) for row in rows] == ["first line", "second␛[2J"]


def test_blocks_stand_beside_each_other() -> None:
    rows = beside([[line(safe("a")), line(safe("b"))], [line(safe("x"))]], [3, 2], "|")
    assert [plain(row) for row in rows] == ["a  |x ", "b  |  "]


def test_matches_are_set_apart_where_they_stand() -> None:
    row = marked(safe("GET /a?id=1 UNION Select x union"), ["union select", "union"])
    assert [text for text, role in row if role == "matched"] == ["UNION Select", "union"]
    assert plain(row) == "GET /a?id=1 UNION Select x union"


@given(TEXT, st.lists(TEXT, max_size=3))
def test_setting_apart_never_changes_the_text(text: str, values: list[str]) -> None:
    assert plain(marked(safe(text), values)) == safe(text)


def test_a_match_that_is_unsafe_is_found_in_its_safe_form() -> None:
    raw = HOSTILE["escape"]
    row = marked(make_safe(raw), ["\x1b[31mred"])
    assert next(text for text, role in row if role == "matched") == "␛[31mred"


def test_a_long_value_goes_on_under_itself() -> None:
    rows = field(safe("path"), (part("x" * 30),), 6, 20)
    assert [plain(row) for row in rows] == ["path    " + "x" * 12, " " * 8 + "x" * 12, " " * 8 + "x" * 6]
    assert all(cells(plain(row)) <= 20 for row in rows)
