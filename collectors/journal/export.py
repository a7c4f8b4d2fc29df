"""The Journal Export Format, read piece by piece within bounds.

An entry is a run of fields, ended by an empty line. A field is ``NAME=value`` and a newline; or, where the value holds
newlines or is no text, ``NAME``, a newline, the length in 64 bits (little-endian), so many bytes, and a newline.
Source: https://systemd.io/JOURNAL_EXPORT_FORMATS/
"""

import re
import struct
from collections.abc import Collection
from typing import NamedTuple

_LENGTH = struct.Struct("<Q")
_NAME = re.compile(rb"[A-Z_][A-Z0-9_]{0,63}")
_WAIT_BYTES = 262_144
"""An entry that is longer is read field by field as it comes."""
_NAME_BYTES = 66
"""Names have at most 64 bytes (systemd.journal-fields(7))."""


class Entry(NamedTuple):
    """One entry."""

    fields: dict[bytes, bytes]
    """Of a field that comes several times, the first value."""
    cut: frozenset[bytes] = frozenset()
    """Fields whose values were longer than the cap."""


class ExportParser:
    """Makes entries of bytes as they come. Holds at most a few times ``cap`` bytes, whatever comes."""

    def __init__(self, wanted: Collection[bytes], cap: int) -> None:
        """:param wanted: the fields that are kept; :param cap: bytes that are kept of a value."""
        self._wanted, self._cap = frozenset(wanted), cap
        self._rest = b""
        self._begin()
        self._value = bytearray()
        self._name, self._length = b"", 0
        self._left = -1
        """Bytes that the value begun still has, with the newline behind it; -1: none is begun."""
        self._in_line = False
        """Whether the rest of a text value that is over the cap is still to come."""

    def feed(self, data: bytes) -> list[Entry]:
        """Take in what came; give the entries that are complete with it."""
        buffer, at = self._rest + data, 0
        entries: list[Entry] = []
        while at < len(buffer):
            if self._left < 0 and not self._in_line and not self._fields and not self._odd:
                end = buffer.find(b"\n\n", at)
                if end < 0 and len(buffer) - at <= _WAIT_BYTES:
                    break
                lines = buffer[at:end].lstrip(b"\n").split(b"\n") if end >= 0 else []
                if lines and all(b"=" in line for line in lines) and end - at <= self._cap:
                    pairs = (line.partition(b"=") for line in reversed(lines))
                    entries.append(Entry({name: value for name, _, value in pairs if name in self._wanted}))
                    at = end + 2
                    continue
            after = self._step(buffer, at, entries)
            if after == at:
                break
            at = after
        self._rest = buffer[at:]
        return entries

    def _begin(self) -> None:
        self._fields: dict[bytes, bytes] = {}
        self._cut: set[bytes] = set()
        self._odd = False
        """Whether an entry is begun that is read field by field."""

    def _step(self, buffer: bytes, at: int, entries: list[Entry]) -> int:
        """Read on by one field, or a part of one; give the place after it, the same when more bytes are needed."""
        if self._left >= 0:
            return self._binary(buffer, at)
        newline = buffer.find(b"\n", at)
        if self._in_line:
            self._in_line = newline < 0
            return len(buffer) if newline < 0 else newline + 1
        if newline < 0:
            return self._long_line(buffer, at)
        if newline == at:
            if self._fields:
                entries.append(Entry(self._fields, frozenset(self._cut)))
            self._begin()
            return at + 1
        name, equals, value = buffer[at:newline].partition(b"=")
        if equals:
            self._put(name, value)
            return newline + 1
        if _NAME.fullmatch(name) is None:  # no field: a word of the program to its reader
            return newline + 1
        begin = newline + 1 + _LENGTH.size
        if len(buffer) < begin:
            return at
        self._odd = True
        self._name, self._length = name, _LENGTH.unpack_from(buffer, newline + 1)[0]
        self._left = self._length + 1
        self._value.clear()
        return begin

    def _binary(self, buffer: bytes, at: int) -> int:
        part = buffer[at : at + self._left]
        room = self._cap + 1 - len(self._value)
        if room > 0 and self._name in self._wanted:
            self._value += part[:room]
        self._left -= len(part)
        if self._left == 0:
            self._left = -1
            self._put(self._name, bytes(self._value[: self._length]))
            self._value.clear()
        return at + len(part)

    def _long_line(self, buffer: bytes, at: int) -> int:
        """Take the head of a text value that is over the cap before its newline has come."""
        if len(buffer) - at <= self._cap + _NAME_BYTES:
            return at
        name, _, value = buffer[at:].partition(b"=")
        self._put(name, value)
        self._in_line = True
        return len(buffer)

    def _put(self, name: bytes, value: bytes) -> None:
        self._odd = True
        if name not in self._wanted or name in self._fields:
            return
        if len(value) > self._cap:
            value = value[: self._cap]
            self._cut.add(name)
        self._fields[name] = value
