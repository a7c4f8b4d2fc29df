"""Where an address is and who routes it, whatever its database calls the keys."""

from collections.abc import Mapping
from typing import Any, Protocol

from msgspec import Struct

from soc_agent.enrich.prefixes import Address, address_of
from soc_agent.model import Problem

_TEXT_CAP = 200
_LATITUDE = 90.0
_LONGITUDE = 180.0
_ASN_CAP = 2**32

_COUNTRY = ("country.iso_code", "country_code", "country")
_LATITUDES = ("location.latitude", "latitude", "lat")
_LONGITUDES = ("location.longitude", "longitude", "lng", "lon")
_NUMBERS = ("autonomous_system_number", "traits.autonomous_system_number", "asn", "country.AutonomousSystemNumber")
_NAMES = (
    "autonomous_system_organization",
    "traits.autonomous_system_organization",
    "as_name",
    "name",
    "country.AutonomousSystemOrganization",
)
# in turn: MaxMind and DB-IP (free and paid), IPinfo (Lite, Core and the older ones), MMDBs made of public lists


class Place(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What databases know of an address. Empty parts are not known."""

    country: str = ""
    """ISO 3166-1 alpha-2."""
    asn: int = 0
    as_org: str = ""
    latitude: float | None = None
    """In degrees, WGS 84."""
    longitude: float | None = None

    def over(self, other: "Place") -> "Place":
        """Give this place, with what it does not know taken from another."""
        located = self if self.latitude is not None else other
        routed = self if self.asn else other
        return Place(self.country or other.country, routed.asn, routed.as_org, located.latitude, located.longitude)


NOWHERE = Place()


class Places(Protocol):
    """Whatever knows where addresses are."""

    know_any: bool
    """False where there is nothing to look anything up in, so that nobody need ask."""

    def find(self, address: Address) -> Place:
        """Give what is known of an address."""
        ...

    def problems(self) -> list[Problem]:
        """Give what is wrong right now; empty when well."""
        ...


class PlaceTable:
    """Places that are written down, for samples and where there is no database."""

    def __init__(self, places: Mapping[str, Place] | None = None) -> None:
        self._places = {address_of(text): place for text, place in (places or {}).items()}
        self.know_any = bool(self._places)

    def find(self, address: Address) -> Place:
        """Give what is written of an address."""
        return self._places.get(address, NOWHERE)

    def problems(self) -> list[Problem]:
        """Give nothing: what is written down is there."""
        return []


def place_of(record: object) -> Place:
    """Read the record of a database. What is missing, or is not what its key promises, is not known."""
    latitude = _degrees(_first(record, _LATITUDES), _LATITUDE)
    longitude = _degrees(_first(record, _LONGITUDES), _LONGITUDE)
    located = latitude is not None and longitude is not None
    asn = _asn(_first(record, _NUMBERS))
    return Place(
        country=_country(record),
        asn=asn,
        as_org=_text(_first(record, _NAMES)) if asn else "",
        latitude=latitude if located else None,
        longitude=longitude if located else None,
    )


def _first(record: object, paths: tuple[str, ...]) -> object:
    """Give the first value that is there under one of the dotted keys; None when none is."""
    for path in paths:
        value: Any = record
        for key in path.split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
        if value not in (None, "") and not isinstance(value, Mapping):
            return value
    return None


def _country(record: object) -> str:
    for path in _COUNTRY:
        code = _text(_first(record, (path,))).upper()
        if len(code) == 2 and code.isascii() and code.isalpha():
            return code
    return ""


def _degrees(value: object, limit: float) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        degrees = float(value)
    except ValueError:
        return None
    return degrees if -limit <= degrees <= limit else None


def _asn(value: object) -> int:
    """Read the number of an autonomous system, as 7552 or ``AS7552``; 0 when it is none."""
    text = _text(value).upper().removeprefix("AS") if isinstance(value, str) else str(value)
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 10 and int(text) < _ASN_CAP else 0


def _text(value: object) -> str:
    return value[:_TEXT_CAP].strip() if isinstance(value, str) else ""
