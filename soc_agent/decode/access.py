"""Access logs of web servers: the common and the combined format, with what servers put before and after them."""

import re
from typing import Any

from soc_agent.decode import times
from soc_agent.decode.context import Context, LineType, Parsed
from soc_agent.decode.weblog import QUOTED, REQUEST_FIELDS, WEBSERVER, put_request, unquote
from soc_agent.model import LogSource

_SOURCES = (WEBSERVER, LogSource("webserver", "apache", ""), LogSource("webserver", "nginx", ""))

_TIME = (
    rf"\[(?:([0-9]{{2}}/{times.MONTH}/[0-9]{{4}}:[0-9]{{2}}:[0-9]{{2}})"
    r"|([12][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2})):([0-9]{2})(?:[.,]([0-9]{1,9}))?"
    rf" ?({times.OFFSET})?\]"
)
_NUMBERS = r"([0-9]{3}|-)(?: ([0-9]+|-))?(?![^ ])"
_LINE = re.compile(rf"(.{{0,512}}?) ?{_TIME} {QUOTED} {_NUMBERS}(?: {QUOTED} {QUOTED})?(.*)", re.DOTALL)
# a server that does not escape quotes: the request ends where status and size follow
_LOOSE = re.compile(rf'(.{{0,512}}?) ?{_TIME} "(.*?)" {_NUMBERS}(?: {QUOTED} {QUOTED})?(.*)', re.DOTALL)
_ADDRESS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}|\[?[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(?:%\w+)?\]?")
_WRAPPED = re.compile(
    # as the runtime of a container keeps what it writes, as docker compose shows it, a line between quotes (LiteSpeed)
    r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9:.]+(?:Z|[+-][0-9]{2}:[0-9]{2}) std(?:out|err) [FP] |[\w.-]{1,64} +\| |\""
)
_FORWARDED = re.compile(rf"{QUOTED}")


def decode_access(text: str, context: Context) -> Parsed | None:
    """Decode a line of the common or combined log format (Apache's mod_log_config, nginx's ``combined``).

    In front may stand the virtual host; behind, whatever the server adds: a quoted value right behind is taken for
    ``X-Forwarded-For``, as nginx's ``main`` format has it, the rest is left in ``extra``.
    """
    found = _LINE.fullmatch(text) or _LOOSE.fullmatch(text)
    if not found:
        return None
    who, minute, iso, second, fraction, offset, request, status, size, referer, agent, rest = found.groups()
    if not who:
        return None  # a format that names the client elsewhere: Envoy's
    zone = context.timezone
    if minute:
        time_ns = times.day_first(minute, second, fraction, offset, zone)
    else:
        time_ns = times.dated(iso, second, fraction, offset, zone)
    fields: dict[str, Any] = {}
    _put_who(fields, who)
    put_request(fields, request)
    if status != "-":
        fields["sc-status"] = int(status)
    if size is not None:
        fields["sc-bytes"] = int(size) if size.isdecimal() and len(size) < 20 else 0
    if referer and referer != "-":
        fields["cs-referer"] = unquote(referer)
    if agent and agent != "-":
        fields["cs-user-agent"] = unquote(agent)
    if rest := rest.strip():
        _put_rest(fields, rest)
    return Parsed("access", _SOURCES, fields, time_ns, subject=text)


def is_access(text: str) -> bool:
    """Say whether a line looks like one of an access log."""
    found = _LINE.fullmatch(text)
    return found is not None and bool(found[1])


def _put_who(fields: dict[str, Any], who: str) -> None:
    """Put what stands before the time: ``[VHOST[:PORT]] CLIENT[, PROXY...] IDENT USER``."""
    if wrapped := _WRAPPED.match(who):
        who = who[wrapped.end() :]
    words = who.split(" ")
    while len(words) > 1 and words[0].endswith(",") and _ADDRESS.fullmatch(words[0][:-1]):
        # a list as X-Forwarded-For has it: the first is the client
        fields.setdefault("c-ip", words[0][:-1].strip("[]"))
        words = ["", *words[2:]] if not words[1].endswith(",") else words[1:]
    if len(words) > 3 and not _ADDRESS.fullmatch(words[0]) and (_ADDRESS.fullmatch(words[1]) or words[2] == "-"):
        host, colon, port = words.pop(0).rpartition(":")
        fields["cs-host"] = host if colon and port.isdecimal() else host + colon + port
        if colon and port.isdecimal() and len(port) < 6:
            fields["s-port"] = int(port)
    client = words[0].strip("[]")
    if client and client != "-":
        fields["c-ip"] = client
    user = " ".join(words[2:])
    if user not in ("", "-", '""'):
        fields["cs-username"] = unquote(user.strip('"'))


def _put_rest(fields: dict[str, Any], rest: str) -> None:
    if found := _FORWARDED.match(rest):
        if found[1] not in ("", "-"):
            fields["x_forwarded_for"] = unquote(found[1])
        rest = rest[found.end() :].strip()
    if rest:
        fields["extra"] = rest


_FIELDS = REQUEST_FIELDS | {
    *("c-ip", "cs-host", "s-port", "cs-username"),
    *("sc-status", "sc-bytes", "cs-referer", "cs-user-agent", "x_forwarded_for", "extra"),
}
ACCESS = LineType(
    "access",
    decode_access,
    frozenset(_SOURCES),
    derived=frozenset({"sc-bytes"}),
    undecoded=_SOURCES,
    fields=_FIELDS,
)
