"""What the package manager says of a file: dpkg's database (dpkg(1), ``/var/lib/dpkg/info``).

``PACKAGE.list`` names the files of a package, ``PACKAGE.md5sums`` what they should hold, and ``status`` the same for
configuration files. A file that changed, belongs to a package whose database changed since the file was last looked at,
and holds what that says, was brought by an upgrade.
"""

import os
import time
from hashlib import md5
from pathlib import Path
from typing import NamedTuple

_BUSY_S = 20.0
"""So long after the last word of its log dpkg may still be at work: it writes files first, its database afterwards."""
_PIECE_BYTES = 1 << 20


class Verdict(NamedTuple):
    """What a package says of a file."""

    package: str
    matches: bool
    """Whether the file holds what the package brought."""
    changed_ns: int
    """When the package's database was last written."""


class Packages:
    """dpkg's database, read again when it changes. Absent: nothing belongs to any package."""

    def __init__(self, root: str = "/") -> None:
        self._root = Path(root)
        self._info = self._root / "var/lib/dpkg/info"
        self._log = self._root / "var/log/dpkg.log"
        self._seen: tuple[int, int] = (0, 0)
        self._owners: dict[str, str] = {}

    def is_busy(self) -> bool:
        """Say whether dpkg is, or was a moment ago, at work."""
        try:
            return time.time() - self._log.stat().st_mtime < _BUSY_S
        except OSError:
            return False

    def of(self, path: str) -> Verdict | None:
        """Give what the package of a file says of it; None when it belongs to none."""
        self._load()
        for name in (path, "/" + path.removeprefix("/usr/") if path.startswith("/usr/") else f"/usr{path}"):
            package = self._owners.get(name)  # files of /bin are those of /usr/bin where the two are merged
            if package is not None:
                return self._verdict(package, path, name)
        return None

    def removed(self, path: str) -> Verdict | None:
        """Give the package to which a file belonged that went away with it, or with its new version."""
        before = dict(self._owners) if self._owners else {}
        self._load()
        package = before.get(path)
        if package is None or self._owners.get(path) == package:
            return None
        return Verdict(package, matches=True, changed_ns=time.time_ns())

    def _load(self) -> None:
        try:
            info = self._info.stat()
        except OSError:
            self._owners = {}
            return
        if (info.st_mtime_ns, info.st_ino) == self._seen:
            return
        self._seen = (info.st_mtime_ns, info.st_ino)
        owners = {}
        for file in self._info.glob("*.list"):
            try:
                listed = file.read_bytes()
            except OSError:
                continue
            package = file.name.removesuffix(".list")
            for line in listed.splitlines():
                owners[os.fsdecode(line)] = package
        self._owners = owners

    def _verdict(self, package: str, path: str, name: str) -> Verdict:
        sums = self._info / f"{package}.md5sums"
        try:
            changed_ns = (self._info / f"{package}.list").stat().st_mtime_ns
            changed_ns = max(changed_ns, sums.stat().st_mtime_ns)
            wanted = _sum_in(sums.read_bytes(), name)
        except OSError:
            return Verdict(package, matches=False, changed_ns=0)
        wanted = wanted or self._conffile(name)
        return Verdict(package, bool(wanted) and _md5(path) == wanted, changed_ns)

    def _conffile(self, name: str) -> str:
        """Give the sum of a configuration file as the package brought it."""
        try:
            status = (self._root / "var/lib/dpkg/status").read_bytes()
        except OSError:
            return ""
        at = status.find(b"\n " + os.fsencode(name) + b" ")
        if at < 0:
            return ""
        words = status[at + 2 : status.find(b"\n", at + 2)].split()
        return words[1].decode("ascii", "replace") if len(words) > 1 else ""


def _sum_in(sums: bytes, name: str) -> str:
    wanted = os.fsencode(name.lstrip("/"))
    for line in sums.splitlines():
        if line[34:] == wanted:
            return line[:32].decode("ascii", "replace")
    return ""


def _md5(path: str) -> str:
    digest = md5(usedforsecurity=False)  # the sum that dpkg keeps
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(fd, "rb", buffering=0) as file:
            while piece := file.read(_PIECE_BYTES):
                digest.update(piece)
    except OSError:
        return ""
    return digest.hexdigest()
