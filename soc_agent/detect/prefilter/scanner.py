"""The prefilter: one scan of a whole block for all literals, with Hyperscan; Aho-Corasick where there is none.

Literals are found without regard to the case of ASCII letters. A scanner belongs to one thread.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from importlib.util import find_spec
from typing import Any, Literal, Protocol

import ahocorasick_rs

NUMBER_BITS = 20
"""A hit is one integer: the offset behind the last byte of a literal, and in so many low bits the literal's number.

One integer a hit sorts faster than a pair, and takes a quarter of its memory when a hostile block is full of hits.
"""
_MANY = 2_000
"""From so many literals on, compiling them takes much memory for a while."""
_log = logging.getLogger(__name__)
Backend = Literal["hyperscan", "ahocorasick"]


class Scanner(Protocol):
    """Finds literals in a block."""

    def scan(self, data: bytes) -> list[int]:
        """Give every place of every literal as hits, in order."""
        ...


def available_backend() -> Backend:
    """Give the faster backend that is installed here."""
    return "hyperscan" if find_spec("hyperscan") else "ahocorasick"


def make_scanner(literals: Sequence[bytes], backend: Backend | None = None) -> Scanner:
    """Make a scanner for these literals, numbered from 0. None may be empty or hold a control character."""
    if not literals:
        return _Nothing()
    if backend == "hyperscan":
        return _Hyperscan(literals)
    if backend is None and available_backend() == "hyperscan":
        import hyperscan

        try:
            return _Hyperscan(literals)
        except hyperscan.HyperscanError as error:
            # a processor without the instructions that it needs, for one
            _log.warning("Hyperscan does not run here (%s); the slower ahocorasick_rs is used", error)
    return _AhoCorasick(literals)


class Database:
    """Literals, and the scanner that was made of them at once; it may be used again when most of them are the same."""

    def __init__(self, literals: Sequence[bytes], backend: Backend | None = None) -> None:
        self.literals = tuple(literals)
        self.scanner = make_scanner(self.literals, backend)
        self._backend = backend

    def with_more(self, literals: Sequence[bytes]) -> Scanner:
        """Give a scanner for these literals, of which the first are those of the database.

        It belongs to the same thread as the scanner of the database, and is for taking its place.
        """
        known = len(self.literals)
        return _Extended(self.scanner, known, literals[known:], self._backend) if literals[known:] else self.scanner


class _Extended:
    """A scanner and a small one beside it."""

    def __init__(self, base: Scanner, known: int, more: Sequence[bytes], backend: Backend | None) -> None:
        self._base = base
        self._known = known
        self._more = make_scanner(more, backend)

    def scan(self, data: bytes) -> list[int]:
        """Give every place of every literal, in order."""
        hits, more = self._base.scan(data), self._more.scan(data)
        return sorted([*hits, *(hit + self._known for hit in more)]) if more else hits


class _Nothing:
    def scan(self, data: bytes) -> list[int]:
        return []


class _Hyperscan:
    """Hyperscan in block mode (https://intel.github.io/hyperscan/dev-reference)."""

    def __init__(self, literals: Sequence[bytes]) -> None:
        import hyperscan

        self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        self._database.compile(
            expressions=list(literals),
            ids=list(range(len(literals))),
            elements=len(literals),
            flags=hyperscan.HS_FLAG_CASELESS,
            literal=True,
        )
        if len(literals) >= _MANY:
            _give_back()
        self._hits: list[int] = []
        self._handler = _collector(self._hits)

    def scan(self, data: bytes) -> list[int]:
        """Give every place of every literal, in order."""
        self._hits.clear()
        self._database.scan(data, match_event_handler=self._handler)
        # Hyperscan promises no order among literals; it is nearly in order, which makes sorting cheap
        hits = sorted(self._hits)
        self._hits.clear()
        return hits


def _collector(hits: list[int]) -> Callable[[int, int, int, int, Any], None]:
    append = hits.append

    def collect(number: int, _start: int, end: int, _flags: int, _context: Any) -> None:
        append(end << NUMBER_BITS | number)

    return collect


def _give_back() -> None:
    """Give the memory that compiling took back to the system: glibc would keep it, some 50 MB for all public rules."""
    import ctypes

    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)


class _AhoCorasick:
    """The same with ahocorasick_rs, at about a quarter of the speed."""

    def __init__(self, literals: Sequence[bytes]) -> None:
        self._automaton = ahocorasick_rs.BytesAhoCorasick([literal.lower() for literal in literals])

    def scan(self, data: bytes) -> list[int]:
        """Give every place of every literal, in order."""
        found = self._automaton.find_matches_as_indexes(data.lower(), overlapping=True)
        return sorted(end << NUMBER_BITS | number for number, _, end in found)


def all_lines(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield where each line begins and ends (its newline), for what cannot be prefiltered."""
    start = 0
    while start < len(data):
        end = data.find(b"\n", start)
        if end < 0:
            end = len(data)
        yield start, end
        start = end + 1
