"""Was a change meant: by a person who approved it, by a package that brought it, or because it is as it was before."""

import time
from collections.abc import Callable

from collectors.integrity.entry import Entry, differences, fingerprint
from collectors.integrity.lines import Change
from collectors.integrity.packages import Packages, Verdict
from collectors.integrity.records import Record

_OTHERS_MAY_WRITE = 0o022
_SET_ID = 0o6000
_UNPACKED = 15
"""So many times as long as others a file may wait that dpkg puts beside the one whose place it is to take."""
_ANOTHER_CONTENT = {"content", "target", "type", "created"}


class Judge:
    """Gives each change its verdict. Used by one thread."""

    def __init__(self, approved: Callable[[str], str], packages: Packages, limit_s: float) -> None:
        """:param approved: gives the fingerprint that a person approved of a path.

        :param limit_s: how long a change may wait for the package manager that is at work.
        """
        self._approved = approved
        self._packages = packages
        self._limit_s = limit_s
        self._first_seen: dict[str, float] = {}

    def is_approved(self, path: str, entry: Entry | None) -> bool:
        """Say whether a person approved of a path as it is."""
        return self._approved(path) == fingerprint(entry)

    def verdict(self, change: Change, record: Record | None) -> tuple[str, str]:
        """Give ``approved``, ``package``, ``restored``, ``unexpected`` or ``wait``, and the package of the path.

        :param record: what is known of the path; None: nothing.
        """
        verdict, package = self._verdict(change, record)
        if verdict == "wait":
            since = self._first_seen.setdefault(change.path, time.monotonic())
            # dpkg unpacks all packages before it configures the first
            longer = _UNPACKED if change.path.endswith((".dpkg-new", ".dpkg-tmp")) else 1
            if time.monotonic() - since < self._limit_s * longer:
                return verdict, package
            verdict = "unexpected"
        self._first_seen.pop(change.path, None)
        return verdict, package

    def _verdict(self, change: Change, record: Record | None) -> tuple[str, str]:
        if record is not None and record.deviates and fingerprint(change.new) == fingerprint(record.base):
            return "restored", ""
        if self.is_approved(change.path, change.new):
            return "approved", ""
        if change.changes == ["times"]:
            return "unexpected", ""
        if change.new is None:
            self._packages.refresh()
            package = record.package if record is not None else ""
            if package and not self._packages.owner(change.path):
                return "package", package  # it went with its package, or with an older version of it
        else:
            said = self._packages.of(change.path)
            if said is not None and _was_brought(change, said):
                return "package", said.package
            package = said.package if said is not None else ""
        return "wait" if self._packages.is_busy() else "unexpected", package


def _was_brought(change: Change, said: Verdict) -> bool:
    """Say whether a package brought what is there, and nothing beside it came."""
    old, new = change.old, change.new
    assert new is not None
    if not said.matches or (old is not None and said.changed_ns <= old.ctime_ns):
        return False
    if "capabilities" in change.changes:
        return False  # no database that is asked here knows them
    more = new.mode & ~(old.mode if old is not None else 0) & (_SET_ID | _OTHERS_MAY_WRITE)
    gains = new.kind != "link" and (bool(more) or bool({"owner", "group"} & set(change.changes)))
    if gains and not said.knows_rights:
        return False
    # a package manager writes each file anew: rights that change on the file that was there are somebody else's doing
    return bool(_ANOTHER_CONTENT & set(change.changes)) or (old is not None and new.inode != old.inode)


def with_renames(found: list[Change]) -> list[Change]:
    """Make one change of a path that went and another that came as the same file."""
    gone = {
        (change.old.inode, change.old.sha256, change.old.size): change
        for change in found
        if change.new is None and change.old is not None and change.old.kind == "file"
    }
    told, moved = [], set()
    for change in found:
        new = change.new
        before = gone.get((new.inode, new.sha256, new.size)) if change.old is None and new is not None else None
        if before is None or before.path in moved:
            told.append(change)
            continue
        moved.add(before.path)
        changes = ["renamed", *(each for each in differences(before.old, new) if each != "times")]
        told.append(Change(change.path, before.old, new, changes, "unexpected", old_path=before.path))
    return [change for change in told if change.path not in moved or change.new is not None]
