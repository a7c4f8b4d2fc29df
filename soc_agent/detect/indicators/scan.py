"""The scan: one pass over a block that tells which lines may name an indicator.

It may let a line through for nothing and never loses one: a line with an indicator in any spelling that the decoders
undo (JSON, URL encoding, quotes of web servers) is among those it gives. A scan costs the same for a thousand
indicators and for a million: places are found by separators, not by what is looked for.
"""

from bisect import bisect_left

import numpy as np
from msgspec import Struct

from soc_agent.detect.indicators.addresses import Ranges, find_ipv4, find_ipv6, find_mapped
from soc_agent.detect.indicators.digests import find_digests
from soc_agent.detect.indicators.names import find_names
from soc_agent.detect.indicators.words import DIGITS, IS_HEX, LETTERS, PAD, Bytes, Flags, Members, Places, Text, table

_TOKEN = table(DIGITS + LETTERS + b"-_.")
"""What names, addresses and hashes are made of."""
_TOKEN_IN_JSON = _TOKEN | table(b":")
_HEX_VALUE = np.zeros(256, np.uint8)
for _digit in b"0123456789abcdefABCDEF":
    _HEX_VALUE[_digit] = int(chr(_digit), 16)


class ScanData(Struct, frozen=True):
    """What is looked for; None where a list has nothing of the kind."""

    digests: Members | None = None
    names: Members | None = None
    tops: Flags | None = None
    """The map of the top-level domains of the names."""
    wide: bool = False
    """Whether a name has letters beyond ASCII."""
    ranges: Ranges | None = None
    prefixes: Members | None = None
    groups: Flags | None = None
    """The map of the first numbers of the IPv6 addresses."""


class BlockScan:
    """Finds candidate lines. Belongs to one thread, as it uses its memory again."""

    def __init__(self, data: ScanData) -> None:
        self._data = data
        self._buffer: Bytes | None = None

    def places(self, block: bytes) -> list[int]:
        """Give places in the block, in order, whose lines may name an indicator."""
        text = Text(block, self._buffer)
        self._buffer = text.buffer
        data, found = self._data, [_spelled(text)]
        if data.digests is not None:
            found.append(find_digests(text, data.digests))
        if data.names is not None and data.tops is not None:
            found.append(find_names(text, data.names, data.tops, wide=data.wide))
        if data.ranges is not None:
            found += [find_ipv4(text, data.ranges), find_mapped(text)]
        if data.prefixes is not None and data.groups is not None:
            found.append(find_ipv6(text, data.prefixes, data.groups))
        places = np.concatenate(found)
        if not len(places):
            return []
        # a place in the padding belongs to the last line
        inside: list[int] = np.unique(np.clip(places - PAD, 0, max(len(block) - 1, 0))).tolist()
        return inside


def lines_of(block: bytes, places: list[int]) -> list[int]:
    """Give the begin of each line that holds a place."""
    starts: list[int] = []
    at = 0
    while at < len(places):
        starts.append(block.rfind(b"\n", 0, places[at]) + 1)
        end = block.find(b"\n", places[at])
        at = bisect_left(places, end, at) if end >= 0 else len(places)
    return starts


def _spelled(text: Text) -> Places:
    r"""Give the places where a character of a name, an address or a hash is written as an escape.

    That is ``%2e`` or JSON's ``\u002e``. What writes so wants to be overlooked, so every such line is looked at.
    """
    escapes = text.escapes
    if not len(escapes):
        return escapes
    encoded = escapes[text.at(escapes) == ord("%")]
    encoded = encoded[_spells(text, encoded + 1, _TOKEN)]
    json = escapes[text.at(escapes + 1) == ord("u")]
    json = json[(text.at(json + 2) == ord("0")) & (text.at(json + 3) == ord("0"))]
    return np.concatenate([encoded, json[_spells(text, json + 4, _TOKEN_IN_JSON)]])


def _spells(text: Text, places: Places, characters: Flags) -> Flags:
    """Say of each place whether two hexadecimal digits there give one of these characters."""
    high, low = text.at(places), text.at(places + 1)
    value = (_HEX_VALUE.take(high) << np.uint8(4)) | _HEX_VALUE.take(low)
    spelled: Flags = IS_HEX.take(high) & IS_HEX.take(low) & characters.take(value)
    return spelled
