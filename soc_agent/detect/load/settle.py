"""What changed in folders of rules, and whether it is finished: a file that is still being written is waited for."""

import os
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from soc_agent.detect.indicators.indicator import SUFFIXES as LISTS

SUFFIXES = (".yml", ".yaml", ".yar", ".yara", *LISTS)
"""Rules, filters, correlations, decoders, YARA rules, and lists of placeholders and of indicators."""
Signature = tuple[int, int, int, int]
"""Inode, size, and the times of the last change of content and of metadata: another one says that the file changed."""


class Look(Struct, frozen=True):
    """What was seen in the folders at one moment."""

    files: Mapping[str, Signature]
    unsettled: frozenset[str] = frozenset()
    """Files that changed since the look before, or went: they may not be finished."""

    def is_settled(self, path: str) -> bool:
        """Whether the file is now as it was seen, and was seen twice so."""
        return path not in self.unsettled and self.files.get(path) == signature_of(path)


def signature_of(path: str) -> Signature | None:
    """Give what tells one state of a file from another; None when there is no such file."""
    try:
        found = os.stat(path)  # noqa: PTH116 - thousands of them, every few seconds
    except OSError:
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def signatures(paths: Sequence[Path]) -> dict[str, Signature]:
    """Look at all files of folders, with all below, and at single files."""
    seen: dict[str, Signature] = {}
    for root in paths:
        names = [str(root)] if root.is_file() else _below(str(root))
        for name in names:
            if (signature := signature_of(name)) is not None:
                seen[name] = signature
    return seen


def _below(root: str) -> list[str]:
    return [
        os.path.join(folder, name)  # noqa: PTH118 - as above
        for folder, _, names in os.walk(root)
        for name in names
        if name.endswith(SUFFIXES) and not name.startswith(".")
    ]


class Settling:
    """Compares looks. A change is due when two looks in succession saw the same."""

    def __init__(self, loaded: Mapping[str, Signature]) -> None:
        """:param loaded: what was seen before the rules that run were loaded."""
        self._loaded = dict(loaded)
        self._before = dict(loaded)

    def look(self, files: Mapping[str, Signature]) -> tuple[Look, bool]:
        """Take what is seen now; give it with what is not finished, and whether something is due to be loaded."""
        changed = {path for path in files.keys() | self._loaded.keys() if files.get(path) != self._loaded.get(path)}
        unsettled = frozenset(path for path in changed if files.get(path) != self._before.get(path))
        self._before = dict(files)
        for path in changed - unsettled:
            if path in files:
                self._loaded[path] = files[path]
            else:
                del self._loaded[path]
        return Look(files, unsettled), bool(changed - unsettled)
