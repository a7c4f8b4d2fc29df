"""Programs that run with the rights of their owner or group: found by a walk that is bounded and stays on its disks."""

import os
import re
import shutil
import stat
import subprocess
from collections.abc import Iterable, Iterator

from collectors.host.reading import Root, Section
from soc_agent.text import path_text

_ENTRIES = 2_000_000
_DEPTH = 40
_FIND_S = 600
_LAYERS = re.compile(
    r"/(?:docker/(?:overlay2|vfs/dir|aufs/diff)|io\.containerd\.snapshotter\.[\w.-]+/snapshots"
    r"|containers/storage/(?:overlay|vfs/dir)|lib/(?:machines|lxc|lxd|flatpak|snapd))/"
)
"""File systems of containers, as they lie on the disk of their host: their programs are none of the host."""


def suid_programs(root: Root, folders: Iterable[str], limit: int = _ENTRIES) -> Section:
    """Give path to owner and mode of the files with the set-user-ID or set-group-ID bit that may be executed.

    Links are not followed; other file systems are not entered but where ``folders`` names them.
    """
    found: Section = {}
    seen = 0
    for folder in _tops(os.path.realpath(root.at(folder)) for folder in folders):
        for path, about in _candidates(folder):
            if _LAYERS.search(path):
                continue
            seen += 1
            if seen > limit:
                return found
            if about.st_mode & (stat.S_ISUID | stat.S_ISGID) and about.st_mode & 0o111:
                name = path_text("/" + os.path.relpath(path, os.path.realpath(root.path)).lstrip("/"))
                found[name] = f"uid={about.st_uid} gid={about.st_gid} mode={stat.S_IMODE(about.st_mode):04o}"
    return found


def _candidates(folder: str) -> Iterator[tuple[str, os.stat_result]]:
    """Yield files that may have one of the bits: those that find(1) names, else all.

    It takes a third less CPU, in a process of its own.
    """
    names = _find(folder)
    if names is None:
        yield from _walk(folder)
        return
    for name in names:
        try:
            about = os.lstat(name)
        except OSError:
            continue
        if stat.S_ISREG(about.st_mode):
            yield name, about


def _find(folder: str) -> list[str] | None:
    """Ask find(1) for the files with one of the bits; None where it is not there, or is not GNU's."""
    program = shutil.which("find")
    if program is None or not folder.startswith("/"):
        return None
    words = [program, folder, "-xdev", "-type", "f", "-perm", "/6000", "-print0"]
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, timeout=_FIND_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    # 1 is also what it says when it may not look into some folder; an option that it does not know names none at all
    if done.returncode != 0 and (b"-perm" in done.stderr or b"-xdev" in done.stderr or b"usage" in done.stderr.lower()):
        return None
    return [os.fsdecode(name) for name in done.stdout.split(b"\0") if name]


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
