"""Pieces of whole lines."""

from hypothesis import given
from hypothesis import strategies as st

from collectors.lines import Cursor, Piece, cut, read_size

CAP = 8


def pieces(data: bytes, sizes: list[int], cap: int = CAP, *, final: bool = True) -> list[Piece]:
    """Feed ``data`` as reads of these sizes would, each read beginning at the cursor; the last to the end."""
    cursor, seen, found = Cursor(), 0, []
    steps = [*sizes, len(data)]
    while steps:
        seen = min(len(data), seen + steps.pop(0))
        while True:
            last = final and not steps
            piece = cut(data[cursor.offset : seen], cursor, cap, final=last)
            if piece.data:
                found.append(piece)
            if piece.cursor == cursor:
                break
            cursor = piece.cursor
    return found


def lines_of(found: list[Piece]) -> list[tuple[int, int, bytes]]:
    """Give each line with its place in the stream and its number."""
    lines = []
    for piece in found:
        offset = piece.offset
        for index, line in enumerate(piece.data.split(b"\n")[:-1]):
            lines.append((offset, piece.first_line + index, line))
            offset += len(line) + 1
    return lines


def test_whole_lines_are_given_and_the_rest_waits() -> None:
    piece = cut(b"one\ntwo\nthr", Cursor(), 100)
    assert piece == Piece(b"one\ntwo\n", 0, 1, Cursor(8, 3))
    assert cut(b"thr", piece.cursor, 100) == Piece(b"", 8, 3, Cursor(8, 3))
    assert cut(b"three\n", piece.cursor, 100) == Piece(b"three\n", 8, 3, Cursor(14, 4))


def test_the_first_byte_may_stand_anywhere_in_the_buffer() -> None:
    assert cut(b"done\nnew\n", Cursor(5, 2), 100, begin=5) == Piece(b"new\n", 5, 2, Cursor(9, 3))


def test_a_line_over_the_cap_keeps_its_head_and_the_next_line_is_whole() -> None:
    data = b"ok\n" + b"x" * 100 + b"\nafter\n"
    assert lines_of(pieces(data, [])) == [(0, 1, b"ok"), (3, 2, b"x" * CAP), (104, 3, b"after")]
    assert [piece.truncated for piece in pieces(data, [])] == [0, 1, 0]


def test_a_line_of_exactly_the_cap_is_not_cut() -> None:
    data = b"x" * CAP + b"\ny\n"
    assert [(piece.data, piece.truncated) for piece in pieces(data, [])] == [(data, 0)]


def test_an_over_long_line_never_needs_more_than_one_read() -> None:
    cursor = Cursor()
    for _ in range(50):
        piece = cut(b"z" * read_size(CAP), cursor, CAP)
        assert piece.cursor.offset > cursor.offset
        cursor = piece.cursor
    assert cursor.skipping
    assert cut(b"z\nnext\n", cursor, CAP).data == b"next\n"


def test_an_open_line_is_given_once_and_its_late_newline_makes_no_empty_line() -> None:
    piece = cut(b"open", Cursor(), 100, final=True)
    assert piece == Piece(b"open\n", 0, 1, Cursor(4, 1, open_line=True))
    for late in (b"\n", b"\r\n"):
        after = cut(late + b"next\n", piece.cursor, 100)
        assert after == Piece(b"next\n", 4 + len(late), 2, Cursor(9 + len(late), 3))
    assert cut(b"\r", piece.cursor, 100) == Piece(b"", 4, 1, piece.cursor)


def test_what_a_writer_adds_to_an_open_line_is_a_line_with_the_same_number() -> None:
    piece = cut(b"open", Cursor(), 100, final=True)
    assert cut(b"ed\nnext\n", piece.cursor, 100) == Piece(b"ed\nnext\n", 4, 1, Cursor(12, 3))


def test_runs_of_nul_before_a_line_are_left_out() -> None:
    data = b"\0\0\0one\ntwo\n" + b"\0" * 30 + b"three\nin\0side\n"
    assert lines_of(pieces(data, [], 100)) == [(3, 1, b"one"), (7, 2, b"two"), (41, 3, b"three"), (47, 4, b"in\0side")]


def test_zeros_at_the_end_wait_for_their_data_unless_they_go_on_for_ever() -> None:
    assert cut(b"\0\0", Cursor(), CAP).cursor == Cursor()
    assert cut(b"\0" * 100, Cursor(), CAP).cursor == Cursor(100)


def test_a_byte_order_mark_is_no_part_of_the_first_line() -> None:
    assert cut(b"\xef\xbb\xbfone\n", Cursor(), 100) == Piece(b"one\n", 3, 1, Cursor(7, 2))


def test_a_carriage_return_stays_in_the_line() -> None:
    assert cut(b"a\r\nb\r\n", Cursor(), 100).data == b"a\r\nb\r\n"


@given(
    st.lists(st.sampled_from([b"a", b"bb", b"\n", b"\0", b"\r\n", b"cccc", b"\xef\xbb\xbf"]), max_size=60),
    st.lists(st.integers(1, 20), max_size=12),
)
def test_lines_do_not_depend_on_the_sizes_of_the_reads(parts: list[bytes], sizes: list[int]) -> None:
    """Place, number and bytes of each line are those of one read, but for zeros, which a read may end in."""
    data = b"".join(parts)
    assert lines_of(pieces(data, sizes)) == lines_of(pieces(data, []))


@given(st.lists(st.binary(max_size=20).filter(lambda b: b"\n" not in b and not b.startswith(b"\0")), max_size=20))
def test_nothing_is_lost_or_made_up(lines: list[bytes]) -> None:
    data = b"".join(line + b"\n" for line in lines)
    if data.startswith(b"\xef\xbb\xbf"):
        return
    found = lines_of(pieces(data, [3, 5, 2]))
    assert [line for _, _, line in found] == [line[:CAP] for line in lines]
    assert [number for _, number, _ in found] == list(range(1, len(lines) + 1))
    assert all(data[offset : offset + len(line)] == line for offset, _, line in found)
