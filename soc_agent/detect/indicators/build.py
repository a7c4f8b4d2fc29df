"""Making the table of indicators, and what the scan needs, from entries as they are read."""

from array import array
from ipaddress import ip_network
from typing import Any

import msgspec
import numpy as np

from soc_agent.detect.indicators.addresses import Ranges, key_of_prefixes, map_of_groups
from soc_agent.detect.indicators.digests import key_of_digests
from soc_agent.detect.indicators.indicator import KINDS, Indicator, Kind, Meta
from soc_agent.detect.indicators.names import map_of_tops, tops_of
from soc_agent.detect.indicators.packed import Packed
from soc_agent.detect.indicators.scan import ScanData
from soc_agent.detect.indicators.table import Notes, key_of
from soc_agent.detect.indicators.values import parse_ip, url_parts
from soc_agent.detect.indicators.words import FOLD, PAD, Members, Text, keys_of

_NUMBER_OF_KIND = {kind: number for number, kind in enumerate(KINDS)}
_NEVER = (1 << 32) - 1
_PUNYCODE = "xn--"


class Builder:
    """Takes entries one by one and keeps them packed, so that a million of them do not fill the memory."""

    def __init__(self) -> None:
        self._keys, self._starts, self._sizes = array("Q"), array("I"), array("H")
        self._kinds, self._metas, self._expires = array("B"), array("I"), array("I")
        self._values, self._meta_data = bytearray(), bytearray()
        self._meta_ends = array("I")
        self._meta_numbers: dict[Meta, int] = {}
        self._hosts = bytearray()
        self._digests = bytearray()
        self._firsts, self._lasts, self._prefixes = array("I"), array("I"), array("I")
        self._sizes_of: dict[int, set[int]] = {4: set(), 16: set()}
        self._wide = False

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, indicator: Indicator) -> None:
        """Take one entry."""
        kind, value = indicator.kind, indicator.value
        data = value.encode("utf-8", "replace")
        self._keys.append(key_of(kind, value))
        self._starts.append(len(self._values))
        self._sizes.append(len(data))
        self._values += data
        self._kinds.append(_NUMBER_OF_KIND[kind])
        self._metas.append(self._number_of(indicator.meta))
        self._expires.append(min(indicator.expires_s, _NEVER - 1))
        if kind in (Kind.IP, Kind.CIDR):
            self._add_network(value)
        elif kind is Kind.DOMAIN:
            self._add_host(value)
        elif kind is Kind.URL:
            parts = url_parts(value)
            host = parts[1] if parts else ""
            if parse_ip(host) is not None:
                self._add_network(host)
            else:
                self._add_host(host)
        else:
            self._digests += data[:16]

    def _number_of(self, meta: Meta) -> int:
        number = self._meta_numbers.get(meta)
        if number is None:
            number = self._meta_numbers[meta] = len(self._meta_numbers)
            self._meta_data += msgspec.msgpack.encode(meta)
            self._meta_ends.append(len(self._meta_data))
        return number

    def _add_host(self, host: str) -> None:
        self._hosts += host.encode() + b"\n"
        self._wide = self._wide or _PUNYCODE in host

    def _add_network(self, value: str) -> None:
        address, slash, size = value.partition("/")
        packed = parse_ip(address)
        if packed is None:
            return
        bits = 8 * len(packed)
        length = int(size) if slash else bits
        if slash:
            self._sizes_of[len(packed)].add(length)
        first = int.from_bytes(packed, "big")
        if bits == 32:
            self._firsts.append(first)
            self._lasts.append(first | ((1 << (32 - length)) - 1))
        elif length >= 32:
            self._prefixes.append(first >> 96)
        else:
            for network in ip_network((first, length)).subnets(new_prefix=32):
                self._prefixes.append(int(network.network_address) >> 96)

    def arrays(self) -> tuple[Notes, dict[str, Any]]:
        """Give everything in its final order: that of the keys; for one key, what counts longest first."""
        keys = np.frombuffer(self._keys, np.uint64)
        metas, expires = np.frombuffer(self._metas, np.uint32), np.frombuffer(self._expires, np.uint32)
        left = np.where(expires == 0, np.uint32(_NEVER), expires)
        order = np.lexsort((metas, _NEVER - left, keys))
        same = np.zeros(len(order), np.bool_)
        kinds = np.frombuffer(self._kinds, np.uint8)
        for part in (keys, metas, left, kinds):
            ordered = part[order]
            same[1:] = (ordered[1:] == ordered[:-1]) & (same[1:] if part is not keys else True)
        order = order[~same]
        notes = Notes(
            tuple(sorted(self._sizes_of[4], reverse=True)),
            tuple(sorted(self._sizes_of[16], reverse=True)),
            self._wide,
            {
                kind.value: int(count)
                for kind, count in zip(KINDS, np.bincount(kinds[order], minlength=len(KINDS)), strict=True)
                if count
            },
        )
        arrays: dict[str, Any] = {
            "keys": keys[order],
            "starts": np.frombuffer(self._starts, np.uint32)[order],
            "sizes": np.frombuffer(self._sizes, np.uint16)[order],
            "kinds": kinds[order],
            "metas": metas[order],
            "expires": expires[order],
            "values": bytes(self._values),
            "meta_ends": self._meta_ends,
            "meta_data": bytes(self._meta_data),
        }
        return notes, arrays | self._scan_arrays()

    def _scan_arrays(self) -> dict[str, Any]:
        arrays: dict[str, Any] = {}
        if self._hosts:
            text = Text(bytes(self._hosts))
            ends = text.find(b"\n")
            starts = np.concatenate([[PAD], ends[:-1] + 1])
            members = Members.of(keys_of(text, starts, ends - starts))
            dots = text.dots
            tops = dots[np.searchsorted(dots, ends) - 1]
            arrays |= {"name_bits": members.bits, "names": members.numbers}
            arrays["tops"] = map_of_tops(np.unique(tops_of(text, tops)))
        if self._digests:
            digests = np.frombuffer(self._digests, np.uint64).reshape(-1, 2) | FOLD
            members = Members.of(key_of_digests(digests))
            arrays |= {"digest_bits": members.bits, "digests": members.numbers}
        if self._firsts:
            ranges = Ranges.of(np.frombuffer(self._firsts, np.uint32), np.frombuffer(self._lasts, np.uint32))
            arrays |= {"networks": ranges.networks, "firsts": ranges.firsts, "lasts": ranges.lasts}
        if self._prefixes:
            prefixes = np.frombuffer(self._prefixes, np.uint32)
            members = Members.of(key_of_prefixes(prefixes))
            arrays |= {"prefix_bits": members.bits, "prefixes": members.numbers, "groups": map_of_groups(prefixes)}
        return arrays


def scan_data(packed: Packed, notes: Notes) -> ScanData:
    """Give what the scan needs from a packed table."""
    arrays = {name: np.frombuffer(array, _TYPES[name]) for name, array in packed.arrays.items() if name in _TYPES}
    return ScanData(
        digests=Members(arrays["digest_bits"], arrays["digests"]) if "digests" in arrays else None,
        names=Members(arrays["name_bits"], arrays["names"]) if "names" in arrays else None,
        tops=arrays.get("tops"),
        wide=notes.wide,
        ranges=Ranges(arrays["networks"], arrays["firsts"], arrays["lasts"]) if "networks" in arrays else None,
        prefixes=Members(arrays["prefix_bits"], arrays["prefixes"]) if "prefixes" in arrays else None,
        groups=arrays.get("groups"),
    )


_TYPES: dict[str, Any] = {
    "name_bits": np.uint8,
    "names": np.uint64,
    "tops": np.bool_,
    "digest_bits": np.uint8,
    "digests": np.uint64,
    "networks": np.uint8,
    "firsts": np.uint32,
    "lasts": np.uint32,
    "prefix_bits": np.uint8,
    "prefixes": np.uint64,
    "groups": np.bool_,
}
