"""Where a log goes on: what its files were renamed, copied or compressed to, and what is still to be read there."""

import logging
import os
from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from collectors.archive import is_packed
from collectors.file_tail.backlog import Backlog
from collectors.file_tail.form import Form
from collectors.file_tail.identity import Key, TailState, file_holds, open_regular, still_holds
from collectors.file_tail.openings import Openings
from collectors.file_tail.packed import unpacked_name
from collectors.file_tail.past import Past
from collectors.file_tail.roster import Roster
from collectors.file_tail.rotation import log_paths
from collectors.file_tail.stream import Stream
from collectors.globs import Found
from collectors.reports import Reports
from soc_agent.model import Problem
from soc_agent.text import make_safe

_log = logging.getLogger(__name__)


class Succession:
    """Takes up files: each is read on from where reading stood, in the order of writing, and nothing twice.

    ``may_be_copy`` says of a file that it is not to be read yet: it may be the copy of a log that is being truncated.
    """

    def __init__(
        self,
        roster: Roster,
        past: Past,
        backlog: Backlog,
        openings: Openings,
        form: Form,
        reports: Reports,
        *,
        may_be_copy: Callable[[Found], bool],
    ) -> None:
        self._roster, self._past, self._backlog, self._openings = roster, past, backlog, openings
        self._form, self._reports, self._may_be_copy = form, reports, may_be_copy

    def offer(self, file: Found) -> None:
        """Read a compressed file, but for what was read before it was compressed."""
        logs = log_paths(unpacked_name(file.path))
        live = [stream for stream in self._roster.streams.values() if stream.log in logs]
        gone = [stream for stream in live if stream.fd < 0 and not stream.is_there() and stream.is_packed_as(file)]
        is_read = any(stream.is_packed_as(file) and stream.is_there() for stream in live if stream not in gone)
        before = [entry for log in logs for entry in self._past.of_log(log)]
        before += [(stream.id, stream.state()) for stream in live]
        is_taken = self._backlog.offer(file, before, skip=self._openings.at_end or is_read)
        for stream in gone if is_taken else ():
            self._past.ended(stream.id, stream.state())
            self._roster.drop(stream)

    def adopt(self, file: Found, leaving_as: str = "") -> Stream | None:
        """Begin to read a file that no stream reads. ``leaving_as``: the name that its lines were written under."""
        if self._roster.reads(file) or not self._openings.allows(file):
            return None
        if (gone := self._roster.streams.get(file.key)) is not None:
            state = gone.state()
            self._roster.drop(gone)
            self.seek_rest(gone.id, state)
        stream, fd = None, -1
        try:
            fd, info = open_regular(file.path)
            if (info.st_dev, info.st_ino) == file.key:
                stream = self._resume(file, fd, leaving_as or file.path)
        except FileNotFoundError:
            pass
        except OSError as error:
            self._openings.failed(file.path, error)
            if self._openings.at_end:
                stream_id = self._past.next_id(file.key)
                self._past.known[file.key] = stream_id, self._openings.pass_over(stream_id, file)
        if stream is None:
            if fd >= 0:
                os.close(fd)
            return None
        self._roster.files.keep(stream, fd)
        stream.leaving_since = self._roster.now if leaving_as else None
        self._roster.enter(stream, file.path)
        self._openings.opened(file.path)
        return stream

    def _resume(self, file: Found, fd: int, path: str) -> Stream:
        """Give the stream of an open file: one continued, or a new one."""
        known = self._past.known.pop(file.key, None) or self._remounted(file, fd)
        if known and still_holds(fd, known[1]):
            stream_id, state = known[0], replace(known[1], path=path, dev=file.dev, ino=file.ino)
            if not state.offset:
                state = self._openings.begin(fd, state)
            stream = Stream.resume(stream_id, state, fd, self._roster.now, self._form)
            stream.log = state.log if state.log in log_paths(path) else self._roster.log_of(path)
            return stream
        if known and known[1].path in log_paths(file.path):
            copy = self.seek_rest(*known)
            if file.path == known[1].path:
                self.take_later(known[1], copy)
        fresh = TailState(path=path, dev=file.dev, ino=file.ino, mtime_ns=file.mtime_ns)
        fresh = self._openings.begin(fd, fresh)
        stream = Stream.resume(self._past.next_id(file.key), fresh, fd, self._roster.now, self._form)
        stream.log = self._roster.log_of(path)
        if not known and not self._openings.at_end and stream.log not in self._roster.latest:
            # Until something of it is committed, a rotation would leave nothing by which to find the file again.
            stream.unrecorded = True
        return stream

    def _remounted(self, file: Found, fd: int) -> tuple[str, TailState] | None:
        """Find the stream of a file whose device number changed, as after a new mount."""
        left = self._roster.latest.get(file.path)
        if left and left.leaving_since is not None and not left.finished and left.key[0] != file.dev:
            state = left.state()
            if state.offset and still_holds(fd, state):
                self._roster.drop(left)
                return left.id, state
        return self._past.take_remounted(file, fd)

    def follow(self, state: TailState, *, reopen: bool = False) -> Found | None:
        """Find what a file was renamed to, and read on there if it has more.

        With ``reopen`` also if it has not: its writer may not know yet that it was rotated.
        """
        found = self.renamed(state)
        if found is not None and found.key in self._roster.streams:
            self._roster.places.locate(self._roster.streams[found.key], found.path)
        elif found is not None and (reopen or found.size != state.offset):
            self.adopt(found, state.path)
        return found

    def renamed(self, state: TailState) -> Found | None:
        """Find a file under another name. Where it was not held open, its inode may be that of another file by now."""
        found = self._past.renamed(state, self._roster.reads)
        stream = self._roster.streams.get(found.key) if found else None
        if found is None or stream is None or stream.fd >= 0:
            return found
        is_other = unpacked_name(found.path) and is_packed(Path(found.path))
        return found if not is_other and file_holds(found.path, stream.state()) else None

    def take_later(self, state: TailState, found: Found | None, until: Key | None = None) -> None:
        """Take up what the log was rotated to after ``state``, whose file became ``found``, and before ``until``."""
        for file in self._past.later(state, found, self._roster.reads):
            if file.key == until:
                break
            if file.key not in self._roster.there_keys and not self._may_be_copy(file):
                self.adopt(file, state.path)
        for packed in self._backlog.since(state):
            self.offer(packed)

    def seek_rest(self, stream_id: str, state: TailState, *, just_now: bool = False) -> Found | None:
        """Take the rest of a truncated file from its copy, or say that it is lost."""
        copy = self.take_copy(stream_id, state)
        if copy is None and just_now:
            copy = self.take_copy(stream_id, state, just_now=True)
        if copy is None and not self.search_packed(stream_id, state) and state.size > state.offset:
            self.report_lost("tail.lost_bytes", state)
        return copy

    def search_packed(self, stream_id: str, state: TailState) -> bool:
        """Take the rest of a file, and what came after it, from files that were compressed; say if it was found."""
        found, later = self._backlog.search(stream_id, state)
        if found:
            self._past.forget(stream_id, state.key)
        for packed in later:
            self.offer(packed)
        return found

    def take_copy(self, stream_id: str, state: TailState, *, just_now: bool = False) -> Found | None:
        """Find the copy that was made of a file, and read the rest there."""
        copy = self._past.copy(state, self._roster.reads, just_now=just_now)
        if copy is not None:
            self._past.forget(stream_id, state.key)
            self._past.known[copy.key] = stream_id, replace(state, dev=copy.dev, ino=copy.ino, mtime_ns=copy.mtime_ns)
            stream = self.adopt(copy, state.path)
            if stream is not None:
                stream.unrecorded = True
        return copy

    def report_lost(self, code: str, state: TailState) -> None:
        """Say that the rest of a file, of which this was read, cannot be found."""
        path, at_least = make_safe(state.path), max(0, state.size - state.offset)
        self._reports.happened(Problem(code, values={"path": path, "bytes": at_least}))
        _log.warning("%s: its unread rest is gone after a rotation (%d bytes were seen of it)", path, at_least)
