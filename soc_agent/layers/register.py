"""The assets there are: those of the register and those that sources speak of, each once."""

from collections.abc import Iterable

from msgspec import Struct

from soc_agent.config import AssetOptions
from soc_agent.enrich.prefixes import address_of
from soc_agent.enrich.register import Register
from soc_agent.store import AssetSeen


class KnownAsset(Struct, frozen=True):
    """A host or device; at least one of the two is there."""

    registered: AssetOptions | None = None
    """None: nobody registered it."""
    seen: AssetSeen | None = None
    """None: no source ever spoke of it."""

    @property
    def name(self) -> str:
        """What it is called: as it calls itself, else as the register does."""
        if self.seen is not None:
            return self.seen.host
        return self.registered.name if self.registered is not None else ""


def known_assets(registered: Iterable[AssetOptions], seen: Iterable[AssetSeen]) -> list[KnownAsset]:
    """Give the hosts that were seen, each with its entry of the register, then what is registered and was not seen.

    A host is a registered asset when it has its name, the first label of it, or one of its addresses, as the register
    finds them for alerts.
    """
    options = {asset.name: asset for asset in registered}
    register = Register(options.values())
    found = [KnownAsset(_asset_of(host, register, options), host) for host in seen]
    names = {known.registered.name for known in found if known.registered is not None}
    return [*found, *(KnownAsset(asset) for name, asset in options.items() if name not in names)]


def _asset_of(host: AssetSeen, register: Register, options: dict[str, AssetOptions]) -> AssetOptions | None:
    entry = register.of_host(host.host)
    for text in host.addresses:
        if entry is not None:
            break
        address = address_of(text)
        entry = register.of_address(address) if address is not None else None
    return options.get(entry.asset) if entry is not None else None
