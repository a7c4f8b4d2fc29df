"""Detections of completed windows."""

from soc_agent.detect.correlate.entry import Lines
from soc_agent.detect.correlate.report import Reporter, pack_witness, unpack_witness
from soc_agent.detect.correlate.window import Completed
from soc_agent.detect.hit import EventRef, uid_of
from soc_agent.model import entities_of
from tests.detect.correlate.samples import SECOND, make_event, make_spec

REF = EventRef("src", "stream", "id", 4, 99, b"line")


def test_entities_join_the_event_the_group_and_the_counted_values() -> None:
    """Counted users of the whole window show up, bounded, without repeats."""
    spec = make_spec("value_count", field=("user",))
    known = entities_of({"src_ip": "10.0.0.1", "user": "u1"})
    entities = Reporter(spec, "base").entities(known, ["10.0.0.1"], tuple(f"u{number}" for number in range(40)))
    assert entities["src_ip"] == ("10.0.0.1",)
    assert entities["user"][:3] == ("u1", "u0", "u2")
    assert len(entities["user"]) == 20
    assert known["user"] == ("u1",)


def test_addresses_that_were_counted_where_they_are_outside_are_addresses_still() -> None:
    spec = make_spec("value_count", field=("src_ip.external",))
    entities = Reporter(spec, "base").entities({}, ["an"], ("192.0.2.1", "2001:db8::7"))
    assert entities["src_ip"] == ("192.0.2.1", "2001:db8::7")


def test_a_detection_names_its_group_its_reasons_and_its_lines() -> None:
    """The id is that of the rule, the line and the group."""
    lines = Lines()
    lines.fresh.update({1: b"one", 3: b"three"})
    spec = make_spec("value_avg", "gt", 1.5, field=("n",), group_by=("src_ip", "user"))
    completed = Completed(measure=2.25, first_ns=5 * SECOND, events=3, turns=(1, 2, 3))
    event = make_event(7, src_ip="10.0.0.1", user="a b", n=3)
    found = Reporter(spec, "base").report("", event, REF, completed, lines)
    assert (found.count, found.first_ns, found.time_ns, found.evidence) == (
        3,
        5 * SECOND,
        7 * SECOND,
        (b"one", b"three"),
    )
    assert found.entity_key == "10.0.0.1 a\\ b"
    assert found.uid == uid_of("many", REF, b"10.0.0.1 a\\ b")
    assert [(clause.pattern, clause.field, clause.value) for clause in found.why] == [
        ("gt 1.5", "n", "2.25"),
        ("src_ip", "src_ip", "10.0.0.1"),
        ("user", "user", "a b"),
    ]


def test_a_new_value_says_which_and_since_when() -> None:
    """The days that it was not seen are the pattern."""
    spec = make_spec("first_seen", timespan_s=90 * 86_400, field=("src_ip",), group_by=("user",))
    completed = Completed(measure=1, first_ns=0, events=1, values=("10.0.0.1",))
    event = make_event(0, src_ip="10.0.0.1", user="an")
    found = Reporter(spec, "base").report("", event, REF, completed, Lines())
    assert (found.why[0].item, found.why[0].pattern, found.why[0].value) == ("first_seen", "90d", "10.0.0.1")


def test_an_event_waits_as_bytes_and_comes_back() -> None:
    """Also where it holds what cannot be written as it stands."""
    event = make_event(3, src_ip="10.0.0.1", n=[1, 2], odd="\ud800", large=2**70)
    witness = unpack_witness(pack_witness(("base",), event, REF))
    assert (witness.path, witness.ref) == (("base",), REF)
    assert (witness.event.time_ns, witness.event.host) == (3 * SECOND, "web01")
    assert witness.event.fields["src_ip"] == "10.0.0.1"
    assert set(witness.event.fields) == {"src_ip", "n", "odd", "large"}


def test_counted_values_that_are_no_entities_are_told_as_reasons() -> None:
    """Nothing else of the detection says which they were; entities are not told twice."""
    completed = Completed(measure=2, first_ns=0, events=2, values=("VN", "NL"))
    event = make_event(0, src_ip="10.0.0.1", user="an")
    countries = make_spec("value_count", field=("src_ip.country",), group_by=("user",))
    why = Reporter(countries, "base").report("", event, REF, completed, Lines()).why
    assert [(clause.item, clause.value) for clause in why][1:] == [("values", "VN, NL"), ("group-by", "an")]
    users = make_spec("value_count", field=("user",), group_by=("src_ip",))
    why = Reporter(users, "base").report("", event, REF, completed, Lines()).why
    assert [clause.item for clause in why][1:] == ["group-by"]
