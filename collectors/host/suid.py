"""Programs that run with the rights of their owner or group: found by a walk that is bounded and stays on its disks."""

import os
import stat
from collections.abc import Iterable, Iterator

from collectors.host.reading import Root, Section
from soc_agent.text import path_text

_ENTRIES = 2_000_000
_DEPTH = 40


def suid_programs(root: Root, folders: Iterable[str], limit: int = _ENTRIES) -> Section:
    """Give path to owner and mode of the files with the set-user-ID or set-group-ID bit that may be executed.

    Links are not followed; other file systems are not entered but where ``folders`` names them.
    """
    found: Section = {}
    seen = 0
    for folder in _tops(os.path.realpath(root.at(folder)) for folder in folders):
        for path, about in _walk(folder):
            seen += 1
            if seen > limit:
                return found
            if about.st_mode & (stat.S_ISUID | stat.S_ISGID) and about.st_mode & 0o111:
                name = path_text("/" + os.path.relpath(path, os.path.realpath(root.path)).lstrip("/"))
                found[name] = f"uid={about.st_uid} gid={about.st_gid} mode={stat.S_IMODE(about.st_mode):04o}"
    return found


def _tops(folders: Iterable[str]) -> list[str]:
    """Give the folders that are not gone through with another: /bin lies in /usr on most systems."""
    tops: dict[str, int] = {}
    for folder in sorted(folders):
        try:
            device = os.stat(folder).st_dev  # noqa: PTH116
        except OSError:
            continue
        if not any(folder == top or (folder.startswith(f"{top}/") and device == tops[top]) for top in tops):
            tops[folder] = device
    return list(tops)


def _walk(top: str) -> Iterator[tuple[str, os.stat_result]]:
    """Yield the regular files below a folder; what may not be looked into is passed over: it is not ours to run."""
    try:
        device = os.stat(top).st_dev  # noqa: PTH116
    except OSError:
        return
    waiting = [(top, 0)]
    while waiting:
        folder, depth = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    try:
                        if entry.is_dir(follow_symlinks=False):
                            if depth < _DEPTH and entry.stat(follow_symlinks=False).st_dev == device:
                                waiting.append((entry.path, depth + 1))
                        elif entry.is_file(follow_symlinks=False):
                            yield entry.path, entry.stat(follow_symlinks=False)
                    except OSError:
                        continue
        except OSError:
            continue
