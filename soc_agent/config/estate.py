"""Options of what is watched over: systems, assets and networks, and what is known of addresses."""

from typing import Annotated

from msgspec import Meta

from soc_agent.config.section import Name, Section
from soc_agent.model import Tier


class SystemOptions(Section, frozen=True):
    """An information system and its security level (Decree 331/2026/NĐ-CP)."""

    name: Name
    level: Annotated[int, Meta(ge=1, le=5)] = 1
    owner: str = ""
    operator: str = ""


class AssetOptions(Section, frozen=True):
    """A host or device of the register."""

    name: str
    """As it names itself in logs; short or full, in any case."""
    addresses: tuple[str, ...] = ()
    """Addresses, or ranges as ``192.0.2.0/28``."""
    system: str = ""
    tier: Tier = Tier.SERVER
    owner: str = ""


class NetworkOptions(Section, frozen=True):
    """A network of the estate, or of somebody else. Of several that hold an address, the narrowest counts."""

    name: Name
    cidrs: tuple[str, ...]
    """Ranges as ``10.0.0.0/8`` or ``2001:db8::/32``."""
    internal: bool = True
    """Whether what is in it is inside. Private ranges are, unless a network here says otherwise."""
    system: str = ""
    """The system of those addresses in it that no asset has."""


class EnrichmentOptions(Section, frozen=True):
    """What new alerts are told of addresses, from databases in the MaxMind DB format."""

    city_mmdb: str = ""
    """A database of countries or cities; a relative path is taken from the folder of the configuration file."""
    asn_mmdb: str = ""
    """A database of autonomous systems."""
