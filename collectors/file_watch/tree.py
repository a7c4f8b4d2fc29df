"""The regular files below a folder. Symbolic links are not followed."""

import os
from collections.abc import Callable, Iterator
from typing import NamedTuple


class Seen(NamedTuple):
    """A regular file, as it was when the walk came by."""

    path: str
    info: os.stat_result


class WalkLog:
    """What a walk came by beside files."""

    def __init__(self) -> None:
        self.folders = 0
        """Folders that were listed."""
        self.unreadable: dict[str, str] = {}
        """What could not be listed, and why."""


def entries_of(folder: str, log: WalkLog) -> list[os.DirEntry[str]]:
    """Give what a folder holds, by name; nothing when it is gone. That it cannot be listed goes to ``log``."""
    try:
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        log.unreadable[folder] = error.strerror or str(error)
        return []
    log.folders += 1
    return listed


def walk(top: str, *, recursive: bool, excludes: Callable[[str], bool], log: WalkLog) -> Iterator[Seen]:
    """Yield the files of a folder, and of those below it if ``recursive``.

    ``excludes`` says of a path whether it is left out, a folder with all below it. What cannot be listed goes to
    ``log``. What is gone when its turn comes is left out.
    """
    folders = [top]
    while folders:
        folder = folders.pop()
        below = []
        for entry in entries_of(folder, log):
            if excludes(entry.path):
                continue
            try:
                if entry.is_dir(follow_symlinks=False):
                    below.append(entry.path)
                elif entry.is_file(follow_symlinks=False):
                    yield Seen(entry.path, entry.stat(follow_symlinks=False))
            except FileNotFoundError:
                continue
            except OSError as error:
                log.unreadable[entry.path] = error.strerror or str(error)
        if recursive:
            folders += reversed(below)
