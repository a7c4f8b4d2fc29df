"""Options of a source that reads packets."""

from typing import Annotated

from msgspec import Meta

from soc_agent.config.section import Name, Seconds, Section
from soc_agent.model import Tier


class PacketSource(Section, frozen=True, tag="packets", tag_field="kind"):
    """Packets of an interface, or of capture files as they appear. Exactly one of the two is set."""

    name: Name
    interface: str = ""
    paths: tuple[str, ...] = ()
    """``.pcap`` and ``.pcapng`` files or globs."""
    filter: str = ""
    """A pcap filter expression (pcap-filter(7)); empty: every packet."""
    host: str = ""
    """Name of the sensor; empty: this host."""
    tier: Tier = Tier.NETWORK
    promiscuous: bool = False
    flow_idle_s: Seconds = 60
    """A flow without packets for so long has ended."""
    flow_active_s: Seconds = 300
    """A flow that lasts is reported at this rhythm."""
    max_flows: Annotated[int, Meta(ge=16)] = 65_536
    """Flows held at once; beyond it the oldest is reported and forgotten."""
    evidence_mb: Annotated[int, Meta(ge=0, le=1_000_000)] = 64
    """Packets of alerts are kept in so much room, the oldest go first; 0: none are kept."""
    evidence_days: Annotated[int, Meta(ge=1, le=3650)] = 30
    """They go after so long."""
    payloads: bool = True
    """Whether payloads are looked at; without, there are lines of flows and of neighbours alone."""
