"""Syslog that shippers pass on as JSON is decoded as if it had come as a line."""

import json
from typing import Any

import pytest

from soc_agent.decode import guess_type
from tests import product
from tests.detect.making import context_of

MESSAGE = "Failed password for invalid user thu from 203.0.113.9 port 53122 ssh2"
LINE = f"Nov 20 09:00:00 cong-web01 sshd[2211]: {MESSAGE}"
SHIPPED: dict[str, dict[str, Any]] = {
    "vector, its syslog source": {
        "appname": "sshd", "facility": "authpriv", "host": "cong-web01", "message": MESSAGE, "procid": 2211,
        "severity": "info", "source_ip": "10.0.0.5", "source_type": "syslog", "timestamp": "2026-11-20T09:00:00Z",
    },
    "vector, a file": {
        "file": "/var/log/auth.log", "host": "cong-web01", "message": LINE, "source_type": "file",
        "timestamp": "2026-11-20T09:00:01Z",
    },
    "fluent bit, its syslog input": {
        "date": 1795143600.1, "pri": "86", "host": "cong-web01", "ident": "sshd", "pid": "2211", "message": MESSAGE,
    },
    "fluent bit, a file": {"date": 1795143600.1, "log": LINE},
    "docker": {"log": LINE + "\n", "stream": "stdout", "time": "2026-11-20T09:00:00.1Z"},
    "filebeat": {
        "@timestamp": "2026-11-20T09:00:02Z", "message": LINE, "host": {"name": "cong-web01"},
        "log": {"file": {"path": "/var/log/auth.log"}}, "agent": {"type": "filebeat"},
    },
    "filebeat, its syslog parser": {
        "@timestamp": "2026-11-20T09:00:00Z", "message": MESSAGE, "host": {"name": "cong-web01"},
        "log": {"syslog": {"appname": "sshd", "procid": "2211", "priority": 86, "hostname": "cong-web01"}},
    },
    "nxlog": {
        "EventReceivedTime": "2026-11-20 09:00:00", "Hostname": "cong-web01", "SourceName": "sshd",
        "ProcessID": "2211", "SyslogFacility": "AUTHPRIV", "Message": MESSAGE,
    },
    "rsyslog": {
        "host": "cong-web01", "programname": "sshd", "procid": "2211", "msg": " " + MESSAGE,
        "timereported": "2026-11-20T09:00:00+07:00", "fromhost-ip": "10.0.0.5",
    },
    "rsyslog, the tag alone": {"host": "cong-web01", "syslogtag": "sshd[2211]:", "msg": MESSAGE, "syslogfacility": 10},
    "syslog-ng": {"HOST": "cong-web01", "PROGRAM": "sshd", "PID": "2211", "MESSAGE": MESSAGE, "PRIORITY": "info"},
    "journald": {
        "MESSAGE": MESSAGE, "SYSLOG_IDENTIFIER": "sshd", "_HOSTNAME": "cong-web01", "_PID": "2211", "PRIORITY": "6",
        "__REALTIME_TIMESTAMP": "1795143600000000",
    },
}  # fmt: skip


def written(tree: dict[str, Any]) -> bytes:
    return json.dumps(tree, ensure_ascii=False).encode()


@pytest.mark.parametrize("name", SHIPPED)
def test_it_is_told_from_its_content_and_read_as_the_line_was(name: str) -> None:
    line = written(SHIPPED[name])
    assert guess_type(line + b"\n") == "syslog_json"
    event = product.decoders().decode(line, context_of("syslog_json"))
    assert (event.type, event.decoded) == ("sshd", True)
    wanted = {"src_ip": "203.0.113.9", "user": "thu", "action": "login", "outcome": "failure", "message": MESSAGE}
    assert {key: event.fields.get(key) for key in wanted} == wanted
    assert event.fields["program"] == "sshd"
    assert any(source.service == "sshd" for source in event.log_sources)
    if name not in ("docker", "fluent bit, a file", "rsyslog, the tag alone"):
        assert event.host == "cong-web01"


@pytest.mark.parametrize("name", ["vector, its syslog source", "rsyslog"])
def test_who_relayed_it_is_not_its_source(name: str) -> None:
    event = product.decoders().decode(written(SHIPPED[name]), context_of("syslog_json"))
    assert event.fields["relay_ip"] == "10.0.0.5"
    assert "10.0.0.5" not in {event.fields.get("src_ip"), event.fields.get("source_ip")}


def test_a_refused_login_of_no_known_program_names_its_source_too() -> None:
    tree = SHIPPED["vector, its syslog source"] | {
        "appname": "motcua",
        "message": "login failed for thu from 203.0.113.9",
    }
    event = product.decoders().decode(written(tree), context_of("syslog_json"))
    assert (event.fields.get("outcome"), event.fields.get("src_ip")) == ("failure", "203.0.113.9")


@pytest.mark.parametrize(
    "tree",
    [
        {"level": "info", "msg": "started", "ts": 1795143600.1},
        {"EventID": 4625, "SourceName": "Microsoft-Windows-Security-Auditing", "ProcessID": 7, "Message": "An account"},
        {"program": "motcua", "message": "no more than this"},
        {"log": "GET / HTTP/1.1", "stream": "stdout"},
        {"message": {"nested": 1}, "appname": "x", "pid": 1},
    ],
)
def test_other_objects_are_what_they_were(tree: dict[str, Any]) -> None:
    line = written(tree)
    assert guess_type(line + b"\n") == "json"
    as_json = product.decoders().decode(line, context_of("json"))
    beside = product.decoders().decode(line, context_of("syslog_json"))
    assert (beside.type, beside.fields, beside.log_sources) == (as_json.type, as_json.fields, as_json.log_sources)


def test_a_stream_in_which_some_objects_are_syslog_is_read_as_such() -> None:
    other = written({"level": "info", "msg": "started"}) + b"\n"
    assert guess_type(other * 3 + written(SHIPPED["filebeat"]) + b"\n") == "syslog_json"
    assert (
        guess_type(LINE.encode() * 2 + b"\n" + (LINE.encode() + b"\n") * 9 + written(SHIPPED["filebeat"])) == "syslog"
    )
    assert guess_type(b"") == "plain"
    assert guess_type(other * 9 + written(SHIPPED["filebeat"]) + b"\n") == "json"
