"""What the package managers of this host say of a file: dpkg and rpm, whichever there are.

A file that changed, belongs to a package that was installed since the file was last looked at, and holds what that
package brought, was brought by an upgrade. Both managers write files first and their database afterwards.
"""

import hashlib
import os
from collections.abc import Sequence
from typing import NamedTuple, Protocol

_PIECE_BYTES = 1 << 20


class Verdict(NamedTuple):
    """What a package says of a path."""

    package: str
    matches: bool
    """Whether what is there is what the package brought."""
    changed_ns: int
    """When the package was last installed, or its database last written."""
    knows_rights: bool = False
    """Whether mode, owner and group were compared too, and are those of the package."""


def digest_of(path: str, algorithm: str) -> str:
    """Give the digest of a regular file that a package manager keeps; empty when the file cannot be read."""
    digest = hashlib.new(algorithm, usedforsecurity=False)
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(fd, "rb", buffering=0) as file:
            while piece := file.read(_PIECE_BYTES):
                digest.update(piece)
    except OSError:
        return ""
    return digest.hexdigest()


class Manager(Protocol):
    """A package manager's database. Absent: nothing belongs to any package."""

    def refresh(self) -> None:
        """Read what changed since it was last read."""
        ...

    def is_busy(self) -> bool:
        """Say whether it is, or was a moment ago, at work."""
        ...

    def owner(self, path: str) -> str:
        """Give the package that a path belonged to when the database was read; empty when it belonged to none."""
        ...

    def of(self, path: str) -> Verdict | None:
        """Refresh, and give what the package of a path says of what is there; None when it belongs to none."""
        ...


class Packages:
    """All managers as one."""

    def __init__(self, *managers: Manager) -> None:
        self._managers = managers

    def refresh(self) -> None:
        """Read what changed since it was last read."""
        for manager in self._managers:
            manager.refresh()

    def is_busy(self) -> bool:
        """Say whether one is, or was a moment ago, at work."""
        return any(manager.is_busy() for manager in self._managers)

    def owner(self, path: str) -> str:
        """Give the package that a path belongs to; empty when it belongs to none."""
        return next((owner for manager in self._managers if (owner := manager.owner(path))), "")

    def of(self, path: str) -> Verdict | None:
        """Give what the package of a path says of what is there: the one that agrees, if there are several."""
        said = [verdict for manager in self._managers if (verdict := manager.of(path)) is not None]
        return next((verdict for verdict in said if verdict.matches), said[0] if said else None)


def names_of(path: str) -> tuple[str, ...]:
    """Give the names by which a package may list a path: files of /bin are those of /usr/bin where both are merged."""
    if path.startswith("/usr/"):
        return path, path.removeprefix("/usr")
    return path, f"/usr{path}"


class Below:
    """Says of the names in a package's list whether they are at or below some paths: the others are not kept."""

    def __init__(self, tops: Sequence[str]) -> None:
        every = [name for top in tops for name in names_of(os.path.normpath(top))]
        self._exact = frozenset(every)
        self._prefixes = tuple(name.rstrip("/") + "/" for name in every)

    def __call__(self, name: str) -> bool:
        """Say whether a name is to be kept."""
        return name in self._exact or name.startswith(self._prefixes)
