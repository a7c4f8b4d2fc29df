"""Who logged in, and from where, in a line that nobody wrote a decoder for: by names of fields, else by its text.

An address counts as that of a client by the word before it (*from*, *by*, *client*, *ip=* …), and never when the word
says that it is the other end (*to*, *server*, *upstream* …): a program that was itself refused attacks nobody.
"""

import re
from collections.abc import Mapping
from typing import Any

from soc_agent.decode.addresses import address, is_inside

_CAP = 4096
"""So much of a text is looked at."""
_BEFORE = 40
"""So much before an address is looked at for a word that says whose it is."""

_IP_KEYS = (
    *("clientip", "clientipaddress", "clientaddress", "clientaddr", "remoteip", "remoteipaddress", "remoteaddress"),
    *("remoteaddr", "remotehost", "rhost", "sourceip", "sourceipaddress", "sourceaddress", "srcip", "srcaddr", "src"),
    *("ipaddress", "ipaddr", "ip", "userip", "useraddress", "visitorip", "peerip", "peeraddr", "peeraddress", "peer"),
    *("requestip", "requesterip", "callerip", "actorip", "originip", "hostip", "fromip", "loginip", "useripaddress"),
    *("client", "remote", "addr", "from", "origin", "source", "cip", "requestclientip", "diachiip", "diachi"),
    "clienthost",
)
"""Names of the client's address, letters and digits alone, in lower case; the surest first."""
_FORWARDED_KEYS = ("cfconnectingip", "trueclientip", "xrealip", "realip", "xforwardedfor", "forwardedfor", "xff")
_WEAK_KEYS = ("host", "address", "hostname")
_KEYS = frozenset({*_IP_KEYS, *_FORWARDED_KEYS, *_WEAK_KEYS})
_OTHER_ENDS = frozenset(
    {
        *("server", "destination", "dest", "dst", "target", "upstream", "observer", "db", "database", "local"),
        *("kubernetes", "host", "agent", "backend", "smtp", "ldap", "url", "docker", "service", "node", "cloud"),
        "listener",
    }
)
"""What an address belongs to that is not the client's."""
_USER_KEYS = (
    *("username", "user", "login", "loginid", "loginname", "account", "accountname", "accountid", "useremail"),
    *("email", "usr", "uname", "userid", "uid", "principal", "who", "identity", "subject", "targetuser"),
    *("attempteduser", "acct", "taikhoan", "tentaikhoan", "tendangnhap", "nguoidung", "usernameattempted"),
    *("loginuser", "emailaddress", "mail", "suser", "duser", "usrname"),
)
_IDS = ("userid", "uid", "accountid")
_NAME_OWNERS = frozenset({"user", "account", "actor", "principal", "client"})
_NOBODY = frozenset(
    {
        *("", "-", "--", "null", "none", "nil", "unknown", "undefined", "anonymous", "anonymoususer", "<unknown>"),
        *("(null)", "from", "for", "with", "has", "is", "was", "not", "name", "names", "or", "and", "the", "this"),
        *("that", "to", "in", "attempt", "attempts", "failed", "failure", "invalid", "tried", "does", "doesn", "by"),
        *("at", "on", "via", "ip", "login", "user", "account", "password", "passwords", "denied", "error"),
        *("authentication", "credentials", "a", "using", "user's", "agent", "id", "no", "found", "because", "due"),
        *("details", "db", "client", "of", "false", "true", "provided", "succeeded", "success", "successful"),
        *("detected", "yet", "action", "authenticated", "and/or", "username", "trying", "account's", "request"),
        *("requests", "access", "tu", "khong", "từ", "không", "nhập", "nhap"),
    }
)
"""What stands where a name would, and is none."""

_ADDRESS = re.compile(
    r"(?:::ffff:|(?<![\w.]))[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?!\.?\w)"
    r"|(?<![\w.])(?<![0-9A-Fa-f:.]:)(?=[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]*:)[0-9A-Fa-f:.]{3,45}(?<=[0-9A-Fa-f:])(?!\w)",
    re.IGNORECASE,
)
_OPENS = r"['\"`\\]*\s*(?:[=:(\[\"'`<{/\s\\-]|IPv?[46]/\w+/|IPv?[46]:)*$"
"""What may stand between such a word and the address."""
_LABEL = re.compile(
    r"(?P<word>\b(?:from|by|client|rhost|remote|src|source|peer|origin|visitor|sender|forwarded|addr|address)"
    r"|\b(?:địa chỉ|dia chi|từ|tu)|(?:\b|_)(?:ip|addr(?:ess)?|x-real)"
    r"|(?:client|remote|source|src|user|peer|real|caller|request|forwarded|host)"
    r"(?:ip|addr|address|host|for|ipaddr|ipaddress))"
    rf"(?:[ _-](?:is|of|the|private|public|address|addr|ip|host|user|client|for|proxy))*{_OPENS}",
    re.IGNORECASE,
)
_OTHER_END = re.compile(
    r"(?:\b|_)(?:server|dst|dest|destination|target|local|upstream|db|database|listen\w*|gateway|backend|node|relay|own)"
    rf"[ _-]?(?:ip|addr|address|host|name|ip ?addr(?:ess)?|ip is)*{_OPENS}"
    rf"|\b(?:to|via|against|using|version)(?:\s(?!from|by|client|ip)\w{{1,20}})?{_OPENS}"
    rf"|\bon(?: (?:host|server|node|runner|machine))?{_OPENS}"
    rf"|\bfor (?:host|server|target){_OPENS}|://(?:\S*@)?$",
    re.IGNORECASE,
)
_FORWARDED_LABEL = re.compile(r"forwarded|x-?real|xff|connecting-ip|true-client", re.IGNORECASE)
_OUTGOING = re.compile(
    r"\b(?:connect(?:ing|ion)? to|to connect|connected to|upstream|bind|ldaps?|smtps?|imaps?|pop3?|sqlstate|mysqli|"
    r"using password|authenticat\w+ (?:to|against|with)|log(?:ging)? in ?to (?:the )?(?:remote|server)|remote server|"
    r"webhook|unreachable|sync(?:ing)?|fetch\w*|pull(?:ing)?|push(?:ing)?|repository|registry)\b",
    re.IGNORECASE,
)
"""What says that the program was the client."""
_PASSED_ON = re.compile(r"forwarded|proxy|via", re.IGNORECASE)
_BARE = r"[^\s\"'`,;\[\]<>()|{}=]{1,128}"
_QUOTES = (
    r"\"([^\"]{1,128})\"",
    r"'([^']{1,128})'",
    r"`([^`]{1,128})`",
    r"\[([^\]\s]{1,128})\]",
    r"\(([^)\s]{1,128})\)",
)
_NAME = f"(?:{'|'.join(_QUOTES)}|<([^>\\s]{{1,128}})>|({_BARE}))"
_USERS = r"user[ _-]?names?|users?|uname|usr|login[ _-]?(?:id|name)?|account[ _-]?(?:name|id)?|acct|e-?mail|principal"
_NGUOI_DUNG = r"tài khoản|tai ?khoan|tên đăng nhập|ten dang nhap|người dùng|nguoi dung"
_NO_USER = r"unknown|invalid|no such|non-?existe?nt|unregistered|locked|disabled"
_USER_PATTERNS = tuple(
    re.compile(pattern + _NAME, re.IGNORECASE)
    for pattern in (
        rf"(?<![\w-])(?:{_USERS}|{_NGUOI_DUNG}|userid|who|extension)[\"']?\s{{0,2}}[=:|\[]\s{{0,2}}\\?",
        r"\buser (?:denied|authenticated|refused|rejected):\s{1,2}",
        r"\b(?:login|authentication|sign-?in) (?:failed|failure|denied|succeeded|successful)(?: for)?:? +(?=['\"`])",
        rf"\b(?:{_NO_USER}) (?:user|account|login|username)\s{{1,2}}\\?",
        rf"\b(?:user|username|account|login|extension|peer|email|{_NGUOI_DUNG})\s{{1,2}}(?:name )?\\?",
        rf"\b(?:for|by|as|của|cho) +(?:the )?(?:(?:{_NO_USER}) )?(?:user(?:name)?|account|login)? {{0,2}}\\?",
    )
)
"""What stands before the name of a user, the surest first."""
_NO_NAME = re.compile(r"https?:|HTTP/|/|[0-9]{1,2}$|[0-9]{4}-[0-9]{2}-")
"""An address of a page, a version, a number of somebody: no name that a person would give."""


def parties(text: str, fields: Mapping[str, Any], client: str = "") -> tuple[str, str]:
    """Give the address of the client and the user; each empty where nothing tells it.

    ``client`` is the address whose request it was that the line is about, where the line's own type says so.
    """
    text = text[:_CAP]
    found = _client_of_fields(fields) or _client_of_text(text)
    if not found and client and not _OUTGOING.search(text):
        found = address(client) or ""
    return found, _user_of_fields(fields) or _user_of_text(text)


def _client_of_fields(fields: Mapping[str, Any]) -> str:
    told: dict[str, str] = {}
    for name, value in fields.items():
        key, owner = key_of(name)
        if key not in _KEYS or owner in _OTHER_ENDS:
            continue
        if found := _address_in(value):
            told.setdefault(key, found)
    if not told:
        return ""
    direct = next((told[key] for key in _IP_KEYS if key in told), "")
    forwarded = next((told[key] for key in _FORWARDED_KEYS if key in told), "")
    if forwarded and (not direct or is_inside(direct)):
        return forwarded
    if direct:
        return direct
    return next((told[key] for key in _WEAK_KEYS if key in told), "")


def _client_of_text(text: str) -> str:
    sure: list[tuple[str, str, int]] = []
    unsure: set[str] = set()
    for found in _ADDRESS.finditer(text):
        value = address(found[0]) or address(found[0].rpartition(":")[0])
        before = text[max(0, found.start() - _BEFORE) : found.start()]
        if value is None or _OTHER_END.search(before):
            continue
        if label := _LABEL.search(before):
            sure.append((value, label[0].lower(), found.start()))
        else:
            unsure.add(value)
    if not sure:
        return unsure.pop() if len(unsure) == 1 and not _OUTGOING.search(text) else ""
    return _surest(sure, text)


def _surest(sure: list[tuple[str, str, int]], text: str) -> str:
    """Choose among addresses that are each said to be that of a client, with the word before it and its place."""
    value, label, start = sure[0]
    if is_inside(value):  # of a proxy, then
        value = next((other for other, word, _ in sure if _FORWARDED_LABEL.search(word)), value)
    elif label.startswith("from"):
        # who logs in as "an from 192.0.2.1" writes the first of these
        last, _, end = next(found for found in reversed(sure) if found[1].startswith("from"))
        if end != start and not _PASSED_ON.search(text, start, end):
            value = last
    return value


def _address_in(value: Any) -> str:
    if value.__class__ is list:
        value = value[0] if value else ""
    if value.__class__ is not str or not 3 <= len(value) <= 256:
        return ""
    first = value.partition(",")[0].strip()
    return address(first) or address(first.rpartition(":")[0]) or address(first.rpartition("/")[2]) or ""


def _user_of_fields(fields: Mapping[str, Any]) -> str:
    told: dict[str, str] = {}
    for name, value in fields.items():
        key, owner = key_of(name)
        if value.__class__ is not str or not value or len(value) > 256:
            continue
        if key in ("name", "displayname") and owner in _NAME_OWNERS:
            key = "user"
        if key in _USER_KEYS and value.strip().lower() not in _NOBODY and not (key in _IDS and value.isdecimal()):
            told.setdefault(key, value.strip())
    return next((told[key] for key in _USER_KEYS if key in told), "")


def _user_of_text(text: str) -> str:
    return next((name for pattern in _USER_PATTERNS if (name := _name(pattern, text))), "")


def _name(pattern: re.Pattern[str], text: str) -> str:
    start = 0
    while found := pattern.search(text, start):
        name = next((group for group in found.groups() if group), "").strip().rstrip(".:,!\\")
        is_label = text.startswith("=", found.end())
        if not is_label and name.lower() not in _NOBODY and not _NO_NAME.match(name) and not _is_address(name):
            return name
        start = found.start() + 1
    return ""


def _is_address(name: str) -> bool:
    return address(name) is not None or address(name.rpartition(":")[0]) is not None


def key_of(name: str) -> tuple[str, str]:
    """Give the last part of a field's name and what it belongs to, both as :data:`_IP_KEYS` are written."""
    owner, _, last = name.rpartition(".")
    owner = owner.rpartition(".")[2]
    return _letters(last), _letters(owner)


def _letters(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
