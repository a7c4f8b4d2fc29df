"""Lines of the watch over a host: JSON of our own."""

from soc_agent.decode.context import Context, LineType, Parsed
from soc_agent.decode.jsonlines import time_in
from soc_agent.decode.objects import parse_object
from soc_agent.model import LogSource

_SOURCES = {event: (LogSource("host_state", "soc-agent", event),) for event in ("change", "state", "posture", "status")}


def decode_host(text: str, context: Context) -> Parsed | None:
    """Decode what was seen of a host (``"type": "host"``). The service of its log source is its ``event``."""
    fields = parse_object(text)
    if fields is None or fields.get("type") != "host":
        return None
    sources = _SOURCES.get(str(fields.get("event")))
    if sources is None:
        return None
    host = fields.get("hostname")
    parsed = Parsed("host", sources, fields, time_in(fields, context), subject=text)
    parsed.host = host if isinstance(host, str) else ""
    return parsed


HOST = LineType("host", decode_host, frozenset(source for sources in _SOURCES.values() for source in sources))
