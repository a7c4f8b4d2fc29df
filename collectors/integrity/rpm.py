"""rpm's database, asked through ``rpm`` itself (rpm(8)): its format changes from release to release.

Only packages that were installed since the last look are asked for their files; how long the child may take and how
much it may say is bounded. rpm keeps for each file its digest, mode, owner and group, and of links where they lead.
"""

import os
import shutil
import stat
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from collectors.integrity.owners import group_name, user_name
from collectors.integrity.packages import Below, Verdict, digest_of, names_of

DATABASES = ("/var/lib/rpm", "/usr/lib/sysimage/rpm")
_FILES = ("rpmdb.sqlite", "rpmdb.sqlite-wal", "Packages.db", "Packages")
_BUSY_S = 20.0
_CHILD_S = 30.0
_OUTPUT_BYTES = 512 * 1024 * 1024
_AT_ONCE = 100
_LINE_BYTES = 65_536
_LIST = "%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}\t%{NAME}\t%{INSTALLTIME}\n"
_CONTENT = (
    "[%{=NAME}-%{=VERSION}-%{=RELEASE}.%{=ARCH}\t%{FILEDIGESTS}\t%{FILEMODES}\t%{FILEUSERNAME}\t%{FILEGROUPNAME}"
    "\t%{FILELINKTOS}\t%{FILENAMES}\n]"
)
_ALGORITHMS = {32: "md5", 40: "sha1", 56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}


class _Kept(NamedTuple):
    """A path as a package has it."""

    package: str
    """Its name with version and architecture."""
    digest: str
    mode: int
    user: str
    group: str
    target: str


class Rpm:
    """The part of rpm's database that is about some paths."""

    def __init__(
        self,
        below: Sequence[str] = ("/",),
        databases: Sequence[str] = DATABASES,
        program: str | None = None,
        child_s: float = _CHILD_S,
    ) -> None:
        """:param child_s: longest time for one question."""
        self._program = program or shutil.which("rpm")
        self._databases = databases
        self._child_s = child_s
        self._below = Below(below)
        self._seen: tuple[object, ...] = ()
        self._packages: dict[str, tuple[str, int]] = {}
        """Name with version to name and time of installation, in nanoseconds since 1970."""
        self._paths: dict[str, list[_Kept]] = {}

    def is_busy(self) -> bool:
        """Say whether rpm's database was written a moment ago."""
        return any(time.time() - info.st_mtime < _BUSY_S for _, info in self._stats())

    def owner(self, path: str) -> str:
        """Give the package that a path belonged to when rpm was asked; empty when it belonged to none."""
        return next((self._packages[kept.package][0] for kept in self._of(path)), "")

    def of(self, path: str) -> Verdict | None:
        """Give what the package of a path says of what is there; None when it belongs to none."""
        try:
            info = os.lstat(path)
        except OSError:
            return None
        self.refresh()
        said = [self._verdict(kept, path, info) for kept in self._of(path)]
        return next((verdict for verdict in said if verdict.matches), said[0] if said else None)

    def _of(self, path: str) -> list[_Kept]:
        return [kept for name in names_of(path) for kept in self._paths.get(name, ())]

    def _verdict(self, kept: _Kept, path: str, info: os.stat_result) -> Verdict:
        package, changed_ns = self._packages[kept.package]
        matches = stat.S_IFMT(info.st_mode) == stat.S_IFMT(kept.mode)
        if matches and stat.S_ISREG(info.st_mode):
            algorithm = _ALGORITHMS.get(len(kept.digest))
            matches = algorithm is not None and digest_of(path, algorithm) == kept.digest
        elif matches and stat.S_ISLNK(info.st_mode):
            matches = os.readlink(path) == kept.target  # noqa: PTH115 - str may hold any bytes
        rights = (stat.S_IMODE(info.st_mode), user_name(info.st_uid), group_name(info.st_gid))
        wanted = (stat.S_IMODE(kept.mode), kept.user, kept.group)
        return Verdict(package, matches, changed_ns, knows_rights=rights == wanted)

    def _stats(self) -> Iterator[tuple[str, os.stat_result]]:
        for folder in self._databases:
            for name in _FILES:
                try:
                    yield folder, os.stat(f"{folder}/{name}")  # noqa: PTH116
                except OSError:
                    continue

    def refresh(self) -> None:
        """Ask rpm for what was installed and removed since."""
        stats = list(self._stats())
        seen = tuple((info.st_ino, info.st_size, info.st_mtime_ns) for _, info in stats)
        if seen == self._seen or self._program is None:
            return
        self._seen = seen
        folder = stats[0][0] if stats else ""
        packages: dict[str, tuple[str, int]] = {}
        for full, name, installed in self._ask(folder, ["-qa"], _LIST, 3) if folder else ():
            if installed.isdecimal():
                # the time has seconds: the end of this one
                packages[full] = (name, (int(installed) + 1) * 10**9 - 1)
        new = {full for full, said in packages.items() if self._packages.get(full) != said}
        paths = {
            path: kept
            for path, known in self._paths.items()
            if (kept := [one for one in known if one.package in packages and one.package not in new])
        }
        answer = self._ask(folder, sorted(new) if len(new) <= _AT_ONCE else ["-a"], _CONTENT, 7) if new else ()
        for full, digest, mode, user, group, target, path in answer:
            if full in new and self._below(path) and mode.isdecimal():
                paths.setdefault(path, []).append(_Kept(full, digest, int(mode), user, group, target))
        self._packages, self._paths = packages, paths

    def _ask(self, folder: str, what: Sequence[str], form: str, count: int) -> Iterator[list[str]]:
        """Yield the lines of an answer, cut at tabs, as far as they come in time."""
        assert self._program is not None
        child = subprocess.Popen(
            [self._program, "--dbpath", folder, "-q", "--queryformat", form, *what],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
        )
        assert child.stdout is not None
        late = threading.Timer(self._child_s, child.kill)
        late.start()
        try:
            left = _OUTPUT_BYTES
            while left > 0 and (line := child.stdout.readline(_LINE_BYTES)):
                left -= len(line)
                words = os.fsdecode(line.rstrip(b"\n")).split("\t", count - 1)
                if len(words) == count:
                    yield words
        finally:
            late.cancel()
            child.kill()
            child.stdout.close()
            child.wait()
