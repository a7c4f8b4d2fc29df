"""All that is at and below some paths: files, folders, links, and whatever else has a name."""

import os
from collections.abc import Callable, Iterator, Sequence

from collectors.file_watch.tree import WalkLog, entries_of


def everything(tops: Sequence[str], recursive: bool, excludes: Callable[[str], bool], log: WalkLog) -> Iterator[str]:
    """Yield paths; links are not followed. What cannot be listed goes to ``log``."""
    for top in tops:
        if not os.path.lexists(top):
            continue
        yield top
        folders = [top]
        while folders:
            folder = folders.pop()
            for entry in entries_of(folder, log):
                if excludes(entry.path):
                    continue
                yield entry.path
                if recursive and entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
