"""Options of what the agent says of its own work: when a source is not well, figures for Prometheus, the canary."""

from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from msgspec import Meta, field

from soc_agent.config.section import Section


class HealthOptions(Section, frozen=True):
    """When a source is not well: an alert of layer 1 says so, and ends by itself when it is well again."""

    silence: dict[str, Annotated[int, Meta(ge=0)]] = field(default_factory=dict)
    """Source to the longest silence in seconds, instead of its own learnt rhythm; 0: it may be silent for ever."""
    lag_mb: Annotated[int, Meta(ge=1)] = 256
    """A source of which so many megabytes (2²⁰ bytes) wait to be read is behind."""
    lag_s: Annotated[int, Meta(ge=1)] = 300
    """A source that did not catch up for so long is behind."""
    clock_s: Annotated[int, Meta(ge=1)] = 300
    """A source whose event times are off by more than this, against the time they are read, has a wrong clock."""
    host_clock_ms: Annotated[int, Meta(ge=1)] = 1000
    """The clock of this host must be kept by a time service, and be right to so many milliseconds."""


class MetricsOptions(Section, frozen=True):
    """Figures for Prometheus, over HTTP."""

    listen: str = ""
    """Address and port, as ``127.0.0.1:9464`` or ``[::1]:9464``; empty: none."""
    remote: bool = False
    """Whether the address may be another than loopback. There is no encryption and no password."""


class CanaryOptions(Section, frozen=True):
    """Harmless marked lines that prove that reading, detecting and storing still work."""

    every_s: Annotated[int, Meta(ge=0)] = 3600
    """Rhythm at which one is sent through every source that allows it; 0: only when ``soc-agent selftest`` asks."""
    wait_s: Annotated[int, Meta(ge=5)] = 60
    """One that did not come back after so long is missing."""


def listen_address(text: str) -> tuple[str, int] | None:
    """Give the IP address and port that ``127.0.0.1:9464`` or ``[::1]:9464`` names; None when it names none."""
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname or "", parts.port
        ip_address(host)
    except ValueError:
        return None
    return (host, port) if port is not None and parts.netloc == text and not parts.username else None
