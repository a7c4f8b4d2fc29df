"""Which lines are one event, wherever what is handed in ends."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.joining import Grouping
from collectors.multiline import grouping_for
from soc_agent.config import MultilineOptions

BOUNDS: dict[str, Any] = {"max_lines": 5, "max_bytes": 1024}
LINES = st.sampled_from(
    [
        b"ERROR one",
        b"2026 two",
        b" indented",
        b"\tat a.B.c(D.java:1)",
        b"Caused by: x.Y: z",
        b"java.lang.Error: no",
        b"",
        b"\t... 3 more",
        b"type=SYSCALL msg=audit(1.0:1): a=b",
        b"type=PATH msg=audit(1.0:2): a=b",
        b"node=h type=PROCTITLE msg=audit(1.5:1): a=b",
        b"type=EOE msg=audit(3.0:2):",
        b"type=USER_AUTH msg=audit(4.0:3): x",
    ]
)
FORMS = [{"by": "java"}, {"by": "indent"}, {"by": "audit"}, {"by": "start", "start": r"\d{4} |ERROR"}]


def grouping(**options: Any) -> Grouping:
    made = grouping_for(MultilineOptions(**{**BOUNDS, **options}))
    assert made is not None
    return made


def test_without_a_form_each_line_is_an_event() -> None:
    assert grouping_for(MultilineOptions()) is None


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form["by"])
@given(lines=st.lists(LINES, max_size=30), newline=st.sampled_from([b"\n", b"\r\n"]))
def test_every_byte_is_given_once_and_in_as_many_bytes(
    form: dict[str, Any], lines: list[bytes], newline: bytes
) -> None:
    """What is taken at the end is all of it: the same lines, and one line of the same length for each event."""
    data = b"".join(line + newline for line in lines)
    taken = grouping(**form).take(data, final=True)
    assert taken.size == len(data) == len(taken.joined) == len(taken.written)
    assert sorted(taken.written.split(b"\n")) == sorted(data.split(b"\n"))
    assert taken.joined.translate(None, b"\r\n ") == taken.written.translate(None, b"\r\n ")
    assert not taken.joined or taken.joined.endswith(newline)


@pytest.mark.parametrize("form", FORMS[:2] + FORMS[3:], ids=lambda form: form["by"])
@given(lines=st.lists(LINES, max_size=20), cuts=st.lists(st.integers(1, 6), max_size=8))
def test_events_are_the_same_wherever_what_is_handed_in_ends(
    form: dict[str, Any], lines: list[bytes], cuts: list[int]
) -> None:
    """Handed in bit by bit, each time from the end of what was taken, the events are those of one go."""
    data = b"".join(line + b"\n" for line in lines)
    made = grouping(**form)
    whole = made.take(data, final=True).joined
    ends = [sum(len(line) + 1 for line in lines[:count]) for count in _running(cuts) if count < len(lines)]
    given_out, at = b"", 0
    for end in ends:
        taken = made.take(data[at:end], final=False)
        given_out, at = given_out + taken.joined, at + taken.size
    assert given_out + made.take(data[at:], final=True).joined == whole


def _running(cuts: list[int]) -> list[int]:
    return [sum(cuts[: count + 1]) for count in range(len(cuts))]


@pytest.mark.parametrize(
    ("lines", "events"),
    [
        (["10:00 ERROR x", "java.lang.Error: a", "\tat b.C.d(E.java:1)", "10:01 INFO y"], [3, 1]),
        (["java.lang.Error: a", "\tat b.C.d(E.java:1)", "java.io.IOException: b", "\tat c"], [2, 2]),
        (['Exception in thread "main" a.B: c', "\tat d", "\tSuppressed: e.F", "\t\tat g", "Caused by: h.I"], [5]),
        (["com.acme.App started", "com.acme.App stopped"], [1, 1]),
        (["org.acme.Failed", "\tat x", "\t... 5 more", "end"], [3, 1]),
    ],
)
def test_stack_traces_of_java(lines: list[str], events: list[int]) -> None:
    data = "".join(line + "\n" for line in lines).encode()
    taken = grouping(by="java", max_lines=50).take(data, final=True)
    counted, at = [], 0
    for event in taken.joined.split(b"\n")[:-1]:
        counted.append(taken.written.count(b"\n", at, at + len(event) + 1))
        at += len(event) + 1
    assert counted == events


def test_a_pattern_matches_at_the_beginning_of_lines_alone() -> None:
    made = grouping(by="start", start="BEGIN|START")
    taken = made.take(b"BEGIN a\nnot BEGIN\n START\nSTART b\n", final=False)
    assert taken.joined == b"BEGIN a not BEGIN  START\n"


@pytest.mark.parametrize("start", [r"\d{4} ", r"^2", r"[A-Z]+ ", r"\[?\w", r"[\d-]{2}2", "ERROR"])
@given(lines=st.lists(LINES, max_size=30), newline=st.sampled_from([b"\n", b"\r\n"]), final=st.booleans())
def test_a_simple_pattern_finds_what_the_same_as_a_group_finds(
    start: str, lines: list[bytes], newline: bytes, final: bool
) -> None:
    """Simple ones are tried by another engine, for all lines at once."""
    data = b"".join(line + newline for line in lines)
    quick, slow = grouping(by="start", start=start), grouping(by="start", start=f"(?:{start})")
    assert quick.take(data, final=final) == slow.take(data, final=final)


@pytest.mark.parametrize("start", [r"(a+)+b", r"a+b+c", r"[^x]+", r".*x", r"\s", "\u0111", r"\w+\d*", r"(?i)error"])
def test_a_pattern_that_may_take_long_is_tried_in_linear_time(start: str) -> None:
    """A line of a million bytes, for which a backtracking engine would take years."""
    made = grouping(by="start", start=start, max_bytes=524_288)
    data = b"a" * 1_000_000 + b"\n"
    begin = time.process_time()
    assert made.take(data, final=True).joined == data
    assert time.process_time() - begin < 5


def test_an_event_of_many_short_lines_is_cut_by_their_number() -> None:
    data = b"start\n" + b" x\n" * 12 + b"start\n"
    taken = grouping(by="indent").take(data, final=True)
    assert [line.count(b"x") for line in taken.joined.split(b"\n")[:-1]] == [4, 5, 3, 0]
