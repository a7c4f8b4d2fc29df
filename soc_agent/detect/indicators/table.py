"""All indicators of all lists: found by value, in some 60 bytes each."""

from bisect import bisect_left
from collections.abc import Iterator
from hashlib import blake2b
from itertools import islice

import msgspec
from msgspec import Struct

from soc_agent.detect.indicators.indicator import KINDS, Indicator, Kind, Meta
from soc_agent.detect.indicators.packed import Packed
from soc_agent.detect.indicators.values import format_ip

_SAME_CAP = 32
"""So many entries for one value are looked at: more sources for one address say nothing new."""
_CUTS_CAP = 64
_INSIDE = frozenset("-._~%+@$*")
"""Characters of URLs, beside letters and digits, that do not end a part of it."""
_ENDING = ".!,;:"


class Notes(Struct, frozen=True, array_like=True):
    """What is known of a table as a whole."""

    v4_sizes: tuple[int, ...] = ()
    """Lengths of the IPv4 networks in it, the narrowest first."""
    v6_sizes: tuple[int, ...] = ()
    wide: bool = False
    """Whether a domain name has letters beyond ASCII."""
    counts: dict[str, int] = {}
    """Kind to the number of entries."""


def key_of(kind: Kind, value: str) -> int:
    """Give the number under which a value is found. The scheme of a URL is no part of it: logs often lack it."""
    if kind is Kind.URL:
        value = split_scheme(value)[1]
    return int.from_bytes(blake2b(f"{kind.family}:{value}".encode(), digest_size=8).digest(), "little")


def split_scheme(url: str) -> tuple[str, str]:
    """Give the scheme of a canonical URL (empty where it has none), and the rest."""
    scheme, mark, rest = url.partition("://")
    return (scheme, rest) if mark and not {"/", "."} & set(scheme) else ("", url)


class Table:
    """Finds the entries for a value. Immutable, and safe to share among threads."""

    def __init__(self, packed: Packed) -> None:
        arrays = packed.arrays
        self.notes = msgspec.msgpack.decode(packed.notes, type=Notes)
        self._keys = arrays["keys"].cast("Q")
        self._starts = arrays["starts"].cast("I")
        self._sizes = arrays["sizes"].cast("H")
        self._kinds = arrays["kinds"]
        self._metas = arrays["metas"].cast("I")
        self._expires = arrays["expires"].cast("I")
        self._values = arrays["values"]
        self._meta_ends = arrays["meta_ends"].cast("I")
        self._meta_data = arrays["meta_data"]

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[Indicator]:
        return map(self.entry, range(len(self)))

    def entry(self, row: int) -> Indicator:
        """Give one entry."""
        meta = self._metas[row]
        begin = self._meta_ends[meta - 1] if meta else 0
        said = msgspec.msgpack.decode(self._meta_data[begin : self._meta_ends[meta]], type=Meta)
        return Indicator(KINDS[self._kinds[row]], self._value(row).decode(), said, self._expires[row])

    def rows(self, kind: Kind, value: str) -> list[int]:
        """Give the entries for a value in its canonical form; a URL must be given without its scheme."""
        key, wanted = key_of(kind, value), value.encode("utf-8", "replace")
        row = bisect_left(self._keys, key)
        found: list[int] = []
        while row < len(self._keys) and self._keys[row] == key and len(found) < _SAME_CAP:
            held = self._value(row)
            if held == wanted or (kind is Kind.URL and split_scheme(held.decode())[1] == value):
                found.append(row)
            row += 1
        return found

    def of_address(self, packed: bytes) -> list[int]:
        """Give the entries for an address: itself and every network that holds it."""
        found = self.rows(Kind.IP, format_ip(packed))
        bits = 8 * len(packed)
        number = int.from_bytes(packed, "big")
        for size in self.notes.v4_sizes if bits == 32 else self.notes.v6_sizes:
            network = number >> (bits - size) << (bits - size)
            found += self.rows(Kind.CIDR, f"{format_ip(network.to_bytes(len(packed), 'big'))}/{size}")
        return found

    def of_domain(self, name: str) -> list[int]:
        """Give the entries for a name and for every name it lies under."""
        found: list[int] = []
        while "." in name:
            found += self.rows(Kind.DOMAIN, name)
            name = name.partition(".")[2]
        return found

    def of_url(self, scheme: str, place: str) -> list[int]:
        """Give the entries of which a URL is the same or lies below. ``place`` is all behind ``://``."""
        ends = (end for end in range(place.find("/") + 1, len(place) + 1) if _is_border(place, end))
        return [
            row
            for end in islice(ends, _CUTS_CAP)
            for row in self.rows(Kind.URL, place[:end])
            if not scheme or split_scheme(self._value(row).decode())[0] in ("", scheme)
        ]

    def of_digest(self, kind: Kind, digest: str) -> list[int]:
        """Give the entries for a file hash in lower case."""
        return self.rows(kind, digest)

    def search(self, part: str) -> Iterator[Indicator]:
        """Yield every entry whose value holds a text; slow, for people."""
        wanted = part.lower().encode("utf-8", "replace")
        for row in range(len(self)):
            if wanted in self._value(row).lower():
                yield self.entry(row)

    def _value(self, row: int) -> bytes:
        start = self._starts[row]
        return bytes(self._values[start : start + self._sizes[row]])


def _is_border(place: str, end: int) -> bool:
    if end == len(place) or not (_is_inside(place[end]) and _is_inside(place[end - 1])):
        return True
    return place[end] in _ENDING and not place[end:].strip(_ENDING)  # the end of a sentence


def _is_inside(character: str) -> bool:
    return character.isalnum() or character in _INSIDE
