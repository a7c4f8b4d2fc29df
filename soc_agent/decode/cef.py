"""ArcSight's Common Event Format, with or without a syslog header in front."""

import re
from typing import Any

from soc_agent.decode import times
from soc_agent.decode.context import Context, LineType, Parsed
from soc_agent.decode.syslog import read_header
from soc_agent.model import LogSource

_CEF = LogSource("", "cef", "")
_FIREWALL = LogSource("firewall", "", "")

_START = re.compile(r"CEF: ?[0-9]{1,2}\|")
_HEADER = re.compile(r"([^|\\]*(?:\\.[^|\\]*)*)\|" * 6, re.DOTALL)
_HEADER_FIELDS = ("DeviceVendor", "DeviceProduct", "DeviceVersion", "DeviceEventClassID", "Name", "Severity")
_KEY = re.compile(r"(?:^|(?<=\s))([A-Za-z_][\w.\[\]-]{0,127})=")
_ESCAPE = re.compile(r"\\([\\|=nr])")
_ESCAPED = {"n": "\n", "r": "\r"}
_LABEL = re.compile(r"((?:c6a|cfp|cn|cs|deviceCustom\w{1,32}|flexDate|flexNumber|flexString)[0-9]{0,2})Label")
_ALIASES = {
    "src": "src_ip",
    "spt": "src_port",
    "smac": "src_mac",
    "dst": "dst_ip",
    "dpt": "dst_port",
    "proto": "protocol",
    "act": "action",
    "suser": "user",
    "request": "c-uri",
    "requestMethod": "cs-method",
    "requestClientApplication": "cs-user-agent",
    "fileHash": "hash",
    "filePath": "path",
    "msg": "message",
}
"""Names of the CEF dictionary to the names that rules use; both stand in the event."""
_NUMBERS = frozenset({"src_port", "dst_port"})
_TIMES = ("rt", "end", "start", "deviceReceiptTime")


def decode_cef(text: str, context: Context) -> Parsed | None:
    r"""Decode a CEF record (Micro Focus ArcSight CEF, version 26).

    The header's fields have the names of the standard. Of the extension, ``cs1=x cs1Label=Rule Name`` stands under
    ``cs1`` and under ``Rule Name``; addresses, ports, users and requests also under the names that rules use.
    """
    start = _START.search(text)
    header = _HEADER.match(text, start.end()) if start else None
    if not start or not header:
        return None
    fields: dict[str, Any] = {}
    for name, value in zip(_HEADER_FIELDS, header.groups(), strict=True):
        fields[name] = _unescape(value)
    extension = _extension(text[header.end() :].strip())
    for key, value in extension.items():
        fields[key] = value
        if (label := _LABEL.fullmatch(key)) and label[1] in extension and value:
            fields.setdefault(value, extension[label[1]])
    for key, name in _ALIASES.items():
        if key in extension:
            number = name in _NUMBERS and extension[key].isdecimal() and len(extension[key]) < 6
            fields.setdefault(name, int(extension[key]) if number else extension[key])
    time_ns = None
    for key in _TIMES:
        if key in extension and time_ns is None:
            time_ns = times.time_of(extension[key], context.timezone, context.received_ns)
    syslog = read_header(text[: start.start()] + "-", context) if start.start() else None
    if syslog and time_ns is None:
        time_ns = syslog.time_ns
    host = extension.get("dvchost") or (syslog.host if syslog else "") or extension.get("dvc", "")
    sources = (_FIREWALL, _CEF) if "src" in extension and "dst" in extension else (_CEF,)
    return Parsed("cef", sources, fields, time_ns, "" if host == "-" else host, subject=text)


def is_cef(text: str) -> bool:
    """Say whether a line holds a CEF record."""
    start = _START.search(text, 0, 512)
    return start is not None and _HEADER.match(text, start.end()) is not None


def _extension(text: str) -> dict[str, str]:
    """Split ``key=value key=value``, where a value runs until the next key and may hold spaces."""
    marks = list(_KEY.finditer(text))
    values: dict[str, str] = {}
    for index, mark in enumerate(marks):
        end = marks[index + 1].start() if index + 1 < len(marks) else len(text)
        values[mark[1]] = _unescape(text[mark.end() : end].strip())
    return values


def _unescape(value: str) -> str:
    return _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), value) if "\\" in value else value


CEF = LineType("cef", decode_cef, frozenset({_CEF, _FIREWALL}))
