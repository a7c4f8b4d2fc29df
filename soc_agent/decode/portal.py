"""Lines of the watch over web pages: JSON of our own."""

from soc_agent.decode.context import Context, LineType, Parsed
from soc_agent.decode.jsonlines import time_in
from soc_agent.decode.objects import parse_object
from soc_agent.model import LogSource

_SOURCES = {
    event: (LogSource("webportal", "soc-agent", event),)
    for event in ("availability", "certificate", "redirect", "content", "baseline")
}


def decode_portal(text: str, context: Context) -> Parsed | None:
    """Decode what was seen of a page (``"type": "portal"``). The service of its log source is its ``event``."""
    fields = parse_object(text)
    if fields is None or fields.get("type") != "portal":
        return None
    sources = _SOURCES.get(str(fields.get("event")))
    if sources is None:
        return None
    return Parsed("portal", sources, fields, time_in(fields, context), subject=text)


PORTAL = LineType("portal", decode_portal, frozenset(source for sources in _SOURCES.values() for source in sources))
