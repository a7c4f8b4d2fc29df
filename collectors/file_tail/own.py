"""Files that this program writes its own messages to: to watch them would feed the watcher with itself."""

import logging
import os
from collections.abc import Iterator


def own_files() -> set[tuple[int, int]]:
    """Give device and inode of standard output, standard error and of every file that a log handler writes to."""
    found = set()
    for fd in {1, 2, *_handler_fds()}:
        try:
            info = os.fstat(fd)
        except OSError:
            continue
        found.add((info.st_dev, info.st_ino))
    return found


def _handler_fds() -> Iterator[int]:
    loggers = [logging.root, *logging.root.manager.loggerDict.values()]
    for logger in loggers:
        for handler in getattr(logger, "handlers", ()):
            stream = getattr(handler, "stream", None)
            try:
                fd = stream.fileno() if stream is not None else -1
            except (OSError, ValueError, AttributeError):
                continue
            if isinstance(fd, int) and fd >= 0:
                yield fd
