"""W3C logs: columns get the names of the header, and of IIS without one those that it usually writes."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.decode.context import Context, Parsed
from soc_agent.decode.guess import guess_type
from soc_agent.decode.w3c import W3C, decode_w3c, is_w3c, is_w3c_header, read_w3c_header
from soc_agent.model import LogSource

_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_IIS = (
    b"#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Date: 2026-11-20 03:00:00\n"
    b"#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) "
    b"sc-status sc-substatus sc-win32-status time-taken\n"
)
_LINE = "2026-11-20 03:15:04 10.0.0.5 GET /tin.aspx id=7 443 TINH\\an 2001:db8::45 Mozilla/5.0+(X11) - 404 0 2 12"
_FTP = (
    b"#Software: Microsoft Internet Information Services 10.0\n"
    b"#Fields: date time c-ip cs-username s-ip s-port cs-method cs-uri-stem sc-status sc-win32-status\n"
)
_FIREWALL = (
    b"#Version: 1.5\n#Software: Microsoft Windows Firewall\n#Time Format: Local\n"
    b"#Fields: date time action protocol src-ip dst-ip src-port dst-port size\n"
)
_HTTP_ERROR = (
    b"#Software: Microsoft HTTP API 2.0\n"
    b"#Fields: date time c-ip c-port s-ip s-port cs-version cs-method cs-uri sc-status s-reason\n"
)


def _decoded(text: str, header: bytes = b"") -> Parsed | None:
    return decode_w3c(text, Context("test", "w3c", _ZONE, 1_795_000_000_000_000_000, header=header))


def _fields(text: str, header: bytes, wanted: dict[str, Any]) -> Parsed:
    parsed = _decoded(text, header)
    assert parsed is not None
    assert set(parsed.log_sources) <= W3C.log_sources
    assert {name: parsed.fields.get(name) for name in wanted} == wanted
    return parsed


@pytest.mark.parametrize("header", [_IIS, b""])
def test_a_line_of_iis_with_and_without_its_header(header: bytes) -> None:
    wanted = {"c-ip": "2001:db8::45", "sc-status": 404, "c-uri": "/tin.aspx?id=7", "cs-username": "TINH\\an"}
    parsed = _fields(
        _LINE, header, wanted | {"cs-referer": None, "dst_ip": "10.0.0.5", "cs-user-agent": "Mozilla/5.0+(X11)"}
    )
    assert LogSource("webserver", "", "") in parsed.log_sources
    assert parsed.time_ns == 1_795_144_504_000_000_000  # the times of W3C logs are UTC


def test_a_refused_login_of_the_ftp_service() -> None:
    line = "2026-11-20 03:15:04 203.0.113.45 an 10.0.0.5 21 PASS *** {} 1326"
    _fields(line.format(530), _FTP, {"src_ip": "203.0.113.45", "user": "an", "action": "login", "outcome": "failure"})
    _fields(line.format(230), _FTP, {"outcome": "success"})


def test_the_firewall_of_windows_writes_local_time() -> None:
    line = "2026-11-20 10:15:04 DROP TCP 203.0.113.45 10.0.0.5 51022 445 52"
    parsed = _fields(line, _FIREWALL, {"src_ip": "203.0.113.45", "dst_port": 445, "action": "deny"})
    assert parsed.time_ns == 1_795_144_504_000_000_000


def test_errors_of_the_http_service() -> None:
    line = "2026-11-20 03:15:04 203.0.113.45 51022 10.0.0.5 80 HTTP/1.1 GET /a?b=%2e%2e 400 URL"
    _fields(line, _HTTP_ERROR, {"cs-uri-stem": "/a", "cs-uri-query": "b=%2e%2e", "sc-status": 400})


def test_what_does_not_fit_the_header_is_not_decoded() -> None:
    assert _decoded(_LINE + " more", _IIS) is None
    assert _decoded("2026-11-20 03:15:04 something else", b"") is None
    header = _decoded("#Date: 2026-11-20", _IIS)
    assert header is not None
    assert header.log_sources == ()


def test_the_type_is_told_by_header_or_line() -> None:
    assert guess_type(_IIS + _LINE.encode() + b"\n") == "w3c"
    assert guess_type(_LINE.encode()) == "w3c"
    assert is_w3c(_LINE)
    assert not is_w3c("2026-11-20 03:15:04 10.0.0.5 app started")
    assert not is_w3c_header("#Software: Microsoft Exchange Server\n#Fields: date-time,connector-id\n")
    assert not is_w3c_header("#Version: 1\nx\n#Fields: a b\n")
    assert read_w3c_header(_FIREWALL).local


@given(st.text(max_size=120), st.binary(max_size=80))
def test_it_never_raises(text: str, header: bytes) -> None:
    _decoded(text, b"#Fields: date time action cs-method c-ip\n" + header)
    _decoded(text)
    is_w3c_header(text)
