"""What a correlator keeps is bounded, survives a restart, and counts no line twice."""

import msgspec

from soc_agent.detect.correlate import Correlator
from soc_agent.detect.hit import EventRef
from soc_agent.model import Detection
from tests.detect.correlate.samples import feeder, make_event, make_spec


def test_groups_are_bounded_in_memory_and_that_is_said() -> None:
    """A flood of addresses forgets those that were quiet longest, never silently, and never the one that is active."""
    feed = feeder(make_spec(count=3), memory_bytes=100_000)
    detections = 0
    for number in range(4096):
        feed.feed(number / 100, src_ip=f"10.1.{number // 250}.{number % 250}")
        if number % 20 == 0:
            detections += len(feed.feed(number / 100, src_ip="10.9.9.9"))
    assert detections == 203
    assert len(feed.groups()) < 600
    (problem,) = feed.correlator.problems()
    assert problem.code == "correlation.forgotten"
    assert problem.values["count"] > 3000


def test_what_was_quiet_longest_is_forgotten_first_whatever_its_rule() -> None:
    """Over all correlations, also after a restart."""
    specs = [make_spec(count=500, rule_id="one", rules=("a",)), make_spec(count=500, rule_id="two", rules=("b",))]
    feed = feeder(*specs, memory_bytes=200_000)
    for number in range(200):
        feed.feed(number / 100, "a", src_ip=f"a{number}")
    feed.commit()
    feed.restart(specs, memory_bytes=200_000)
    for number in range(200, 768):
        feed.feed(number / 100, "b", src_ip=f"b{number}")
        feed.feed(number / 100, "a", src_ip="a0")
    assert "a0" in feed.groups(0)
    assert "a1" not in feed.groups(0)
    assert "b767" in feed.groups(1)


def test_a_group_that_is_active_stays_though_it_alone_is_too_large() -> None:
    """There is nothing else to forget, and the attack goes on."""
    feed = feeder(make_spec(count=1000), memory_bytes=2_000)
    assert sum(len(feed.feed(number / 100)) for number in range(1000)) == 1


def test_a_group_is_bounded_too() -> None:
    """A flood from one address keeps a bounded window and still detects."""
    feed = feeder(make_spec(count=3))
    found = [d for number in range(5000) for d in feed.feed(number / 1000)]
    assert sum(d.count for d in found) == 5000
    assert len(feed.groups()["10.0.0.1"]) <= 1024 + 32


def test_groups_that_nobody_needs_are_forgotten() -> None:
    """Once time has passed a group's windows, its state leaves memory and store."""
    feed = feeder(make_spec(count=3), lateness_s=10, records_bytes=0)
    feed.feed(0, src_ip="10.0.0.1")
    feed.commit()
    assert "10.0.0.1" in feed.groups()
    for number in range(256):
        feed.feed(71 + number / 100, src_ip="10.0.0.2")
    feed.commit()
    assert set(feed.groups()) == {"10.0.0.2"}
    assert b"10.0.0.1" not in b"".join(c.data or b"" for c in feed.state.values() if c.rule_id != "~lines")


def test_only_what_changed_is_written() -> None:
    """A block writes what it counted, and nothing of the groups that it did not touch."""
    feed = feeder(make_spec(count=9))
    feed.feed(0, src_ip="10.0.0.1")
    feed.feed(1, src_ip="10.0.0.2")
    feed.correlator.take_changes()
    feed.feed(2, src_ip="10.0.0.2")
    feed.feed(3, src_ip="10.0.0.2")
    changes = feed.correlator.take_changes()
    assert [change.rule_id for change in changes] == ["~records", "~lines"]
    assert b"10.0.0.1" not in (changes[0].data or b"")
    assert feed.correlator.take_changes() == []


def test_state_of_rules_that_are_gone_or_changed_is_forgotten() -> None:
    """State that means something else now is not counted on, and leaves the store."""
    feed = feeder(make_spec(count=2), make_spec(count=2, rule_id="other"))
    feed.feed(0)
    feed.commit()
    changed = make_spec(count=2, timespan_s=90)
    feed.restart([changed])
    assert feed.feed(1) == []
    feed.commit()
    assert ("other", "10.0.0.1") not in feed.state
    assert len(feed.feed(2)) == 1


def test_a_new_threshold_takes_the_old_state() -> None:
    """The windows stay what they are when only the condition or the title changes."""
    feed = feeder(make_spec(count=5))
    feed.feed(0)
    feed.feed(1)
    feed.commit()
    feed.restart([make_spec(count=3)])
    (found,) = feed.feed(2)
    assert found.count == 3


def test_lines_that_are_read_again_count_once() -> None:
    """The same stream fed again, in one run or after a restart, makes no detection and no count."""
    spec = make_spec(count=3)
    made = feeder(spec)
    first = [d.count for second in range(5) for d in made.feed(second)]
    assert first == [3, 1, 1]
    made.commit()
    for again in (made, feeder(spec)):
        if again is not made:
            again.state = made.state
            again.restart([spec])
        again.offset = 0
        assert [d for second in range(5) for d in again.feed(second)] == []
        assert [d.count for d in again.feed(5)] == [1]


def test_other_streams_count_whatever_their_offsets() -> None:
    made = feeder(make_spec(count=3))
    made.feed(0)
    made.offset = 0
    made.feed(1, stream="t")
    made.offset = 0
    assert [d.count for d in made.feed(2, stream="u")] == [3]


def test_a_kill_loses_what_was_not_committed_and_nothing_else() -> None:
    """Lines behind the last commit are read again, and give the detections that they would have given."""
    specs = [make_spec(count=5), make_spec("value_count", count=4, rule_id="users", field=("user",))]
    through, killed = feeder(*specs), feeder(*specs, records_bytes=300)
    wanted = [detection for number in range(60) for detection in through.feed(number, user=f"u{number % 7}")]
    found: list[Detection] = []
    for begin in range(0, 60, 4):
        for attempt in ("killed", "committed"):
            killed.offset = begin
            block = [d for number in range(begin, begin + 4) for d in killed.feed(number, user=f"u{number % 7}")]
            if attempt == "killed":
                killed.restart(specs, records_bytes=300)
            else:
                killed.commit()
                found += block
    assert found == wanted
    assert len(wanted) > 60


def test_what_else_is_made_of_a_line_is_no_line_that_was_read_before() -> None:
    """An indicator tells more of the event than the line does; rules and indicators are fed one after the other."""
    correlator = Correlator([make_spec(count=2), make_spec(count=2, rule_id="hits", rules=("hit",))])
    found = []
    for second in range(2):
        event = make_event(second, src_ip="10.0.0.1")
        ref = EventRef("src", "s", "s", second + 1, second, event.raw)
        told = msgspec.structs.replace(event, fields={**event.fields, "indicator.type": "ip"})
        found += correlator.feed("base", event, ref) + correlator.feed("hit", told, ref)
    assert [detection.rule.id for detection in found] == ["many", "hits"]
