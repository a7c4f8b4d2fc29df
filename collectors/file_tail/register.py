"""What a look at the file system means for the streams of a source, given what was known before it."""

import logging
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from collectors.archive import is_packed
from collectors.file_tail.backlog import Backlog
from collectors.file_tail.files import ElsewhereError, OpenFiles
from collectors.file_tail.form import Form
from collectors.file_tail.identity import Key, TailState, file_holds, key_of
from collectors.file_tail.openings import Openings
from collectors.file_tail.packed import unpacked_name
from collectors.file_tail.past import Past
from collectors.file_tail.roster import Roster
from collectors.file_tail.rotation import log_paths, oldest_first
from collectors.file_tail.stream import ReplacedError, Stream
from collectors.file_tail.succession import Succession
from collectors.globs import Found, Globs, Scan
from collectors.reports import Reports
from soc_agent.text import make_safe

_log = logging.getLogger(__name__)
_HELD_S = 60.0
"""A file that was held back as a possible copy is forgotten after so long, if it was not read then."""


class Register:
    """Says of each file that is found or missing which stream it is, begins new ones and ends others.

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
        self._past = Past(globs)
        self.roster = Roster(self._past, files, reports, ready)
        self.openings = Openings(form, reports)
        self.backlog = Backlog(form, reports, self._past.next_id)
        self._succession = Succession(
            self.roster, self._past, self.backlog, self.openings, form, reports, may_be_copy=self._may_be_copy
        )
        self._form, self._rotate_wait_s = form, rotate_wait_s
        self._held: dict[Key, tuple[Found, float]] = {}
        """New files that may be copies, and since when they are as they are."""

    def begin(self, states: Mapping[str, TailState], scan: Scan, now: float) -> None:
        """Take what was committed, stream id to state, and find what was rotated away while nobody looked."""
        self._look(now)
        self.roster.see(scan)
        self._past.remember(states)
        self.backlog.remember(states)
        for packed in self.backlog.resume(self._past.is_latest):
            self._succession.offer(packed)
        self._claim_copies(scan.files.values())
        for stream_id, state in self._past.missing(self.roster.there_keys):
            latest = self._past.is_latest(stream_id, state)
            is_there = state.key in self.roster.there_keys
            found = self._succession.follow(state, reopen=latest) or (
                None if is_there else self._succession.take_copy(stream_id, state)
            )
            if latest:
                rest_packed = found is None and not is_there and self._succession.search_packed(stream_id, state)
                self._succession.take_later(state, found)
                goes_on = state.offset > 0 and file_holds(state.path, state)  # on another device, after a mount
                if not (found or is_there or rest_packed or goes_on) and state.path in scan.files:
                    self._succession.report_lost("tail.rest_gone", state)

    def reconcile(self, scan: Scan, now: float) -> None:
        """Make the streams agree with what was found: follow renames, let go of what is gone, take up what is new."""
        self._look(now)
        self._past.forget_folders()
        self.roster.see(scan)
        new: dict[Key, Found] = {}
        seen: set[Key] = set()
        for path, file in scan.files.items():
            stream = self.roster.streams.get(file.key)
            if stream is None or self._is_inode_reused(stream, file):
                if not self.backlog.knows(file):
                    new.setdefault(file.key, file)
                continue
            seen.add(file.key)
            here = scan.files.get(stream.path)
            if stream.path != path and (here is None or here.key != file.key):
                self.roster.places.locate(stream, path)
                stream = self._verified(stream)
                stream.path = path
                self.roster.places.locate(stream, path)
            if stream.leaving_since is not None:
                stream.leaving_since = None
                if stream.path == stream.log:
                    self.roster.latest[stream.log] = stream
            if (file.size, file.mtime_ns) != (stream.size, stream.mtime_ns):
                self.roster.ready(stream)
        self._see_off([stream for stream in self.roster.streams.values() if stream.key not in seen])
        self.openings.keep_only(scan.files)
        waiting = {key: held for key, held in self._held.items() if now - held[1] < _HELD_S + self._rotate_wait_s}
        self._held = {key: held for key, held in waiting.items() if key not in self.roster.streams}
        self._claim_copies(new.values())
        for file in oldest_first(new.values()):
            if file.key not in self.roster.streams:
                self._take_up(file)

    def replaced(self, stream: Stream, now: float) -> Stream:
        """Go on after the content of a stream's file was truncated or rewritten: a new generation begins."""
        self._look(now)
        state = stream.state()
        fresh = TailState(path=stream.path, dev=stream.key[0], ino=stream.key[1], mtime_ns=state.mtime_ns)
        successor = Stream.resume(self._past.next_id(stream.key), fresh, stream.fd, now, self._form)
        successor.leaving_since, successor.log = stream.leaving_since, stream.log
        location = stream.location
        self.roster.files.hand_over(stream, successor)
        self.roster.drop(stream)
        _log.info("%s was truncated or rewritten; reading it from its beginning", make_safe(stream.path))
        copy = self._succession.seek_rest(stream.id, state, just_now=True)
        if key_of(stream.path) != stream.key and successor.leaving_since is None:
            successor.leaving_since = now
        self._succession.take_later(state, copy, until=successor.key)
        self.roster.enter(successor, location)
        self._succession.take_later(state, copy)
        return successor

    def stirred(self, before: TailState, now: float) -> None:
        """Look for what was written to a log that was seen empty, and rotated before it was seen again."""
        self._look(now)
        self._succession.take_later(before, None)

    def lost_sight(self, stream: Stream, now: float) -> None:
        """Look for the file of a stream that is no longer where it was."""
        self._look(now)
        stream.pending = False
        found = self._succession.renamed(stream.state())
        if found is not None and found.path != stream.location:
            self.roster.places.locate(stream, found.path)
            self.roster.ready(stream)
        elif stream.leaving_since is not None:
            self.finish(stream, deleted=False)

    def finish(self, stream: Stream, *, deleted: bool) -> None:
        """Let go of a stream whose file has left and was read to its end, or cannot be found any more."""
        unread = stream.fd < 0 and stream.unread_bytes > 0
        state = stream.state()
        self.roster.drop(stream)
        if unread and self._succession.search_packed(stream.id, state):
            return
        if unread:
            self._succession.report_lost("tail.lost_bytes", state)
        self._past.ended(stream.id, state)
        if not deleted:
            self._past.known[stream.key] = stream.id, state

    def take_expired(self, now_ns: int) -> list[str]:
        """Give, and forget, the ids of streams whose files are gone for long."""
        self._past.forget_folders()
        return self._past.take_expired(now_ns, {stream.id: stream.path for stream in self.roster.streams.values()})

    def _look(self, now: float) -> None:
        self.roster.now = now
        self.openings.look(now)

    def _take_up(self, file: Found) -> None:
        """Begin to read a file that was found by its name, after whatever had that name before."""
        if unpacked_name(file.path) and is_packed(Path(file.path)):
            self._succession.offer(file)
            return
        log = self.roster.log_of(file.path)
        before = self.roster.latest[log].state() if log in self.roster.latest else self._past.latest(log)
        if before is not None:
            self._succession.take_later(before, self._succession.follow(before), until=file.key)
        if not self._may_be_copy(file):
            self._succession.adopt(file)

    def _see_off(self, gone: list[Stream]) -> None:
        """Find where the files of streams went that have left their names, then what came after them."""
        last = []
        for stream in gone:
            if stream.leaving_since is None:
                stream.leaving_since = self.roster.now
                self.roster.places.locate(stream, "")
                last.append(stream)
            elif self.roster.latest.get(stream.log) is stream:
                last.append(stream)
            elif stream.has_grown():
                self.roster.ready(stream)
        followed = [
            (self._succession.follow(stream.state()), self._verified(stream)) for stream in last if not stream.finished
        ]
        for found, stream in followed:
            self._succession.take_later(stream.state(), found)
            if stream.fd < 0 and not stream.location:
                self.finish(stream, deleted=False)
            self.roster.ready(stream)

    def _verified(self, stream: Stream) -> Stream:
        """Before a stream gets another name, see whether it was truncated under the name that it had."""
        try:
            self.roster.files.use(stream)
            stream.verify()
        except ReplacedError:
            return self.replaced(stream, self.roster.now)
        except (ElsewhereError, OSError):
            pass
        return stream

    def _is_inode_reused(self, stream: Stream, file: Found) -> bool:
        """Let go of a stream without descriptor when its inode turns up under another name with other content."""
        if stream.fd >= 0 or stream.is_at(file.path):
            return False
        state = stream.state()
        if state.head_length and file_holds(file.path, state):
            return False
        self.roster.drop(stream)
        self._succession.seek_rest(stream.id, state)
        return True

    def _claim_copies(self, files: Iterable[Found]) -> None:
        """Find the copies of files that were truncated while they were not read, before they pass for new files."""
        for file in files:
            if self._past.was_truncated(file):
                self._succession.take_copy(*self._past.known[file.key])

    def _may_be_copy(self, file: Found) -> bool:
        """Say whether to wait before reading a new file: it may be the copy of a log that is about to be truncated.

        If the log was truncated already, the file is taken as its copy.
        """
        logs = log_paths(file.path)[1:]
        originals = [stream for log in logs if (stream := self.roster.latest.get(log)) and stream.is_at(log)]
        if self.openings.at_end or not originals or self._past.knows(file):
            return False
        if not any(self._verified(original).looks_like(file) for original in originals):
            return False
        earlier, since = self._held.get(file.key, (None, 0.0))
        if file != earlier:
            since = self.roster.now
            self._held[file.key] = file, since
        return self.roster.now - since < self._rotate_wait_s
