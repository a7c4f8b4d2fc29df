"""What is known of files that are not read just now, and what became of files that are no longer where they were."""

from collections.abc import Callable, Collection, Iterator, Mapping

from collectors.file_tail.identity import (
    Key,
    TailState,
    file_holds,
    log_of,
    make_stream_id,
    parse_stream_id,
    still_holds,
)
from collectors.file_tail.rotation import Neighbours, is_rotated_from, log_paths, naming
from collectors.globs import Found, Globs

_DAY_NS = 86_400 * 1_000_000_000
_KEEP_DAYS, _KEEP_LATEST_DAYS = 7, 90
"""How long a file's position is kept after its last change when it is gone: a folder may be mounted again."""
_PATIENT, _IMPATIENT = 20, 2
"""How old a listing of a folder may be, in times of what it cost."""

IsRead = Callable[[Found], bool]
"""Says whether a file is being read."""


class Past:
    """The states of files that are not read just now, by device and inode."""

    def __init__(self, globs: Globs) -> None:
        self.known: dict[Key, tuple[str, TailState]] = {}
        """Device and inode, to stream id and state of the latest generation."""
        self._globs = globs
        self._generations: dict[Key, int] = {}
        self._latest: dict[str, tuple[str, TailState]] = {}
        self._logs: set[str] = set()
        self._all: dict[str, TailState] = {}
        self._folders: dict[str, Neighbours] = {}

    def remember(self, states: Mapping[str, TailState]) -> None:
        """Take what was committed: stream id to state."""
        for stream_id, state in states.items():
            key, generation = parse_stream_id(stream_id) or (state.key, 0)
            self._generations[key] = max(generation, self._generations.get(key, 0))
            entry = stream_id, state
            self._all[stream_id] = state
            self._logs.add(state.log)
            if state.packed:
                if _age(entry) >= _age(self._latest.get(state.path, entry)):
                    self._latest[state.path] = entry
                continue
            if _age(entry) >= _age(self.known.get(state.key, entry)):
                self.known[state.key] = entry
            if _age(entry) >= _age(self._latest.get(state.path, entry)):
                self._latest[state.path] = entry

    def missing(self, there: Collection[Key]) -> list[tuple[str, TailState]]:
        """Give the known files that are not among ``there``, or of which nothing was seen yet, oldest first.

        Only those whose name the source still asks for.
        """
        entries = [e for e in self.known.values() if (e[1].key not in there or e[1].head_length == 0)]
        return sorted((e for e in entries if self._globs.matches(e[1].path)), key=_age)

    def is_latest(self, stream_id: str, state: TailState) -> bool:
        """Say whether no later file is known by the same name."""
        return self._latest.get(state.path, (stream_id, state))[0] == stream_id

    def latest(self, path: str) -> TailState | None:
        """Give what was committed last of a log by this name."""
        entry = self._latest.get(path)
        return entry[1] if entry else None

    def has_log(self, log: str) -> bool:
        """Say whether something was committed of a log by this name, or of what it was rotated to."""
        return log in self._logs

    def next_id(self, key: Key) -> str:
        """Give the id of the next generation of a file."""
        self._generations[key] = self._generations.get(key, -1) + 1
        return make_stream_id(key, self._generations[key])

    def take_remounted(self, file: Found, fd: int) -> tuple[str, TailState] | None:
        """Give, and forget, a file of the same name and content on a device of another number."""
        entry = self._latest.get(file.path)
        if entry is None or entry[1].dev == file.dev or entry[1].offset == 0 or not still_holds(fd, entry[1]):
            return None
        self.known.pop(entry[1].key, None)
        return entry

    def forget_folders(self) -> None:
        """List folders anew from here on."""
        self._folders.clear()

    def ended(self, stream_id: str, state: TailState) -> None:
        """Take a stream that is no longer read."""
        self._all[stream_id] = state

    def of_log(self, log: str) -> list[tuple[str, TailState]]:
        """Give what was read of a log by this name and is not read now."""
        return [entry for entry in self._all.items() if log in (entry[1].log, entry[1].path)]

    def take_expired(self, now_ns: int, live: Mapping[str, str]) -> list[str]:
        """Give, and forget, the ids of streams whose files are gone for long. ``live`` are others: id to path."""
        paths = set(live.values())
        expired = []
        for stream_id, state in self._all.items():
            is_last = state.path not in paths and self.is_latest(stream_id, state)
            days = _KEEP_LATEST_DAYS if is_last else _KEEP_DAYS
            is_old = now_ns - state.mtime_ns > days * _DAY_NS
            if is_old and stream_id not in live and not self._is_there(state):
                expired.append(stream_id)
        for stream_id in expired:
            state = self._all.pop(stream_id)
            self.forget(stream_id, state.key)
            if self._latest.get(state.path, ("",))[0] == stream_id:
                del self._latest[state.path]
        return expired

    def _is_there(self, state: TailState) -> bool:
        """Say whether the file is still in its folder, and this is the latest that is known of it."""
        if self.known.get(state.key, ("", state))[1] is not state and not state.packed:
            return False
        folder = state.path.rpartition("/")[0]
        return any(path for path in self._neighbours(folder, _PATIENT).paths_of(state.ino))

    def forget(self, stream_id: str, key: Key) -> None:
        """Forget a stream, known by this device and inode."""
        if self.known.get(key, ("",))[0] == stream_id:
            del self.known[key]

    def was_truncated(self, file: Found) -> bool:
        """Say whether a file has the inode of a known one and is named like it, but has not its content."""
        entry = self.known.get(file.key)
        return entry is not None and entry[1].path in log_paths(file.path) and not file_holds(file.path, entry[1])

    def knows(self, file: Found) -> bool:
        """Say whether something of a file was seen before."""
        entry = self.known.get(file.key)
        return entry is not None and entry[1].head_length > 0 and file_holds(file.path, entry[1])

    def renamed(self, state: TailState, is_read: IsRead) -> Found | None:
        """Find the file itself under another name in its folder."""
        for patience in (_PATIENT, _IMPATIENT):
            for file in self._beside(state, patience):
                if file.key == state.key:
                    return file if is_read(file) or self.knows(file) else None
        return None

    def copy(self, state: TailState, is_read: IsRead, *, just_now: bool) -> Found | None:
        """Find the copy that was made of a file before it was truncated, the newest first.

        With ``just_now`` the folder is listed anew: the copy may be newer than the listing.
        """
        for file in reversed(self._beside(state, 0 if just_now else _PATIENT)) if state.head_length else ():
            if file.key != state.key and self._is_new(file, is_read) and file_holds(file.path, state):
                return file
        return None

    def later(self, state: TailState, found: Found | None, is_read: IsRead) -> Iterator[Found]:
        """Yield unknown files, oldest first, that the log was rotated to after ``state``.

        ``found`` is what its own file became. A name that may as well be that of another log (``app-2.log``) counts
        only when it is named like that.
        """
        for file in self._beside(state, _PATIENT):
            alike = found is not None and naming(file.path) == naming(found.path)
            if (
                (alike or is_rotated_from(file.path, log_of(state)))
                and file.mtime_ns >= state.mtime_ns
                and self._is_new(file, is_read)
            ):
                yield file

    def _is_new(self, file: Found, is_read: IsRead) -> bool:
        return not is_read(file) and not self.knows(file) and not self._globs.excludes(file.path)

    def _beside(self, state: TailState, patience: float) -> list[Found]:
        log = log_of(state)
        return self._neighbours(log.rpartition("/")[0], patience).beside(log, state.ino)

    def _neighbours(self, folder: str, patience: float) -> Neighbours:
        if folder not in self._folders or not self._folders[folder].is_fresh(patience):
            self._folders = {other: seen for other, seen in self._folders.items() if seen.is_fresh(_PATIENT)}
            self._folders[folder] = Neighbours(folder)
        return self._folders[folder]


def _age(entry: tuple[str, TailState]) -> tuple[int, int]:
    parsed = parse_stream_id(entry[0])
    return entry[1].mtime_ns, parsed[1] if parsed else 0
