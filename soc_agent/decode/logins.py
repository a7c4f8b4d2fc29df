"""A login in a line that nobody wrote a decoder for: how it ended, who it was and from where.

The words of the line say how it ended (:mod:`loginwords`), names of fields and the words beside an address say whose it
is (:mod:`loginparties`). Without the address of a client nothing is said: what was refused elsewhere has none.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import ahocorasick_rs
import msgspec
from msgspec import Struct

from soc_agent.decode.context import Parsed
from soc_agent.decode.loginparties import key_of, parties
from soc_agent.decode.loginwords import is_login_page, outcome
from soc_agent.decode.objects import flatten
from soc_agent.model import LogSource

APPLICATION = LogSource("application", "", "")
FIELDS = frozenset({"action", "outcome", "src_ip", "user"})
"""Every field that :func:`put_login` gives."""
DERIVED = frozenset({"action", "outcome"})
WORDS = (
    *("fail", "unsuccessful", "not successful", "invalid", "incorrect", "not correct", "wrong", "denied", "rejected"),
    *("mismatch", "not match", "n't match", "unauthorized", "unauthorised", "not authorized", "forbidden"),
    *("login refused", "authentication refused", "refused login", "refused authentication", "password refused"),
    *("bad password", "missing password", "bad credential", "bad auth", "bad user", "bad login", "badcredential"),
    *("badpassword", "login error", "login_error", "loginerror", "auth error", "auth-error", "auth_error"),
    *("authentication error", "unknown user", "unknown account", "unknown login", "user not found", "was not found"),
    *("account not found", "' not found", '" not found', "] not found", "usernotfound", "user_not_found"),
    *("no such user", "nosuchuser", "not exist", "n't exist", "nonexist", "non-exist", "find user", "find this user"),
    *("retrieve user", "no user found", "account lock", "account_lock", "locked out", "is locked", "is disabled"),
    *("not registered", "not accepted", "unable to log", "unable to auth", "unable to sign", "could not log"),
    *("could not auth", "could not sign", "cannot log", "cannot auth", "can't log", "can't auth", "status=401"),
    *("status=403", "logged in", "logged on", "signed in", "login success", "login_success", "loginsuccess"),
    *("login succeeded", "auth success", "auth_success", "authentication success", "authentication succeeded"),
    *("authentication_success", "authenticationsuccess", "sign-in success", "signin success", "sign in success"),
    *("successful login", "successful auth", "successful sign", "successful log", "successfully log"),
    *("successfully sign", "successfully auth", "user authenticated", "accepted password", "accepted publickey"),
    *("login ok", "authentication ok", "auth ok", "login accepted", "has succeeded", "illegal", "too many"),
    *("attempt limit", "attempts exceeded", "access key", "ông hợp lệ", "ông đúng", "ông chính xác", "khong hop le"),
    *("khong dung", "khong chinh xac", "ăng nhập", "ật khẩu", "ác thực", "ị khó", "ị khoá", "ông tồn tại"),
    *("dang nhap", "mat khau", "xac thuc", "bi khoa", "khong ton tai"),
)
"""Each line with such a login holds one of these, in some case of its letters."""
LITERALS = frozenset(WORDS)
"""The same for those who look for them before a line is read."""
JSON_LITERALS = LITERALS | {
    *(":401", ": 401", ":403", ": 403", ':"401', ':"403', ': "401', ': "403'),
    *("locked", '"success":false', '"success": false', '"success":"false"', " not found"),
    *("p l\\u1ec7", "ng \\u0111\\u00fang", "ng ch\\u00ednh x\\u00e1c", "th\\u1ea5t b\\u1ea1i"),
    *("ng nh\\u1eadp", "t kh\\u1ea9u", "c th\\u1ef1c", "NG NH\\u1eacP"),
}
"""The same in JSON, where one field may say *login* and another how it ended, and where letters may be escaped."""

_FINDER = ahocorasick_rs.AhoCorasick([*WORDS])
_JSON_FINDER = ahocorasick_rs.AhoCorasick([*WORDS, "locked", "not found"])
_READER = json.JSONDecoder()
_OBJECTS = 6
_CAP = 4096
_NOT_OF_LOGINS = frozenset(
    {
        *("kernel", "audit", "auditd", "audispd", "crond", "cron", "named", "dhcpd", "sudo", "su", "systemd"),
    }
)
"""Programs whose lines are about other things, whatever words they hold."""
_SPOKEN = frozenset({"login", "logon", "signin", "sign-in", "auth", "authentication", "password"})
_MAIL = ("postfix", "sendmail", "exim", "sm-mta")
_TEXT_KEYS = frozenset(
    {
        *("msg", "message", "messages", "text", "event", "eventname", "eventtype", "error", "err", "errors"),
        *("reason", "action", "actionname", "type", "log", "m", "mt", "messagetemplate", "shortmessage"),
        *("fullmessage", "detail", "details", "description", "desc", "exception", "cause", "result", "outcome"),
        *("status", "title", "summary", "errmsg", "what", "errormessage", "errordescription", "errdetails"),
        *("renderedmessage", "body", "content", "failure", "failurereason", "failuremessage", "operation"),
        *("activity", "info", "note", "logmessage", "errorcode", "code", "exceptionmessage", "thongbao", "noidung"),
        *("ketqua", "hanhdong", "sukien", "thongdiep", "mota", "lydo", "loi"),
    }
)
"""Names of fields that tell in words what happened."""
_ACTION_KEYS = frozenset(
    {
        *("action", "event", "eventname", "eventtype", "type", "operation", "activity", "category", "msg", "message"),
        *("actionname", "hanhdong", "sukien", "name", "apipath", "path", "url", "uri"),
    }
)
_RESULT_KEYS = frozenset({"status", "result", "outcome", "success", "successful", "state", "ketqua", "authenticated"})
_INNER_KEYS = frozenset({"log", "message", "msg", "eventdata", "event", "data"})
_FOREIGN = frozenset({"request", "headers", "query", "params", "form", "response", "kubernetes", "labels", "useragent"})
"""What holds words of the client, or of nobody."""


_REQUEST_KEYS = {
    "method": "method",
    "requestmethod": "method",
    "verb": "method",
    "status": "status",
    "statuscode": "status",
    "responsestatus": "status",
    "httpstatus": "status",
    "path": "path",
    "uri": "path",
    "url": "path",
    "requesturi": "path",
    "requestpath": "path",
}
"""What the names of fields of a request mean."""


class Login(Struct, frozen=True):
    """What a line tells of a login."""

    outcome: str
    """``failure`` or ``success``."""
    src_ip: str
    user: str
    """Empty when nothing tells it."""


def put_login(parsed: Parsed) -> bool:
    """Put the login that a line of text tells of into its fields; False when it tells of none."""
    program = parsed.program.lower()
    name = program.rpartition("/")[2].partition("-")[0]
    is_told = parsed.fields.get("action") == "login" and "outcome" in parsed.fields
    if is_told or name in _NOT_OF_LOGINS or program.startswith(_MAIL):
        return False
    login = read_login(_said(parsed), parsed.fields)
    if login is None:
        return False
    put(parsed.fields, login)
    return True


def put(fields: dict[str, Any], login: Login) -> None:
    """Put a login into the fields of an event."""
    fields["action"], fields["outcome"], fields["src_ip"] = "login", login.outcome, login.src_ip
    if login.user:
        fields["user"] = login.user


def has_words(parsed: Parsed) -> bool:
    """Say whether a line has one of the words without which it tells of no login."""
    return bool(_FINDER.find_matches_as_indexes(_said(parsed).lower()))


def _said(parsed: Parsed) -> str:
    """Give what a line says. ``Failed Login: user=…`` looks like a host and a program, and is none."""
    if parsed.program.lower() in _SPOKEN:
        return f"{parsed.host} {parsed.program}: {parsed.subject}"
    return parsed.subject


def read_login(text: str, fields: Mapping[str, Any]) -> Login | None:
    """Read a line of text, and the fields that it names itself; JSON objects in it are read as such."""
    told = dict(fields)
    if '{"' in text:
        objects, text = _objects_in(text)
        for inner in objects:
            told.update(inner)
            text = f"{text} | {' | '.join(_texts(inner))}"
    how = outcome(text) or _of_request(told)
    return None if not how else _login(how, text, told)


def read_login_of_object(fields: Mapping[str, Any]) -> Login | None:
    """Read the fields of a JSON object."""
    inner = [found for name, value in fields.items() if (found := _inside(name, value)) is not None]
    told = {**fields, **{name: value for found in inner for name, value in found.items()}}
    text = " | ".join(_texts(told))
    how = outcome(text) if _JSON_FINDER.find_matches_as_indexes(text.lower()) else ""
    how = how or _of_request(told)
    return None if not how else _login(how, text, told)


def _login(how: str, text: str, fields: Mapping[str, Any]) -> Login | None:
    client = fields.get("c-ip")
    address, user = parties(text, fields, client if isinstance(client, str) else "")
    return Login(how, address, user) if address else None


def _of_request(fields: Mapping[str, Any]) -> str:
    """Tell the outcome of a request to a login page, as applications log their own requests in pairs."""
    told: dict[str, str] = {}
    for name, value in fields.items():
        key = key_of(name)[0]
        if part := _REQUEST_KEYS.get(key):
            told.setdefault(part, str(value))
    if told.get("status") not in ("401", "403") or told.get("method") != "POST":
        return ""
    return "failure" if is_login_page(told.get("path", "")) else ""


def _texts(fields: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the fields say in words, and what two of them say together: ``login`` and ``failed``."""
    actions: list[str] = []
    results: list[str] = []
    length = 0
    for name, value in fields.items():
        key, owner = key_of(name)
        if owner in _FOREIGN or length > _CAP:
            continue
        word = _word(value)
        if not word:
            continue
        if key in _RESULT_KEYS and len(word) < 64:
            results.append(_result(value, word))
        if key in _ACTION_KEYS and len(word) < 64:
            actions.append(word.replace("/", " ") if word.startswith("/") else word)
        is_name = key == "name" and owner in ("event", "events")
        if (is_name or key in _TEXT_KEYS) and value.__class__ is not bool:
            length += len(word)
            yield word
    for result in results[:4]:
        for action in actions[:8]:
            if result != action:
                yield f"{action} {result}"


def _result(value: Any, word: str) -> str:
    if value is True or word.lower() == "true":
        return "successful"
    return "failed" if value is False or word.lower() == "false" else "unauthorized" if word == "401" else word


def _word(value: Any) -> str:
    if value.__class__ is list:
        return " ".join(part for part in value[:4] if part.__class__ is str)
    if value.__class__ is bool or value.__class__ is int:
        return str(value)
    return value if value.__class__ is str else ""


def _inside(name: str, value: Any) -> dict[str, Any] | None:
    """Give the fields of an object that stands as text in a field."""
    if value.__class__ is not str or not value.startswith("{") or key_of(name)[0] not in _INNER_KEYS:
        return None
    return _read(value)


def _read(text: str) -> dict[str, Any] | None:
    try:
        tree = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None
    return flatten(tree) if isinstance(tree, dict) else None


def _objects_in(text: str) -> tuple[list[dict[str, Any]], str]:
    """Give the objects in a text, and the text without them."""
    found: list[dict[str, Any]] = []
    rest, start = "", 0
    while len(found) < _OBJECTS and (begin := text.find('{"', start)) >= 0:
        rest += text[start:begin]
        try:
            tree, start = _READER.raw_decode(text, begin)
        except (ValueError, RecursionError):
            rest, start = f"{rest}{text[begin : begin + 2]}", begin + 2
            continue
        fields = flatten(tree) or {}
        found += [fields, *(inner for name, value in fields.items() if (inner := _inside(name, value)) is not None)]
    return found, rest + text[start:]
