"""Lines of our own: findings of the file collector, and the state of the agent."""

from soc_agent.decode.context import Context, LineType, Parsed
from soc_agent.decode.jsonlines import time_in
from soc_agent.decode.objects import parse_object
from soc_agent.model import LogSource

_YARA = (LogSource("file_event", "soc-agent", "yara"),)
_SCAN = (LogSource("file_event", "soc-agent", "scan"),)
_INTEGRITY = (LogSource("file_event", "soc-agent", "integrity"), LogSource("file_event", "linux", ""))
_HEALTH = (LogSource("", "soc-agent", "health"),)


def decode_yara(text: str, context: Context) -> Parsed | None:
    """Decode a finding (``"type": "yara"``), or what was not scanned (``"not_scanned"``), of the file collector."""
    fields = parse_object(text)
    if fields is None:
        return None
    sources = {"yara": _YARA, "not_scanned": _SCAN}.get(str(fields.get("type")))
    if sources is None:
        return None
    if isinstance(path := fields.get("path"), str):
        fields.setdefault("TargetFilename", path)
    return Parsed("yara", sources, fields, time_in(fields, context), subject=text)


def decode_integrity(text: str, context: Context) -> Parsed | None:
    """Decode what changed on a watched file (``"type": "integrity"``): rules for file events of Linux see it too."""
    fields = parse_object(text)
    if fields is None or fields.get("type") != "integrity":
        return None
    if isinstance(path := fields.get("path"), str):
        fields.setdefault("TargetFilename", path)
    return Parsed("integrity", _INTEGRITY, fields, time_in(fields, context), subject=text)


def decode_health(text: str, context: Context) -> Parsed | None:
    """Decode what the agent says of itself (``"type": "health"``)."""
    fields = parse_object(text)
    if fields is None or fields.get("type") != "health":
        return None
    return Parsed("health", _HEALTH, fields, time_in(fields, context), subject=text)


YARA = LineType("yara", decode_yara, frozenset({*_YARA, *_SCAN}))
INTEGRITY = LineType("integrity", decode_integrity, frozenset(_INTEGRITY))
HEALTH = LineType("health", decode_health, frozenset(_HEALTH))
