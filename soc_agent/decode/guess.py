"""Telling the type of a stream from its first lines."""

import re
from collections import Counter

from soc_agent.decode.access import is_access
from soc_agent.decode.audit import is_audit, is_laurel
from soc_agent.decode.cef import is_cef
from soc_agent.decode.errorlog import is_apache_error, is_nginx_error
from soc_agent.decode.eve import is_eve
from soc_agent.decode.eventxml import is_event_xml
from soc_agent.decode.exchange import is_exchange
from soc_agent.decode.keyvalue import is_keyvalue
from soc_agent.decode.leef import is_leef
from soc_agent.decode.objects import parse_object
from soc_agent.decode.syslog import is_syslog
from soc_agent.decode.syslog_json import TYPE as SYSLOG_JSON
from soc_agent.decode.syslog_json import is_syslog_json
from soc_agent.decode.w3c import is_w3c, is_w3c_header
from soc_agent.decode.zeeklog import is_zeek_header
from soc_agent.decode.zimbra import is_zimbra

_LINES = 64
_LINE_CAP = 16_384
_SQL_SERVER = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d\d +(?:Logon|Server|Backup|spid\d{1,5}s?) {2,}")
"""How SQL Server begins a line of its ERRORLOG: a time, and who says it in a column of twelve characters."""


def guess_type(sample: bytes) -> str:
    """Give the type of a stream from its first bytes, ``plain`` when it is none of those known.

    The type that most lines have wins; one that fewer than a fifth of the lines have does not (a stack trace may well
    follow each line of a known type). A last line without its newline counts only when it is alone.
    """
    lines = sample.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    if is_zeek_header(lines[0][:_LINE_CAP].decode("utf-8", "replace")):
        return "zeek_log"  # it says so of all that follows
    if is_w3c_header(sample[:_LINE_CAP].decode("utf-8", "replace")):
        return "w3c"
    if len(lines) > 1:
        lines.pop()
    votes: Counter[str] = Counter()
    for line in lines:
        if line := line.strip(b" \t\r\0"):
            votes[_guess_line(line[:_LINE_CAP].decode("utf-8", "replace"))] += 1
            if votes.total() == _LINES:
                break
    total = votes.total()
    del votes["plain"]
    if 0 < total <= votes[SYSLOG_JSON] * 5:
        votes[SYSLOG_JSON] += votes.pop("json", 0)  # it reads the other objects of such a stream, too
    for name, count in votes.most_common(1):
        if count * 5 >= total:
            return name
    return "plain"


def _guess_line(text: str) -> str:
    if text.startswith("{"):
        return _guess_object(text)
    if is_cef(text):
        return "cef"
    if is_leef(text):
        return "leef"
    if _SQL_SERVER.match(text):
        return "plain"  # what stands behind the time looks like a host and a program
    for name, test in _TESTS:
        if test(text):
            return name
    return "plain"


_TESTS = (
    ("eventxml", is_event_xml),
    ("apache_error", is_apache_error),
    ("nginx_error", is_nginx_error),
    ("zimbra", is_zimbra),
    ("exchange", is_exchange),
    ("w3c", is_w3c),
    ("syslog", is_syslog),
    ("access", is_access),
    ("auditd", is_audit),
    ("kv", is_keyvalue),
)


def _guess_object(text: str) -> str:
    fields = parse_object(text)
    if fields is None:
        # a line cut at the end of the sample is still one of JSON
        return "json" if len(text) >= _LINE_CAP or text[:64].count('":') else "plain"
    if "_path" in fields:
        return "zeek"
    if "ts" in fields and ("id.orig_h" in fields or "fuid" in fields or "certificate.serial" in fields):
        return "zeek_log"
    if is_eve(fields):
        return "eve"
    if is_laurel(fields):
        return "laurel"
    kind = fields.get("type")
    if kind in ("yara", "not_scanned") and "path" in fields:
        return "yara"
    if kind == "health" and "kind" in fields:
        return "health"
    return SYSLOG_JSON if is_syslog_json(fields) else "json"
