"""State over a restart: taken back when it means the same, refused when not."""

from hypothesis import given
from hypothesis import strategies as st

from soc_agent.detect.correlate.entry import Entry
from soc_agent.detect.correlate.state import Place, fingerprint, pack_group, pack_mark, unpack_group, unpack_mark
from soc_agent.detect.correlate.watermark import Mark
from tests.detect.correlate.samples import make_spec

PRINT = fingerprint(make_spec())


def test_what_windows_mean_is_in_the_print_and_nothing_else() -> None:
    """A new title or threshold takes the old windows; a new span, grouping or rule does not."""
    assert fingerprint(make_spec(count=9, entity=("user",))) == PRINT
    others = [
        make_spec(timespan_s=61),
        make_spec(group_by=("user",)),
        make_spec(rules=("other",)),
        make_spec("temporal"),
        make_spec(aliases={"src_ip": {"base": "c-ip"}}),
    ]
    assert len({PRINT, *map(fingerprint, others)}) == 6


def test_groups_and_marks_come_back() -> None:
    """All that matters is in the bytes."""
    data = pack_group(PRINT, 5, 64, ["a", "b"], [Place(3, 1), Place()], [Entry(1, 1, 0, 2, "v", True, b"\xff\x00")])
    state = unpack_group(data, PRINT)
    assert state is not None
    assert (state.turn, state.prune_at, state.streams) == (5, 64, ["a", "b"])
    assert state.counted == [Place(3, 1), Place()]
    assert state.entries == [Entry(1, 1, 0, 2, "v", True, b"\xff\x00")]
    assert unpack_mark(pack_mark(Mark(7, 8, 9))) == Mark(7, 8, 9)


@given(st.binary(max_size=60))
def test_damaged_state_is_refused(noise: bytes) -> None:
    """Bytes from a damaged store never stop the agent."""
    assert unpack_group(noise, PRINT) is None
    assert unpack_group(pack_group(PRINT, 1, 32, [], [], [])[:-1], PRINT) is None
    assert unpack_group(pack_group(b"other", 1, 32, [], [], []), PRINT) is None
    assert unpack_group(pack_group(PRINT, 1, 32, [], [], [Entry(1, 1, 0)]), PRINT) is None
    assert unpack_group(pack_group(PRINT, 1, 32, ["a"], [], []), PRINT) is None
    assert unpack_mark(b"\xc1" + noise) is None
