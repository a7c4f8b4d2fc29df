"""The folder of quarantined files: readable by its owner alone, each file beside what is needed to put it back.

A file is copied and held against the finding before the original goes, so that a full disk or a kill at any moment
leaves the original, or a whole copy with its metadata, and never neither.
"""

import base64
import contextlib
import os
import stat
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct

from soc_agent.errors import StoreError
from soc_agent.model import Problem
from soc_agent.text import path_text

_PIECE_BYTES = 1 << 20
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_MAKE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Wanted(Struct, frozen=True):
    """A file as the finding saw it."""

    path: str
    sha256: str = ""
    """Empty where the file was not scanned: size and time then have to be those of the finding."""
    size: int = -1
    modified_ns: int = -1


class Locked(Struct, frozen=True):
    """What is kept of a quarantined file. Times are in nanoseconds since 1970."""

    alert: str
    """The alert's uid in hex: it names the files in the folder."""
    path: bytes
    sha256: str
    size: int
    mode: int
    uid: int
    gid: int
    atime_ns: int
    mtime_ns: int
    other_names: int
    """How many more hard links the file has: those still lead to it."""
    xattrs: dict[str, str]
    """In base64."""
    actor: str
    reason: str


class Locker:
    """The folder. Every method raises :class:`StoreError` when it cannot do what it says, and then has done nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def copy(self, wanted: Wanted, alert: str, actor: str, reason: str) -> Locked:
        """Copy a file into the folder, if it is what the finding saw. The original is still there."""
        with _told(wanted.path):
            self.folder.mkdir(mode=0o700, exist_ok=True)
            info = self.folder.lstat()
            if not stat.S_ISDIR(info.st_mode) or info.st_uid != os.geteuid():
                raise StoreError(Problem("quarantine.no_folder", values={"folder": self.folder}))
            self.folder.chmod(0o700)
        if self._body(alert).exists() or self._sheet(alert).exists():
            raise StoreError(Problem("quarantine.already", values={"path": path_text(wanted.path)}))
        with _told(wanted.path), _opened(wanted.path) as file:
            try:
                locked = self._copy(file, wanted, alert, actor, reason)
            except BaseException:
                self._body(alert).unlink(missing_ok=True)
                self._sheet(alert).unlink(missing_ok=True)
                raise
        return locked

    def take(self, wanted: Wanted, locked: Locked) -> None:
        """Remove the original, if it is still the file that was copied; otherwise the copy."""
        try:
            with _told(wanted.path), _opened(wanted.path) as file:
                _require_same(file, wanted.path, locked.sha256)
                os.unlink(wanted.path)  # noqa: PTH108 - str may hold any bytes
        except BaseException:
            self.drop(locked)
            raise

    def drop(self, locked: Locked) -> None:
        """Remove a copy whose original is still there."""
        self._body(locked.alert).unlink(missing_ok=True)
        self._sheet(locked.alert).unlink(missing_ok=True)

    def place(self, locked: Locked) -> Path:
        """Give where a file lies in the folder."""
        return self._body(locked.alert)

    def find(self, alert: str) -> Locked:
        """Give what is kept for an alert."""
        try:
            return msgspec.json.decode(self._sheet(alert).read_bytes(), type=Locked)
        except (OSError, msgspec.DecodeError) as error:
            raise StoreError(Problem("quarantine.not_there", values={"alert": alert[:12]})) from error

    def list(self) -> Iterator[Locked]:
        """Yield what is in the folder."""
        for sheet in sorted(self.folder.glob("*.json")):
            yield self.find(sheet.stem)

    def put_back(self, alert: str) -> Locked:
        """Put a file back where it was, with its owner, mode, times and attributes; nothing is overwritten."""
        locked = self.find(alert)
        path = os.fsdecode(locked.path)
        with _told(path), _opened(str(self._body(alert))) as file:
            if _digest(file) != locked.sha256:
                raise _changed(str(self._body(alert)))
            made = os.open(path, _MAKE, 0o600)
            try:
                _pour(file, made)
                for name, value in locked.xattrs.items():
                    os.setxattr(made, name, base64.b64decode(value))
                os.fchown(made, locked.uid, locked.gid)
                os.fchmod(made, locked.mode)  # after the owner: a change of owner takes the setuid bit away
                os.utime(made, ns=(locked.atime_ns, locked.mtime_ns))
                os.fsync(made)
            except BaseException:
                os.unlink(path)  # noqa: PTH108 - as above
                raise
            finally:
                os.close(made)
        self.drop(locked)
        return locked

    def _copy(self, file: int, wanted: Wanted, alert: str, actor: str, reason: str) -> Locked:
        info = os.fstat(file)
        if not wanted.sha256 and (info.st_size, info.st_mtime_ns) != (wanted.size, wanted.modified_ns):
            raise _changed(wanted.path)
        made = os.open(self._body(alert), _MAKE, 0o400)
        try:
            found = _pour(file, made)
            os.fsync(made)
        finally:
            os.close(made)
        if wanted.sha256 and found != wanted.sha256:
            raise _changed(wanted.path)
        locked = Locked(
            *(alert, os.fsencode(wanted.path), found, info.st_size, stat.S_IMODE(info.st_mode)),
            *(info.st_uid, info.st_gid, info.st_atime_ns, info.st_mtime_ns, info.st_nlink - 1),
            *(_xattrs(file), actor, reason),
        )
        made = os.open(self._sheet(alert), _MAKE, 0o400)
        with os.fdopen(made, "wb") as sheet:
            sheet.write(msgspec.json.encode(locked))
            sheet.flush()
            os.fsync(made)
        folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        os.fsync(folder)
        os.close(folder)
        return locked

    def _body(self, alert: str) -> Path:
        return self.folder / f"{alert}.file"

    def _sheet(self, alert: str) -> Path:
        return self.folder / f"{alert}.json"


@contextlib.contextmanager
def _opened(path: str) -> Iterator[int]:
    file = os.open(path, _READ)
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise _changed(path)
        yield file
    finally:
        os.close(file)


@contextlib.contextmanager
def _told(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise StoreError(Problem("quarantine.failed", values={"path": path_text(path), "reason": reason})) from error


def _changed(path: str) -> StoreError:
    return StoreError(Problem("quarantine.changed", values={"path": path_text(path)}))


def _require_same(file: int, path: str, digest: str) -> None:
    info, here = os.fstat(file), os.lstat(path)
    if (info.st_dev, info.st_ino) != (here.st_dev, here.st_ino) or _digest(file) != digest:
        raise _changed(path)


def _pour(source: int, target: int) -> str:
    """Copy all of a file, and give the hash of what was copied."""
    digest, at = sha256(), 0
    while piece := os.pread(source, _PIECE_BYTES, at):
        digest.update(piece)
        at += len(piece)
        while piece:
            piece = piece[os.write(target, piece) :]
    return digest.hexdigest()


def _digest(file: int) -> str:
    digest, at = sha256(), 0
    while piece := os.pread(file, _PIECE_BYTES, at):
        digest.update(piece)
        at += len(piece)
    return digest.hexdigest()


def _xattrs(file: int) -> dict[str, str]:
    try:
        return {name: base64.b64encode(os.getxattr(file, name)).decode() for name in os.listxattr(file)}
    except OSError:
        return {}  # the file system has none
