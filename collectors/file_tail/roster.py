"""The streams that are read: by device and inode, by path, and in the order of their log."""

from collections.abc import Callable

from collectors.file_tail.files import OpenFiles
from collectors.file_tail.identity import Key, file_holds
from collectors.file_tail.past import Past
from collectors.file_tail.places import Places
from collectors.file_tail.rotation import log_paths
from collectors.file_tail.stream import Stream
from collectors.globs import Found, Scan
from collectors.reports import Reports


class Roster:
    """The streams of one source, and what the last look at the file system found beside them.

    ``ready`` is called with a stream that may have something to give out.
    """

    def __init__(self, past: Past, files: OpenFiles, reports: Reports, ready: Callable[[Stream], None]) -> None:
        self.streams: dict[Key, Stream] = {}
        self.places = Places()
        self.latest: dict[str, Stream] = {}
        """Name of a log, to the part of it that was written last."""
        self.there: dict[str, Found] = {}
        self.there_keys: set[Key] = set()
        self.now = 0.0
        """When the file system was looked at last, in seconds of the collector's clock."""
        self.files, self.ready = files, ready
        self._past, self._reports = past, reports

    def see(self, scan: Scan) -> None:
        """Take what the source's globs find now."""
        self.there = dict(scan.files)
        self.there_keys = {file.key for file in scan.files.values()}

    def reads(self, file: Found) -> bool:
        """Say whether a file is being read. One that is not held open may be gone, and its inode another file's now."""
        stream = self.streams.get(file.key)
        if stream is None or stream.fd >= 0:
            return stream is not None
        state = stream.state()
        return file_holds(file.path, state) if state.head_length else file.path in (stream.path, stream.location)

    def enter(self, stream: Stream, location: str) -> None:
        """Begin to read a stream, in its place among the other parts of its log."""
        self.streams[stream.key] = stream
        self.places.locate(stream, location)
        other = self.latest.get(stream.log)
        if other is not None and (other.is_at(stream.log) or stream.is_older(other)):
            while other.after is not None and stream.is_older(other.after):
                other = other.after
            stream.come_before(other)
        else:
            self.latest[stream.log] = stream
            if other is not None:
                stream.come_after(other)
        self.ready(stream)

    def drop(self, stream: Stream) -> None:
        """Read a stream no longer."""
        if stream.finished:
            return
        self.files.close(stream)
        self.places.locate(stream, "")
        stream.finished, stream.pending = True, False
        del self.streams[stream.key]
        self._reports.clear(f"read {stream.id}")

    def log_of(self, path: str) -> str:
        """Give the name of the log that a path belongs to: its own, or that which it was rotated from."""
        logs = log_paths(path)[1:]
        return next((log for log in logs if log in self.latest or log in self.there or self._past.has_log(log)), path)
