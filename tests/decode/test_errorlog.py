from typing import Any

import pytest

from soc_agent.decode.errorlog import decode_apache_error, decode_nginx_error, is_apache_error, is_nginx_error
from tests.decode.samples import at, make_context


def apache(line: str) -> Any:
    parsed = decode_apache_error(line, make_context("apache_error"))
    assert parsed is not None, line
    return parsed


def nginx(line: str) -> Any:
    parsed = decode_nginx_error(line, make_context("nginx_error"))
    assert parsed is not None, line
    return parsed


def test_the_form_of_apache_2_2_is_decoded() -> None:
    parsed = apache(
        "[Sun Dec 04 04:47:44 2005] [error] [client 192.0.2.10] File does not exist: /x, referer: http://q/"
    )
    assert parsed.time_ns == at("2005-12-03T21:47:44")
    assert parsed.fields == {
        "severity": "error",
        "c-ip": "192.0.2.10",
        "message": "File does not exist: /x",
        "cs-referer": "http://q/",
    }


def test_the_form_of_apache_2_4_is_decoded() -> None:
    parsed = apache(
        "[Wed Oct 11 14:32:52.123456 2023] [core:error] [pid 1234:tid 5678] (2)No such file or directory: "
        "[client 192.0.2.10:5999] AH00128: File does not exist: /x"
    )
    assert parsed.time_ns == at("2023-10-11T07:32:52.123456")
    assert parsed.fields == {
        "severity": "error",
        "module": "core",
        "pid": 1234,
        "tid": 5678,
        "system_error": 2,
        "c-ip": "192.0.2.10",
        "c-port": 5999,
        "error_code": "AH00128",
        "message": "File does not exist: /x",
    }


@pytest.mark.parametrize(
    ("line", "address", "port"),
    [
        ("[Wed Oct 11 14:32:52.1 2023] [core:error] [pid 1] [client 2001:db8::7:5999] x", "2001:db8::7", 5999),
        ("[Wed Oct 11 14:32:52.1 2023] [core:error] [pid 1] [client [2001:db8::7]:5999] x", "2001:db8::7", 5999),
        ("[Wed Oct 11 14:32:52.1 2023] [:error] [pid 1] [client 192.0.2.10:5999] x", "192.0.2.10", 5999),
        ("[Wed Oct 11 14:32:52 2023] [error] [client 2001:db8::7] x", "2001:db8::7", None),
        ("[Wed Oct 11 14:32:52 2023] [proxy:error] [pid 1] [remote 192.0.2.10:80] x", "192.0.2.10", 80),
    ],
)
def test_a_client_is_told_from_its_port(line: str, address: str, port: int | None) -> None:
    fields = apache(line).fields
    assert (fields["c-ip"], fields.get("c-port")) == (address, port)


def test_a_message_without_client_is_decoded() -> None:
    assert apache("[Sun Dec 04 04:47:44 2005] [notice] workerEnv.init() ok").fields == {
        "severity": "notice",
        "message": "workerEnv.init() ok",
    }


def test_nginx_says_client_server_request_upstream_and_host() -> None:
    parsed = nginx(
        "2026/03/02 08:14:07 [error] 28#29: *9 connect() failed, client: 2001:db8::7, server: www.example.net, "
        'request: "GET /a?b HTTP/2.0", upstream: "http://198.51.100.1:80/a?b", host: "www.example.net", referrer: "http://r/"'
    )
    assert parsed.time_ns == at("2026-03-02T01:14:07")
    assert parsed.fields == {
        "severity": "error",
        "pid": 28,
        "tid": 29,
        "connection": 9,
        "c-ip": "2001:db8::7",
        "server": "www.example.net",
        "upstream": "http://198.51.100.1:80/a?b",
        "cs-host": "www.example.net",
        "cs-referer": "http://r/",
        "cs-method": "GET",
        "c-uri": "/a?b",
        "cs-uri-stem": "/a",
        "cs-uri-query": "b",
        "cs-version": "HTTP/2.0",
        "message": "connect() failed",
    }


def test_a_client_written_into_the_path_or_the_request_is_not_believed() -> None:
    fields = nginx(
        '2026/03/02 08:14:07 [error] 28#28: *9 open() "/x, client: 203.0.113.6, server: a" failed, client: 192.0.2.10, '
        'server: s, request: "GET /x, client: 203.0.113.7, server: x HTTP/1.1", host: "h"'
    ).fields
    assert fields["c-ip"] == "192.0.2.10"
    assert fields["c-uri"] == "/x, client: 203.0.113.7, server: x"


def test_nginx_without_a_client_is_decoded() -> None:
    assert (
        nginx("2026/03/02 08:14:07 [notice] 1#1: signal process started").fields["message"] == "signal process started"
    )


def test_a_hostile_request_takes_no_time() -> None:
    request = '", subrequest: "x, client: 192.0.2.1' * 5000
    fields = nginx(f'2026/03/02 08:14:07 [error] 1#1: *9 x, client: 192.0.2.10, server: s, request: "{request}').fields
    assert fields["severity"] == "error"


def test_each_is_known_by_its_front() -> None:
    assert is_apache_error("[Sun Dec 04 04:47:44 2005] [error] x")
    assert is_nginx_error("2026/03/02 08:14:07 [notice] 1#1: x")
    assert not is_apache_error("2026/03/02 08:14:07 [notice] 1#1: x")
    assert not is_nginx_error("[Sun Dec 04 04:47:44 2005] [error] x")
    assert decode_apache_error("x", make_context()) is None
    assert decode_nginx_error("x", make_context()) is None


def test_apache_leaves_the_time_to_syslog() -> None:
    parsed = apache("[auth_basic:error] [pid 7:tid 140] [client 192.0.2.10:5999] AH01618: user an not found: /a")
    assert (parsed.time_ns, parsed.fields["user"], parsed.fields["module"]) == (None, "an", "auth_basic")
    assert apache("[error] [client 192.0.2.10] user an not found: /a").fields["src_ip"] == "192.0.2.10"
    assert decode_apache_error("[client 192.0.2.10] x", make_context("apache_error")) is None
    assert not is_apache_error("[error] [client 192.0.2.10] user an not found: /a")


def test_naxsi_says_who_and_what() -> None:
    parsed = nginx(
        "2026/11/20 10:15:04 [error] 7#7: *9 NAXSI_FMT: ip=203.0.113.45&server=cong.example.vn&uri=/tin&config=block&"
        "cscore0=$SQL&score0=8&zone0=ARGS&id0=1013&var_name0=id, client: 203.0.113.45, server: _, "
        'request: "GET /tin?id=1%27 HTTP/1.1", host: "cong.example.vn"'
    )
    fields = parsed.fields
    assert (fields["waf_rule"], fields["waf_action"], fields["waf_score"]) == ("1013", "Access denied", 8)
    assert (fields["c-ip"], fields["waf_message"], fields["cs-uri-stem"]) == ("203.0.113.45", "$SQL", "/tin")
    assert parsed.log_sources[-1].service == "waf"
