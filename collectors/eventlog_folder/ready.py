"""Which files are whole: nobody has changed them for a while, and they have what they say themselves that they hold."""

import os
from collections.abc import Iterable

from msgspec import Struct

from collectors.eventlog import MAGIC, chunks_missing
from collectors.eventxml import is_event_file
from collectors.globs import Found
from soc_agent.config import EventLogSource

_HEAD_BYTES = 4_096
_TAIL_BYTES = 64
_ENDS = (b"</Events>", b"</Event>")


class _Waiting(Struct):
    file: Found
    since: float


class Ready:
    """The files that wait to be read. Times are those of any clock that only goes forward."""

    def __init__(self, options: EventLogSource) -> None:
        self._options = options
        self._waiting: dict[str, _Waiting] = {}

    def look(self, files: Iterable[Found], now: float) -> list[Found]:
        """Take in what is there; give the files that are whole, the oldest first."""
        known, self._waiting = self._waiting, {}
        whole: list[Found] = []
        for file in files:
            waiting = known.get(file.path)
            if waiting is None or waiting.file != file:
                waiting = _Waiting(file, now)
            self._waiting[file.path] = waiting
            unchanged_s = now - waiting.since
            if unchanged_s >= self._options.settle_s and (unchanged_s >= self._options.incomplete_s or is_whole(file)):
                whole.append(file)
        return sorted(whole, key=lambda file: (file.mtime_ns, file.path))


def is_whole(file: Found) -> bool:
    """Say whether a file has all that it says it holds. What is no log of events says nothing, and is whole."""
    try:
        head, tail = _ends_of(file.path)
    except OSError:
        return True  # reading it tells why
    if not head:
        return False
    if head.startswith(MAGIC):
        return not chunks_missing(head, file.size)
    if is_event_file(head):
        return tail.replace(b"\0", b"").rstrip().endswith(_ENDS)
    return True


def _ends_of(path: str) -> tuple[bytes, bytes]:
    with open(path, "rb") as file:  # noqa: PTH123  # str may hold any bytes
        head = file.read(_HEAD_BYTES)
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _TAIL_BYTES))
        return head, file.read(_TAIL_BYTES)
