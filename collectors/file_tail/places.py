"""Where the files of streams are now, and by which paths something may be heard of them."""

import os

from collectors.file_tail.stream import Stream


class Places(dict[str, Stream]):
    """Every path by which something may be heard of a stream, to that stream."""

    def locate(self, stream: Stream, path: str) -> None:
        """Note where a stream's file is now; empty when that is not known."""
        for old in (stream.location, stream.path):
            if self.get(old) is stream:
                del self[old]
        stream.location = os.path.realpath(path) if path else ""
        for heard in filter(None, (path, stream.location)):
            self[heard] = stream
