"""What earlier lines of a session said is given to its last event, and counted above: however blocks are cut."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soc_agent.detect.correlate.session import Sessions, split_session
from soc_agent.detect.correlate.spec import CorrelationSpec
from soc_agent.detect.correlate.state import fingerprint
from soc_agent.errors import RuleError
from soc_agent.model import Detection
from tests.detect.correlate.samples import Feeder, feeder, make_spec

JOINED = msgspec.structs.replace(
    make_spec(
        "temporal_ordered",
        rule_id="joined",
        rules=("opened", "named", "refused"),
        timespan_s=60,
        group_by=("conn",),
    ),
    checks=make_spec(count=1).checks,
    session=("src_ip", "user"),
)
ABOVE = make_spec(count=2, rule_id="guessing", rules=("direct", "joined"), timespan_s=600)
USERS = make_spec("value_count", count=2, rule_id="users", rules=("joined",), timespan_s=600, field=("user",))
SPECS: tuple[CorrelationSpec, ...] = (JOINED, ABOVE, USERS)

Step = tuple[float, str, dict[str, Any]]


def session(conn: int, at_s: float, ip: str, user: str | None = None) -> list[Step]:
    steps: list[Step] = [(at_s, "opened", {"conn": conn, "src_ip": ip})]
    if user:
        steps.append((at_s + 1, "named", {"conn": conn, "user": user, "src_ip": None}))
    return [*steps, (at_s + 2, "refused", {"conn": conn, "src_ip": None})]


def play(feed: Feeder, steps: list[Step]) -> list[Detection]:
    return [found for at_s, rule, fields in steps for found in feed.feed(at_s, rule, **fields)]


def test_a_refusal_counts_for_the_address_that_opened_its_session() -> None:
    feed = feeder(*SPECS)
    steps = [*session(1, 0, "192.0.2.1", "an"), *session(2, 10, "192.0.2.2"), *session(3, 20, "192.0.2.1", "binh")]
    found = play(feed, steps)
    assert [(d.rule.id, d.entities["src_ip"]) for d in found] == [
        ("guessing", ("192.0.2.1",)),
        ("users", ("192.0.2.1",)),
    ]
    assert found[1].entities["user"] == ("binh", "an")


def test_what_the_event_itself_says_stays() -> None:
    feed = feeder(JOINED, make_spec(count=1, rule_id="one", rules=("joined",)))
    play(feed, session(1, 0, "192.0.2.1", "an")[:2])
    (found,) = feed.feed(2, "refused", conn=1, src_ip="192.0.2.9", user=None)
    assert (found.entities["src_ip"], found.entities["user"]) == (("192.0.2.9",), ("an",))


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param(session(1, 0, "192.0.2.1")[1:], id="nobody saw it begin"),
        pytest.param([*session(1, 0, "192.0.2.1")[:1], (61.0, "refused", {"conn": 1})], id="too long ago"),
        pytest.param([*session(1, 0, "192.0.2.1")[:1], (2.0, "refused", {"conn": 2})], id="another session"),
        pytest.param([*session(1, 5, "192.0.2.1")[:1], (2.0, "refused", {"conn": 1})], id="before it began"),
    ],
)
def test_without_its_beginning_nothing_is_said(steps: list[Step]) -> None:
    feed = feeder(JOINED, make_spec(count=1, rule_id="one", rules=("joined",)), lateness_s=600)
    assert play(feed, [(at_s, rule, {**fields, "src_ip": fields.get("src_ip")}) for at_s, rule, fields in steps]) == []


def test_a_number_that_is_used_again_is_another_session() -> None:
    feed = feeder(JOINED, make_spec(count=1, rule_id="one", rules=("joined",)))
    found = play(feed, [*session(7, 0, "192.0.2.1"), *session(7, 10, "192.0.2.2")])
    assert [d.entities["src_ip"] for d in found] == [("192.0.2.1",), ("192.0.2.2",)]


CONNECTIONS = st.tuples(
    st.integers(0, 5), st.integers(0, 120), st.integers(0, 2), st.sampled_from([None, "an", "binh"])
)


@settings(max_examples=50, deadline=None)
@given(st.lists(CONNECTIONS, max_size=14), st.lists(st.integers(1, 4), min_size=1, max_size=6), st.booleans())
def test_restarts_between_any_lines_change_nothing(
    connections: list[tuple[int, int, int, str | None]], cuts: list[int], snapshots: bool
) -> None:
    steps = [step for conn, at_s, ip, user in connections for step in session(conn, at_s, f"192.0.2.{ip}", user)]
    steps.sort(key=lambda step: step[0])
    bounds: dict[str, Any] = {"lateness_s": 10, **({"records_bytes": 0} if snapshots else {})}
    whole = play(feeder(*SPECS, **bounds), steps)
    cut, found, place = feeder(*SPECS, **bounds), list[Detection](), 0
    while place < len(steps):
        size = cuts[place % len(cuts)]
        found += play(cut, steps[place : place + size])
        place += size
        cut.commit()
        cut.restart(SPECS, **bounds)
    assert [(d.uid, d.count, d.entities) for d in found] == [(d.uid, d.count, d.entities) for d in whole]


def test_sessions_are_bounded_and_go_when_their_time_has_passed() -> None:
    feed = feeder(JOINED, lateness_s=10, memory_bytes=200_000)
    for number in range(5000):
        feed.feed(number / 1000, "opened", conn=number)
    assert len(feed.groups()) < 1000
    assert feed.correlator.problems()
    for number in range(1100):
        feed.feed(1000 + number / 100, "refused", conn="x")
    book = feed.correlator._books.all[0]
    assert isinstance(book, Sessions)
    book.drop_dead()
    assert (book.groups, book.cost_bytes) == ({}, 0)


def test_a_session_takes_no_more_room_however_long_it_lasts() -> None:
    feed = feeder(JOINED)
    for number in range(500):
        play(feed, session(1, number * 3, "192.0.2.1", "an"))
    (group,) = feed.groups().values()
    assert len(group) == 2


def test_other_fields_are_another_correlation() -> None:
    assert fingerprint(JOINED) != fingerprint(msgspec.structs.replace(JOINED, session=("src_ip",)))


def test_it_is_taken_out_of_a_document() -> None:
    plain, fields = split_session({"soc": {"layer": 1, "session": ["src_ip", "user", "src_ip"]}})
    assert (plain, fields) == ({"soc": {"layer": 1}}, ("src_ip", "user"))
    assert split_session({"soc": {"layer": 1}})[1] == ()
    assert split_session({})[1] == ()


@pytest.mark.parametrize("said", [[], "src_ip", ["src_ip", 3], ["x"] * 9, {"a": 1}])
def test_what_it_does_not_know_is_refused(said: object) -> None:
    with pytest.raises(RuleError) as refused:
        split_session({"soc": {"session": said}})
    assert [problem.code for problem in refused.value.problems] == ["correlation.session"]
