"""The file system that is installed into: that of this host, or that of an image in a folder."""

import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

LOG_GROUPS = ("adm", "systemd-journal", "audit")
"""Groups that exist to read logs, and that an agent may be a member of. A group of an application is none."""


class Image:
    """A file system below ``root``. Paths are those that the service will see."""

    def __init__(self, root: Path = Path("/")) -> None:
        self.root = root
        self._groups = self._read_names("/etc/group")
        self._users = self._read_names("/etc/passwd")

    def at(self, path: Path | str) -> Path:
        """Give where a path of the image lies here."""
        return self.root / str(path).lstrip("/")

    def inside(self, path: Path) -> Path:
        """Give the path of the image that a path here is; itself when it lies outside."""
        root = self.root.resolve()
        resolved = path.resolve()
        return Path("/") / resolved.relative_to(root) if resolved.is_relative_to(root) else resolved

    def matches(self, pattern: str) -> Iterator[Path]:
        """Yield the paths of the image that a glob names."""
        for found in self.root.glob(pattern.lstrip("/")):
            yield Path("/") / found.relative_to(self.root)

    def log_group_for(self, path: Path, groups: Sequence[str] = LOG_GROUPS) -> str | None:
        """Give the one of ``groups`` whose members may read a path, ``""`` when everybody may, None when none may.

        Folders on the way count: without leave to go through them, nothing below is read.
        """
        found = ""
        for part in [*reversed(path.parents), path]:
            try:
                info = self.at(part).stat()
            except OSError:
                continue
            wanted = stat.S_IXOTH if part != path else stat.S_IROTH
            if stat.S_ISDIR(info.st_mode):
                wanted = stat.S_IXOTH if part != path else stat.S_IROTH | stat.S_IXOTH
            if info.st_mode & wanted == wanted:
                continue
            group = self._groups.get(info.st_gid, "")
            if group not in groups or info.st_mode & (wanted << 3) != wanted << 3 or found not in ("", group):
                return None
            found = group
        return found

    def has_group(self, name: str) -> bool:
        """Say whether the image has a group."""
        return name in self._groups.values()

    def owner(self, path: Path) -> str | None:
        """Give the user that a path belongs to, ``""`` for one without a name; None when there is no such path."""
        try:
            return self._users.get(self.at(path).stat().st_uid, "")
        except OSError:
            return None

    def _read_names(self, path: str) -> dict[int, str]:
        """Read the names of users or groups by number (passwd(5), group(5)); they are those of the image."""
        names: dict[int, str] = {}
        try:
            lines = self.at(path).read_text("utf-8", "replace").splitlines()
        except OSError:
            return names
        for line in lines:
            name, *rest = line.split(":")
            if len(rest) > 1 and rest[1].isdecimal() and rest[1].isascii():
                names.setdefault(int(rest[1]), name)
        return names
