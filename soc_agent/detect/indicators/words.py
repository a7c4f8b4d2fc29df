"""A block as arrays: where its separators stand, its bytes eight at a time, and whether a word is one of many.

The functions here work on all places of a block in one go. Places count from the begin of a padded buffer, so that
what lies a little before or behind any place can be read without asking whether it exists.
"""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]
Words = NDArray[np.uint64]
Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]

PAD = 320
"""Zero bytes before and behind the data: more than the longest name that is read from any place."""

_EACH = 0x0101010101010101
FOLD = np.uint64(0x20 * _EACH)
"""Makes ASCII letters lower case. Other bytes change too, the same way in every spelling of a text."""
_HIGH = np.uint64(0x80 * _EACH)
_LOW = np.uint64(0x7F * _EACH)
_ONE = np.uint64(1)
_SEVEN = np.uint64(7)
_MASKS = np.array([(1 << (8 * count)) - 1 for count in range(9)], np.uint64)
_BYTE_STARTS = np.array([1 << (8 * count) for count in range(8)], np.uint64)
_MULTIPLIERS = tuple(
    np.uint64(value) for value in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)
)
_SHIFT = np.uint64(29)


def table(characters: bytes) -> Flags:
    """Give a table that says of each byte whether it is one of these."""
    flags = np.zeros(256, np.bool_)
    flags[list(characters)] = True
    return flags


DIGITS = b"0123456789"
LETTERS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
IS_HEX = table(DIGITS + b"abcdefABCDEF")
IS_LETTER = table(LETTERS)
IS_LABEL = table(DIGITS + LETTERS + b"-_")
"""What the labels of a domain name are made of, but for letters beyond ASCII."""


class Text:
    """The data of a block in a padded buffer."""

    def __init__(self, data: bytes, buffer: Bytes | None = None) -> None:
        """:param buffer: memory to use again; taken when it is large enough."""
        size = len(data) + 2 * PAD
        if buffer is None or len(buffer) < size:
            buffer = np.zeros(max(size, 1 << 16), np.uint8)
        self.buffer = buffer
        self.end = PAD + len(data)
        buffer[PAD : self.end] = np.frombuffer(data, np.uint8)
        buffer[self.end : self.end + PAD] = 0
        self.bytes: Bytes = buffer[: self.end + PAD]
        self._words: Words = np.ndarray((len(self.bytes) - 7,), "<u8", buffer=self.bytes, strides=(1,))

    def words(self, places: Places) -> Words:
        """Give the eight bytes at each place, the first one lowest."""
        return self._words[places]

    def at(self, places: Places) -> Bytes:
        """Give the byte at each place."""
        return self.bytes.take(places)

    def find(self, character: bytes) -> Places:
        """Give every place of one character."""
        return np.flatnonzero(self.bytes == ord(character))

    @cached_property
    def dots(self) -> Places:
        """Every place of a full stop."""
        return self.find(b".")

    @cached_property
    def escapes(self) -> Places:
        r"""Every place of ``%`` and ``\``, behind which a character may be written otherwise."""
        return np.flatnonzero((self.bytes == ord("%")) | (self.bytes == ord("\\")))


def letters_in(words: Words) -> tuple[Words, Places]:
    """Give of each word (folded) the letters at its begin, the rest zero, and how many they are."""
    below = ~((words | _HIGH) - np.uint64(0x61 * _EACH))
    above = (words & _LOW) + np.uint64((0x7F - 0x7A) * _EACH)
    masks, counts = _until((below | above | words) & _HIGH)
    return words & masks, counts


def labels_before(words: Words) -> Places:
    """Give how many bytes at the end of each word (not folded) can stand in a label."""
    turned = words.byteswap()
    plain = turned & _LOW
    letter = _between(plain | FOLD, 0x61, 0x7A)
    other = _between(plain, 0x30, 0x39) | _between(plain, 0x2D, 0x2D) | _between(plain, 0x5F, 0x5F)
    return _until(~(letter | other) & _HIGH | (turned & _HIGH))[1]


def digits_before(words: Words) -> Places:
    """Give how many bytes at the end of each word (not folded) are hexadecimal digits."""
    turned = words.byteswap()
    plain = turned & _LOW
    digit = _between(plain | FOLD, 0x61, 0x66) | _between(plain, 0x30, 0x39)
    return _until(~digit & _HIGH | (turned & _HIGH))[1]


def _between(words: Words, first: int, last: int) -> Words:
    """Set the high bit of each byte (all below 0x80) that lies in a range, others' bits being left undefined."""
    return (words + np.uint64((0x80 - first) * _EACH)) & ~(words + np.uint64((0x7F - last) * _EACH)) & _HIGH


def _until(stops: Words) -> tuple[Words, Places]:
    """From high bits of bytes that end a run: give a mask of the bytes before the first, and their number."""
    first = (stops & (~stops + _ONE)) >> _SEVEN
    counts = np.searchsorted(_BYTE_STARTS, first)
    counts[first == 0] = 8
    return first - _ONE, counts


def keys_of(text: Text, starts: Places, lengths: Places) -> Words:
    """Give a number for each text in the buffer, the same in every case of ASCII letters.

    Its length and its first, middle and last eight bytes go into it: enough to tell apart what stands in logs. What
    is found by such a number is compared in full before it counts.
    """
    masks = _MASKS[np.minimum(lengths, 8)]
    rest = np.maximum(lengths - 8, 0)
    first, middle, last = (text.words(starts + part) for part in (0, rest >> 1, rest))
    parts = [(word | FOLD) & masks for word in (first, middle, last)]
    return mix(*parts, lengths.astype(np.uint64))


def mix(*parts: Words) -> Words:
    """Make one well-spread number of several."""
    mixed = np.zeros(len(parts[0]), np.uint64)
    for part, multiplier in zip(parts, _MULTIPLIERS, strict=False):
        mixed = (mixed ^ part) * multiplier
        mixed ^= mixed >> _SHIFT
    return mixed * _MULTIPLIERS[0]


class Members:
    """A set of 64-bit numbers. Most of what is no member is told by one bit in a small map."""

    def __init__(self, bits: Bytes, numbers: Words) -> None:
        self.bits = bits
        self.numbers = numbers
        """In order."""
        self._shift = np.uint64(64 - (len(bits).bit_length() + 2))

    @classmethod
    def of(cls, numbers: Words) -> "Members":
        """Make a set; its map has 16 to 32 bits a number."""
        numbers = np.unique(numbers)
        size = max(10, (16 * len(numbers)).bit_length())
        bits = np.zeros(1 << (size - 3), np.uint8)
        spots = numbers >> np.uint64(64 - size)
        np.bitwise_or.at(bits, (spots >> np.uint64(3)).astype(np.int64), _bit(spots))
        return cls(bits, numbers)

    def has(self, numbers: Words) -> Flags:
        """Say of each number whether it is a member."""
        spots = numbers >> self._shift
        found: Flags = (self.bits.take((spots >> np.uint64(3)).astype(np.int64)) & _bit(spots)) != 0
        maybe = np.flatnonzero(found)
        if len(maybe):
            wanted = numbers[maybe]
            places = np.searchsorted(self.numbers, wanted)
            found[maybe] = self.numbers.take(places, mode="clip") == wanted
        return found


def _bit(spots: Words) -> Bytes:
    return np.left_shift(np.uint8(1), (spots & _SEVEN).astype(np.uint8))
