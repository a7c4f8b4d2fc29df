"""IBM's Log Event Extended Format, with or without a syslog header in front."""

import re
from typing import Any

from soc_agent.decode import times
from soc_agent.decode.context import Context, LineType, Parsed
from soc_agent.decode.syslog import read_header
from soc_agent.model import LogSource

_LEEF = LogSource("", "leef", "")
_FIREWALL = LogSource("firewall", "", "")

_START = re.compile(r"LEEF: ?([12])(?:\.[0-9]{1,2})?\|")
_HEADER = re.compile(r"([^|]*)\|" * 4)
_HEADER_FIELDS = ("DeviceVendor", "DeviceProduct", "DeviceVersion", "DeviceEventClassID")
_DELIMITER = re.compile(r"(?:0?x([0-9A-Fa-f]{1,4})|([^|\s]?))\|")
_TAB = "\t"
_TAB_TYPED = re.compile(r"\\t(?=[A-Za-z])")
"""Some senders write the tab as two characters."""
_KEY = re.compile(r"([A-Za-z_][\w.-]{0,127})=")
_SPACED = re.compile(r"(?:^|(?<=\s))([A-Za-z_][\w.-]{0,127})=")
_ALIASES = {
    "src": "src_ip",
    "srcPort": "src_port",
    "srcMAC": "src_mac",
    "dst": "dst_ip",
    "dstPort": "dst_port",
    "proto": "protocol",
    "usrName": "user",
    "sev": "Severity",
    "cat": "category",
    "url": "c-uri",
    "msg": "message",
}
"""Names of the predefined attributes to the names that rules use; both stand in the event."""
_NUMBERS = frozenset({"src_port", "dst_port"})
_TIMES = ("devTime", "deviceTime")
_HOSTS = ("identHostName", "devHost", "deviceHost", "resource")


def decode_leef(text: str, context: Context) -> Parsed | None:
    """Decode a LEEF record, version 1.0 or 2.0 (IBM QRadar, *LEEF overview*).

    The header's fields have the names that CEF gives them, so that one rule serves both. Attributes are kept under
    their own names; addresses, ports and users also under the names that rules use.
    """
    start = _START.search(text)
    header = _HEADER.match(text, start.end()) if start else None
    if not start or not header:
        return None
    place = header.end()
    delimiter = _TAB
    if start[1] == "2" and (found := _DELIMITER.match(text, place)):
        delimiter = _delimiter(found[1], found[2])
        place = found.end()
    fields: dict[str, Any] = dict(zip(_HEADER_FIELDS, header.groups(), strict=True))
    attributes = _attributes(text[place:].strip(), delimiter)
    fields.update(attributes)
    for key, name in _ALIASES.items():
        if value := attributes.get(key):
            number = name in _NUMBERS and value.isascii() and value.isdecimal() and len(value) < 6
            fields.setdefault(name, int(value) if number else value)
    time_ns = None
    for key in _TIMES:
        if time_ns is None and key in attributes:
            time_ns = times.time_of(attributes[key], context.timezone, context.received_ns)
    syslog = read_header(text[: start.start()] + "-", context) if start.start() else None
    if syslog and time_ns is None:
        time_ns = syslog.time_ns
    host = next((attributes[key] for key in _HOSTS if attributes.get(key)), "") or (syslog.host if syslog else "")
    sources = (_FIREWALL, _LEEF) if "src" in attributes and "dst" in attributes else (_LEEF,)
    return Parsed("leef", sources, fields, time_ns, "" if host == "-" else host, subject=text)


def is_leef(text: str) -> bool:
    """Say whether a line holds a LEEF record."""
    start = _START.search(text, 0, 512)
    return start is not None and _HEADER.match(text, start.end()) is not None


def _delimiter(code: str | None, character: str | None) -> str:
    if code:
        return chr(int(code, 16)) if 0 < int(code, 16) < 0xD800 else _TAB
    return character or _TAB


def _attributes(text: str, delimiter: str) -> dict[str, str]:
    """Split the attributes; where the delimiter stands nowhere, at spaces in front of a key."""
    if delimiter == _TAB and _TAB not in text:
        text = _TAB_TYPED.sub(_TAB, text)
    if delimiter not in text:
        marks = list(_SPACED.finditer(text))
        ends = [*(mark.start() for mark in marks), len(text)][1:]
        return {mark[1]: text[mark.end() : end].strip() for mark, end in zip(marks, ends, strict=True)}
    values: dict[str, str] = {}
    for part in text.split(delimiter):
        if key := _KEY.match(part.lstrip()):
            values[key[1]] = part.lstrip()[key.end() :].strip()
    return values


LEEF = LineType("leef", decode_leef, frozenset({_LEEF, _FIREWALL}))
