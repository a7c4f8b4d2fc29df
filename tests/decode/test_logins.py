"""Logins of applications that nobody wrote a decoder for, in the forms in which they reach the agent."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.decode.context import Context, Parsed
from soc_agent.decode.decoders import Decoders
from soc_agent.decode.logins import LITERALS, WORDS, has_words, put_login, read_login_of_object
from soc_agent.model import LogSource
from soc_agent.resources import resource

_APPLICATION = LogSource("application", "", "")
_WHO = {"action": "login", "outcome": "failure", "src_ip": "203.0.113.9", "user": "an"}
_LINES = (
    # plain text, and what frameworks put in front
    "2026-11-20 10:15:04 portal: login failed for user an from 203.0.113.9",
    "2026-11-20 10:15:04,123 [exec-3] WARN  v.e.LoginService - Đăng nhập thất bại: tài khoản an, IP: 203.0.113.9",
    "2026-11-20 10:15:04.123 +07:00 [WRN] Invalid login attempt for an from 203.0.113.9 (Cong.AccountController)",
    "[2026-11-20 10:15:04,123] WARNING in auth: Bad password for user an (remote_addr 203.0.113.9)",
    "W, [2026-11-20T10:15:04.1 #19]  WARN -- : [203.0.113.9] Failed sign in for an: Invalid password.",
    '[2026-11-20T10:15:04+07:00] production.WARNING: Failed login attempt {"email":"an","ip":"203.0.113.9"} []',
    '2026-11-20T03:15:04.123Z [warn][API]: Failed sign-in attempt {"ip":"203.0.113.9","email":"an","userId":4}',
    "\x1b[32m[Nest] 7 - \x1b[39m11/20/2026, 10:15:04 AM \x1b[33mFailed login of user an from ip 203.0.113.9\x1b[39m",
    "2026-11-20T03:15:04.000Z: Failed Login: username=an ip=203.0.113.9",
    '2026-11-20T03:15:04.123Z stderr F level=warn msg="login failed" user=an ip=203.0.113.9',
    '2026-11-20T03:15:04Z stdout F {"msg":"could not authenticate user","user":"an","src":"203.0.113.9"}',
    # pairs
    'ts=2026-11-20T10:15:04+07:00 level=warn component=auth msg="invalid credentials" user=an client_ip=203.0.113.9',
    'time="2026-11-20T10:15:04+07:00" level=warning msg="user not found" login=an ip="203.0.113.9" handler=SignIn',
    "t=2026-11-20T10:15:04 level=info method=POST path=/login status=401 remote_addr=203.0.113.9 uname=an",
    # syslog
    "Nov 20 10:15:04 app1 eoffice: action=login result=fail user=an ip=203.0.113.9",
    '<132>1 2026-11-20T10:15:04Z app1 eoffice 88 X [u@32473 ip="203.0.113.9" user="an"] Login failed: wrong password',
    'Nov 20 10:15:04 app1 api[12]: {"level":"WARN","event":"login_failed","username":"an","ip":"203.0.113.9"}',
    'Nov 20 10:15:04 app1 api[12]: @cee: {"msg":"authentication failure","usr":"an","src":"203.0.113.9"}',
    # records of any product
    "CEF:0|Example|SSO|1.0|100|Login failed|5|src=203.0.113.9 suser=an msg=Invalid password",
    "LEEF:1.0|Example|SSO|1.0|LoginFailed|src=203.0.113.9\tusrName=an\tmsg=Invalid password",
    # JSON
    '{"level":"warn","msg":"x","error":"invalid credentials","username":"an","remote_ip":"203.0.113.9"}',
    '{"level":40,"req":{"url":"/x","remoteAddress":"203.0.113.9"},"user":"an","msg":"invalid password"}',
    '{"@mt":"Login failed for {User} from {ClientIp}","User":"an","ClientIp":"203.0.113.9"}',
    '{"time":"2026-11-20T10:15:04Z","status":"failed","action":"login","account":"an","x_forwarded_for":"203.0.113.9"}',
    '{"event":{"type":"authentication","outcome":"failure"},"source":{"ip":"203.0.113.9"},"user":{"name":"an"}}',
    '{"version":"1.1","host":"app1","short_message":"Login failed for an","_client_ip":"203.0.113.9","_user":"an"}',
    '{"log":"level=warn msg=\\"login failed\\" user=an ip=203.0.113.9\\n","kubernetes":{"host":"10.0.0.4"}}',
    '{"log":"2026/11/20 10:15:04 [W] Failed authentication attempt for an from 203.0.113.9:0\\n","stream":"stdout"}',
    '{"time":"2026-11-20T10:15:04Z","thongbao":"Sai m\\u1eadt kh\\u1ea9u","taikhoan":"an","ip":"203.0.113.9"}',
)
_QUIET = (
    "2026-11-20 10:15:04 portal: password reset mail sent to an@example.vn, requested from 203.0.113.9",
    '{"msg":"no connection to database","error":"password authentication failed for user app","db_host":"10.0.0.8"}',
    "2026-11-20 10:15:04 sync[88]: could not authenticate to upstream mail.example.net at 192.0.2.44: bad credentials",
    "Nov 20 10:15:04 web01 kernel: login failed from 203.0.113.9",
    "Nov 20 10:15:04 mx1 postfix/smtp[8]: 3F1: host mx.example.net[192.0.2.9] said: 535 authentication failed",
    (
        "[Fri Nov 20 10:15:04.1 2026] [php:error] [pid 1] [client 203.0.113.9:4711] PHP Warning:  mysqli_connect(): "
        "(HY000/1045): Access denied for user 'app'@'localhost' (using password: YES) in /srv/app/db.php on line 3"
    ),
)


@pytest.fixture(scope="module")
def product() -> Decoders:
    return Decoders.load([resource("rules") / "decoders"])


def _context() -> Context:
    return Context("test", "", ZoneInfo("Asia/Ho_Chi_Minh"), 1_795_100_000_000_000_000)


def test_a_refused_login_is_known_in_whatever_form_it_comes(product: Decoders) -> None:
    events = {line: product.decode(line.encode(), _context()) for line in _LINES}
    told = {line: {name: event.fields.get(name) for name in _WHO} for line, event in events.items()}
    assert {line: fields for line, fields in told.items() if fields != _WHO} == {}
    assert [line for line, event in events.items() if _APPLICATION not in event.log_sources] == []


def test_each_of_them_holds_a_literal_by_which_it_is_looked_for(product: Decoders) -> None:
    for line in _LINES:
        own = {"{": ("json",), "C": ("cef", "syslog"), "L": ("leef", "syslog")}.get(line[0], ("plain", "syslog", "kv"))
        for line_type in own:
            literals = product.literals(line_type, _APPLICATION)
            assert any(literal.lower() in line.lower() for literal in literals or ()), (line_type, line)


def test_what_is_no_login_of_a_client_is_left_alone(product: Decoders) -> None:
    events = {line: product.decode(line.encode(), _context()) for line in _QUIET}
    assert {line: event.fields for line, event in events.items() if event.fields.get("outcome")} == {}


def test_an_accepted_login_is_known_too(product: Decoders) -> None:
    for line in (
        "2026-11-20 10:15:04 portal: login succeeded for user an from 203.0.113.9",
        '{"level":"info","msg":"login ok","username":"an","remote_ip":"203.0.113.9"}',
    ):
        fields = product.decode(line.encode(), _context()).fields
        assert {name: fields[name] for name in _WHO} == {**_WHO, "outcome": "success"}


def test_what_the_line_tells_itself_is_not_told_again() -> None:
    fields = {"action": "login", "outcome": "success", "src_ip": "203.0.113.9"}
    parsed = Parsed("x", (), dict(fields), subject="login failed from 203.0.113.9")
    assert not put_login(parsed)
    assert parsed.fields == fields


def test_the_words_are_looked_for_in_any_case() -> None:
    assert all(word == word.lower() for word in WORDS)
    assert has_words(Parsed("x", (), {}, subject="LOGIN FAILED"))
    assert not has_words(Parsed("x", (), {}, subject="all is well"))
    assert set(WORDS) <= LITERALS


@given(
    st.dictionaries(
        st.text(max_size=9), st.recursive(st.text(max_size=30) | st.booleans() | st.none(), st.lists, max_leaves=4)
    )
)
def test_it_never_raises(fields: dict[str, object]) -> None:
    read_login_of_object(fields)
    put_login(Parsed("x", (), {}, subject=str(fields)))
