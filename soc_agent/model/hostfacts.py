"""What a host says of itself, for the register."""

from msgspec import Struct


class HostFacts(Struct, frozen=True):
    """Parts of a host as they are now. Parts that are not named are as they were."""

    host: str
    sections: dict[str, dict[str, str]]
    """Section (``packages``, ``users``, ``ports`` …) to its items and their values."""
    addresses: tuple[str, ...] = ()
    """What others know it by."""
