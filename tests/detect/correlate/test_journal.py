"""Which rows of state the store holds."""

from soc_agent.detect.correlate import StateChange
from soc_agent.detect.correlate.entry import Lines
from soc_agent.detect.correlate.journal import Journal
from soc_agent.detect.correlate.state import fingerprint
from soc_agent.detect.correlate.watermark import Watermarks
from soc_agent.detect.correlate.window import Windows
from tests.detect.correlate.samples import feeder, make_spec

SPEC = make_spec()


def names(changes: list[StateChange]) -> list[tuple[str, str, bool]]:
    return [(change.rule_id, change.group, change.data is not None) for change in changes]


def test_a_block_is_a_record_and_its_lines() -> None:
    """A block that counted nothing, and moved no stream, writes nothing."""
    journal, marks, lines = Journal([SPEC]), Watermarks(0), Lines()
    assert journal.record(marks, lines) == []
    marks.take("s", 1, 0)
    assert names(journal.record(marks, lines)) == [("~records", "000000000001", True)]
    journal.steps += (0, "a", (1, 1, None, 1))
    lines.fresh[1] = b"line"
    assert names(journal.record(marks, lines)) == [
        ("~records", "000000000002", True),
        ("~lines", "000000000002", True),
    ]
    assert not journal.is_long


def test_a_snapshot_takes_the_place_of_records() -> None:
    """Lines stay where they are: they are written once."""
    journal, marks, lines, book = Journal([SPEC], records_bytes=0), Watermarks(0), Lines(), Windows(SPEC)
    book.take("a", (1, 1, None, 1))
    journal.steps += (0, "a", (1, 1, None, 1))
    lines.fresh[1] = b"line"
    rows = journal.record(marks, lines)
    assert journal.is_long
    taken = journal.snapshot(marks, [book])
    assert names(taken) == [
        ("~records", "000000000001", False),
        ("~snapshot", "head", True),
        ("~snapshot", "0000.0000", True),
    ]
    again = Journal([SPEC])
    restored = again.restore([rows[1], *taken])
    assert restored.head is not None
    assert (restored.head.number, len(restored.parts), restored.records) == (1, 1, [])
    assert restored.lines == {"000000000001": {1: b"line"}}
    assert again.number_of("many", fingerprint(SPEC)) == 0


def test_what_does_not_fit_is_replaced_with_the_next_block() -> None:
    """Rows of another version, and of correlations that are gone or mean something else."""
    journal = Journal([SPEC])
    journal.restore([StateChange("many", "10.0.0.1", b"old"), StateChange("~records", "1", b"damaged")])
    assert journal.is_long
    gone = [change for change in journal.snapshot(Watermarks(0), [Windows(SPEC)]) if change.data is None]
    assert names(gone) == [("many", "10.0.0.1", False), ("~records", "1", False)]
    journal = Journal([SPEC])
    assert journal.number_of("many", b"other") is None
    assert journal.is_long


def test_the_store_holds_no_more_than_a_few_times_the_state() -> None:
    """However long it runs, and whatever is counted."""
    feed = feeder(make_spec(count=50, timespan_s=20), records_bytes=10_000, lines_bytes=20_000, lateness_s=10)
    largest = 0
    for number in range(6000):
        feed.feed(number / 10, src_ip=f"10.0.0.{number % 7}")
        if number % 50 == 0:
            feed.commit()
            largest = max(largest, sum(len(change.data or b"") for change in feed.state.values()))
    assert largest < 80_000
