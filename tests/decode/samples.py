"""What the tests of decoders share: a context, and lines decoded in it."""

from datetime import UTC, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from soc_agent.decode import Context, Decoders
from soc_agent.model import Event
from tests import product

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def at(text: str) -> int:
    """Give an ISO 8601 time (UTC when it names no offset) in nanoseconds since 1970."""
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        time = time.replace(tzinfo=UTC)
    whole = int(time.replace(microsecond=0).timestamp())
    return whole * 1_000_000_000 + time.microsecond * 1000


RECEIVED_NS = at("2026-11-21T05:00:00")


def make_context(line_type: str = "syslog", **changes: Any) -> Context:
    values: dict[str, Any] = {
        "source_name": "test",
        "type": line_type,
        "timezone": HANOI,
        "received_ns": RECEIVED_NS,
        **changes,
    }
    return Context(**values)


@cache
def all_decoders() -> Decoders:
    return product.decoders()


def decode(line: str | bytes, line_type: str = "syslog", **changes: Any) -> Event:
    data = line.encode() if isinstance(line, str) else line
    return all_decoders().decode(data, make_context(line_type, **changes))
