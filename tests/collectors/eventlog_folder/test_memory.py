import msgspec

from collectors.eventlog_folder.memory import LogState, Memory, finished, mark_of, place_of
from collectors.globs import Found

FILE = Found("/drop/a.evtx", 1, 2, 3, 4)


def test_a_mark_changes_with_the_file_and_not_with_the_device() -> None:
    assert mark_of(FILE) == mark_of(FILE._replace(dev=9))
    for change in ({"path": "/drop/b.evtx"}, {"ino": 9}, {"size": 9}, {"mtime_ns": 9}):
        assert mark_of(FILE) != mark_of(FILE._replace(**change))
    assert place_of("/drop/\udcff") != place_of("/drop/x")


def test_what_was_committed_is_known_again_and_what_is_broken_is_not() -> None:
    memory = Memory("s", {})
    stream_id, state = memory.new("c", "p")
    position = memory.put(stream_id, finished(state, "m"))
    assert (position.source, position.stream_id) == ("s", stream_id)
    others = {"x": b"{", "y": b"7", "z": msgspec.json.encode(LogState(99, "c2", "p2", ("m2",), done=True))}
    again = Memory("s", {position.stream_id: position.state, **others})
    assert again.is_done("m")
    assert not again.is_done("m2")
    assert again.find("c") == (stream_id, finished(state, "m"))
    assert again.find("c2") is None


def test_of_two_logs_of_one_path_the_later_goes_on() -> None:
    memory = Memory("s", {})
    positions = {}
    for content in ("z", "a", "m"):
        stream_id, state = memory.new(content, "p")
        positions[stream_id] = memory.put(stream_id, state).state
    for order in (positions, dict(reversed(positions.items()))):
        earlier = Memory("s", order).find_earlier("p")
        assert earlier is not None
        assert earlier[1].content == "m"


def test_a_log_that_grew_is_not_done_and_few_copies_are_kept() -> None:
    memory = Memory("s", {})
    _, state = memory.new("c", "p")
    for number in range(40):
        state = finished(state, f"m{number}")
    assert state.marks[-1] == "m39"
    assert len(state.marks) == 16
    grown = memory.go_on(state, "c2", "p")
    assert (grown.done, grown.marks, grown.content) == (False, (), "c2")
