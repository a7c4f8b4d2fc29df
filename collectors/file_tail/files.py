"""Open files, bounded in number."""

import os
import resource
from collections import OrderedDict

from collectors.file_tail.identity import open_regular
from collectors.file_tail.stream import Stream


class ElsewhereError(Exception):
    """The file is no longer where it was."""


def default_limit() -> int:
    """Give how many files one source may hold open: a quarter of what the process may."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 1024 if soft == resource.RLIM_INFINITY else max(16, min(1024, soft // 4))


class OpenFiles:
    """The descriptors of streams. Beyond the limit the one used longest ago is closed, if it can be opened again."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._open: OrderedDict[Stream, None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._open)

    def use(self, stream: Stream) -> None:
        """See to it that ``stream.fd`` is open.

        :raises ElsewhereError: when another file, or none, is where the stream was.
        :raises OSError: when it cannot be opened.
        """
        if stream.fd < 0:
            self.keep(stream, _find(stream))
        self._open.move_to_end(stream)

    def keep(self, stream: Stream, fd: int) -> None:
        """Take over a descriptor of a stream that has none."""
        stream.fd = fd
        self._open[stream] = None
        if len(self._open) > self._limit:
            oldest = next((other for other in self._open if other.location and other is not stream), None)
            if oldest is not None:
                self.close(oldest)

    def hand_over(self, stream: Stream, to: Stream) -> None:
        """Give a stream's descriptor, if it has one, to another stream of the same file."""
        fd, stream.fd = stream.fd, -1
        if fd >= 0:
            del self._open[stream]
            self.keep(to, fd)

    def close(self, stream: Stream) -> None:
        """Close a stream's descriptor, if it has one."""
        if stream.fd >= 0:
            del self._open[stream]
            os.close(stream.fd)
            stream.fd = -1

    def close_all(self) -> None:
        """Close every descriptor."""
        for stream in list(self._open):
            self.close(stream)


def _find(stream: Stream) -> int:
    """Open the stream's file where it was, or by the name that was asked for (a link may lead elsewhere now).

    What has the name of a file that was rotated is another file, also where it has its inode.
    """
    paths = (stream.location, stream.path) if stream.leaving_since is None else (stream.location,)
    for path in filter(None, paths):
        try:
            fd, info = open_regular(path)
        except FileNotFoundError:
            continue
        if (info.st_dev, info.st_ino) == stream.key:
            return fd
        os.close(fd)
    raise ElsewhereError
