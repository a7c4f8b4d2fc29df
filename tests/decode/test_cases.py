from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.decode.candidates import DecoderIndex
from soc_agent.decode.cases import Case
from soc_agent.decode.context import Parsed
from soc_agent.decode.datadriven import CompiledDecoder
from soc_agent.decode.definition import CaseDefinition, DecoderDefinition
from soc_agent.decode.linetypes import LINE_TYPES
from soc_agent.decode.pattern import PatternError
from soc_agent.decode.syslog import decode_syslog
from soc_agent.model import LogSource
from tests.decode.samples import make_context

REFUSED = {"when": {"type": "event", "result": ["fail*", "denied"]}, "constants": {"outcome": "failure"}}


def make(**tree: Any) -> Case:
    return Case(msgspec.convert(tree, CaseDefinition), lambda field: int if field == "src_port" else None)


def decoder(**changes: Any) -> CompiledDecoder:
    tree = {"name": "x", "description": "d", "programs": ["fw"], **changes}
    return CompiledDecoder(msgspec.convert(tree, DecoderDefinition), LINE_TYPES)


def decode(compiled: CompiledDecoder, line: str) -> Parsed:
    parsed = decode_syslog(line, make_context())
    assert parsed is not None
    DecoderIndex([compiled]).refine(parsed, make_context())
    return parsed


@pytest.mark.parametrize(
    ("fields", "holds"),
    [
        ({"type": "Event", "result": "Failed"}, True),
        ({"type": "event", "result": "DENIED"}, True),
        ({"type": "event", "result": "denied now"}, False),
        ({"type": "events", "result": "failed"}, False),
        ({"result": "failed"}, False),
        ({"type": "event", "result": 7}, False),
    ],
)
def test_a_case_holds_where_all_its_fields_have_one_of_their_values(fields: dict[str, Any], holds: bool) -> None:
    assert make(**REFUSED).add_to(fields) is holds
    assert fields.get("outcome") == ("failure" if holds else None)


def test_a_case_looks_into_a_field() -> None:
    case = make(when={"type": "event"}, field="msg", match=r"login of (?P<user>\S+) from (?P<src_port>\d+)")
    fields: dict[str, Any] = {"type": "event", "msg": "login of an from 22"}
    assert case.add_to(fields)
    assert (fields["user"], fields["src_port"]) == ("an", 22)
    assert case.fields == {"user", "src_port"}
    assert not case.add_to({"type": "event", "msg": "logout of an"})
    assert not case.add_to({"type": "event"})
    assert not case.add_to({"type": "event", "msg": [["login of an from 22"]]})


def test_a_pattern_that_re2_does_not_take_is_refused() -> None:
    with pytest.raises(PatternError):
        make(when={}, field="msg", match="(?=x)")


def test_fields_of_a_payload_are_converted_and_its_cases_asked() -> None:
    compiled = decoder(
        payload=["kv"],
        casts={"src_ip": "ip", "src_port": "int"},
        values={"action": {"deny": "block"}},
        aliases={"src_ip": "srcip", "src_port": "sport"},
        log_sources=[{"product": "p"}],
        cases=[{"when": {"action": "block"}, "constants": {"seen": 1}, "log_sources": [{"category": "firewall"}]}],
    )
    parsed = decode(compiled, "<13>Mar  2 08:14:07 a fw: srcip=192.0.2.7 sport=22 action=Deny x=1")
    assert {name: parsed.fields[name] for name in ("src_ip", "src_port", "action", "seen")} == {
        "src_ip": "192.0.2.7",
        "src_port": 22,
        "action": "block",
        "seen": 1,
    }
    assert parsed.log_sources[0] == LogSource("firewall", "", "")
    assert LogSource("firewall", "", "") in compiled.all_log_sources
    assert {"seen", "action"} <= compiled.derived()


def test_structured_data_gives_its_own_names() -> None:
    compiled = decoder(structured="dev@1", aliases={"src_ip": "source-address"}, casts={"src_ip": "ip"})
    line = '<13>1 2026-03-02T08:14:07Z a fw - DENY [dev@1.2.3 source-address="192.0.2.7" note="x"]'
    parsed = decode(compiled, line)
    assert (parsed.type, parsed.fields["src_ip"], parsed.fields["note"]) == ("x", "192.0.2.7", "x")
    assert compiled.fields() is None
    other = decode(compiled, '<13>1 2026-03-02T08:14:07Z a fw - DENY [other@1 source-address="192.0.2.7"]')
    assert "src_ip" not in other.fields


def test_a_value_that_is_no_address_is_no_field() -> None:
    compiled = decoder(payload=["kv"], casts={"src_ip": "ip"})
    assert "src_ip" not in decode(compiled, "<13>Mar  2 08:14:07 a fw: src_ip=none b=1").fields


@given(st.dictionaries(st.sampled_from(["type", "result", "msg"]), st.none() | st.integers() | st.text()))
def test_a_case_never_raises(fields: dict[str, Any]) -> None:
    make(**REFUSED, field="msg", match="(?P<a>.*)").add_to(fields)


def test_of_a_list_a_case_looks_into_the_first_value() -> None:
    case = make(when={"type": "event"}, field="addresses", match=r"(?P<src_ip>.+)")
    fields: dict[str, Any] = {"type": "event", "addresses": ["192.0.2.1", "10.0.0.1"]}
    assert case.add_to(fields)
    assert fields["src_ip"] == "192.0.2.1"
    assert not case.add_to({"type": "event", "addresses": []})
