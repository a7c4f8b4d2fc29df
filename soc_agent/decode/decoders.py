"""From a line to an event: the decoder of its type, then the data-driven decoders."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

from soc_agent.decode.candidates import DecoderIndex
from soc_agent.decode.context import Context, Early, LineType, Parsed
from soc_agent.decode.datadriven import CompiledDecoder
from soc_agent.decode.definition import texts
from soc_agent.decode.guess import guess_type
from soc_agent.decode.linetypes import LINE_TYPES
from soc_agent.decode.load import load_decoders
from soc_agent.model import CLAIMED, SENDER_FIELDS, Event, LogSource, Problem, Sender
from soc_agent.resources import resource

_EARLY = "windows"
"""Product of the events that can be read early."""


class Decoders:
    """Every decoder there is. Immutable once loaded, and safe to share among threads."""

    def __init__(self, decoders: Sequence[CompiledDecoder] = (), problems: Sequence[Problem] = ()) -> None:
        self.problems = list(problems)
        """What is wrong with decoder files; those named here do not run, the rest does."""
        self.data_driven = tuple(decoders)
        """The data-driven decoders, in the order of their files."""
        self._indexes = {name: DecoderIndex(found) for name in LINE_TYPES if (found := self.of_type(name))}

    @classmethod
    def load(cls, folders: Sequence[Path] | None = None) -> Self:
        """Load the decoder files of these folders; of the folder that comes with the product, when none are given.

        A decoder of a later folder replaces one with the same name. Bad files are in :attr:`problems`.
        """
        decoders, problems = load_decoders(
            [resource("rules") / "decoders"] if folders is None else folders,
            LINE_TYPES,
        )
        return cls(decoders, problems)

    def of_type(self, type: str) -> list[CompiledDecoder]:  # noqa: A002 - the word of the configuration
        """Give the data-driven decoders that look at events of a line type."""
        parents = {type, LINE_TYPES[type].like}
        return [decoder for decoder in self.data_driven if not parents.isdisjoint(texts(decoder.definition.parent))]

    def decode(self, line: bytes, context: Context) -> Event:
        """Decode one line, given without its newline.

        Never raises. A line that its type's decoder does not take comes back with ``decoded`` false, and with the time
        that stands near its front, if any does.
        """
        text = line.decode("utf-8", "replace")
        line_type = LINE_TYPES.get(context.type) or LINE_TYPES[guess_type(line)]
        parsed = line_type.decode(text.rstrip("\r\n\0"), context)
        if parsed is None and line_type.otherwise:
            line_type = LINE_TYPES[line_type.otherwise]
            parsed = line_type.decode(text.rstrip("\r\n\0"), context)
        if parsed is None:
            parsed = LINE_TYPES["plain"].decode(text, context) or Parsed("plain", (), {})
            parsed.type = context.type
            parsed.decoded = False
            parsed.log_sources = line_type.undecoded
        elif (index := self._indexes.get(line_type.name)) is not None and not _is_complete(parsed, line_type):
            index.refine(parsed, context)
        return _event(parsed, line, text, context)

    def index(self, type: str) -> DecoderIndex | None:  # noqa: A002 - the word of the configuration
        """Give the data-driven decoders of a line type; None when it has none."""
        return self._indexes.get(type)

    def early(self, type: str) -> Callable[[bytes], Early | None] | None:  # noqa: A002 - the word of the configuration
        """Give what reads of a line, given without its newline, what decides which rules look at its event.

        It gives None for a line that only :meth:`decode` can read. None instead of it: no line of this type is read so.
        """
        line_type = LINE_TYPES.get(type)
        return None if line_type is None else line_type.early

    def complete(self, early: Early, line: bytes, context: Context) -> Event:
        """Give the event of which :meth:`early` gave the beginning, the same as :meth:`decode` gives of the line."""
        complete = LINE_TYPES[context.type].complete
        assert complete is not None
        text = line.decode("utf-8", "replace")
        return _event(complete(early, text, context), line, text, context)

    def types(self) -> list[str]:
        """Give the types that a source's lines can have."""
        return list(LINE_TYPES)

    def log_sources(self, type: str) -> frozenset[LogSource]:  # noqa: A002 - the word of the configuration
        """Give every log source that events of lines of this type can have: for routing rules to blocks."""
        line_type = LINE_TYPES.get(type)
        if line_type is None:
            return frozenset().union(*(self.log_sources(name) for name in LINE_TYPES))
        sources = {*line_type.log_sources, *line_type.undecoded}
        if (index := self._indexes.get(type)) is not None:
            for decoder in index.decoders:
                sources |= decoder.all_log_sources
        if line_type.otherwise:
            sources |= self.log_sources(line_type.otherwise)
        return frozenset(sources)

    def literals(self, type: str, log_source: LogSource) -> frozenset[str] | None:  # noqa: A002
        """Give literals of which every line that is decoded to an event of this log source holds one, in any case.

        None when there are none such: any line may have it. The empty set: no line has it.
        """
        line_type = LINE_TYPES.get(type)
        if line_type is None:
            return None
        literals: set[str] = set()
        if log_source in line_type.log_sources or log_source in line_type.undecoded:
            if log_source not in line_type.literals:
                return None
            literals |= line_type.literals[log_source]
        if (index := self._indexes.get(type)) is not None:
            literals |= index.literals(log_source)
        if line_type.otherwise:
            others = self.literals(line_type.otherwise, log_source)
            return None if others is None else others | literals
        return frozenset(literals)

    def payload_literals(self, type: str, log_source: LogSource) -> frozenset[str] | None:  # noqa: A002
        """Give literals of which every line of this type holds one that carries an event of this log source inside.

        None where such an event may be the line itself, and where nothing is known of how it is carried.
        """
        line_type, index = LINE_TYPES.get(type), self._indexes.get(type)
        if line_type is None or index is None or line_type.otherwise:
            return None
        if log_source in line_type.log_sources or log_source in line_type.undecoded:
            return None
        literals: set[str] = set()
        for decoder in index.decoders:
            if log_source in decoder.own_log_sources:
                return None
            for payload in decoder.definition.payload if log_source in decoder.all_log_sources else ():
                inner = self.literals(payload, log_source)
                if inner is None:
                    return None
                literals |= inner
        return frozenset(literals) or None

    def fields(self, type: str) -> frozenset[str] | None:  # noqa: A002
        """Give every field that events of lines of this type can have; None where the lines name their fields."""
        line_type, index = LINE_TYPES.get(type), self._indexes.get(type)
        fields = line_type.fields if line_type is not None else None
        for decoder in index.decoders if index is not None else ():
            more = decoder.fields()
            fields = None if fields is None or more is None else fields | more
        return None if fields is None else fields.union(SENDER_FIELDS)

    def derived_fields(self, type: str) -> frozenset[str]:  # noqa: A002
        """Give the fields whose values need not be written in the line: ``action: login`` is said by the decoder.

        All other values stand in the line, in some case of their letters, but for the escapes of its format (quotes,
        backslashes, and what JSON, CEF and structured data escape) and for the many ways to write a number.
        """
        line_type = LINE_TYPES.get(type)
        if line_type is None:
            return frozenset().union(*(self.derived_fields(name) for name in LINE_TYPES))
        fields = {*line_type.derived, *SENDER_FIELDS}
        if (index := self._indexes.get(type)) is not None:
            for decoder in index.decoders:
                fields |= decoder.derived()
        if line_type.otherwise:
            fields |= self.derived_fields(line_type.otherwise)
        return frozenset(fields)


def _is_complete(parsed: Parsed, line_type: LineType) -> bool:
    """Say whether an event is one of those that can be read early: it says what it is, and no decoder refines it."""
    return line_type.early is not None and any(source.product == _EARLY for source in parsed.log_sources)


def _add_sender(fields: dict[str, Any], sender: Sender) -> None:
    """Put who sent the line where no line can put it: a field of such a name that it brings itself is renamed."""
    for field, value in zip(SENDER_FIELDS, (sender.ip, sender.name, sender.transport), strict=True):
        if field in fields:
            fields[CLAIMED + field] = fields.pop(field)
        if value:
            fields[field] = value


def _event(parsed: Parsed, line: bytes, text: str, context: Context) -> Event:
    if context.sender is not None:
        _add_sender(parsed.fields, context.sender)
    # by place, in the order of the struct: names cost as much again
    return Event(
        line,
        text,
        parsed.type,
        parsed.log_sources,
        parsed.fields,
        context.received_ns if parsed.time_ns is None else parsed.time_ns,
        parsed.host or context.host,
        parsed.decoded,
        parsed.repeat,
    )
