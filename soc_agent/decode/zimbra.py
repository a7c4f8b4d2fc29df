r"""Zimbra's own logs: ``mailbox.log``, ``audit.log``, ``sync.log`` and others that log4j writes there.

A line is ``TIME LEVEL  [THREAD] [CONTEXT] CATEGORY - MESSAGE``; the thread names the request that it works on, the
context who asks: ``oip`` is the address of the client itself, ``ip`` that of the proxy in front. Source: the Zimbra
administrator guide, "Log Files".
"""

import re
from typing import Any

from soc_agent.decode import times
from soc_agent.decode.context import Context, LineType, Parsed
from soc_agent.model import LogSource

_AUDIT = (LogSource("mail", "zimbra", "audit"),)
_MAILBOX = (LogSource("mail", "zimbra", "mailbox"),)
_LINE = re.compile(
    r"([12][0-9]{3}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}):([0-9]{2})(?:[.,]([0-9]{1,9}))? "
    r"(TRACE|DEBUG|INFO|WARN|ERROR|FATAL) +\[(.{0,4096}?)\] \[(.{0,4096}?)\] ([\w./:-]{1,64}) - (.*)",
    re.DOTALL,
)
_URL = re.compile(r"https?://(?:\[[^\]]*\]|[^/\s\]]*)(/\S*)")
_PAIR = re.compile(r"([A-Za-z][\w-]{0,63})=(.*?)(?:; ?(?=[A-Za-z][\w-]{0,63}=)|;? ?$)", re.DOTALL)
_REFUSED = re.compile(r"authentication failed for \[([^\]]*)\](?:, (.*))?", re.DOTALL)
_LOGINS = frozenset({"Auth", "AdminAuth", "PreAuth", "ExternalAuth"})
_CONTEXT = frozenset({"name", "aname", "ip", "oip", "via", "ua", "mid", "port", "oport", "oproto", "protocol", "cid"})
_OWN = frozenset({"action", "outcome", "level", "thread", "category", "message", "src_ip", "user", "c-uri", "reason"})
"""Fields that no pair of a message may set."""
_PAIR_CAP = 200


def decode_zimbra(text: str, context: Context) -> Parsed | None:
    """Decode one line. ``action`` is ``login`` in the audit log, ``authentication`` where another log says the same.

    The pairs of an entry of the audit log (``cmd=…; account=…;``) are fields of these names.
    """
    found = _LINE.match(text)
    if found is None:
        return None
    minute, second, fraction, level, thread, said, category, message = found.groups()
    fields: dict[str, Any] = {"level": level, "category": category}
    if thread:
        fields["thread"] = thread
    if url := _URL.search(thread):
        fields["c-uri"] = url[1]
    for pair in said.split(";"):
        name, equals, value = pair.partition("=")
        if equals and name in _CONTEXT and value:
            fields[name] = value
    address = fields.get("oip") or fields.get("ip")
    if address:
        fields["src_ip"] = address
    account = fields.get("aname") or fields.get("name")
    sources = _MAILBOX
    if category == "security":
        sources = _AUDIT
        account = _put_audit(fields, message) or account
    elif refused := _REFUSED.search(message):
        fields |= {"action": "authentication", "outcome": "failure", "reason": refused[2] or ""}
        account = refused[1]
    if account:
        fields["user"] = account
    fields["message"] = message
    time_ns = times.dated(minute, second, fraction, None, context.timezone)
    return Parsed("zimbra", sources, fields, time_ns, subject=message)


def is_zimbra(text: str) -> bool:
    """Say whether a line is one of Zimbra's."""
    return _LINE.match(text) is not None


def _put_audit(fields: dict[str, Any], message: str) -> str:
    """Put the pairs of an entry of the audit log; give the account that logs in, where it is about a login."""
    pairs: dict[str, str] = {}
    for count, found in enumerate(_PAIR.finditer(message)):
        if count == _PAIR_CAP:
            break
        pairs.setdefault(found[1], found[2])
    for name, value in pairs.items():
        if name not in _OWN:
            fields.setdefault(name, value)
    if "name" in pairs:
        fields["target"] = pairs["name"]
    command = pairs.get("cmd", "")
    if command not in _LOGINS:
        fields["action"] = "audit"
        return ""
    fields["action"] = "login"
    fields["outcome"] = "failure" if "error" in pairs else "success"
    if "error" in pairs:
        fields["reason"] = pairs["error"]
    return pairs.get("account", "")


ZIMBRA = LineType(
    "zimbra",
    decode_zimbra,
    frozenset((*_AUDIT, *_MAILBOX)),
    derived=frozenset({"action", "outcome"}),
    undecoded=(*_AUDIT, *_MAILBOX),
)
