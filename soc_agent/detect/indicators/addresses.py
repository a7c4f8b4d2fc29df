"""Where in a block an address of the list may stand: IPv4 by value, IPv6 by its first 32 bits."""

import numpy as np
from numpy.typing import NDArray

from soc_agent.detect.indicators.words import IS_HEX, Bytes, Flags, Members, Places, Text, Words, mix, table

Addresses = NDArray[np.uint32]

_HEX_VALUE = np.zeros(256, np.uint32)
for _digit in b"0123456789abcdefABCDEF":
    _HEX_VALUE[_digit] = int(chr(_digit), 16)
_GLOBAL = table(b"23")
"""The first digits of the global unicast addresses in use (2000::/3)."""
_FAR = 6
_NEAR = 10
"""An escape so near before the first full stop may be part of what looks like the first number."""


class Ranges:
    """IPv4 addresses and networks as ranges, and a map of the /24 networks that hold any of them."""

    def __init__(self, networks: Bytes, firsts: Addresses, lasts: Addresses) -> None:
        self.networks = networks
        self.firsts = firsts
        self.lasts = lasts
        """Ranges in order, none touching another."""

    @classmethod
    def of(cls, firsts: Addresses, lasts: Addresses) -> "Ranges":
        """Make them of ranges in any order; those that overlap are joined."""
        order = np.argsort(firsts, kind="stable")
        first, reach = firsts[order].astype(np.int64), np.maximum.accumulate(lasts[order].astype(np.int64))
        begins = np.ones(len(first), np.bool_)
        begins[1:] = first[1:] > reach[:-1] + 1
        starts = np.flatnonzero(begins)
        first, last = first[starts], reach[np.append(starts[1:] - 1, len(reach) - 1)] if len(reach) else reach
        flags = np.zeros(1 << 24, np.bool_)
        low, high = first >> 8, last >> 8
        flags[low] = flags[high] = True
        for wide in np.flatnonzero(high - low > 1):
            flags[low[wide] : high[wide]] = True
        networks = np.packbits(flags, bitorder="little")
        return cls(networks, first.astype(np.uint32), last.astype(np.uint32))

    def has(self, addresses: Addresses) -> Flags:
        """Say of each address whether it lies in a range."""
        network = addresses >> np.uint32(8)
        bits = np.left_shift(np.uint8(1), (network & np.uint32(7)).astype(np.uint8))
        found: Flags = (self.networks.take((network >> np.uint32(3)).astype(np.int64)) & bits) != 0
        maybe = np.flatnonzero(found)
        if len(maybe):
            wanted = addresses[maybe]
            places = np.searchsorted(self.firsts, wanted, side="right") - 1
            found[maybe] = (places >= 0) & (wanted <= self.lasts.take(places, mode="clip"))
        return found


def find_ipv4(text: Text, ranges: Ranges) -> Places:
    """Give the places (of the first full stop) of IPv4 addresses of the list."""
    dots = text.dots
    if len(dots) < 3:
        return dots[:0]
    gaps = np.diff(dots)
    near = (gaps >= 2) & (gaps <= 4)
    triples = np.flatnonzero(near[:-1] & near[1:])
    first = dots[triples]
    last = first + gaps[triples] + gaps[triples + 1]
    # of most runs of full stops, as in `1.2.345 (x.y`, one digit tells that they are no address
    shaped = (text.at(first - 1) - 48 < 10) & (text.at(last + 1) - 48 < 10)
    triples, first, last = triples[shaped], first[shaped], last[shaped]
    if not len(first):
        return first
    second, second_good = _number(text, first + 1, gaps[triples] - 1)
    third, third_good = _number(text, last - gaps[triples + 1] + 1, gaps[triples + 1] - 1)
    fourth, fourth_good = _number(text, last + 1, _digits_after(text, last + 1))
    good = second_good & third_good & fourth_good
    low = (second << np.uint32(16)) | (third << np.uint32(8)) | fourth
    size = _digits_before(text, first)
    number, first_good = _number(text, first - size, np.minimum(size, 3))
    found = first[(good & first_good & (size < 4)) & ranges.has((number << np.uint32(24)) | low)]
    escaped = _behind_escape(text, first) & good
    if not escaped.any():
        return found
    first, low, more = first[escaped], low[escaped], []
    for digits in (1, 2, 3):
        number, good = _number(text, first - digits, np.full(len(first), digits))
        more.append(first[good & ranges.has((number << np.uint32(24)) | low)])
    return np.concatenate([found, *more])


def _digits_after(text: Text, places: Places) -> Places:
    """Count the digits at each place: 1 to 4, the first being known."""
    second, third, fourth = (text.at(places + step) - 48 < 10 for step in (1, 2, 3))
    third &= second
    return 1 + second.astype(np.int64) + third + (third & fourth)


def _digits_before(text: Text, places: Places) -> Places:
    """Count the digits before each place: 1 to 4, the last being known."""
    second, third, fourth = (text.at(places - step) - 48 < 10 for step in (2, 3, 4))
    third &= second
    return 1 + second.astype(np.int64) + third + (third & fourth)


def _number(text: Text, starts: Places, sizes: Places) -> tuple[Addresses, Flags]:
    """Read numbers of 1 to 3 digits; the flag says whether each is one, and below 256."""
    value = np.zeros(len(starts), np.uint32)
    good = sizes <= 3
    for step in range(3):
        digit = text.at(starts + step) - np.uint8(48)
        inside = sizes > step
        good &= ~inside | (digit < 10)
        value = np.where(inside, value * np.uint32(10) + digit, value)
    return value, good & (value < 256)


def _behind_escape(text: Text, places: Places) -> Flags:
    """Say of each place whether an escape stands a little before it."""
    escapes = text.escapes
    if not len(escapes):
        return np.zeros(len(places), np.bool_)
    nearest = np.searchsorted(escapes, places) - 1
    return (nearest >= 0) & (places - escapes.take(nearest, mode="clip") <= _NEAR)


def key_of_prefixes(prefixes: Addresses) -> Words:
    """Give the numbers under which IPv6 addresses are looked up, from their first 32 bits."""
    return mix(prefixes.astype(np.uint64))


def map_of_groups(prefixes: Addresses) -> Flags:
    """Make the map of the first numbers of the IPv6 addresses of a list."""
    flags = np.zeros(1 << 16, np.bool_)
    flags[prefixes >> np.uint32(16)] = True
    return flags


def find_ipv6(text: Text, prefixes: Members, groups: Flags) -> Places:
    """Give the places (of the first colon) of IPv6 addresses that may be of the list.

    A global address begins with four digits. Its second number may be left out (``2001::1``), and a colon may be
    written as ``%3A``: then the line is looked at whatever the address is.
    """
    # looked for in one go over all bytes: fewer places than colons are left, of which some logs are full
    shaped = (text.bytes[4:] == ord(":")) & ((text.bytes[:-4] | 1) == ord("3"))
    heads = _heads(text, np.flatnonzero(shaped) + 4)
    encoded = _heads(text, _encoded_colons(text))
    return np.concatenate([_listed(text, heads, prefixes, groups), encoded]) if len(heads) else encoded


def _listed(text: Text, heads: Places, prefixes: Members, groups: Flags) -> Places:
    """Keep the colons behind the first number of an address whose first two numbers are listed."""
    first = np.zeros(len(heads), np.uint32)
    for step in range(4, 0, -1):
        first = (first << np.uint32(4)) | _HEX_VALUE.take(text.at(heads - step))
    # a year with a time behind it looks much the same, and is the first number of no address
    known = groups.take(first)
    heads, first = heads[known], first[known]
    if not len(heads):
        return heads
    following = np.full(len(heads), _FAR)
    for step in range(5, 0, -1):
        following[text.at(heads + step) == ord(":")] = step
    inside = following < _FAR
    heads, first, following = heads[inside], first[inside], following[inside]
    # behind two numbers comes a third, or the colon of what is left out
    third = text.at(heads + following + 1)
    good: Flags = (following == 1) | IS_HEX.take(third) | (third == ord(":"))
    second = np.zeros(len(heads), np.uint32)
    for step in range(1, 5):
        character = text.at(heads + step)
        inside = following > step
        good &= ~inside | IS_HEX.take(character)
        second = np.where(inside, (second << np.uint32(4)) | _HEX_VALUE.take(character), second)
    return heads[good & prefixes.has(key_of_prefixes((first << np.uint32(16)) | second))]


def find_mapped(text: Text) -> Places:
    """Give the places where an IPv4 address may be written as IPv6 in hexadecimal: ``::ffff:102:304``."""
    twice = np.flatnonzero((text.bytes[:-1] == ord(":")) & (text.bytes[1:] == ord(":")))
    encoded = _encoded_colons(text)
    ends = np.concatenate([twice + 2, encoded[_encoded_before(text, encoded)] + 3])
    if not len(ends):
        return ends
    for step in range(4):
        ends = ends[(text.at(ends + step) | 0x20) == ord("f")]
    behind = text.at(ends + 4)
    followed: Flags = (behind == ord(":")) | (behind == ord("%"))
    return ends[followed]


def _encoded_before(text: Text, colons: Places) -> Flags:
    """Say of each colon (``%3A``) whether another one stands right before it."""
    before: Flags = text.at(colons - 3) == ord("%")
    return before


def _encoded_colons(text: Text) -> Places:
    escapes = text.escapes
    colons: Flags = (text.at(escapes + 1) == ord("3")) & ((text.at(escapes + 2) | 0x20) == ord("a"))
    return escapes[colons]


def _heads(text: Text, colons: Places) -> Places:
    """Give the colons before which four hexadecimal digits of a global address stand."""
    if not len(colons):
        return colons
    heads = colons[_GLOBAL.take(text.at(colons - 4))]
    for step in (3, 2, 1):
        heads = heads[IS_HEX.take(text.at(heads - step))]
    longer = IS_HEX.take(text.at(heads - 5))
    if longer.any():
        heads = heads[~longer | _behind_escape(text, heads)]
    return heads
