"""Key=value lines: logfmt, and what firewalls, auditd and others write alike."""

import re
from typing import Any

from soc_agent.decode import times
from soc_agent.decode.context import Context, LineType, Parsed
from soc_agent.decode.jsonlines import host_in, time_in
from soc_agent.model import LogSource

_SOURCES = (LogSource(),)
_KEY = r"[A-Za-z_@%][\w.@%/-]{0,127}(?:\[\w{0,32}\])?"
_PAIR = re.compile(
    rf"(?<![^\s,;({{\[|])({_KEY})="
    r"""(?:"([^"\\]*(?:\\.[^"\\]*)*)"|'([^'\\]*(?:\\.[^'\\]*)*)'|([^\s"']\S*|(?=\s|$)|["']\S*))""",
    re.DOTALL,
)
_NAMED = r"([A-Za-z_@%][\w.@%/-]{0,127})(?:\([0-9]{1,5}\))?="
_LISTED = re.compile(rf"""(?:"[^"]*"|[^\s",;|=]*)([,;|])(?:(?<=;)\s)?{_NAMED}""")
"""What follows the first ``=`` of a list: a value, a comma, semicolon or bar, and at once the next name."""
_IN_LIST = {
    mark: re.compile(
        rf"(?:(?<={re.escape(mark)})|(?<![^\s:(\[-]))\s?{_NAMED}"
        rf"""(?:"([^"\\]*(?:\\.[^"\\]*)*)"|'([^'\\]*(?:\\.[^'\\]*)*)'|([^{mark}]*))""",
        re.DOTALL,
    )
    for mark in ",;|"
}
"""The pairs of one, each to the next such mark; some devices write a number in brackets behind a name."""
_ESCAPE = re.compile(r'\\(["\'\\nrt])')
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}
_AUDIT = re.compile(r"audit\(([0-9]{10}\.[0-9]{1,9}):([0-9]{1,20})\):?")
_HOSTS = ("devname", "device_name", "host", "hostname", "node")
_PRIORITY = re.compile(r"<[0-9]{1,3}>")
_OFFSETS = ("tz", "timezone")
_OFFSET = re.compile(r"([+-][0-9]{2}):?([0-9]{2})?$")
_PAIR_CAP = 1000


def decode_keyvalue(text: str, context: Context) -> Parsed | None:
    """Decode ``key=value`` pairs. A value may stand in double or single quotes, with backslash escapes.

    Text in front of the first pair is the field ``message``, unless a pair has this name; a time in it is that of the
    event. Without one, the time is that of a pair (``time=``, ``ts=``, auditd's ``msg=audit(…)``, ``date=`` ``time=``
    with ``tz=`` or ``timezone=``). A priority of syslog may stand before all: FortiGate writes no more of a header.
    """
    if found := _PRIORITY.match(text):
        text = text[found.end() :]
    fields = pairs(text)
    if not fields:
        return None
    time_ns = time_in(fields, context)
    if time_ns is None:
        time_ns = _other_time(text, fields, context)
    lead = text[: text.find("=")].rpartition(" ")[0].strip()
    if lead and "message" not in fields:
        fields["message"] = lead
    named = next((str(fields[name]) for name in _HOSTS if fields.get(name)), "")
    return Parsed("kv", _SOURCES, fields, time_ns, named or host_in(fields), subject=text)


def pairs(text: str) -> dict[str, Any]:
    """Give the ``key=value`` pairs of a text, between spaces or as a list; a key that comes again makes a list."""
    fields: dict[str, Any] = {}
    listed = _LISTED.match(text, text.find("=") + 1)
    for count, found in enumerate((_IN_LIST[listed[1]] if listed else _PAIR).finditer(text)):
        if count == _PAIR_CAP:
            break
        double: str | None
        key, double, single, bare = found.groups()
        if bare is not None:
            value = bare.strip() if listed else bare.rstrip(",;") if bare[-1:] in ",;" else bare
        else:
            value = double if double is not None else single
            if "\\" in value:
                value = _ESCAPE.sub(lambda match: _ESCAPED.get(match[1], match[1]), value)
        held = fields.get(key)
        if held is None:
            fields[key] = value
        elif isinstance(held, list):
            held.append(value)
        else:
            fields[key] = [held, value]
    return fields


def is_keyvalue(text: str) -> bool:
    """Say whether a line is surely made of pairs: three at least, and hardly anything else."""
    found = list(_PAIR.finditer(text))
    covered = sum(match.end() - match.start() + 1 for match in found)
    return len(found) >= 3 and covered * 10 >= (len(text) - 40) * 7


def _other_time(text: str, fields: dict[str, Any], context: Context) -> int | None:
    message = fields.get("msg")
    if isinstance(message, list):  # records of one audit event, joined
        message = message[0]
    if isinstance(message, str) and (found := _AUDIT.match(message)):
        fields["audit_id"] = found[2]
        return times.epoch(float(found[1]))
    day, clock = fields.get("date"), fields.get("time")
    if isinstance(day, str) and isinstance(clock, str):
        offset = next((found for name in _OFFSETS if (found := _OFFSET.match(str(fields.get(name, ""))))), None)
        stamp = f"{day} {clock} {offset[1]}:{offset[2] or '00'}" if offset else f"{day} {clock}"
        return times.time_of(stamp.replace('"', ""), context.timezone, context.received_ns)
    found_time = times.find_time(text, context.timezone, context.received_ns, 48)
    return found_time[0] if found_time else None


KEYVALUE = LineType("kv", decode_keyvalue, frozenset(_SOURCES))
