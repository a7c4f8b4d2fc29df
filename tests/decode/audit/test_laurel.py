"""Events of LAUREL have the fields that their records give."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from soc_agent.decode import guess_type
from soc_agent.decode.audit.laurel import LAUREL, decode_laurel, is_laurel
from tests.decode.samples import make_context

EVENT: dict[str, Any] = {
    "ID": "1772414047.579:2995",
    "NODE": "web01",
    "SYSCALL": {
        "arch": "0xc000003e",
        "syscall": 59,
        "success": "yes",
        "exit": 0,
        "ppid": 7,
        "pid": 8,
        "auid": 1000,
        "uid": 0,
        "euid": 0,
        "exe": "/usr/bin/perl",
        "comm": "perl",
        "SYSCALL": "execve",
        "AUID": "an",
        "EUID": "root",
    },
    "EXECVE": {"argc": 3, "ARGV": ["perl", "-e", 'print "x"']},
    "CWD": {"cwd": "/root"},
    "PATH": [{"item": 0, "name": "/usr/bin/perl", "nametype": "NORMAL"}, {"item": 1, "name": "/lib64/ld.so"}],
    "PROCTITLE": {"ARGV": ["perl", "-e"]},
    "PARENT_INFO": {"ID": "1772414040.000:2990", "ARGV": ["bash", "-i"], "exe": "/usr/bin/bash", "ppid": 1},
}


def fields_of(event: dict[str, Any]) -> dict[str, Any]:
    parsed = decode_laurel(json.dumps(event), make_context("laurel"))
    assert parsed is not None
    return parsed.fields


def test_a_process_with_its_parent() -> None:
    fields = fields_of(EVENT)
    wanted = {
        "Image": "/usr/bin/perl",
        "CommandLine": 'perl -e print "x"',
        "ParentImage": "/usr/bin/bash",
        "User": "root",
        "ParentCommandLine": "bash -i",
        "ParentProcessId": "7",
        "user": "an",
        "CurrentDirectory": "/root",
        "name": ["/usr/bin/perl", "/lib64/ld.so"],
        "proctitle": "perl -e",
    }
    assert {name: fields[name] for name in wanted} == wanted


def test_joined_arguments_and_the_older_name_of_the_parent() -> None:
    event = {name: value for name, value in EVENT.items() if name != "PARENT_INFO"}
    event |= {"EXECVE": {"argc": 2, "ARGV_STR": "perl -v"}, "PPID": {"exe": "/bin/sh", "ARGV_STR": "sh -c perl"}}
    fields = fields_of(event)
    assert (fields["CommandLine"], fields["ParentImage"], fields["ParentCommandLine"]) == (
        "perl -v",
        "/bin/sh",
        "sh -c perl",
    )


def test_a_connection() -> None:
    event = {
        "ID": "1772414047.579:2996",
        "SYSCALL": {"arch": "0xc000003e", "syscall": 42, "success": "yes", "exe": "/usr/bin/nc", "SYSCALL": "connect"},
        "SOCKADDR": {"SADDR": {"family": "ipv4", "addr": "192.0.2.1", "port": 4444}},
    }
    fields = fields_of(event)
    assert (fields["DestinationIp"], fields["DestinationPort"]) == ("192.0.2.1", 4444)


def test_a_call_that_is_not_named_is_known_by_its_number() -> None:
    syscall = {"arch": "0xc000003e", "syscall": 59, "success": "yes", "exe": "/usr/bin/id"}
    event = {"ID": "1772414047.579:2996", "SYSCALL": syscall}
    for text in (json.dumps(event), json.dumps(event, separators=(",", ":"))):
        parsed = decode_laurel(text, make_context("laurel"))
        assert parsed is not None
        assert [source.category for source in parsed.log_sources] == ["process_creation"]
        assert any(literal in text.lower() for literal in LAUREL.literals[parsed.log_sources[0]])
    other = decode_laurel(json.dumps(event, separators=(",", "  : ")), make_context("laurel"))
    assert other is not None
    assert [source.category for source in other.log_sources] == [""]


def test_it_is_told_from_other_objects() -> None:
    assert guess_type(json.dumps(EVENT).encode() + b"\n") == "laurel"
    assert not is_laurel({"ID": "7"})
    assert not is_laurel({"ID": "1772414047.579:2995", "name": "x"})
    assert decode_laurel('{"ID": 7}', make_context("laurel")) is None


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_never_raises(value: Any) -> None:
    decode_laurel(
        json.dumps({"ID": "1772414047.579:2995", "EXECVE": value, "SOCKADDR": value, "PPID": value}),
        make_context("laurel"),
    )
    decode_laurel(json.dumps(value), make_context("laurel"))
