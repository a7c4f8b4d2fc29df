"""dpkg's database (dpkg(1), ``/var/lib/dpkg``).

``info/PACKAGE.list`` names what a package holds, ``info/PACKAGE.md5sums`` what its files should hold, ``status`` the
same for configuration files, ``diversions`` which files stand under another name, ``alternatives`` where the links of
``/etc/alternatives`` may lead. Of links and folders it says no more than that they are there.
"""

import os
import re
import stat
import time
from collections.abc import Sequence
from pathlib import Path

from collectors.integrity.packages import Below, Verdict, digest_of, names_of

_BUSY_S = 20.0
"""So long after the last word of its log dpkg may still be at work."""
_LINK_S = 600.0
"""A link is made so long before the list of its package is written, at most."""
_SLACK_NS = 2_000_000_000
_CONFFILE = re.compile(rb"^ (/.*) ([0-9a-f]{32})(?: [a-z-]+)*$", re.MULTILINE)
_SUMS_KEPT = 8
_ALTERNATIVES = "update-alternatives"
_MD5S_KEPT = 4096
_OTHERS_MAY_WRITE = 0o022
Stamp = tuple[int, int]


class Dpkg:
    """The part of dpkg's database that is about some paths."""

    def __init__(self, root: str = "/", below: Sequence[str] = ("/",), alternatives: str = "/etc/alternatives") -> None:
        self._lib = Path(root) / "var/lib/dpkg"
        self._info = self._lib / "info"
        self._altdir = alternatives
        self._log = Path(root) / "var/log/dpkg.log"
        self._below = Below(below)
        self._seen: Stamp | None = None
        self._lists: dict[str, tuple[Stamp, tuple[str, ...]]] = {}
        self._owners: dict[str, list[str]] = {}
        self._sums: dict[str, tuple[Stamp, dict[bytes, str]]] = {}
        self._conffiles: tuple[tuple[Stamp | None, ...], dict[bytes, str]] = ((), {})
        self._md5s: dict[str, tuple[tuple[int, ...], str]] = {}
        self._diversions: Stamp = (0, 0)
        self._diverted: dict[str, str] = {}
        """The name that a file is to have, to the package on whose behalf others have to go elsewhere."""
        self._originals: dict[str, str] = {}
        """Where such a file stands, to the name that it is to have."""
        self._alternatives_seen: Stamp | None = None
        self._alternatives: dict[str, tuple[int, frozenset[str]]] = {}
        """Links of update-alternatives, to when they were last set and where they may lead."""

    def is_busy(self) -> bool:
        """Say whether dpkg is, or was a moment ago, at work."""
        try:
            return time.time() - self._log.stat().st_mtime < _BUSY_S
        except OSError:
            return False

    def owner(self, path: str) -> str:
        """Give the package that a path belonged to when the lists were read; empty when it belonged to none."""
        owned = self._owned(path)
        if owned:
            return owned[0][0]
        return _ALTERNATIVES if any(name in self._alternatives for name in names_of(path)) else ""

    def of(self, path: str) -> Verdict | None:
        """Give what the package of a path says of what is there; None when it belongs to none."""
        try:
            info = os.lstat(path)
        except OSError:
            return None
        self.refresh()
        owned = self._owned(path)
        if stat.S_ISLNK(info.st_mode) and (stamp := self._alternative(path, info)):
            return Verdict(owned[0][0] if owned else _ALTERNATIVES, matches=True, changed_ns=stamp)
        said = [self._verdict(package, path, name, info) for package, name in owned]
        return next((verdict for verdict in said if verdict.matches), said[0] if said else None)

    def _owned(self, path: str) -> list[tuple[str, str]]:
        """Give the packages that brought a path, each with the name that it has there."""
        found = []
        for name in names_of(path):
            by = self._diverted.get(name)  # what other packages call so stands elsewhere
            found += [(owner, name) for owner in self._owners.get(name, ()) if by is None or _plain(owner) == by]
            original = self._originals.get(name, "")
            by = self._diverted.get(original)
            found += [(owner, original) for owner in self._owners.get(original, ()) if _plain(owner) != by]
        return found

    def refresh(self) -> None:
        """Read the lists that changed: an upgrade changes them one by one."""
        self._read_diversions()
        self._read_alternatives()
        stamp = _stamp(self._info)
        if stamp == self._seen and stamp is not None:
            return
        self._seen = stamp
        lists: dict[str, tuple[Stamp, tuple[str, ...]]] = {}
        try:
            with os.scandir(self._info) as entries:
                files = [entry for entry in entries if entry.name.endswith(".list")]
        except OSError:
            files = []
        for file in files:
            package = file.name.removesuffix(".list")
            try:
                info = file.stat()
                of_file, known = (info.st_mtime_ns, info.st_ino), self._lists.get(package)
                if known is None or known[0] != of_file:
                    listed = map(os.fsdecode, Path(file.path).read_bytes().split(b"\n"))
                    known = (of_file, tuple(name for name in listed if name and self._below(name)))
            except OSError:
                continue
            lists[package] = known
        self._lists = lists
        self._owners = {}
        for package, (_, names) in lists.items():
            for name in names:
                self._owners.setdefault(name, []).append(package)

    def _verdict(self, package: str, path: str, name: str, info: os.stat_result) -> Verdict:
        listed_ns = self._lists[package][0][0]
        changed_ns = max(listed_ns, (_stamp(self._info / f"{package}.md5sums") or (0, 0))[0])
        wanted = self._sum(package, name)
        if stat.S_ISREG(info.st_mode):
            matches = bool(wanted) and self._md5(path, info) == wanted
        elif stat.S_ISLNK(info.st_mode):
            age_ns = listed_ns - info.st_ctime_ns
            matches = not wanted and -_SLACK_NS < age_ns < _LINK_S * 1e9 and self._leads_to_package(path)
        else:
            matches = stat.S_ISDIR(info.st_mode) and info.st_uid == 0 and not info.st_mode & _OTHERS_MAY_WRITE
        return Verdict(package, matches, changed_ns)

    def _leads_to_package(self, path: str) -> bool:
        try:
            target = os.path.realpath(path, strict=True)
        except OSError:
            return False
        if self._below(target):
            return bool(self._owned(target))
        # what is not kept is asked of the lists themselves
        lines = {b"\n" + os.fsencode(name) + b"\n" for name in names_of(target)}
        for package in self._lists:
            try:
                listed = b"\n" + (self._info / f"{package}.list").read_bytes()
            except OSError:
                continue
            if any(line in listed for line in lines):
                return True
        return False

    def _alternative(self, path: str, info: os.stat_result) -> int:
        """Give when a link of update-alternatives(1) was last set, if it leads where it may; else 0."""
        target = os.readlink(path)  # noqa: PTH115 - str may hold any bytes
        for name in names_of(path):
            set_ns, targets = self._alternatives.get(name, (0, frozenset()))
            if target in targets and abs(set_ns - info.st_ctime_ns) < _LINK_S * 1e9:
                return set_ns
        return 0

    def _read_alternatives(self) -> None:
        """Read where links may lead: a file for each name, with its link, those that go with it, and the choices.

        After the state and the link come two lines for each link that goes with it, an empty line, and the choices:
        for each its path, its priority, and what the other links lead to then.
        """
        folder = self._lib / "alternatives"
        stamp = _stamp(folder)
        if stamp == self._alternatives_seen:
            return
        self._alternatives_seen = stamp
        self._alternatives = {}
        for file in sorted(folder.iterdir()) if stamp is not None else ():
            set_ns = (_stamp(file) or (0, 0))[0]
            head, _, choices = _read(file).partition(b"\n\n")
            lines = [os.fsdecode(line) for line in head.split(b"\n")]
            targets = frozenset(os.fsdecode(line) for line in choices.split(b"\n") if line.startswith(b"/"))
            links = dict(zip(lines[2::2], lines[3::2], strict=False)) | {file.name: lines[1] if len(lines) > 1 else ""}
            for name, link in links.items():
                middle = f"{self._altdir}/{name}"
                self._alternatives[middle] = (set_ns, targets)
                self._alternatives[link] = (set_ns, frozenset({middle}))

    def _read_diversions(self) -> None:
        """Read dpkg-divert(1)'s list: three lines for each file."""
        file = self._lib / "diversions"
        stamp = _stamp(file) or (0, 0)
        if stamp != self._diversions:
            self._diversions = stamp
            words = [os.fsdecode(line) for line in _read(file).split(b"\n")]
            all_three = list(zip(*[iter(words)] * 3, strict=False))
            self._diverted = {original: by for original, _, by in all_three}
            self._originals = {elsewhere: original for original, elsewhere, _ in all_three}

    def _sum(self, package: str, name: str) -> str:
        file = self._info / f"{package}.md5sums"
        stamp = _stamp(file) or (0, 0)
        known = self._sums.get(package)
        if known is None or known[0] != stamp:
            lines = (line for line in _read(file).split(b"\n") if len(line) > 34)
            known = (stamp, {line[34:]: line[:32].decode("ascii", "replace") for line in lines})
            if len(self._sums) >= _SUMS_KEPT:
                self._sums.pop(next(iter(self._sums)))
            self._sums[package] = known
        return known[1].get(os.fsencode(name.lstrip("/"))) or self._conffile(name)

    def _conffile(self, name: str) -> str:
        """Give the sum of a configuration file as the package brought it.

        What dpkg did last stands in ``updates`` until it takes that over into ``status``.
        """
        stamps = tuple(_stamp(self._lib / place) for place in ("status", "updates"))
        if stamps != self._conffiles[0]:
            files = [self._lib / "status", *sorted((self._lib / "updates").glob("[0-9]*"))]
            found = [each for file in files for each in _CONFFILE.findall(_read(file))]
            kept = {path: digest.decode() for path, digest in found if self._below(os.fsdecode(path))}
            self._conffiles = (stamps, kept)
        return self._conffiles[1].get(os.fsencode(name), "")

    def _md5(self, path: str, info: os.stat_result) -> str:
        """Give the sum of a file; one that waits for dpkg is asked for again and again."""
        stamp = (info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns)
        known = self._md5s.get(path)
        if known is None or known[0] != stamp:
            if len(self._md5s) >= _MD5S_KEPT:
                self._md5s.clear()
            known = self._md5s[path] = (stamp, digest_of(path, "md5"))
        return known[1]


def _plain(package: str) -> str:
    return package.partition(":")[0]


def _stamp(path: Path) -> Stamp | None:
    try:
        info = path.stat()
    except OSError:
        return None
    return info.st_mtime_ns, info.st_ino


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
