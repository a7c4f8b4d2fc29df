"""All that is at and below some paths: files, folders, links, and whatever else has a name."""

import os
from collections.abc import Callable, Iterator, Sequence

from collectors.file_watch.tree import WalkLog


def everything(tops: Sequence[str], recursive: bool, excludes: Callable[[str], bool], log: WalkLog) -> Iterator[str]:
    """Yield paths; links are not followed. What cannot be listed goes to ``log``."""
    for top in tops:
        if not os.path.lexists(top):
            continue
        yield top
        folders = [top]
        while folders:
            folder = folders.pop()
            try:
                with os.scandir(folder) as entries:
                    listed = sorted(entries, key=lambda entry: entry.name)
            except (FileNotFoundError, NotADirectoryError):
                continue
            except OSError as error:
                log.unreadable[folder] = error.strerror or str(error)
                continue
            log.folders += 1
            for entry in listed:
                if excludes(entry.path):
                    continue
                yield entry.path
                if recursive and entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
