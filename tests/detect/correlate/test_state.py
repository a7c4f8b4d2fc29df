"""State as bytes: taken back when it means the same, refused when not."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.detect.correlate import state
from soc_agent.detect.correlate.spec import Absence, Term
from soc_agent.detect.correlate.state import fingerprint
from soc_agent.detect.correlate.watermark import Mark
from tests.detect.correlate.samples import make_spec

PRINT = fingerprint(make_spec())


def test_what_windows_mean_is_in_the_print_and_nothing_else() -> None:
    """A new title or threshold takes the old windows; a new span, grouping, rule or expression does not."""
    assert fingerprint(make_spec(count=9, entity=("user",))) == PRINT
    others = [
        make_spec(timespan_s=61),
        make_spec(group_by=("user",)),
        make_spec(rules=("other",)),
        make_spec("temporal"),
        make_spec("temporal", terms=(Term((0,), (Absence(0, 1),)),)),
        make_spec(aliases={"src_ip": {"base": "c-ip"}}),
    ]
    assert len({PRINT, *map(fingerprint, others)}) == 7


def test_a_condition_comes_back_whatever_its_numbers() -> None:
    for op, count in (("gte", 3), ("lt", 0.5), ("eq", 10**30)):
        spec = make_spec("value_percentile", op, count, field=("n",), percentile=95)  # type: ignore[arg-type]
        other = state.with_condition(make_spec("value_percentile", field=("n",)), state.condition_of(spec))
        assert other == spec
        assert state.condition_of(other) == state.condition_of(spec) != state.condition_of(make_spec())
    assert state.with_condition(make_spec(), b"damaged") == make_spec()


def test_records_heads_lines_and_parts_come_back() -> None:
    """All that matters is in the bytes."""
    steps: list[Any] = [0, "10.0.0.1", (5, 1, "value", 7), -1, "", (3, 7), 1, "x\x00y", (5, -2, 1.5, 7, b"\xff")]
    marks = [("s", Mark(7, 8, 9, 10)), ("gone", None)]
    counted = state.Counted(0, "many", PRINT, state.condition_of(make_spec()))
    record = state.unpack_record(state.new_record(4, 7, [counted], steps, list(marks)))
    assert record is not None
    assert (record.number, record.turn, record.specs) == (4, 7, [counted])
    assert (record.steps, record.marks) == (steps, marks)
    head = state.unpack_head(state.new_head(4, 7, list(marks)))
    assert head is not None
    assert (head.number, head.turn, head.marks) == (4, 7, marks)
    assert state.unpack_lines(state.pack_lines({7: b"\xff\x00"})) == {7: b"\xff\x00"}
    groups = {"10.0.0.1": [(5, 1, None, 7)], "b": [(6, -1, 3, 8)]}
    (part,) = map(state.unpack_part, state.pack_groups("many", PRINT, (True, [1]), groups))
    assert part is not None
    assert (part.spec_id, part.print, part.rest) == ("many", PRINT, (True, [1]))
    assert state.unpack_windows(part.groups) == groups
    (part,) = map(state.unpack_part, state.pack_groups("new", PRINT, (), {"an": [5, 7, {"10.0.0.1": 3}]}))
    assert part is not None
    assert state.unpack_seen(part.groups) == {"an": [5, 7, {"10.0.0.1": 3}]}


def test_many_groups_are_several_parts() -> None:
    """No row grows without bound."""
    groups = {str(number): [(number, 1, None, number)] for number in range(state.GROUPS_PER_PART + 1)}
    parts = [part for part in map(state.unpack_part, state.pack_groups("many", PRINT, (), groups)) if part]
    assert len(parts) == 2
    assert {key: group for part in parts for key, group in state.unpack_windows(part.groups).items()} == groups


def test_names_that_cannot_be_written_do_no_harm() -> None:
    """A stream is named after a file, and a file may have any name."""
    record = state.unpack_record(state.new_record(1, 1, [], [], [("odd \ud800", Mark(1, 1))]))
    assert record is not None
    assert record.marks == [("odd ?", Mark(1, 1))]


@given(st.binary(max_size=60))
def test_damaged_state_is_refused(noise: bytes) -> None:
    """Bytes from a damaged store, or of another version, never stop the agent."""
    record = state.new_record(1, 1, [], [0, "a", (1, 1, None, 1)], [])
    head = state.new_head(1, 1, [])
    (part,) = state.pack_groups("many", PRINT, (), {})
    for data in (noise, record[:-1], msgspec.msgpack.encode([2, *msgspec.msgpack.decode(record)[1:]])):
        assert state.unpack_record(data) is None
    assert state.unpack_record(state.new_record(1, 1, [], [0, "a"], [])) is None
    for data in (b"\xc1" + noise, head[:-1], msgspec.msgpack.encode([2, *msgspec.msgpack.decode(head)[1:]])):
        assert state.unpack_head(data) is None
    for data in (b"\xc1" + noise, part[:-1], msgspec.msgpack.encode([2, *msgspec.msgpack.decode(part)[1:]])):
        assert state.unpack_part(data) is None
    assert state.unpack_lines(b"\xc1" + noise) is None
