"""The enricher: fields that a line itself does not have, and the context of a new alert."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, Self

from msgspec import Struct

from soc_agent.config import Config
from soc_agent.enrich.databases import Databases
from soc_agent.enrich.hours import WorkingHours
from soc_agent.enrich.networks import Networks
from soc_agent.enrich.place import NOWHERE, Place, Places, PlaceTable
from soc_agent.enrich.prefixes import Address, address_of
from soc_agent.enrich.register import Entry, Register
from soc_agent.model import ENTITY_FIELDS, Entities, Event, Problem

CACHED = 16_384
"""Addresses whose standing is remembered, and hosts whose entry is."""
LONGEST_ADDRESS = 64
"""A longer text is no address, whatever zone it names; remembering texts of any length would fill the memory."""
LONGEST_NAME = 255
"""A longer text is no name of a host (RFC 1035, 2.3.4)."""
SHOWN = 16
"""Addresses of one kind that the context of an alert tells of."""
_KINDS = ("src_ip", "dst_ip")

OFF_HOURS = "time.off_hours"
"""The day of an event outside the working hours; not there of one within them."""
Value = str | int | float | list[Any] | None


class Standing(Struct, frozen=True, gc=False):
    """What the configuration says of an address."""

    address: Address | None
    """None where the text is no address of a host: then nothing is known of it."""
    unplaced: bool = False
    """Whether it is inside and private: databases know public addresses alone."""
    internal: bool = False
    network: str = ""
    entry: Entry = Entry()


UNKNOWN = Standing(None)


class Speaks(Protocol):
    """What names a host: an event, or the detection made of it."""

    @property
    def host(self) -> str:
        """The host, as it names itself."""
        ...


_Of = Callable[[str, Standing], Value]
_OF_STANDING: dict[str, _Of] = {
    "internal": lambda _, standing: "true" if standing.internal else "false",
    "external": lambda text, standing: None if standing.internal else text,
    "network": lambda _, standing: standing.network or None,
    "asset": lambda _, standing: standing.entry.asset or None,
    "system": lambda _, standing: standing.entry.system or None,
    "system_level": lambda _, standing: standing.entry.system_level or None,
}
_OF_PLACE: dict[str, Callable[[Place], Value]] = {
    "country": lambda place: place.country or None,
    "asn": lambda place: place.asn or None,
    "as_org": lambda place: place.as_org or None,
    "latitude": lambda place: place.latitude,
    "longitude": lambda place: place.longitude,
}
_OF_HOST: dict[str, Callable[[Entry], Value]] = {
    "asset": lambda entry: entry.asset or None,
    "system": lambda entry: entry.system or None,
    "system_level": lambda entry: entry.system_level or None,
    "owner": lambda entry: entry.owner or None,
}

KNOWN_FIELDS = frozenset(
    [f"{kind}.{name}" for kind in _KINDS for name in (*_OF_STANDING, *_OF_PLACE)]
    + [f"host.{name}" for name in _OF_HOST]
    + [OFF_HOURS]
)
"""Every field that an enricher can give."""
PLACE_FIELDS = frozenset(f"{kind}.{name}" for kind in _KINDS for name in _OF_PLACE)
"""Those among them that only an address database knows."""


class Enricher:
    """Knows hosts and addresses. Nothing is looked up that nobody asks for; what was is remembered, bounded.

    ``src_ip`` and ``dst_ip`` stand for the address that an event has under one of the names of that entity.
    ``.internal`` is ``true`` or ``false``; ``.external`` is the address itself where it is outside, and nothing where
    it is inside, so that a correlation which groups by it looks at what comes from outside alone.
    """

    known = KNOWN_FIELDS

    def __init__(
        self, register: Register, networks: Networks, places: Places, hours: WorkingHours | None = None
    ) -> None:
        """:param hours: when people are at work; None: on weekdays from 7 to 18 o'clock in Vietnam."""
        self._register = register
        self._networks = networks
        self._places = places
        self._hours = hours or WorkingHours()
        self._remembered = lru_cache(CACHED)(self._look_up)
        self._remembered_host = lru_cache(CACHED)(register.of_host)
        self._event: Event | None = None
        self._addresses: dict[str, tuple[str, ...]] = {}
        self._readers = dict(self._make_readers())

    @classmethod
    def of(cls, config: Config, folder: Path) -> Self:
        """Make the enricher of a configuration; its relative paths begin in ``folder``."""
        named = (config.enrichment.city_mmdb, config.enrichment.asn_mmdb)
        paths = [folder / path for path in named if path]
        return cls(
            Register(config.assets, config.systems),
            Networks(config.networks),
            Databases(paths) if paths else PlaceTable(),
            WorkingHours(config.organisation.working_hours, config.timezone),
        )

    @property
    def unknowable(self) -> frozenset[str]:
        """Those of :attr:`known` that this one gives of no event: it has nothing to look them up in."""
        return self.known - self._readers.keys()

    def value(self, event: Event, field: str) -> Value:
        """Give a field of :attr:`known` for an event: of several addresses a list, without what is not known.

        None when the event has no such entity, nothing is known of it, or there is no such field.
        """
        read = self._readers.get(field)
        return None if read is None else read(event)

    def context(self, event: Speaks, entities: Entities) -> dict[str, Any]:
        """Give what is known of the host and the addresses of a new alert, for people to see; empty parts left out.

        ``host`` is an object, ``src_ip`` and ``dst_ip`` are lists of objects, ``system_level`` is the highest security
        level among the systems concerned.
        """
        context: dict[str, Any] = {}
        entry = self._host(event.host)
        levels = [entry.system_level] if entry else []
        if entry is not None:
            context["host"] = {"name": event.host, **_shown(entry)}
        for kind in _KINDS:
            told = []
            for text in entities.get(kind, ())[:SHOWN]:
                standing = self._standing(text)
                if standing.address is not None:
                    levels.append(standing.entry.system_level)
                    told.append(self._told(text, standing))
            if told:
                context[kind] = told
        if max(levels, default=0):
            context["system_level"] = max(levels)
        return context

    def problems(self) -> list[Problem]:
        """Give what is wrong with the databases right now; empty when well."""
        return self._places.problems()

    def _told(self, text: str, standing: Standing) -> dict[str, Any]:
        place = self._place(standing)
        pairs = [("network", standing.network), *_shown(standing.entry).items()]
        pairs += [("country", place.country), ("asn", place.asn), ("as_org", place.as_org)]
        return {"address": text, "internal": standing.internal} | {name: value for name, value in pairs if value}

    def _make_readers(self) -> Iterator[tuple[str, Callable[[Event], Value]]]:
        """Yield what gives each field; none for places where there is nothing that could know them."""
        yield OFF_HOURS, lambda event: self._hours.outside(event.time_ns)
        for name, of_host in _OF_HOST.items():
            yield f"host.{name}", self._host_reader(of_host)
        for kind in _KINDS:
            for name, of_standing in _OF_STANDING.items():
                yield f"{kind}.{name}", self._address_reader(kind, of_standing)
            for name, of_place in _OF_PLACE.items() if self._places.know_any else ():
                yield f"{kind}.{name}", self._address_reader(kind, self._placed(of_place))

    def _host_reader(self, of_host: Callable[[Entry], Value]) -> Callable[[Event], Value]:
        def read(event: Event) -> Value:
            entry = self._host(event.host)
            return None if entry is None else of_host(entry)

        return read

    def _address_reader(self, kind: str, of_standing: _Of) -> Callable[[Event], Value]:
        def read(event: Event) -> Value:
            texts = self._addresses_of(event, kind)
            if len(texts) == 1:
                return of_standing(texts[0], self._standing(texts[0]))
            values = (of_standing(text, self._standing(text)) for text in texts)
            found = list(dict.fromkeys(value for value in values if value is not None))
            return found if len(found) > 1 else found[0] if found else None

        return read

    def _placed(self, of_place: Callable[[Place], Value]) -> _Of:
        return lambda _, standing: of_place(self._place(standing))

    def _place(self, standing: Standing) -> Place:
        # what is inside has no country but that of its owner
        return NOWHERE if standing.unplaced or standing.address is None else self._places.find(standing.address)

    def _addresses_of(self, event: Event, kind: str) -> tuple[str, ...]:
        """Give the addresses of an event, as texts. Several correlations ask for the same event in turn."""
        if event is not self._event:
            self._event = event
            self._addresses = {}
        known = self._addresses.get(kind)
        if known is None:
            known = self._addresses[kind] = self._find_addresses(event, kind)
        return known

    def _find_addresses(self, event: Event, kind: str) -> tuple[str, ...]:
        for name in ENTITY_FIELDS[kind]:
            value = event.fields.get(name)
            if value is not None:
                values = value if isinstance(value, (list, tuple)) else (value,)
                texts = tuple(t for t in values if isinstance(t, str) and self._standing(t).address is not None)
                if texts:
                    return texts
        return ()

    def _host(self, name: str) -> Entry | None:
        return self._remembered_host(name) if 0 < len(name) <= LONGEST_NAME else None

    def _standing(self, text: str) -> Standing:
        return self._remembered(text) if len(text) <= LONGEST_ADDRESS else UNKNOWN

    def _look_up(self, text: str) -> Standing:
        address = address_of(text)
        if address is None:
            return UNKNOWN
        network = self._networks.of(address)
        entry = self._register.of_address(address) or self._register.of_system(network.system)
        return Standing(address, network.internal and address.is_private, network.internal, network.name, entry)


def _shown(entry: Entry) -> dict[str, Any]:
    pairs = (
        ("asset", entry.asset),
        ("system", entry.system),
        ("system_level", entry.system_level),
        ("owner", entry.owner),
    )
    return {name: value for name, value in pairs if value}
