"""All that is counted, together: what is due first, and what is forgotten when there is no room."""

from soc_agent.detect.correlate.absence import Absences
from soc_agent.detect.correlate.books import Books, book_for
from soc_agent.detect.correlate.first_seen import FirstSeen
from soc_agent.detect.correlate.spec import Absence, Term
from soc_agent.detect.correlate.window import Windows
from tests.detect.correlate.samples import SECOND, make_spec

WAITING = make_spec("temporal", rules=("a", "b"), terms=(Term((0,), (Absence(1, 1),)),))


def test_each_kind_has_its_book() -> None:
    assert type(book_for(make_spec())) is Windows
    assert type(book_for(make_spec("first_seen", field=("user",)))) is FirstSeen
    assert type(book_for(WAITING)) is Absences


def test_the_first_of_what_waits_is_next_whatever_its_correlation() -> None:
    books = Books([make_spec(), WAITING, WAITING], 1_000_000)
    assert books.next() is None
    books.all[1].take("k", (9 * SECOND, 1, 0, 1, b"witness"))
    books.all[2].take("k", (5 * SECOND, 1, 0, 2, b"witness"))
    assert books.next() == (65 * SECOND, 2)


def test_what_was_quiet_longest_goes_first_and_is_counted() -> None:
    """Values that were seen have room of their own."""
    books = Books([make_spec(), make_spec(), make_spec("first_seen", field=("user",))], 100_000)
    for turn in range(600):
        books.all[turn % 2].take(f"k{turn}", (turn, 1, None, turn))
    books.all[2].take("k", (0, 1, "user", 1))
    books.sweep(0, 600)
    left = {key for book in books.all[:2] for key in book.groups}
    assert books.forgotten == 600 - len(left) > 0
    assert left == {f"k{turn}" for turn in range(600 - len(left), 600)}
    assert "k" in books.all[2].groups
    books.forgive()
    assert books.forgotten == 0
