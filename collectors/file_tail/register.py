"""Which streams there are: what a look at the file system means, given what was known before it."""

import logging
import os
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

from msgspec.structs import replace

from collectors.archive import is_packed
from collectors.file_tail.backlog import Backlog
from collectors.file_tail.files import ElsewhereError, OpenFiles
from collectors.file_tail.form import Form
from collectors.file_tail.identity import Key, TailState, file_holds, key_of, open_regular, still_holds
from collectors.file_tail.openings import Openings
from collectors.file_tail.packed import packed_holds, unpacked_name
from collectors.file_tail.past import Past
from collectors.file_tail.places import Places
from collectors.file_tail.rotation import log_paths, oldest_first
from collectors.file_tail.stream import ReplacedError, Stream
from collectors.globs import Found, Globs, Scan
from collectors.reports import Reports
from soc_agent.model import Problem
from soc_agent.text import make_safe

_log = logging.getLogger(__name__)


class Register:
    """The streams of one source, by device and inode.

    ``ready`` is called with a stream that may have something to give out.
    """

    def __init__(
        self,
        globs: Globs,
        files: OpenFiles,
        reports: Reports,
        form: Form,
        *,
        rotate_wait_s: float,
        ready: Callable[[Stream], None],
    ) -> None:
        self.streams: dict[Key, Stream] = {}
        self.places = Places()
        self.openings = Openings(form, reports)
        self._globs, self._files, self._reports, self._form = globs, files, reports, form
        self._rotate_wait_s = rotate_wait_s
        self._ready = ready
        self._past = Past(globs)
        self.backlog = Backlog(form, reports, self._past.next_id)
        self._latest: dict[str, Stream] = {}
        """Name of a log, to the part of it that was written last."""
        self._held: dict[Key, tuple[Found, float]] = {}
        self._there: Collection[str] = ()
        self._there_keys: Collection[Key] = ()
        self._now = 0.0

    def begin(self, states: Mapping[str, TailState], scan: Scan, now: float) -> None:
        """Take what was committed, stream id to state, and find what was rotated away while nobody looked."""
        self._look(now)
        self._there = scan.files
        self._there_keys = {file.key for file in scan.files.values()}
        self._past.remember(states)
        self.backlog.remember(states)
        for packed in self.backlog.resume(self._past.is_latest):
            self._offer(packed)
        self._claim_copies(scan.files.values())
        for stream_id, state in self._past.missing(self._there_keys):
            latest = self._past.is_latest(stream_id, state)
            is_there = state.key in self._there_keys
            found = self._follow(state, reopen=latest) or (None if is_there else self._take_copy(stream_id, state))
            if latest:
                rest_packed = found is None and not is_there and self._search_packed(stream_id, state)
                self._take_later(state, found)
                goes_on = state.offset > 0 and file_holds(state.path, state)  # on another device, after a mount
                if not (found or is_there or rest_packed or goes_on) and state.path in scan.files:
                    self._report_lost("tail.rest_gone", state)

    def reconcile(self, scan: Scan, now: float) -> None:
        """Make the streams agree with what was found: follow renames, let go of what is gone, take up what is new."""
        self._look(now)
        self._past.forget_folders()
        self._there = scan.files
        self._there_keys = {file.key for file in scan.files.values()}
        new: dict[Key, Found] = {}
        seen: set[Key] = set()
        for path, file in scan.files.items():
            stream = self.streams.get(file.key)
            if stream is None or self._is_inode_reused(stream, file):
                if not self.backlog.knows(file):
                    new.setdefault(file.key, file)
                continue
            seen.add(file.key)
            here = scan.files.get(stream.path)
            if stream.path != path and (here is None or here.key != file.key):
                self.places.locate(stream, path)
                stream = self._verified(stream)
                stream.path = path
                self.places.locate(stream, path)
            if stream.leaving_since is not None:
                stream.leaving_since = None
                if stream.path == stream.log:
                    self._latest[stream.log] = stream
            if (file.size, file.mtime_ns) != (stream.size, stream.mtime_ns):
                self._ready(stream)
        self._see_off([stream for stream in self.streams.values() if stream.key not in seen])
        self.openings.keep_only(scan.files)
        self._claim_copies(new.values())
        for file in oldest_first(new.values()):
            if file.key not in self.streams:
                self._take_up(file)

    def replaced(self, stream: Stream, now: float) -> Stream:
        """Go on after the content of a stream's file was truncated or rewritten: a new generation begins."""
        self._look(now)
        state = stream.state()
        fresh = TailState(path=stream.path, dev=stream.key[0], ino=stream.key[1], mtime_ns=state.mtime_ns)
        successor = Stream.resume(self._past.next_id(stream.key), fresh, stream.fd, now, self._form)
        successor.leaving_since, successor.log = stream.leaving_since, stream.log
        location = stream.location
        self._files.hand_over(stream, successor)
        self._drop(stream)
        _log.info("%s was truncated or rewritten; reading it from its beginning", make_safe(stream.path))
        copy = self._seek_rest(stream.id, state, just_now=True)
        if key_of(stream.path) != stream.key and successor.leaving_since is None:
            successor.leaving_since = now
        self._take_later(state, copy, until=successor)
        self._enter(successor, location)
        self._take_later(state, copy)
        return successor

    def stirred(self, before: TailState, now: float) -> None:
        """Look for what was written to a log that was seen empty, and rotated before it was seen again."""
        self._look(now)
        self._take_later(before, None)

    def lost_sight(self, stream: Stream, now: float) -> None:
        """Look for the file of a stream that is no longer where it was."""
        self._look(now)
        stream.pending = False
        found = self._renamed(stream.state())
        if found is not None and found.path != stream.location:
            self.places.locate(stream, found.path)
            self._ready(stream)
        elif stream.leaving_since is not None:
            self.finish(stream, deleted=False)

    def finish(self, stream: Stream, *, deleted: bool) -> None:
        """Let go of a stream whose file has left and was read to its end, or cannot be found any more."""
        unread = stream.fd < 0 and stream.unread_bytes > 0
        state = stream.state()
        self._drop(stream)
        if unread and self._search_packed(stream.id, state):
            return
        if unread:
            self._report_lost("tail.lost_bytes", state)
        self._past.ended(stream.id, state)
        if not deleted:
            self._past.known[stream.key] = stream.id, state

    # How files come and go

    def _look(self, now: float) -> None:
        self._now = now
        self.openings.look(now)

    def _take_up(self, file: Found) -> None:
        """Begin to read a file that was found by its name, after whatever had that name before."""
        if unpacked_name(file.path) and is_packed(Path(file.path)):
            self._offer(file)
            return
        before = self._latest[file.path].state() if file.path in self._latest else self._past.latest(file.path)
        if before is not None:
            self._take_later(before, self._follow(before))
        if not self._may_be_copy(file):
            self._adopt(file)

    def _offer(self, file: Found) -> None:
        """Read a compressed file, but for what was read before it was compressed."""
        logs = log_paths(unpacked_name(file.path))
        live = [stream for stream in self.streams.values() if stream.log in logs]
        gone = [stream for stream in live if not stream.is_there() and packed_holds(file, stream.state())]
        is_read = any(packed_holds(file, stream.state()) for stream in live if stream not in gone and stream.is_there())
        before = [entry for log in logs for entry in self._past.of_log(log)]
        before += [(stream.id, stream.state()) for stream in live]
        self.backlog.offer(file, before, skip=self.openings.at_end or is_read)
        for stream in gone:
            self._past.ended(stream.id, stream.state())
            self._drop(stream)

    def take_expired(self, now_ns: int) -> list[str]:
        """Give, and forget, the ids of streams whose files are gone for long."""
        self._past.forget_folders()
        return self._past.take_expired(now_ns, {stream.id: stream.path for stream in self.streams.values()})

    def _adopt(self, file: Found, leaving_as: str = "") -> Stream | None:
        """Begin to read a file that no stream reads. ``leaving_as``: the name that its lines were written under."""
        if file.key in self.streams or not self.openings.allows(file):
            return None
        stream, fd = None, -1
        try:
            fd, info = open_regular(file.path)
            if (info.st_dev, info.st_ino) == file.key:
                stream = self._resume(file, fd, leaving_as or file.path)
        except FileNotFoundError:
            pass
        except OSError as error:
            self.openings.failed(file.path, error)
            if self.openings.at_end:
                stream_id = self._past.next_id(file.key)
                self._past.known[file.key] = stream_id, self.openings.pass_over(stream_id, file)
        if stream is None:
            if fd >= 0:
                os.close(fd)
            return None
        self._files.keep(stream, fd)
        stream.leaving_since = self._now if leaving_as else None
        self._enter(stream, file.path)
        self.openings.opened(file.path)
        return stream

    def _resume(self, file: Found, fd: int, path: str) -> Stream:
        """Give the stream of an open file: one continued, or a new one."""
        known = self._past.known.pop(file.key, None) or self._remounted(file, fd)
        if known and still_holds(fd, known[1]):
            stream_id, state = known[0], replace(known[1], path=path, dev=file.dev, ino=file.ino)
            if not state.offset:
                state = self.openings.begin(fd, state)
            stream = Stream.resume(stream_id, state, fd, self._now, self._form)
            stream.log = state.log if state.log in log_paths(path) else self._log_of(path)
            return stream
        if known and known[1].path in log_paths(file.path):
            copy = self._seek_rest(*known)
            if file.path == known[1].path:
                self._take_later(known[1], copy)
        fresh = TailState(path=path, dev=file.dev, ino=file.ino, mtime_ns=file.mtime_ns)
        fresh = self.openings.begin(fd, fresh)
        stream = Stream.resume(self._past.next_id(file.key), fresh, fd, self._now, self._form)
        stream.log = self._log_of(path)
        if not known and not self.openings.at_end and stream.log not in self._latest:
            # Until something of it is committed, a rotation would leave nothing by which to find the file again.
            stream.unrecorded = True
        return stream

    def _remounted(self, file: Found, fd: int) -> tuple[str, TailState] | None:
        """Find the stream of a file whose device number changed, as after a new mount."""
        left = self._latest.get(file.path)
        if left and left.leaving_since is not None and not left.finished and left.key[0] != file.dev:
            state = left.state()
            if state.offset and still_holds(fd, state):
                self._drop(left)
                return left.id, state
        return self._past.take_remounted(file, fd)

    def _enter(self, stream: Stream, location: str) -> None:
        self.streams[stream.key] = stream
        self._held.pop(stream.key, None)
        self.places.locate(stream, location)
        other = self._latest.get(stream.log)
        if other is not None and (other.is_at(stream.log) or stream.is_older(other)):
            while other.after is not None and stream.is_older(other.after):
                other = other.after
            stream.come_before(other)
        else:
            self._latest[stream.log] = stream
            if other is not None:
                stream.come_after(other)
        self._ready(stream)

    def _is_inode_reused(self, stream: Stream, file: Found) -> bool:
        """Let go of a stream without descriptor when its inode turns up under another name with other content."""
        if stream.fd >= 0 or stream.path == file.path:
            return False
        state = stream.state()
        if state.head_length and file_holds(file.path, state):
            return False
        self._drop(stream)
        self._seek_rest(stream.id, state)
        return True

    def _verified(self, stream: Stream) -> Stream:
        """Before a stream gets another name, see whether it was truncated under the name that it had."""
        try:
            self._files.use(stream)
            stream.verify()
        except ReplacedError:
            return self.replaced(stream, self._now)
        except (ElsewhereError, OSError):
            pass
        return stream

    def _see_off(self, gone: list[Stream]) -> None:
        """Find where the files of streams went that have left their names, then what came after them."""
        last = []
        for stream in gone:
            if stream.leaving_since is None:
                stream.leaving_since = self._now
                self.places.locate(stream, "")
                last.append(stream)
            elif self._latest.get(stream.log) is stream:
                last.append(stream)
            elif stream.has_grown():
                self._ready(stream)
        followed = [(self._follow(stream.state()), self._verified(stream)) for stream in last if not stream.finished]
        for found, stream in followed:
            self._take_later(stream.state(), found)
            if stream.fd < 0 and not stream.location:
                self.finish(stream, deleted=False)
            self._ready(stream)

    def _follow(self, state: TailState, *, reopen: bool = False) -> Found | None:
        """Find what a file was renamed to, and read on there if it has more.

        With ``reopen`` also if it has not: its writer may not know yet that it was rotated.
        """
        found = self._renamed(state)
        if found is not None and found.key in self.streams:
            self.places.locate(self.streams[found.key], found.path)
        elif found is not None and (reopen or found.size != state.offset):
            self._adopt(found, state.path)
        return found

    def _renamed(self, state: TailState) -> Found | None:
        """Find a file under another name. Where it was not held open, its inode may be that of another file by now."""
        found = self._past.renamed(state, self.streams)
        stream = self.streams.get(found.key) if found else None
        if found is None or stream is None or stream.fd >= 0:
            return found
        is_other = unpacked_name(found.path) and is_packed(Path(found.path))
        return found if not is_other and file_holds(found.path, stream.state()) else None

    def _take_later(self, state: TailState, found: Found | None, until: Stream | None = None) -> None:
        """Take up what the log was rotated to after ``state``, whose file became ``found``, and before ``until``."""
        for file in self._past.later(state, found, self.streams):
            if until is not None and file.key == until.key:
                break
            if file.key not in self._there_keys and not self._may_be_copy(file):
                self._adopt(file, state.path)
        for packed in self.backlog.since(state):
            self._offer(packed)

    def _seek_rest(self, stream_id: str, state: TailState, *, just_now: bool = False) -> Found | None:
        """Take the rest of a truncated file from its copy, or say that it is lost."""
        copy = self._take_copy(stream_id, state)
        if copy is None and just_now:
            copy = self._take_copy(stream_id, state, just_now=True)
        if copy is None and not self._search_packed(stream_id, state) and state.size > state.offset:
            self._report_lost("tail.lost_bytes", state)
        return copy

    def _search_packed(self, stream_id: str, state: TailState) -> bool:
        """Take the rest of a file, and what came after it, from files that were compressed; say if it was found."""
        found, later = self.backlog.search(stream_id, state)
        if found:
            self._past.forget(stream_id, state.key)
        for packed in later:
            self._offer(packed)
        return found

    def _claim_copies(self, files: Iterable[Found]) -> None:
        """Find the copies of files that were truncated while they were not read, before they pass for new files."""
        for file in files:
            if self._past.was_truncated(file):
                self._take_copy(*self._past.known[file.key])

    def _take_copy(self, stream_id: str, state: TailState, *, just_now: bool = False) -> Found | None:
        """Find the copy that was made of a file, and read the rest there."""
        copy = self._past.copy(state, self.streams, just_now=just_now)
        if copy is not None:
            self._past.forget(stream_id, state.key)
            self._past.known[copy.key] = stream_id, replace(state, dev=copy.dev, ino=copy.ino, mtime_ns=copy.mtime_ns)
            stream = self._adopt(copy, state.path)
            if stream is not None:
                stream.unrecorded = True
        return copy

    def _may_be_copy(self, file: Found) -> bool:
        """Say whether to wait before reading a new file: it may be the copy of a log that is about to be truncated.

        If the log was truncated already, the file is taken as its copy.
        """
        logs = log_paths(file.path)[1:]
        originals = [stream for log in logs if (stream := self._latest.get(log)) and stream.is_at(log)]
        if self.openings.at_end or not originals or self._past.knows(file):
            return False
        if not any(self._verified(original).looks_like(file) for original in originals):
            return False
        earlier, since = self._held.get(file.key, (None, 0.0))
        if file != earlier:
            since = self._now
            self._held[file.key] = file, since
        return self._now - since < self._rotate_wait_s

    # Names

    def _log_of(self, path: str) -> str:
        """Give the name of the log that a path belongs to: its own, or that which it was rotated from."""
        logs = log_paths(path)[1:]
        return next((log for log in logs if log in self._latest or log in self._there or self._past.has_log(log)), path)

    def _drop(self, stream: Stream) -> None:
        if stream.finished:
            return
        self._files.close(stream)
        self.places.locate(stream, "")
        stream.finished, stream.pending = True, False
        del self.streams[stream.key]
        self._reports.clear(f"read {stream.id}")

    # What is wrong

    def _report_lost(self, code: str, state: TailState) -> None:
        path, at_least = make_safe(state.path), max(0, state.size - state.offset)
        self._reports.happened(Problem(code, values={"path": path, "bytes": at_least}))
        _log.warning("%s: its unread rest is gone after a rotation (%d bytes were seen of it)", path, at_least)
