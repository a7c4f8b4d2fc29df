"""The register: which asset a host name or address is, and which system it belongs to."""

from collections.abc import Iterable

from msgspec import Struct

from soc_agent.config import AssetOptions, SystemOptions
from soc_agent.enrich.prefixes import Address, Prefixes, address_of


class Entry(Struct, frozen=True):
    """What the register says of a host. Empty parts are not known."""

    asset: str = ""
    system: str = ""
    system_level: int = 0
    """Security level 1 to 5; 0 without a system."""
    owner: str = ""
    """The agency it belongs to: the asset's, else the system's."""


class Register:
    """Assets by name and address, systems by name."""

    def __init__(self, assets: Iterable[AssetOptions] = (), systems: Iterable[SystemOptions] = ()) -> None:
        self._systems = {system.name: system for system in systems}
        self._named: dict[str, Entry] = {}
        self._shortened: dict[str, Entry | None] = {}
        self._addressed: Prefixes[Entry] = Prefixes()
        for asset in assets:
            self._add(asset)

    def _add(self, asset: AssetOptions) -> None:
        entry = self.of_system(asset.system, asset.name, asset.owner)
        name = _plain(asset.name)
        self._named.setdefault(name, entry)
        head, dot, _ = name.partition(".")
        if address_of(name) is not None:
            self._addressed.add(name, entry)
        elif dot:
            # two full names with the same first label are two hosts: the label alone then names neither
            self._shortened[head] = None if head in self._shortened else entry
        for cidr in asset.addresses:
            self._addressed.add(cidr, entry)

    def of_system(self, name: str, asset: str = "", owner: str = "") -> Entry:
        """Give what is known of something that belongs to a system."""
        system = self._systems.get(name)
        if system is None:
            return Entry(asset, owner=owner)
        return Entry(asset, system.name, system.level, owner or system.owner)

    def of_host(self, host: str) -> Entry | None:
        """Give the asset that calls itself so: by its full name, else by the first label where only one side has more.

        A host that gives an address as its name is found by that.
        """
        name = _plain(host)
        found = self._named.get(name)
        if found is not None or not name:
            return found
        address = address_of(name)
        if address is not None:
            return self.of_address(address)
        head, dot, _ = name.partition(".")
        return self._named.get(head) if dot else self._shortened.get(head)

    def of_address(self, address: Address) -> Entry | None:
        """Give the asset that has an address; of several, the one with the narrowest range."""
        return self._addressed.find(address)


def _plain(name: str) -> str:
    return name.strip().rstrip(".").casefold()
