"""Error logs of Apache httpd (2.2 and 2.4) and nginx."""

import re
from typing import Any

from soc_agent.decode import times
from soc_agent.decode.context import Context, LineType, Parsed
from soc_agent.decode.pattern import Pattern
from soc_agent.decode.waf import FIELDS, LITERALS, MARKS, WAF, put_waf
from soc_agent.decode.weblog import QUOTED, REQUEST_FIELDS, WEBSERVER, put_request, unquote
from soc_agent.decode.weblogin import APPLICATION, DERIVED, put_refusal
from soc_agent.decode.weblogin import FIELDS as LOGIN_FIELDS
from soc_agent.decode.weblogin import LITERALS as LOGIN_LITERALS
from soc_agent.model import LogSource

_APACHE_SOURCES = (LogSource("webserver", "apache", "apache"), WEBSERVER)
_NGINX_SOURCES = (LogSource("webserver", "nginx", "nginx"), WEBSERVER)

_APACHE = re.compile(
    rf"\[(?:[A-Z][a-z]{{2}} )?({times.MONTH} {{1,2}}[0-9]{{1,2}} [0-9]{{2}}:[0-9]{{2}}):([0-9]{{2}})"
    r"(?:\.([0-9]{1,9}))? ([12][0-9]{3})\] (?:\[(?:([\w-]*):)?([a-z]+[0-9]?)\] ?)?"
    r"(?:\[pid ([0-9]{1,10})(?::tid ([0-9]{1,20}))?\] ?)?(.*)",
    re.DOTALL,
)
# syslog has the time already: Apache leaves it out (``ErrorLog syslog``)
_APACHE_TIMELESS = re.compile(
    r"\[(?:([\w-]*):)?(emerg|alert|crit|error|warn|notice|info|debug|trace[1-8])\] ?"
    r"(?:\[pid ([0-9]{1,10})(?::tid ([0-9]{1,20}))?\] ?)?(.*)",
    re.DOTALL,
)
_APACHE_MESSAGE = re.compile(
    # source file and line (at debug), an error of the system, the client, a number of Apache's
    r"(?:[\w./-]+\.c\([0-9]+\): )?(?:\(([0-9]{1,9})\)[^:\[]*: )?"
    r"(?:\[(?:client|remote) (\[[^\]\s]+\][^\]\s]*|[^\]\s]+)\] ?)?"
    r"(?:(AH[0-9]{5}): )?(.*)",
    re.DOTALL,
)
_REFERER = ", referer: "
_NGINX = re.compile(
    r"([12][0-9]{3}/[0-9]{2}/[0-9]{2} [0-9]{2}:[0-9]{2}):([0-9]{2}) \[([a-z]+)\] ([0-9]{1,10})#([0-9]{1,20}): "
    r"(?:\*([0-9]{1,20}) )?(.*)",
    re.DOTALL,
)
# what nginx adds behind its message, in this order; the request is as the client sent it, quotes and all
_NGINX_TAIL = Pattern(
    r'(.*), client: ([^\s,"]+)(?:, server: ([^,"\s]*))?(?:, request: "(.*?)")?(?:, subrequest: "(.*?)")?'
    rf"(?:, upstream: {QUOTED})?(?:, host: {QUOTED})?(?:, referrer: {QUOTED})?\s*"
)


def decode_apache_error(text: str, context: Context) -> Parsed | None:
    """Decode a line of Apache's error log, in the form of 2.2 or of 2.4 (``ErrorLogFormat`` left as it is)."""
    minute = second = fraction = year = None
    if found := _APACHE.fullmatch(text):
        minute, second, fraction, year, module, level, process_id, thread_id, rest = found.groups()
    elif found := _APACHE_TIMELESS.fullmatch(text):
        module, level, process_id, thread_id, rest = found.groups()
    else:
        return None
    fields: dict[str, Any] = {}
    if level:
        fields["severity"] = level
    if module:
        fields["module"] = module
    if process_id:
        fields["pid"] = int(process_id)
    if thread_id:
        fields["tid"] = int(thread_id)
    inner = _APACHE_MESSAGE.fullmatch(rest)
    if inner:
        system_error, client, number, rest = inner.groups()
        if system_error:
            fields["system_error"] = int(system_error)
        if client:
            # 2.4 always adds the port; some builds of 2.2 do, too
            has_port = module is not None or process_id or client.count(":") == 1
            address, colon, port = client.rpartition(":") if has_port else (client, "", "")
            fields["c-ip"] = (address or client).strip("[]")
            if colon and port.isdecimal() and len(port) < 6:
                fields["c-port"] = int(port)
        if number:
            fields["error_code"] = number
    message, comma, referer = rest.rpartition(_REFERER)
    if comma:
        fields["cs-referer"] = referer.strip()
        rest = message
    fields["message"] = rest.strip()
    time_ns = None
    if minute and second and year:
        time_ns = times.ctime(minute, second, fraction, year, context.timezone)
    return _parsed("apache_error", _APACHE_SOURCES, fields, time_ns)


def decode_nginx_error(text: str, context: Context) -> Parsed | None:
    """Decode a line of nginx's error log, and what it says of client, server, request, upstream, host and referrer."""
    found = _NGINX.fullmatch(text)
    if not found:
        return None
    minute, second, level, process_id, thread_id, connection, message = found.groups()
    fields: dict[str, Any] = {"severity": level, "pid": int(process_id), "tid": int(thread_id)}
    if connection:
        fields["connection"] = int(connection)
    if tail := _NGINX_TAIL.groups(message):
        message, fields["c-ip"], server, request, _, upstream, host, referer = tail
        for name, value in (("server", server), ("upstream", upstream), ("cs-host", host), ("cs-referer", referer)):
            if value:
                fields[name] = unquote(value)
        if request:
            put_request(fields, request)
    fields["message"] = message.strip()
    time_ns = times.dated(minute, second, None, None, context.timezone)
    return _parsed("nginx_error", _NGINX_SOURCES, fields, time_ns)


def _parsed(kind: str, sources: tuple[LogSource, ...], fields: dict[str, Any], time_ns: int | None) -> Parsed:
    message = fields["message"]
    if any(mark in message for mark in MARKS) and put_waf(fields, message):
        sources = (*sources, WAF)
    elif put_refusal(fields, message):
        sources = (APPLICATION, *sources)
    return Parsed(kind, sources, fields, time_ns, subject=message)


def is_apache_error(text: str) -> bool:
    """Say whether a line looks like one of Apache's error log."""
    return _APACHE.match(text) is not None


def is_nginx_error(text: str) -> bool:
    """Say whether a line looks like one of nginx's error log."""
    return _NGINX.match(text) is not None


_FIELDS = FIELDS | LOGIN_FIELDS | frozenset({"severity", "pid", "tid", "c-ip", "cs-referer", "message"})
APACHE_ERROR = LineType(
    "apache_error",
    decode_apache_error,
    frozenset({*_APACHE_SOURCES, WAF, APPLICATION}),
    derived=DERIVED | {"waf_score"},
    undecoded=_APACHE_SOURCES,
    literals={WAF: LITERALS, APPLICATION: LOGIN_LITERALS},
    fields=_FIELDS | {"module", "system_error", "c-port", "error_code"},
)
NGINX_ERROR = LineType(
    "nginx_error",
    decode_nginx_error,
    frozenset({*_NGINX_SOURCES, WAF, APPLICATION}),
    derived=DERIVED | {"waf_score"},
    undecoded=_NGINX_SOURCES,
    literals={WAF: LITERALS, APPLICATION: LOGIN_LITERALS},
    fields=_FIELDS | REQUEST_FIELDS | {"connection", "server", "upstream", "cs-host"},
)
