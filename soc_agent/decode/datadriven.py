"""Data-driven decoders, compiled and indexed: from a line's program or literals to the few patterns that can match."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from msgspec.structs import replace

from soc_agent.decode.addresses import address
from soc_agent.decode.cases import Case
from soc_agent.decode.context import REPEAT_CAP, Context, LineType, Parsed
from soc_agent.decode.definition import DecoderDefinition, PatternDefinition, texts
from soc_agent.decode.logins import DERIVED, FIELDS, LITERALS, put_login
from soc_agent.decode.pattern import Pattern
from soc_agent.decode.straight import needed, straight
from soc_agent.model import CLAIMED, LogSource

Convert = Callable[[str], Any]
FieldMakers = tuple[tuple[str, Convert | None], ...]
"""For each named group of a pattern: the field that it becomes, and how its text is converted."""
_OUTER = ("program", "message")
"""Fields that stay those of the line when its message is written in another type."""
_TRUSTED = "journal."
"""What journald itself saw of a sender stands under such names: no message may bring them."""
_PLAIN = "plain"
_TELLING = 4
"""A text of fewer letters stands in too many lines to tell anything."""
REST = "rest_of_the_message"
"""The group for what follows a decoder's prefix."""
REPEAT = "repeat"
"""The field in which a pattern says how many events the line stands for."""


class CompiledPattern:
    """One pattern of a decoder. Making it raises :class:`PatternError` when RE2 does not take the pattern."""

    __slots__ = (
        "_constants",
        "_groups",
        "_match",
        "_needed",
        "_repeat",
        "_spans",
        "_straight",
        "fields",
        "sources",
        "starts",
    )

    def __init__(self, definition: PatternDefinition, owner: DecoderDefinition) -> None:
        pattern = Pattern(definition.match)
        self._match = definition.match
        self._spans = pattern.spans
        # both are worked out when they are first needed: most patterns never are
        self._needed: str | None = None
        self._straight: re.Pattern[str] | None = None
        makers = _field_makers(pattern.names, owner)
        self._groups = tuple(
            (index, field, convert) for index, (field, convert) in zip(pattern.indexes, makers, strict=True)
        )
        self._repeat = next((index for index, field, _ in self._groups if field == REPEAT), None)
        self._constants = {**owner.constants, **definition.constants}
        self.fields = frozenset({*self._constants, *(field for field, _ in makers)})
        """Every field that it gives."""
        self.sources = join_sources(
            tuple(source.as_model() for source in definition.log_sources),
            tuple(source.as_model() for source in owner.log_sources),
        )
        """Log sources of the events that it takes, then those of its decoder."""
        self.starts = texts(definition.starts)

    def apply(self, subject: str, parsed: Parsed) -> bool:
        """Match a message and put its fields; False when it does not match."""
        if self.starts and not subject.startswith(self.starts):
            return False
        if self._needed is None:
            self._needed = needed(self._match)
            self._straight = straight(self._match)
        if self._needed not in subject:
            return False
        if subject.isascii() and self._straight is not None and (found := self._straight.fullmatch(subject)):
            self._put((None, *found.groups()), parsed)
            return True
        data = subject.encode("utf-8", "replace")
        spans = self._spans(data)
        if spans is None:
            return False
        text = subject if len(data) == len(subject) else None
        self._put([_part(span, text, data) for span in spans], parsed)
        return True

    def needed(self) -> str:
        """Give a text that every message holds that it takes; empty where none is sure."""
        return needed(self._match)

    def _put(self, values: Sequence[str | None], parsed: Parsed) -> None:
        fields = parsed.fields
        fields.update(self._constants)
        for index, field, convert in self._groups:
            value = values[index]
            if value is None:
                continue
            if convert is None:
                fields[field] = value
            elif (converted := convert(value)) is not None:
                fields[field] = converted
        if self._repeat is not None and (count := _integer(values[self._repeat] or "")) is not None:
            parsed.repeat = min(parsed.repeat * max(1, count), REPEAT_CAP)


def _part(span: tuple[int, int], text: str | None, data: bytes) -> str | None:
    start, end = span
    if start < 0:
        return None
    return data[start:end].decode() if text is None else text[start:end]


class CompiledDecoder:
    """One data-driven decoder. Making it raises :class:`PatternError` when RE2 does not take one of its patterns."""

    def __init__(self, definition: DecoderDefinition, line_types: Mapping[str, LineType], path: str = "") -> None:
        self.definition = definition
        self.path = path
        """The file that it came from."""
        self.name = definition.name
        self.log_sources = tuple(source.as_model() for source in definition.log_sources)
        self._payload = tuple(line_types[name] for name in definition.payload)
        self._aliases = tuple((field, texts(others)) for field, others in definition.aliases.items())
        self._patterns = patterns = [CompiledPattern(pattern, definition) for pattern in definition.patterns]
        self._by_word = _index_by_word(patterns)
        self._otherwise = tuple(pattern for pattern in patterns if _first_words(pattern) is None)
        self._prefix = Pattern(f"(?:{definition.prefix})(?P<{REST}>.*)") if definition.prefix else None
        self._prefix_fields = _field_makers(self._prefix.names, definition) if self._prefix else ()
        self._inside = tuple(
            (field, _converter(definition, field)) for field in (*definition.casts, *definition.values)
        )
        self._cases = tuple(Case(case, lambda field: _converter(definition, field)) for case in definition.cases)

    def take(self, parsed: Parsed, context: Context) -> bool:
        """Refine what the line type made of a line, when the message is one that this decoder knows."""
        subject = parsed.subject
        if self._payload and parsed.host:  # what is inside knows no other host
            context = replace(context, host=parsed.host)
        for line_type in self._payload:
            if line_type.name == parsed.type and parsed.decoded:  # the line itself is written so, and has been read
                self._convert(parsed.fields)
                self._name(parsed, join_sources(parsed.log_sources, self.log_sources))
                parsed.type = line_type.name
                return True
            if (inner := line_type.decode(subject, context)) is not None and inner.decoded:
                self._take_payload(parsed, inner)
                return True
        if self.definition.structured and self._take_structured(parsed):
            return True
        before: list[str | None] | None = None
        if self._prefix is not None:
            if (before := self._prefix.named(subject)) is None:
                return False
            subject = before.pop() or ""
        word, _, _ = subject.partition(" ")
        for pattern in self._by_word.get(word, self._otherwise):
            if pattern.apply(subject, parsed):
                if before is not None:
                    _put(parsed.fields, self._prefix_fields, before)
                if self._cases:
                    self._convert(parsed.fields)
                sources = pattern.sources
                self._name(parsed, sources if self.log_sources else join_sources(sources, parsed.log_sources))
                return True
        if self.definition.understands and put_login(parsed):
            self._name(parsed, join_sources(self.log_sources, parsed.log_sources))
            return True
        return False

    def taken_by(self, parsed: Parsed, context: Context) -> str | int | None:
        """Say what takes a message: what it is written in (a line type), or the number of a pattern, from 1."""
        subject = parsed.subject
        if self.definition.structured and any(name.startswith(self.definition.structured) for name in parsed.fields):
            return "RFC 5424"
        for line_type in self._payload:
            if (inner := line_type.decode(subject, context)) is not None and inner.decoded:
                return line_type.name
        if self._prefix is not None:
            if (before := self._prefix.named(subject)) is None:
                return None
            subject = before.pop() or ""
        if self.definition.understands and put_login(replace(parsed, fields=dict(parsed.fields))):
            return self.definition.understands
        scratch = Parsed("", (), {})
        numbers = (number for number, pattern in enumerate(self._patterns, 1) if pattern.apply(subject, scratch))
        return next(numbers, None)

    @property
    def find(self) -> frozenset[str]:
        """Literals of which its lines hold one, where no program of its wrote them."""
        return frozenset(self.definition.find) | (LITERALS if self.definition.understands else frozenset())

    def claim(self, parsed: Parsed) -> None:
        """Name an event after this decoder though none of its patterns matched: the program alone says what it is."""
        self._name(parsed, self.log_sources or parsed.log_sources)

    @cached_property
    def own_log_sources(self) -> frozenset[LogSource]:
        """Every log source that it can give of what the line itself says."""
        patterns = self.definition.patterns
        found = {*self.log_sources, *(s.as_model() for pattern in patterns for s in pattern.log_sources)}
        return frozenset(found.union(*(case.log_sources for case in self._cases)))

    @cached_property
    def all_log_sources(self) -> frozenset[LogSource]:
        """Every log source that it can give, those of payloads among them."""
        return self.own_log_sources.union(*(line_type.log_sources for line_type in self._payload))

    def needed_for(self, log_source: LogSource) -> set[str]:
        """Give texts of which every message holds one that its patterns give this log source; nothing: none tell it."""
        needs = {pattern.needed() for pattern in self._patterns if log_source in pattern.sources}
        tell = (
            not self._payload
            and not self.definition.structured
            and not self.definition.understands
            and not any(log_source in case.log_sources for case in self._cases)
            and all(len(text.strip()) >= _TELLING for text in needs)
        )
        return needs if tell else set()

    def fields(self) -> frozenset[str] | None:
        """Give every field that it puts; None where its payload names its fields itself."""
        inner = [line_type.fields for line_type in self._payload]
        if None in inner:
            return None
        if self.definition.structured:
            return None
        own: tuple[str, ...] = (*self.definition.aliases, *(field for field, _ in self._prefix_fields))
        own += tuple(field for case in self._cases for field in case.fields)
        own += tuple(FIELDS) if self.definition.understands else ()
        return frozenset(own).union(*(part for part in inner if part), *(pattern.fields for pattern in self._patterns))

    def derived(self) -> set[str]:
        """Give the fields whose values are not written in the line as they stand in the event."""
        definition = self.definition
        fields = {*definition.constants, *definition.values}
        fields.update(field for field, cast in definition.casts.items() if cast == "labels")
        if definition.understands:
            fields.update(DERIVED)
        for pattern in definition.patterns:
            fields.update(pattern.constants)
        for case in definition.cases:
            fields.update(case.constants)
        for line_type in self._payload:
            fields |= line_type.derived
        fields.update(field for field, others in definition.aliases.items() if fields.intersection(texts(others)))
        return fields

    def _name(self, parsed: Parsed, sources: tuple[LogSource, ...]) -> None:
        if parsed.type == _PLAIN:  # rules look into the message, whatever the line was written in
            parsed.fields.setdefault("message", parsed.subject)
        parsed.type = self.name
        parsed.decoded = True
        parsed.log_sources = sources
        fields = parsed.fields
        for field, others in self._aliases:
            if field not in fields:
                for other in others:
                    if fields.get(other) not in (None, ""):
                        fields[field] = fields[other]
                        break
        for case in self._cases:
            if case.add_to(fields):
                parsed.log_sources = join_sources(case.log_sources, parsed.log_sources)

    def _take_structured(self, parsed: Parsed) -> bool:
        """Give the parameters of the decoder's element of structured data their own names."""
        begin, fields = self.definition.structured, parsed.fields
        inner = {name.rpartition(".")[2]: value for name, value in fields.items() if name.startswith(begin)}
        if not inner:
            return False
        for name, value in inner.items():
            fields.setdefault(name, value)
        self._convert(fields)
        self._name(parsed, self.log_sources or parsed.log_sources)
        return True

    def _convert(self, fields: dict[str, Any]) -> None:
        """Convert what patterns did not: fields that a line names itself, and those that are filled from them."""
        for field, others in self._aliases:
            if fields.get(field) in (None, ""):
                for other in others:
                    if fields.get(other) not in (None, ""):
                        fields[field] = fields[other]
                        break
        for field, convert in self._inside:
            value = fields.get(field)
            if value.__class__ is str and convert is not None:
                converted = convert(value)
                if converted is None:
                    del fields[field]
                else:
                    fields[field] = converted

    def _take_payload(self, parsed: Parsed, inner: Parsed) -> None:
        outer = {name: parsed.fields[name] for name in _OUTER if name in parsed.fields}
        outer.update((name, value) for name, value in parsed.fields.items() if name.startswith(_TRUSTED))
        for name, value in inner.fields.items():
            parsed.fields[CLAIMED + name if name.startswith(_TRUSTED) else name] = value
        parsed.fields.update(outer)
        self._convert(parsed.fields)
        self._name(parsed, join_sources(inner.log_sources, self.log_sources or parsed.log_sources))
        parsed.type = inner.type
        parsed.host = parsed.host or inner.host
        parsed.repeat = min(parsed.repeat * inner.repeat, REPEAT_CAP)
        if inner.time_ns is not None:
            parsed.time_ns = inner.time_ns


def join_sources(first: tuple[LogSource, ...], second: tuple[LogSource, ...]) -> tuple[LogSource, ...]:
    """Give the log sources of both, each once; those that stand first count first."""
    return tuple(dict.fromkeys((*first, *second))) if first and second else first or second


def _first_words(pattern: CompiledPattern) -> tuple[str, ...] | None:
    """Give the whole first words that the pattern asks for; None when it does not ask for whole words."""
    words = tuple(start.partition(" ")[0] for start in pattern.starts if " " in start)
    return words if words and len(words) == len(pattern.starts) else None


def _index_by_word(patterns: list[CompiledPattern]) -> dict[str, tuple[CompiledPattern, ...]]:
    """Map each first word to the patterns that are to be tried for it, those that ask for no word among them."""
    words = {word for pattern in patterns for word in _first_words(pattern) or ()}
    return {word: tuple(p for p in patterns if (asked := _first_words(p)) is None or word in asked) for word in words}


def _field_makers(names: tuple[str, ...], owner: DecoderDefinition) -> FieldMakers:
    fields = [owner.rename.get(name, name) for name in names if name != REST]
    return tuple((field, _converter(owner, field)) for field in fields)


def _put(fields: dict[str, Any], makers: FieldMakers, values: list[str | None]) -> None:
    for (name, convert), value in zip(makers, values, strict=True):
        if value is not None:
            converted = value if convert is None else convert(value)
            if converted is not None:
                fields[name] = converted


def _converter(owner: DecoderDefinition, field: str) -> Convert | None:
    cast = owner.casts.get(field)
    convert = _CASTS[cast] if cast else None
    if table := owner.values.get(field):
        folded = {key.lower(): value for key, value in table.items()}
        inner = convert

        def mapped(value: str) -> Any:
            found = folded.get(value.lower())
            return found if found is not None else inner(value) if inner else value

        return mapped
    return convert


def _integer(value: str) -> int | None:
    return int(value) if len(value) < 20 and value.isascii() and value.lstrip("-").isdecimal() else None


def _name_of_labels(value: str) -> str:
    return _LABEL_LENGTH.sub(".", value).strip(".") or "."


_LABEL_LENGTH = re.compile(r"\([0-9]{1,3}\)")
_CASTS: dict[str, Convert] = {"int": _integer, "ip": address, "labels": _name_of_labels, "lower": str.lower}
