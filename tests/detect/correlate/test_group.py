"""One group of a correlation."""

from functools import partial

from soc_agent.detect.correlate.entry import Entry
from soc_agent.detect.correlate.group import Group, entities_of_group, value_of
from soc_agent.detect.correlate.state import fingerprint, unpack_group
from tests.detect.correlate.samples import make_event, make_spec

SPEC = make_spec()


def is_older(time_ns: int, entry: Entry) -> bool:
    return entry.time_ns < time_ns


def test_streams_are_numbered_and_bounded() -> None:
    """A log that is rotated for ever does not make the group grow; entries keep their stream."""
    group = Group(SPEC)
    for number in range(1000):
        entry = Entry(number, group.stream(f"file-{number}"), 0)
        group.window.insert(entry, partial(is_older, number - 5))
        assert group.streams[entry.stream] == f"file-{number}"
    assert len(group.streams) <= 256
    assert group.streams[group.window.entries[-1].stream] == "file-999"


def test_it_comes_back_from_bytes() -> None:
    """Entries, streams, its turn and its cost."""
    group = Group(SPEC)
    group.turn = 7
    group.window.insert(Entry(5, group.stream("s"), 0, value="v", raw=b"line"), lambda _: False)
    state = unpack_group(group.pack(fingerprint(SPEC)), fingerprint(SPEC))
    assert state is not None
    again = Group.from_state(SPEC, state)
    assert (again.turn, again.streams, again.window.entries) == (7, ["s"], group.window.entries)
    assert again.cost_bytes == group.cost_bytes


def test_values_are_text() -> None:
    """A port is the same as a number or as text; a list counts as a whole; what is absent is absent."""
    event = make_event(0, port=22, names=["a", "b c"], nothing=None)
    assert value_of(event, "port") == "22"
    assert value_of(event, "names") == "a b\\ c"
    assert value_of(event, "nothing") is None
    assert value_of(event, "absent") is None


def test_entities_join_the_event_the_group_and_the_counted_values() -> None:
    """Counted users of the whole window show up, bounded, without repeats."""
    spec = make_spec("value_count", field=("user",))
    event = make_event(0, src_ip="10.0.0.1", user="u1")
    entities = entities_of_group(spec, "base", event, tuple(f"u{number}" for number in range(40)))
    assert entities["src_ip"] == ("10.0.0.1",)
    assert entities["user"][:3] == ("u1", "u0", "u2")
    assert len(entities["user"]) == 20
