"""What was written while nobody looked, and lies in compressed files now: oldest first, and nothing twice."""

import logging
import os
import stat
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping

from msgspec.structs import replace

from collectors.file_tail.form import Cut, Form
from collectors.file_tail.identity import Key, TailState, log_of
from collectors.file_tail.packed import PackedFile, packed_holds, packed_oldest_first, unpacked_name
from collectors.file_tail.rotation import log_paths
from collectors.globs import Found
from collectors.reports import Reports
from collectors.unpack import MissingLibraryError, is_missing_for
from soc_agent.errors import SourceError
from soc_agent.text import make_safe

_log = logging.getLogger(__name__)
_PATIENCE = 20
"""How old a listing of a folder may be, in times of what it cost."""


class Backlog:
    """The compressed files of one source that are to be read, and those that were.

    ``next_id`` gives the name of a new stream for a device and inode.
    """

    def __init__(self, form: Form, reports: Reports, next_id: Callable[[Key], str]) -> None:
        self._form, self._reports, self._next_id = form, reports, next_id
        self._known: dict[Key, tuple[str, TailState]] = {}
        self._again: dict[Key, str] = {}
        """Files that were found, and not begun, before the program ended: to their stream id."""
        self._waiting: deque[PackedFile] = deque()
        self._unrecorded: deque[PackedFile] = deque()
        self._listings: dict[str, _Listing] = {}

    def knows(self, file: Found) -> bool:
        """Say whether a file is one of these."""
        return file.key in self._known

    def started(self) -> dict[str, TailState]:
        """Give the states of all that was taken up, which are then recorded: stream id to state."""
        states = {packed.id: packed.state() for packed in self._unrecorded}
        self._unrecorded.clear()
        return states

    def remember(self, states: Mapping[str, TailState]) -> None:
        """Take what was committed of compressed files: stream id to state."""
        for stream_id, state in states.items():
            if state.packed:
                self._known[state.key] = stream_id, state

    def resume(self, is_latest: Callable[[str, TailState], bool]) -> list[Found]:
        """Go on with files that were being read when the program ended; give those after what was read last."""
        entries = sorted(self._known.values(), key=lambda entry: entry[1].mtime_ns)
        later: dict[Key, Found] = {}
        for stream_id, state in entries:
            files = self._beside(log_of(state))
            at = next((at for at, file in enumerate(files) if file.key == state.key), -1)
            if at >= 0 and not state.done and not state.offset:
                later[state.key] = files[at]  # what is known of its log may say now where to begin
                self._again[state.key] = self._known.pop(state.key)[0]
            elif at >= 0 and not state.done:
                self._waiting.append(PackedFile(files[at], stream_id, state, self._form))
            if is_latest(stream_id, state):
                later |= {file.key: file for file in self._after(files, at, state)}
        return list(later.values())

    def search(self, stream_id: str, state: TailState) -> tuple[bool, list[Found]]:
        """Look for the rest of a log that was read up to ``state``; say if it was found, and what came after it."""
        files = [file for file in self._beside(log_of(state)) if not _is_being_made(file)]
        at = next((at for at, file in enumerate(files) if not self.knows(file) and packed_holds(file, state)), -1)
        if at >= 0:
            self._add(files[at], stream_id, state)
        return at >= 0, self._after(files, at, state)

    def since(self, state: TailState) -> list[Found]:
        """Give the files, oldest first, that a log was compressed to after ``state``, and that are not known yet."""
        return self._after(self._beside(log_of(state)), -1, state)

    def offer(self, file: Found, states: Iterable[tuple[str, TailState]], *, skip: bool) -> bool:
        """Take a compressed file after what was read of it before; say if it was taken, and is known from now on.

        :param states: what is known of the log that it was: of these, the one that was read furthest counts.
        :param skip: whether it is not to be read, but known from now on.
        """
        if self.knows(file) or _is_being_made(file):
            return False
        states = list(states)
        held = [entry for entry in states if packed_holds(file, entry[1])]
        furthest = max(held, key=lambda entry: entry[1].offset, default=None)
        log = log_paths(unpacked_name(file.path))[-1]
        stream_id = self._again.pop(file.key, "") or self._next_id(file.key)
        state = TailState(path=log, log=log, dev=file.dev, ino=file.ino)
        if furthest is not None:
            state = replace(furthest[1], log=furthest[1].log or log)
        packed = self._add(file, stream_id, state)
        if skip or (is_missing_for(file.path) and any(_was_all_of(state, file) for _, state in states)):
            self._waiting.remove(packed)
            packed.finish()
            self._known[file.key] = stream_id, packed.state()
        return True

    def next(self) -> tuple[PackedFile, Cut | None] | None:
        """Give what comes next: a file and events of it, or no events when its position alone is to be kept."""
        if self._unrecorded:
            return self._unrecorded.popleft(), None
        while self._waiting:
            packed = self._waiting[0]
            if not packed.begun:
                packed.location = self._find(packed)
            try:
                cut = packed.read()
            except MissingLibraryError as error:
                # the position stays where it is: with the library there, the file is read after the next start
                self._reports.happened(error.problem)
                _log.warning("%s; it is not read now", error)
                self._waiting.popleft()
                return packed, None
            except SourceError as error:
                self._reports.happened(error.problem)
                _log.warning("%s: %s; the files after it are read", make_safe(packed.location), error)
                packed.finish()
                cut = None
            self._known[packed.state().key] = packed.id, packed.state()
            if cut is None:
                self._waiting.popleft()
            return packed, cut
        return None

    def close(self) -> None:
        """Close what is open."""
        for packed in self._waiting:
            packed.close()

    def _after(self, files: list[Found], at: int, state: TailState) -> list[Found]:
        """Give the files that are not known yet and come after the one at a place; without a place, after ``state``."""
        later = files[at + 1 :] if at >= 0 else [file for file in files if file.mtime_ns >= state.mtime_ns]
        return [file for file in later if not self.knows(file)]

    def _find(self, packed: PackedFile) -> str:
        """Give where a file is now: it may have been rotated further since it was found."""
        self._listings.clear()
        key = packed.state().key
        return next((file.path for file in self._beside(log_of(packed.state())) if file.key == key), packed.location)

    def _beside(self, log: str) -> list[Found]:
        folder = log.rpartition("/")[0] or "/"
        listing = self._listings.get(folder)
        if listing is None or not listing.is_fresh:
            self._listings = {other: seen for other, seen in self._listings.items() if seen.is_fresh}
            listing = self._listings[folder] = _Listing(folder)
        return listing.of(log)

    def _add(self, file: Found, stream_id: str, state: TailState) -> PackedFile:
        packed = PackedFile(file, stream_id, state, self._form)
        self._known[file.key] = stream_id, packed.state()
        self._waiting.append(packed)
        self._unrecorded.append(packed)
        _log.info("%s is unpacked and read from byte %d on", make_safe(file.path), state.offset)
        return packed


class _Listing:
    """The compressed files of a folder, by the logs that they may have been. Listed once, then asked often."""

    def __init__(self, folder: str) -> None:
        self._paths: dict[str, list[str]] = {}
        began = time.thread_time()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if name := unpacked_name(entry.path):
                        for log in log_paths(name):
                            self._paths.setdefault(log, []).append(entry.path)
        except OSError as error:
            _log.info("%s cannot be listed (%s); compressed files in it are not found", folder, error.strerror)
        self._cost_s = time.thread_time() - began
        self._made = time.monotonic()

    @property
    def is_fresh(self) -> bool:
        """Whether it is not much older than what it cost to make."""
        return time.monotonic() - self._made < _PATIENCE * self._cost_s

    def of(self, log: str) -> list[Found]:
        """Give the compressed files that a log was rotated to, oldest first."""
        found = []
        for path in self._paths.get(log, ()):
            try:
                info = os.lstat(path)
            except OSError:
                continue
            if stat.S_ISREG(info.st_mode):
                found.append(Found(path, info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns))
        return packed_oldest_first(found)


def _is_being_made(file: Found) -> bool:
    """Say whether the file that it is made of is still there."""
    return os.path.exists(unpacked_name(file.path))  # noqa: PTH110  # paths here are str: they may hold any bytes


def _was_all_of(state: TailState, file: Found) -> bool:
    """Say whether a file that was read to its end is the one that was compressed, as far as its time tells."""
    unit_ns = next(unit for unit in (10**9, 1000, 1) if file.mtime_ns % unit == 0)  # as fine as its writer set it
    return state.offset == state.size and state.mtime_ns // unit_ns == file.mtime_ns // unit_ns
