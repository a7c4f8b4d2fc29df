from typing import Any

import msgspec
import pytest

from soc_agent.decode.addresses import address
from soc_agent.decode.candidates import DecoderIndex
from soc_agent.decode.context import REPEAT_CAP, Parsed
from soc_agent.decode.datadriven import CompiledDecoder
from soc_agent.decode.definition import DecoderDefinition
from soc_agent.decode.linetypes import LINE_TYPES
from soc_agent.decode.pattern import PatternError
from soc_agent.model import LogSource
from tests.decode.samples import make_context


def make(**changes: Any) -> CompiledDecoder:
    tree = {"name": "x", "description": "d", **changes}
    return CompiledDecoder(msgspec.convert(tree, DecoderDefinition), LINE_TYPES)


def refine(decoders: list[CompiledDecoder], message: str, program: str = "prog") -> Parsed:
    parsed = Parsed("syslog", (LogSource("", "linux", "syslog"),), {"message": message}, None, "", program, message)
    DecoderIndex(decoders).refine(parsed, make_context())
    return parsed


LOGIN = {
    "match": r"(?P<word>ok|bad) login of (?P<user>\S+)(?: from (?P<src_ip>\S+) port (?P<port>\d+))?",
    "constants": {"action": "login"},
}


def test_a_pattern_gives_its_groups_and_constants() -> None:
    decoder = make(programs=["prog"], patterns=[LOGIN], casts={"src_ip": "ip", "port": "int"})
    parsed = refine([decoder], "ok login of an from 192.0.2.10 port 22")
    assert parsed.type == "x"
    assert parsed.fields == {
        "message": "ok login of an from 192.0.2.10 port 22",
        "word": "ok",
        "user": "an",
        "src_ip": "192.0.2.10",
        "port": 22,
        "action": "login",
    }


def test_groups_that_took_no_part_and_values_that_do_not_fit_are_no_fields() -> None:
    decoder = make(programs=["prog"], patterns=[LOGIN], casts={"src_ip": "ip"})
    assert "src_ip" not in refine([decoder], "ok login of an").fields
    assert "src_ip" not in refine([decoder], "ok login of an from UNKNOWN port 65535").fields


def test_values_are_translated_and_groups_renamed() -> None:
    decoder = make(
        programs=["prog"],
        patterns=[LOGIN],
        rename={"word": "outcome", "port": "c-port"},
        values={"outcome": {"OK": "success"}},
    )
    fields = refine([decoder], "ok login of an from a port 22").fields
    assert (fields["outcome"], fields["c-port"]) == ("success", "22")
    assert refine([decoder], "bad login of an").fields["outcome"] == "bad"


def test_an_alias_takes_the_first_field_that_has_a_value() -> None:
    decoder = make(programs=["prog"], patterns=[LOGIN], aliases={"who": ["nobody", "user"], "action": "user"})
    fields = refine([decoder], "ok login of an").fields
    assert (fields["who"], fields["action"]) == ("an", "login")


def test_the_first_pattern_of_the_file_wins() -> None:
    decoder = make(
        programs=["prog"],
        patterns=[
            {"match": "a .*", "constants": {"n": 1}},
            {"starts": "a b ", "match": "a b .*", "constants": {"n": 2}},
            {"starts": ["c d", "e"], "match": ".*", "constants": {"n": 3}},
        ],
    )
    assert refine([decoder], "a b c").fields["n"] == 1
    assert refine([decoder], "c d").fields["n"] == 3
    assert refine([decoder], "e").fields["n"] == 3
    assert "n" not in refine([decoder], "c x").fields


def test_a_prefix_is_taken_off_and_gives_fields() -> None:
    decoder = make(
        programs=["prog"], prefix=r"\[(?P<level>\w+)\] ", patterns=[{"starts": "x ", "match": r"x (?P<y>.*)"}]
    )
    assert refine([decoder], "[warn] x 1").fields == {"message": "[warn] x 1", "level": "warn", "y": "1"}
    assert refine([decoder], "[warn] z").fields == {"message": "[warn] z"}
    assert refine([decoder], "x 1").fields == {"message": "x 1"}


def test_a_pattern_may_have_log_sources_of_its_own() -> None:
    decoder = make(
        programs=["prog"],
        log_sources=[{"product": "p"}],
        patterns=[{"match": "a", "log_sources": [{"category": "firewall"}]}, {"match": "b"}],
    )
    assert refine([decoder], "a").log_sources == (LogSource("firewall", "", ""), LogSource("", "p", ""))
    assert refine([decoder], "b").log_sources == (LogSource("", "p", ""),)
    assert decoder.all_log_sources == {LogSource("firewall", "", ""), LogSource("", "p", "")}


def test_a_message_written_in_another_type_is_decoded_as_such() -> None:
    decoder = make(programs=["prog"], payload=["json"])
    parsed = refine([decoder], '{"time": 1700758468, "message": "inner", "a": {"b": 1}}')
    assert (parsed.type, parsed.fields["a.b"], parsed.time_ns) == ("json", 1, 1_700_758_468_000_000_000)
    assert parsed.fields["message"].startswith("{"), "the message stays that of the line"
    assert LogSource() in decoder.all_log_sources


def test_a_line_that_is_written_in_the_type_itself_is_not_read_again() -> None:
    decoder = make(payload=["kv"], aliases={"user": "who"}, log_sources=[{"product": "p"}])
    parsed = Parsed("kv", (LogSource(),), {"who": "an"}, subject="no pair stands here")
    assert decoder.take(parsed, make_context("kv"))
    assert (parsed.type, parsed.fields) == ("kv", {"who": "an", "user": "an"})
    assert parsed.log_sources == (LogSource(), LogSource("", "p", ""))


def test_fields_that_the_decoder_makes_are_named() -> None:
    decoder = make(
        programs=["prog"],
        constants={"a": 1},
        patterns=[LOGIN],
        values={"word": {"ok": "yes"}},
        casts={"user": "lower"},
        aliases={"who": "user", "other": "message"},
    )
    assert decoder.derived() == {"a", "action", "word"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("192.0.2.10", "192.0.2.10"),
        ("::ffff:192.0.2.10", "192.0.2.10"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("2001:DB8::7", "2001:DB8::7"),
        ("UNKNOWN", None),
        ("", None),
        ("300.1.1.1", None),
        ("bad.cafe", None),
    ],
)
def test_an_address_is_taken_as_it_is_written(written: str, meant: str | None) -> None:
    assert address(written) == meant


def test_a_bad_pattern_is_refused() -> None:
    with pytest.raises(PatternError):
        make(programs=["prog"], patterns=[{"match": "("}])


def test_a_pattern_may_say_how_many_events_the_line_stands_for() -> None:
    """Whatever a line puts into a field of that name itself says nothing."""
    again = {"match": r"(?:(?P<repeat>\d+) more )?failures of (?P<user>\S+)"}
    decoder = make(programs=["prog"], patterns=[again], casts={"repeat": "int"})
    parsed = refine([decoder], "4 more failures of an")
    assert (parsed.repeat, parsed.fields["repeat"]) == (4, 4)
    parsed.fields["repeat"], parsed.repeat, parsed.subject = 5000, 1, "failures of an"
    decoder.take(parsed, make_context())
    assert (parsed.repeat, parsed.fields["repeat"]) == (1, 5000)
    assert refine([decoder], "99999999999999999999999 more failures of an").repeat == 1
    assert refine([decoder], "9999999999999999999 more failures of an").repeat == REPEAT_CAP
    told = Parsed("syslog", (), {}, None, "", "prog", "4 more failures of an", repeat=3)
    decoder.take(told, make_context())
    assert told.repeat == 12


@pytest.mark.parametrize(
    ("labels", "name"),
    [("(3)www(7)example(2)vn(0)", "www.example.vn"), ("(0)", "."), ("www.example.vn", "www.example.vn"), ("", ".")],
)
def test_the_labels_of_a_dns_packet_become_a_name(labels: str, name: str) -> None:
    pattern = {"match": r"asked (?P<query>\S*)"}
    decoder = make(programs=["prog"], patterns=[pattern], casts={"query": "labels"})
    assert refine([decoder], f"asked {labels}").fields["query"] == name
    assert "query" in decoder.derived(), "the name does not stand in the line as it stands in the event"
