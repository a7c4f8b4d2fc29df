"""The records of one event of the Linux audit: their pairs, and what the kernel wrote in hexadecimal.

Sources: ``audit_log_untrustedstring`` of the kernel; ``audit-event-encoding`` and ``msg_typetab.h`` of its userspace.
"""

import re
from typing import Any, NamedTuple

Fields = dict[str, Any]
CODED_ACCOUNT = "acct as written"
"""Field of an account that is written in hexadecimal: as no line can call one."""

_HEAD = re.compile(r"(?:(?<=\s)|^)(?:node=(\S+) )?type=(\S+) (?:msg=)?audit\((\d{10})\.(\d{1,9}):(\d{1,20})\):?")
_PAIR = re.compile(
    r"""([A-Za-z_][\w.-]{0,63}(?:\[\d{1,6}\])?)=("[^"]*"?|'[^']*'?|\{[^}]{0,4096}\}|[^\s"']\S*|)""",
)
_GLUED = re.compile(r"(?<=[0-9)])(?=(?:ARCH|AUID|UID|OUID|SADDR|ID)=)|(?<=[A-F])(?=SADDR=)")
"""auditd parts what it adds by a control character, which programs on the way like to take out."""
_PARTED = "\x1d"
_ESCAPED = "#035"
"""The same as rsyslog writes it."""
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_ENCODED = frozenset(["acct", "cmd", "comm", "cwd", "data", "exe", "key", "name", "proctitle"])
"""What may be written in hexadecimal; where it is not, it stands in quotes."""
_ARGUMENT = re.compile(r"a\d{1,6}(?:\[\d{1,6}\])?")
_PAIR_CAP = 20_000
_TYPES = {
    "1100": "USER_AUTH",
    "1101": "USER_ACCT",
    "1102": "USER_MGMT",
    "1103": "CRED_ACQ",
    "1104": "CRED_DISP",
    "1105": "USER_START",
    "1106": "USER_END",
    "1108": "USER_CHAUTHTOK",
    "1109": "USER_ERR",
    "1112": "USER_LOGIN",
    "1114": "ADD_USER",
    "1115": "DEL_USER",
    "1116": "ADD_GROUP",
    "1117": "DEL_GROUP",
    "1123": "USER_CMD",
    "1130": "SERVICE_START",
    "1131": "SERVICE_STOP",
    "1300": "SYSCALL",
    "1302": "PATH",
    "1305": "CONFIG_CHANGE",
    "1306": "SOCKADDR",
    "1307": "CWD",
    "1309": "EXECVE",
    "1319": "TTY",
    "1320": "EOE",
    "1326": "SECCOMP",
    "1327": "PROCTITLE",
    "1330": "KERN_MODULE",
    "1334": "BPF",
    "1400": "AVC",
    "1403": "MAC_POLICY_LOAD",
    "1404": "MAC_STATUS",
    "1700": "ANOM_PROMISCUOUS",
    "1701": "ANOM_ABEND",
}
"""Numbers that the kernel writes where no daemon names the types of records."""


class Record(NamedTuple):
    """One record."""

    type: str
    fields: Fields
    written: str = ""
    """Its type as the line has it, where that is a number."""


class Head(NamedTuple):
    """What all records of an event share."""

    node: str
    time_s: float
    serial: str


def is_audit(text: str) -> bool:
    """Say whether a line begins with a record of the audit."""
    return _HEAD.match(text) is not None


def records_of(text: str) -> tuple[Head, list[Record]] | None:
    """Give the records in a text that bear the number of the first one; None where there is none."""
    found = _HEAD.search(text)
    if found is None:
        return None
    if _ESCAPED in text:
        text = text.replace(_ESCAPED, _PARTED)
        if (found := _HEAD.search(text)) is None:
            return None
    node, _, seconds, rest, serial = found.groups()
    records: list[Record] = []
    while found is not None:
        after = _HEAD.search(text, found.end())
        while after is not None and after[5] != serial:
            after = _HEAD.search(text, after.end())
        body = text[found.end() : after.start() if after is not None else len(text)]
        kind = _TYPES.get(found[2], found[2])
        records.append(Record(kind, _fields(kind, body), found[2] if kind != found[2] else ""))
        found = after
    return Head(node or "", float(f"{seconds}.{rest}"), serial), records


def from_hex(text: str) -> str | None:
    """Give the text that is written as pairs of hexadecimal digits; None where it is not written so."""
    if not _HEX.fullmatch(text):
        return None
    return bytes.fromhex(text).decode("utf-8", "replace")


def _fields(kind: str, body: str) -> Fields:
    fields: Fields = {}
    if _PARTED not in body:
        body = _GLUED.sub(" ", body)
    lead = body[: body.find("=")].strip() if "=" in body else body.strip()
    if lead.startswith("avc:"):
        fields["avc"] = lead
    _add_pairs(fields, body, kind)
    return fields


def _add_pairs(fields: Fields, body: str, kind: str) -> None:
    for count, (name, value) in enumerate(_PAIR.findall(body)):
        if count == _PAIR_CAP:
            break
        first = value[:1]
        if first == "'":
            _add_pairs(fields, value.strip("'"), kind)  # what a program says, within the record of its message
            continue
        if first == '"':
            text = value[1:].removesuffix('"')
        elif first == "{":
            text = value.strip("{} ")
        else:
            text = _bare(name, value, kind)
            if name == "acct" and text != value:
                fields[CODED_ACCOUNT] = value
        held = fields.get(name)
        if held is None:
            fields[name] = text
        elif isinstance(held, list):
            held.append(text)
        else:
            fields[name] = [held, text]


def _bare(name: str, value: str, kind: str) -> str:
    may_be_hex = name in _ENCODED or (kind == "EXECVE" and _ARGUMENT.fullmatch(name) is not None)
    if may_be_hex and (plain := from_hex(value)) is not None:
        return plain.replace("\0", " ").rstrip(" ") if name == "proctitle" else plain
    value = value.rstrip(",")
    return value.removesuffix(")") if "(" not in value else value
