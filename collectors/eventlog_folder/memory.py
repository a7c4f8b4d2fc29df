"""What was read of which file, as it is committed: one stream a log, whatever its name and however often copied."""

import os
from collections.abc import Iterator, Mapping
from hashlib import blake2b

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from collectors.globs import Found
from soc_agent.model import Position

_VERSION = 1
_MARKS = 16
"""So many copies of a log are known again without a look into them."""


class LogState(Struct, frozen=True):
    """Position of the stream of one log."""

    version: int
    content: str
    """Hash of the file as it was read last."""
    place: str
    """Hash of its path."""
    marks: tuple[str, ...] = ()
    """Of the files that are known to hold this; see :func:`mark_of`."""
    sent: int = 0
    """Bytes of lines that were given."""
    turn: int = 0
    """The higher, the later it was begun or went on."""
    given: str = ""
    """Hash of these lines: a later export to the same path that begins with them is the same log, grown."""
    done: bool = False


def mark_of(file: Found) -> str:
    """Give what changes whenever a file is another one, or may have changed. The device may differ after a restart."""
    return blake2b(repr((file.path, file.ino, file.size, file.mtime_ns)).encode(), digest_size=8).hexdigest()


def place_of(path: str) -> str:
    """Give a name for a path, which may hold any bytes."""
    return blake2b(os.fsencode(path), digest_size=8).hexdigest()


class Memory:
    """The states of all logs of a source."""

    def __init__(self, source: str, positions: Mapping[str, bytes]) -> None:
        self._source = source
        self._states: dict[str, LogState] = {}
        """Stream id to state."""
        self._by_content: dict[str, str] = {}
        self._by_place: dict[str, str] = {}
        self._done: set[str] = set()
        self._turn = 0
        for stream_id, state in sorted(_restored(positions), key=lambda pair: pair[1].turn):
            self._keep(stream_id, state)

    def is_done(self, mark: str) -> bool:
        """Say whether everything was given of the file with this mark."""
        return mark in self._done

    def find(self, content: str) -> tuple[str, LogState] | None:
        """Give the stream and the state of a log with this very content."""
        stream_id = self._by_content.get(content)
        return None if stream_id is None else (stream_id, self._states[stream_id])

    def find_earlier(self, place: str) -> tuple[str, LogState] | None:
        """Give the stream and the state of what was read last under this path."""
        stream_id = self._by_place.get(place)
        return None if stream_id is None else (stream_id, self._states[stream_id])

    def new(self, content: str, place: str) -> tuple[str, LogState]:
        """Begin with a log that nothing is known of."""
        return f"eventlog:{content}", LogState(_VERSION, content, place, turn=self._turn + 1)

    def go_on(self, state: LogState, content: str, place: str) -> LogState:
        """Go on with a log that has grown, or of which not everything was given."""
        same = state.content == content
        marks = state.marks if same else ()
        return replace(state, content=content, place=place, marks=marks, turn=self._turn + 1, done=False)

    def put(self, stream_id: str, state: LogState) -> Position:
        """Keep a state; gives it as it is to be committed."""
        self._keep(stream_id, state)
        return Position(self._source, stream_id, msgspec.json.encode(state))

    def _keep(self, stream_id: str, state: LogState) -> None:
        self._turn = max(self._turn, state.turn)
        self._states[stream_id] = state
        self._by_content[state.content] = stream_id
        self._by_place[state.place] = stream_id
        if state.done:
            self._done.update(state.marks)


def _restored(positions: Mapping[str, bytes]) -> Iterator[tuple[str, LogState]]:
    for stream_id, data in positions.items():
        try:
            state = msgspec.json.decode(data, type=LogState)
        except msgspec.DecodeError:
            continue
        if state.version == _VERSION:
            yield stream_id, state


def finished(state: LogState, mark: str) -> LogState:
    """Give the state of a log of which everything was given, and the file that it was read from."""
    others = tuple(known for known in state.marks if known != mark)[1 - _MARKS :]
    return replace(state, marks=(*others, mark), done=True)
