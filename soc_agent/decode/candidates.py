"""From a line to the few decoders that may take it: by its program, then by the literals that it holds."""

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

import ahocorasick_rs

from soc_agent.decode.context import Context, Parsed
from soc_agent.decode.datadriven import CompiledDecoder, join_sources
from soc_agent.decode.logins import has_words, put_login
from soc_agent.model import LogSource

_RECORDS = ("cef", "leef")
"""Types of lines in which any product may tell anything."""


_JOINTS = re.compile(r"[():]")
_TELLING = 8
"""A phrase shorter than this may be a word that logs are full of."""


def _shortest(literals: AbstractSet[str]) -> int:
    """Give the length of the shortest literal; of each, its longest part between what brackets and colons separate."""
    return min((max(len(part.strip()) for part in _JOINTS.split(literal)) for literal in literals), default=0)


class DecoderIndex:
    """The data-driven decoders of one line type."""

    def __init__(self, decoders: Iterable[CompiledDecoder]) -> None:
        self.decoders = tuple(decoders)
        self._by_program: dict[str, tuple[CompiledDecoder, ...]] = {}
        literals: dict[str, tuple[CompiledDecoder, ...]] = {}
        for decoder in self.decoders:
            for program in decoder.definition.programs:
                key = program.lower()
                self._by_program[key] = (*self._by_program.get(key, ()), decoder)
            for literal in decoder.definition.find:
                literals[literal] = (*literals.get(literal, ()), decoder)
        self._last = tuple(decoder for decoder in self.decoders if decoder.definition.understands)
        self._found = list(literals.values())
        self._finder = ahocorasick_rs.AhoCorasick(list(literals)) if literals else None
        self._literals: dict[LogSource, frozenset[str]] = {}

    def literals(self, log_source: LogSource) -> frozenset[str]:
        """Give literals of which every line holds one that a decoder makes an event of this log source of.

        What calls a decoder, a literal, or a program that another one names when no pattern matches, is left out for
        what its patterns need.
        """
        known = self._literals.get(log_source)
        if known is None:
            known = self._literals[log_source] = frozenset(self._literals_of(log_source))
        return known

    def _literals_of(self, log_source: LogSource) -> set[str]:
        found: set[str] = set()
        for decoder in self.decoders:
            if log_source in decoder.all_log_sources:
                needed = decoder.needed_for(log_source)
                if decoder.find:  # both stand in the line: what is longer is rarer
                    tells = _shortest(needed) >= max(_TELLING, _shortest(decoder.find))
                    found.update(needed if tells else decoder.find)
                for program in decoder.definition.programs:
                    names = self._by_program[program.lower()][0] is decoder
                    found.update((not names and needed) or (program,))
        return found

    def refine(self, parsed: Parsed, context: Context) -> None:
        """Let the decoders of the line's program, then those whose literals it holds, take the line."""
        claimed: CompiledDecoder | None = None
        if parsed.program:
            for decoder in self._by_program.get(parsed.program) or self._of_program(parsed.program):
                if decoder.take(parsed, context):
                    self._read_on(parsed)
                    return
                claimed = claimed or decoder
        for decoder in self._with_literals(parsed):
            if decoder is not claimed and decoder.take(parsed, context):
                if claimed is not None:
                    parsed.type = claimed.name
                    parsed.log_sources = join_sources(claimed.log_sources, parsed.log_sources)
                self._read_on(parsed)
                return
        if claimed is not None:
            claimed.claim(parsed)

    def _read_on(self, parsed: Parsed) -> None:
        """Let those that go by words read a record that says what it is in no other way."""
        if parsed.type in _RECORDS and "outcome" not in parsed.fields and self._last and has_words(parsed):
            for decoder in self._last:
                if put_login(parsed):
                    parsed.log_sources = join_sources(decoder.log_sources, parsed.log_sources)

    def candidates(self, parsed: Parsed) -> Iterator[tuple[CompiledDecoder, str]]:
        """Yield the decoders that are asked for a line, in order, each with what calls it: a program or a literal."""
        asked = set()
        for decoder in self._of_program(parsed.program) if parsed.program else ():
            asked.add(decoder)
            yield decoder, parsed.program
        for decoder in self._with_literals(parsed):
            if decoder not in asked:
                literals = (literal for literal in sorted(decoder.find) if literal in parsed.subject)
                yield decoder, next(literals, decoder.definition.understands)

    def _of_program(self, program: str) -> tuple[CompiledDecoder, ...]:
        key = program.lower()
        found = self._by_program.get(key)
        if found is None and "/" in key:
            # a path (/usr/sbin/cron), or a part of a program (postfix/smtpd)
            front = key.partition("/")[0]
            found = self._by_program.get(key.rpartition("/")[2]) or self._by_program.get(front)
            if not found and "-" in front:  # one of several on a host, named after it (postfix-incoming/smtpd)
                found = self._by_program.get(front.partition("-")[0])
        return found or ()

    def _with_literals(self, parsed: Parsed) -> Iterator[CompiledDecoder]:
        """Yield the decoders of the literals in a message, then those that go by its words."""
        if self._finder is not None:
            decoders: dict[CompiledDecoder, None] = {}
            hits = self._finder.find_matches_as_indexes(parsed.subject, overlapping=True)
            for index in sorted({match[0] for match in hits}):
                decoders.update(dict.fromkeys(self._found[index]))
            yield from decoders
        if self._last and has_words(parsed):
            yield from self._last
