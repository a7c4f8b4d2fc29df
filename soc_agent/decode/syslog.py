"""Syslog lines: RFC 3164 as it is found in the wild, and RFC 5424."""

import re
from datetime import UTC
from typing import Any

from soc_agent.decode import times
from soc_agent.decode.context import Context, LineType, Parsed
from soc_agent.model import LogSource

LINUX_SYSLOG = LogSource("", "linux", "syslog")
_SOURCES: tuple[LogSource, ...] = (LINUX_SYSLOG,)
_AUTH_SOURCES = (LogSource("", "linux", "auth"), LINUX_SYSLOG)

_AUTH = ("auth", "authpriv", "security")
FACILITIES = (
    *("kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp"),
    *("ntp", "audit", "alert", "clock"),
    *(f"local{number}" for number in range(8)),
)
"""Names of the facilities, by number (RFC 5424, section 6.2.1, with the names that syslog.conf uses)."""
SEVERITIES = ("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug")
"""Names of the severities, by number (the same section)."""

_PRI = r"(?:<([0-9]{1,3})>)? ?"
_AFTER_TIME = r":?(?: +|$)"
_BSD = re.compile(
    rf"{_PRI}({times.MONTH} {{1,2}}[0-9]{{1,2}} [0-9]{{2}}:[0-9]{{2}}):([0-9]{{2}})(?:[.,]([0-9]{{1,9}}))?"
    # some devices put the year behind the time
    rf"(?: (20[0-9]{{2}})(?= ))?{_AFTER_TIME}"
)
_DATED = re.compile(
    rf"{_PRI}(?:([12][0-9]{{3}}-[0-9]{{2}}-[0-9]{{2}}[T ][0-9]{{2}}:[0-9]{{2}})|({times.MONTH} {{1,2}}[0-9]{{1,2}}) "
    rf"([12][0-9]{{3}}) ([0-9]{{2}}:[0-9]{{2}})):([0-9]{{2}})(?:[.,]([0-9]{{1,9}})[0-9]*)?"
    rf" ?({times.OFFSET})?{_AFTER_TIME}"
)
_UPTIME = re.compile(r"\[ *[0-9]+\.[0-9]{6}\] ")
_EPOCH = re.compile(r"([0-9]{10}\.[0-9]{6}) ")
_CISCO = re.compile(
    # sequence number and host, each where it is asked for; NX-OS puts the year in front, and a colon before it
    rf"{_PRI}:?(?:[0-9]+: )?(?:([^\s:%*]+) ?: )?(?:[0-9]+: |: )?[*.]?(?:([12][0-9]{{3}}) )?"
    rf"({times.MONTH} {{1,2}}[0-9]{{1,2}})(?: ([12][0-9]{{3}}))?"
    r" ([0-9]{2}:[0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?(?: ([A-Za-z]{1,6}))?: (?=%)"
)
_HEAD = re.compile(
    # the host may be missing; a word that ends as a tag does, is the tag
    r"(?:([^\s\[%:][^\s\[]*(?<!:)) +)?"
    # the tag: a program with its pid, or with a colon; a version may stand between (syslogd 1.4.1:)
    r"(?!%)([^\s:\[]{1,128})(?:\[([^\]\s]{0,32})\](?::|(?=\s|$))|(?: [0-9]+(?:\.[0-9]+)+)?:(?=\s|$))",
)
_CALLED = re.compile(r"[\w-]+\([^\s(),]*,[0-9A-Fa-f]")
"""Neither host nor tag: what a line is about in the file that Dovecot 2.4 writes itself, ``auth(an,192.0.2.7)``."""
_ESXI_LEVEL = re.compile(r"(?:Db|In|No|Wa|Er|Cr|Al|Em)\([0-9]{1,3}\)")
_ESXI_WORD = frozenset({"info", "warning", "error", "verbose", "trivia", "panic"})
_ESXI_PROGRAMS = frozenset({"hostd", "vpxa", "rhttpproxy", "envoy"})
"""The log files of ESXi have no host: in its place is a level, as ``In(166)``, or before version 8 a word."""
_USUAL = re.compile(
    rf"({times.MONTH} [ 0-9][0-9] [0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}) (?!20[0-9]{{2}} )([^\s\[%:][^\s\[:]*) "
    r"([^\s:\[\]%()]{1,128})(?:\[([0-9]{1,18})\])?:(?!\S)"
)
"""What nearly all lines are: a time without fraction, a host, a program. It reads no line otherwise than the rest does,
only faster."""
_MODULE = re.compile(r"([^()\s]+)\(([\w-]+)\)")
_LEVEL = re.compile(
    # before the host (syslogd -v of the BSDs), after it or without one (busybox, logread)
    r"((?:[^\s:\[<]+ +)?)<?(kern|user|mail|daemon|auth|authpriv|security|syslog|lpr|news|uucp|cron|ftp|ntp|local[0-7])"
    r"\.(emerg|alert|crit|err|error|warn|warning|notice|info|debug)>? +(?=[^\s\[:]|\[)"
)
_MESSAGE_ID = re.compile(r"\[ID [0-9]+ [a-z0-9]+\.[a-z]+\] ?")
"""What Solaris writes in front of a message."""
_BRACKETS = re.compile(
    r"(?:([^\s\[%:]+) +)?\[(?!(?:debug|info|notice|warn|warning|err|error|crit|alert|emerg|fatal|trace)\])"
    r"([a-z][\w./-]{0,63})\](?:\[([0-9]{1,18})\])?:? "
)
"""A tag in brackets (metalog)."""
_WEEKDAY = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +(?=[12A-Z])")
"""What logread and ``journalctl -o short-full`` begin a line with."""
_ZONE = re.compile(
    r"([12][0-9]{3}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?) (?:([+-][0-9]{2})|[A-Z]{2,5})(?= )"
)
"""A time with the name of its zone: letters are those of the host, which its source is told; numbers are hours."""
_NO_TIME = re.compile(r"(?:\[ *[0-9]+\.[0-9]{6}\] )?(?:[\w.-]+ )?([A-Za-z][\w./-]*)\[[0-9]{1,18}\]: ")
"""A line without a time, or with one since the start of the host (``journalctl -o short-monotonic``)."""
_REPEATED = re.compile(r"message repeated ([0-9]{1,9}) times: \[ ?(.*?)\]?", re.DOTALL)
_LAST_REPEATED = re.compile(r"last message (?:repeated ([0-9]{1,9}) times|buffered ([0-9]{1,9}) times)")
_REPEATS = ("message repeated ", "last message ")
_RFC5424 = re.compile(r"(?:[0-9]{1,7} )?<([0-9]{1,3})>[1-9][0-9]{0,2} (\S+) (\S+) (\S+) (\S+) (\S+) ?", re.ASCII)
_RELAYED = re.compile(
    r"(?:<([0-9]{1,3})>)?1 ([0-9]{4}-[0-9]{2}-[0-9]{2}T\S+) (\S+) (\S+) (\S+) (\S+) ?(?=[\[-])", re.ASCII
)
"""A whole message of RFC 5424 behind the header of RFC 3164 that a relay put in front; the priority may be gone."""
_NAME = r'[^\s=\]"]{1,64}'
_ELEMENT = re.compile(rf'\[({_NAME})((?: +{_NAME}="[^"\\\]]*(?:\\.[^"\\\]]*)*")*) *\]', re.DOTALL)
_PARAMETER = re.compile(rf'({_NAME})="([^"\\\]]*(?:\\.[^"\\\]]*)*)"', re.DOTALL)
_ESCAPE = re.compile(r'\\(["\\\]])')


def decode_syslog(text: str, context: Context) -> Parsed | None:
    """Decode a syslog line: priority, time, host, program, pid and message, or any part of these from its front.

    RFC 3164 with its priority optional, its time also in ISO 8601 (rsyslog, systemd) or seconds (journalctl), its host
    or tag missing; Cisco IOS with its sequence number; RFC 5424 with structured data as ``ELEMENT.PARAMETER``.
    """
    if found := _USUAL.match(text):
        stamp, host, program, process_id = found.groups()
        time_ns = times.yearless_stamp(stamp, context.timezone, context.received_ns // times.HOUR_NS)
        message = text[found.end() :].strip()
        if message.startswith("[ID ") and (identity := _MESSAGE_ID.match(message)):
            message = message[identity.end() :]
        fields: dict[str, Any] = {"program": program}
        if process_id:
            fields["pid"] = int(process_id)
        fields["message"] = message
        if message.startswith(_REPEATS):
            subject, repeat = _repeated(message, fields)
            return Parsed("syslog", _SOURCES, fields, time_ns, host, program, subject, repeat=repeat)
        return Parsed("syslog", _SOURCES, fields, time_ns, host, program, message)
    if found := _RFC5424.match(text):
        return _rfc5424(text, found, context)
    if header := read_header(text, context):
        return header
    if (day := _WEEKDAY.match(text)) and (header := read_header(_zoned(text[day.end() :]), context)) and header.program:
        return header
    # a priority, or a program with its pid, is enough to know a syslog line by (RFC 3164, section 4.3.3)
    if (uptime := _UPTIME.match(text)) and _NO_TIME.match(text):
        text = text[uptime.end() :]
    found = re.match(_PRI, text)
    start = found.end() if found else 0
    tag = _HEAD.match(text, start)
    if (found and found[1]) or (tag and tag[3]):
        return _message(text[start:].strip(), found[1] if found else None, None, hostless=True)
    return None


def read_header(text: str, context: Context) -> Parsed | None:
    """Decode a line that begins with an RFC 3164 header with a time; None when there is none."""
    if found := _BSD.match(text):
        if found[5]:
            time_ns = times.ctime(found[2], found[3], found[4], found[5], context.timezone)
        else:
            time_ns = times.yearless(found[2], found[3], found[4], context.timezone, context.received_ns)
    elif found := _DATED.match(text):
        minute, month_day, year, clock, second, fraction, offset = found.groups()[1:]
        if minute:
            time_ns = times.dated(minute, second, fraction, offset, context.timezone)
        else:
            month, day = month_day.split()
            iso = f"{year}-{times.MONTHS[month.lower()]:02}-{int(day):02}T{clock}"
            time_ns = times.dated(iso, second, fraction, offset, context.timezone)
    elif found := _CISCO.match(text):
        return _cisco(text, found, context)
    elif (found := _EPOCH.match(text)) and _HEAD.match(text, found.end()):
        return _message(text[found.end() :].strip(), None, times.epoch(float(found[1])))
    else:
        return None
    parsed = _message(text[found.end() :].strip(), found[1], time_ns)
    if not parsed.program and (found := _RELAYED.match(parsed.subject)):
        return _rfc5424(parsed.subject, found, context)
    return parsed


def is_syslog(text: str) -> bool:
    """Say whether a line is surely syslog: stricter than :func:`decode_syslog`, which is told so."""
    if _RFC5424.match(text) or _BSD.match(text) or _CISCO.match(text) or _CISCO_MESSAGE.search(text, 0, 128):
        return True
    found = _DATED.match(text) or _EPOCH.match(text)
    if not found:
        if day := _WEEKDAY.match(text):
            return _is_of_a_program(_zoned(text[day.end() :]))
        return bool(_NO_TIME.match(text) or re.match(r"<[0-9]{1,3}>[\w/.-]+(?:\[[0-9]+\])?: ", text))
    tag = _HEAD.match(text, found.end())
    return bool(tag and tag[1]) or bool(_HOST_ADDRESS.match(text, found.end()))


def _zoned(text: str) -> str:
    return _ZONE.sub(lambda found: f"{found[1]} {found[2]}00" if found[2] else found[1], text, count=1)


def _is_of_a_program(text: str) -> bool:
    """Say whether what follows a day of the week is syslog for sure: other logs begin so, too."""
    found = _BSD.match(text) or _DATED.match(text)
    return bool(found and _SENDER.match(text, found.end()))


_SENDER = re.compile(rf"(?:{_LEVEL.pattern}|[\w.-]+ +)[A-Za-z][\w./-]*(?:\[[0-9]+\])?: ")
_CISCO_MESSAGE = re.compile(r"[ :>]%(?:[A-Z][A-Z0-9_-]*(?:-[a-z]+)?-[0-7]-[A-Z0-9_]+:|%[0-9]{2}\w+/[0-7]/\w)")
"""As Cisco names a message, and as Huawei and H3C do (``%%01SSH/4/SSH_FAIL``)."""
_HOST_ADDRESS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3} [\w,]+ ")


def _rfc5424(text: str, found: re.Match[str], context: Context) -> Parsed:
    priority: str | None
    priority, stamp, host, program, process_id, message_id = found.groups()
    fields: dict[str, Any] = {}
    data_end = _structured_data(text, found.end(), fields)
    message = text[data_end:].removeprefix(" ").removeprefix("\ufeff").strip()
    program = "" if program == "-" else program
    if message_id != "-":
        fields["msgid"] = message_id
    parsed = make_parsed(
        message,
        "" if host == "-" else host,
        program,
        None if process_id == "-" else process_id,
        priority,
        times.time_of(stamp, context.timezone, context.received_ns),
        fields,
    )
    if not message:  # then the id and the structured data are all that is said
        parsed.subject = text[found.start(6) :].strip()
    return parsed


def _structured_data(text: str, start: int, fields: dict[str, Any]) -> int:
    """Put structured data (RFC 5424, section 6.3) into fields; give the place where it ends."""
    if text.startswith("-", start):
        return start + 1
    while found := _ELEMENT.match(text, start):
        name = found[1]
        start = found.end()
        if not found[2]:
            fields.setdefault(name, "")
        for key, value in _PARAMETER.findall(found[2]):
            add(fields, f"{name}.{key}", _ESCAPE.sub(r"\1", value) if "\\" in value else value)
    return start


def add(fields: dict[str, Any], key: str, value: Any) -> None:
    """Put a value under a key; a key that comes again makes a list."""
    if key not in fields:
        fields[key] = value
    elif isinstance(fields[key], list):
        fields[key].append(value)
    else:
        fields[key] = [fields[key], value]


def _cisco(text: str, found: re.Match[str], context: Context) -> Parsed | None:
    priority, host, first_year, month_day, year, clock, second, fraction, name = found.groups()
    minute = f"{month_day} {clock}"
    # the letters of other zones mean several things; the device then has the zone of its source
    zone = UTC if name in ("UTC", "GMT") else context.timezone
    if year := first_year or year:
        time_ns = times.ctime(minute, second, fraction, year, zone)
    else:
        time_ns = times.yearless(minute, second, fraction, zone, context.received_ns)
    return make_parsed(text[found.end() :].strip(), host or "", "", None, priority, time_ns, {})


def _message(rest: str, priority: str | None, time_ns: int | None, *, hostless: bool = False) -> Parsed:
    """Split what follows the time into host, tag and message."""
    if level := _LEVEL.match(rest):
        before, facility, severity = level.groups()
        parsed = _message(before + rest[level.end() :], priority, time_ns, hostless=hostless)
        parsed.fields.setdefault("facility", facility)
        parsed.fields.setdefault("severity", severity)
        if facility in _AUTH:
            parsed.log_sources = _AUTH_SOURCES
        return parsed
    if _CALLED.match(rest):
        return make_parsed(rest, "", "", None, priority, time_ns, {})
    if tag := _HEAD.match(rest):
        host, program, process_id = tag.groups()
        message = rest[tag.end() :].strip()
        if host and (_ESXI_LEVEL.fullmatch(host) or (host in _ESXI_WORD and program in _ESXI_PROGRAMS)):
            host = ""
        if not host and message.startswith("%"):  # a device that closes its host with a colon
            host, program = program, ""
        return make_parsed(message, host or "", program, process_id, priority, time_ns, {})
    if "[" in rest[:64] and (found := _BRACKETS.match(rest)):
        host, program, process_id = found.groups()
        return make_parsed(rest[found.end() :].strip(), host or "", program, process_id, priority, time_ns, {})
    if hostless or rest.startswith("%"):
        return make_parsed(rest, "", "", None, priority, time_ns, {})
    host, _, message = rest.partition(" ")
    return make_parsed(message.removeprefix(": ").strip(), host, "", None, priority, time_ns, {})


def make_parsed(
    message: str,
    host: str,
    program: str,
    process_id: str | None,
    priority: str | None,
    time_ns: int | None,
    fields: dict[str, Any],
) -> Parsed:
    """Put together what a syslog message says; ``priority`` is its number, in digits (RFC 5424, section 6.2.1)."""
    if message.startswith("[ID ") and (identity := _MESSAGE_ID.match(message)):
        message = message[identity.end() :]
    subject = message
    if program:
        if program[-1] == ")" and (module := _MODULE.fullmatch(program)):
            # before 0.78 Linux-PAM put its module into the tag; the message is brought into today's form
            program = module[1]
            subject = f"{module[2]}({program}): {message}"
        else:
            program = program.strip("()]")
        fields["program"] = program
    if process_id:
        fields["pid"] = int(process_id) if process_id.isdecimal() and process_id.isascii() else process_id
    fields["message"] = message
    sources = _SOURCES
    if priority is not None and int(priority) < 192:
        facility = int(priority) >> 3
        fields["facility"] = FACILITIES[facility]
        fields["severity"] = SEVERITIES[int(priority) & 7]
        if facility in (4, 10):
            sources = _AUTH_SOURCES
    repeat = 1
    if subject.startswith(_REPEATS):
        subject, repeat = _repeated(subject, fields)
    return Parsed("syslog", sources, fields, time_ns, host, program, subject, repeat=repeat)


def _repeated(subject: str, fields: dict[str, Any]) -> tuple[str, int]:
    """Unwrap what rsyslog and syslogd write for a message that came again; give how often, too."""
    if found := _REPEATED.fullmatch(subject):
        fields["repeat"] = int(found[1])
        return found[2].strip(), max(1, fields["repeat"])
    if found := _LAST_REPEATED.match(subject):
        fields["repeat"] = int(found[1] or found[2])
        return subject, max(1, fields["repeat"])
    return subject, 1


SYSLOG = LineType(
    "syslog",
    decode_syslog,
    frozenset({*_SOURCES, *_AUTH_SOURCES}),
    derived=frozenset({"facility", "severity"}),
    undecoded=_SOURCES,
)
