"""JSON lines of web servers and applications get the names that rules know."""

from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.decode.context import Context, Parsed
from soc_agent.decode.jsonlines import JSON, decode_json
from soc_agent.decode.jsonweb import name_web
from soc_agent.model import LogSource

_CONTEXT = Context("test", "json", ZoneInfo("Asia/Ho_Chi_Minh"), 1_795_000_000_000_000_000)
_TRAEFIK = {
    "ClientAddr": "192.0.2.7:51022",
    "ClientHost": "192.0.2.7",
    "ClientUsername": "-",
    "DownstreamStatus": 404,
    "DownstreamContentSize": 19,
    "RequestMethod": "GET",
    "RequestPath": "/tin?id=1",
    "RequestHost": "cong.example.vn",
    "RequestProtocol": "HTTP/1.1",
    "request_User-Agent": "curl/8",
    "time": "2026-11-20T03:00:00Z",
}
_ISTIO = {
    "authority": "cong.example.vn",
    "downstream_remote_address": "10.0.0.9:50412",
    "method": "GET",
    "path": "/tin?id=1",
    "response_code": 404,
    "x_forwarded_for": "192.0.2.7, 10.0.0.9",
    "user_agent": "curl/8",
}
_CLOUDFLARE = {
    "ClientIP": "192.0.2.7",
    "ClientRequestMethod": "GET",
    "ClientRequestURI": "/tin?id=1",
    "ClientRequestHost": "cong.example.vn",
    "ClientRequestUserAgent": "curl/8",
    "EdgeResponseStatus": 404,
}
_CLOUDFRONT = {
    "c-ip": "192.0.2.7",
    "cs-method": "GET",
    "cs-uri-stem": "/tin",
    "cs-uri-query": "id=1",
    "sc-status": "404",
    "cs(User-Agent)": "curl/8",
    "x-host-header": "cong.example.vn",
}
_DOCKER = {
    "log": '192.0.2.7 - - [20/Nov/2026:10:00:00 +0700] "GET /tin?id=1 HTTP/1.1" 404 19 "-" "curl/8"\n',
    "stream": "stdout",
    "time": "2026-11-20T03:00:00.5Z",
}
_CADDY = {
    "level": "info",
    "ts": 1795000000.5,
    "logger": "http.log.access",
    "msg": "handled request",
    "status": 200,
    "size": 12,
    "user_id": "",
    "request": {
        "remote_ip": "10.0.0.1",
        "client_ip": "2001:db8::9",
        "proto": "HTTP/2.0",
        "method": "POST",
        "host": "cong.example.vn",
        "uri": "/dang-nhap",
        "headers": {"User-Agent": ["Mozilla/5.0"]},
    },
}
_NGINX = {
    "remote_addr": "192.0.2.7",
    "request": "GET /a?b=1 HTTP/1.1",
    "status": "403",
    "body_bytes_sent": "9",
    "http_user_agent": "x",
    "time_iso8601": "2026-11-20T10:00:00+07:00",
}


def _decoded(line: dict[str, Any]) -> Parsed:
    parsed = decode_json(msgspec.json.encode(line).decode(), _CONTEXT)
    assert parsed is not None
    assert set(parsed.log_sources) <= JSON.log_sources
    return parsed


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (_TRAEFIK, {"c-ip": "192.0.2.7", "cs-method": "GET", "cs-uri-query": "id=1", "sc-status": 404, "sc-bytes": 19}),
        (
            _CADDY,
            {"c-ip": "2001:db8::9", "cs-method": "POST", "cs-uri-stem": "/dang-nhap", "cs-user-agent": "Mozilla/5.0"},
        ),
        (_NGINX, {"c-ip": "192.0.2.7", "cs-uri-stem": "/a", "sc-status": 403, "sc-bytes": 9, "cs-user-agent": "x"}),
    ],
)
def test_access_logs(line: dict[str, Any], wanted: dict[str, Any]) -> None:
    parsed = _decoded(line)
    assert LogSource("webserver", "", "") in parsed.log_sources
    assert {name: parsed.fields[name] for name in wanted} == wanted
    assert parsed.time_ns is not None


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("Login failed: an (Remote IP: 192.0.2.7)", {"user": "an", "action": "login", "outcome": "failure"}),
        ("Login failed: 'an' (Remote IP: '192.0.2.7')", {"user": "an", "action": "login", "outcome": "failure"}),
        ('Bruteforce attempt from "192.0.2.7" detected for action "login".', {"action": "throttle", "reason": "login"}),
        ('Trusted domain error. "192.0.2.7" tried to access using "x.example" as host.', {"action": "wrong_host"}),
        ('Login successful: "an"', {"action": "login", "outcome": "success"}),
    ],
)
def test_nextcloud(message: str, wanted: dict[str, Any]) -> None:
    parsed = _decoded({"reqId": "x", "remoteAddr": "192.0.2.7", "user": "--", "app": "core", "message": message})
    assert parsed.type == "nextcloud"
    assert parsed.log_sources == (LogSource("application", "nextcloud", ""),)
    assert {name: parsed.fields[name] for name in wanted} == wanted
    assert parsed.fields["src_ip"] == "192.0.2.7"


def test_behind_a_proxy_nextcloud_tells_the_client_in_its_message() -> None:
    message = "Login failed: 'an' (Remote IP: '192.0.2.7')"
    for remote, wanted in (("127.0.0.1", "192.0.2.7"), ("10.0.0.2", "192.0.2.7"), ("198.51.100.9", "198.51.100.9")):
        parsed = _decoded({"reqId": "x", "remoteAddr": remote, "user": "--", "app": "core", "message": message})
        assert parsed.fields["src_ip"] == wanted


@pytest.mark.parametrize(
    "line",
    [
        {"action": "login_failed", "client_ip": "192.0.2.7", "event": "Created Event", "username": "an"},
        {"msg": "Unsuccessful 1FA authentication attempt by user 'an'", "remote_ip": "192.0.2.7", "username": "an"},
        {"type": "LOGIN_ERROR", "error": "invalid_user_credentials", "ipAddress": "192.0.2.7", "username": "an"},
        {"level": "WARN", "message": "Authentication request for an has been denied", "ip": "192.0.2.7", "user": "an"},
        {
            "method": "POST",
            "path": "/users/sign_in",
            "controller": "SessionsController",
            "action": "create",
            "status": 0,
            "remote_ip": "192.0.2.7",
            "params": [{"key": "user", "value": {"login": "an"}}],
        },
    ],
)
def test_refused_logins_of_any_application(line: dict[str, Any]) -> None:
    parsed = _decoded(line)
    assert LogSource("application", "", "") in parsed.log_sources
    wanted = {"src_ip": "192.0.2.7", "user": "an", "action": "login", "outcome": "failure"}
    assert {name: parsed.fields[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    "line",
    [
        {"msg": "login page shown", "client_ip": "192.0.2.7"},
        {"msg": "backup failed", "client_ip": "192.0.2.7"},
        {"msg": "invalid authentication"},
        {"message": "x", "status": 200},
    ],
)
def test_others_stay_what_they_are(line: dict[str, Any]) -> None:
    parsed = _decoded(line)
    assert parsed.type == "json"
    assert parsed.log_sources == (LogSource(),)


def test_records_of_an_audit_log() -> None:
    record = {
        "transaction": {
            "client_ip": "192.0.2.7",
            "request": {"method": "GET", "uri": "/?a=../"},
            "response": {"http_code": 403},
            "messages": [{"message": "Path Traversal Attack", "details": {"ruleId": "930100"}}],
        }
    }
    fields = _decoded(record).fields
    assert (fields["c-ip"], fields["waf_message"], fields["waf_rule"]) == (
        "192.0.2.7",
        "Path Traversal Attack",
        "930100",
    )
    del record["transaction"]["messages"]
    assert _decoded(record).type == "access_json"


_VALUES = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8), st.lists, max_leaves=4)


@pytest.mark.parametrize("line", [_ISTIO, _CLOUDFLARE, _CLOUDFRONT, _DOCKER])
def test_proxies_and_containers_name_a_request_each_in_their_way(line: dict[str, Any]) -> None:
    parsed = decode_json(msgspec.json.encode(line).decode(), _CONTEXT)
    assert parsed is not None
    wanted = {"c-ip": "192.0.2.7", "cs-method": "GET", "c-uri": "/tin?id=1", "cs-uri-query": "id=1", "sc-status": 404}
    assert wanted.items() <= parsed.fields.items()
    assert parsed.fields["cs-user-agent"] == "curl/8"
    assert LogSource("webserver", "", "") in parsed.log_sources
    assert set(parsed.log_sources) <= JSON.log_sources


def test_a_query_apart_from_its_path_may_be_none() -> None:
    parsed = decode_json(msgspec.json.encode({**_CLOUDFRONT, "cs-uri-query": "-"}).decode(), _CONTEXT)
    assert parsed is not None
    assert (parsed.fields["c-uri"], parsed.fields.get("cs-uri-query")) == ("/tin", None)


_KEYS = st.sampled_from(
    [
        "status",
        "remote_addr",
        "request",
        "method",
        "path",
        "reqId",
        "remoteAddr",
        "message",
        "transaction.client_ip",
        "uri",
    ]
)


@given(st.dictionaries(_KEYS, _VALUES))
def test_it_never_raises(fields: dict[str, Any]) -> None:
    name_web(Parsed("json", (LogSource(),), fields), _CONTEXT)
