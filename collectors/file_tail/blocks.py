"""Blocks and positions, as the rest of the program knows them."""

import time
from collections.abc import Callable, Mapping
from typing import Protocol

from collectors.columns import TYPES, header_before, header_of_name, leading_header
from collectors.file_tail.form import Cut
from collectors.file_tail.identity import TailState, decode_state, decode_states, encode_state
from collectors.lines import Piece
from soc_agent.config import FileSource
from soc_agent.model import Block, Counters, Position
from soc_agent.text import path_text

_START_ID = "start"
"""Where the states of files found in the first look are kept, until each has a position of its own."""
_HEADERS = 4096
_SETTLED_BYTES = 4096
"""A sample of so many bytes says all that can be said of a type."""


class Readable(Protocol):
    """A stream that has given something."""

    id: str
    path: str
    type: str
    type_settled: bool

    def state(self) -> TailState:
        """Give what its position keeps."""
        ...

    def sample(self) -> bytes:
        """Give its first whole lines."""
        ...


class Blocks:
    """Makes the blocks of one source."""

    def __init__(self, options: FileSource, guess: Callable[[bytes], str]) -> None:
        self._source, self._type, self._guess = options.name, options.type, guess
        self._headers: dict[str, bytes] = {}

    def of_lines(self, stream: Readable, cut: Cut) -> Block:
        """Give a block of lines, with the position after them."""
        piece = cut.piece
        kind = self._type_of(stream)
        header = self._header(stream, piece) if kind in TYPES else b""
        return Block(
            source=self._source,
            stream=path_text(stream.path),
            stream_id=stream.id,
            type=kind,
            data=piece.data,
            offset=piece.offset,
            first_line=piece.first_line,
            position=Position(self._source, stream.id, encode_state(stream.state())),
            received_ns=time.time_ns(),
            lost=Counters(truncated=piece.truncated) if piece.truncated else None,
            written=cut.written,
            header=header,
        )

    def of_position(self, stream: Readable) -> Block:
        """Give a block without lines, so that the position of a stream is committed."""
        return self._empty(path_text(stream.path), stream.id, encode_state(stream.state()))

    def of_start(self, states: Mapping[str, TailState]) -> Block:
        """Give a block without lines that says which files the source began with: stream id to state."""
        return self._empty(self._source, _START_ID, encode_state(dict(states)))

    def of_nothing(self, stream_id: str) -> Block:
        """Give a block without lines, so that the position of a stream that is gone is forgotten."""
        return self._empty(self._source, stream_id, b"")

    def _empty(self, name: str, stream_id: str, state: bytes) -> Block:
        return Block(
            source=self._source,
            stream=name,
            stream_id=stream_id,
            type="plain" if self._type == "auto" else self._type,
            data=b"",
            position=Position(self._source, stream_id, state),
            received_ns=time.time_ns(),
        )

    def _header(self, stream: Readable, piece: Piece) -> bytes:
        """Give what the lines stand under: their own header, else the one before them, else what the name says."""
        header = leading_header(piece.data) or self._headers.get(stream.id, b"")
        if not header and (fd := getattr(stream, "fd", -1)) >= 0:
            header = header_before(fd, piece.offset)
        header = header or leading_header(stream.sample()) or header_of_name(stream.path)
        if len(self._headers) >= _HEADERS:
            self._headers.clear()
        self._headers[stream.id] = header
        return header

    def _type_of(self, stream: Readable) -> str:
        if self._type != "auto":
            return self._type
        if not stream.type_settled:
            sample = stream.sample()
            stream.type = self._guess(sample)
            stream.type_settled = stream.type != "plain" or len(sample) >= _SETTLED_BYTES
        return stream.type


def read_positions(positions: Mapping[str, bytes]) -> tuple[dict[str, TailState], bool, list[str]]:
    """Give the states of committed positions by stream id, whether the source is new, and the ids that are damaged.

    A source is new when nothing that can be read was committed for it.
    """
    states: dict[str, TailState] = {}
    began: dict[str, TailState] = {}
    damaged = []
    is_new = True
    for stream_id, data in positions.items():
        if not data:
            continue
        try:
            if stream_id == _START_ID:
                began = decode_states(data)
            else:
                states[stream_id] = decode_state(data)
        except ValueError:
            damaged.append(stream_id)
        else:
            is_new = False
    return {**began, **states}, is_new, damaged
