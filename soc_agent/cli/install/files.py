"""Writing files that a person may have changed: what is not as it was written is not touched without a word.

The first line of each file holds the digest of the rest, so that a file tells by itself whether somebody edited it.
"""

import difflib
import hashlib
import os
from collections.abc import Sequence
from enum import Enum
from pathlib import Path

from msgspec import Struct

from soc_agent.cli.install.image import Image
from soc_agent.errors import ConfigError
from soc_agent.model import Problem, Where

_MARK = "# soc-agent install "
_KEPT = ".before-soc-agent"
"""What is put behind the name of a file that somebody wrote and that had to make way."""


class State(Enum):
    """How a file is, compared with what it shall be."""

    ABSENT = "absent"
    SAME = "same"
    OLDER = "older"
    """As an earlier installation wrote it."""
    CHANGED = "changed"
    """Edited by a person, or never ours."""


class Wanted(Struct, frozen=True):
    """A file of the image as it shall be."""

    path: Path
    text: str

    @property
    def content(self) -> str:
        """The text below its mark."""
        return f"{_MARK}{_digest(self.text)}\n{self.text}"


def look(wanted: Wanted, image: Image) -> State:
    """Compare a file with what it shall be."""
    present = _read(image.at(wanted.path))
    if present is None:
        return State.ABSENT
    if present == wanted.content:
        return State.SAME
    return State.OLDER if is_untouched(present) else State.CHANGED


def is_untouched(content: str) -> bool:
    """Say whether a file is ours and as it was written."""
    head, _, rest = content.partition("\n")
    return head == f"{_MARK}{_digest(rest)}"


def difference(wanted: Wanted, image: Image) -> str:
    """Give what would change in a file, as a unified diff."""
    present = _read(image.at(wanted.path)) or ""
    name = str(wanted.path)
    return "\n".join(
        difflib.unified_diff(present.splitlines(), wanted.content.splitlines(), name, name, lineterm="", n=1)
    )


def write(files: Sequence[Wanted], image: Image, *, force: bool) -> list[Path]:
    """Write those that are not as they shall be, and give them. A person's file stays beside as ``*.before-soc-agent``.

    :raises ConfigError: before anything is written, when a person changed one and ``force`` is not set; or when one
        cannot be written.
    """
    states = [(wanted, look(wanted, image)) for wanted in files]
    changed = [wanted.path for wanted, state in states if state is State.CHANGED]
    if changed and not force:
        raise ConfigError(*[Problem("install.changed", Where(str(path))) for path in changed])
    written = []
    for wanted, state in states:
        if state is State.SAME:
            continue
        target = image.at(wanted.path)
        try:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
            kept = _kept(target)
            if state is State.CHANGED and not kept.exists():
                target.replace(kept)
            _put(target, wanted.content)
        except OSError as error:
            values = {"reason": error.strerror or str(error)}
            raise ConfigError(Problem("install.unwritable", Where(str(target)), values)) from error
        written.append(wanted.path)
    return written


def check_removable(paths: Sequence[Path], image: Image, *, force: bool) -> None:
    """Refuse to remove what a person changed.

    :raises ConfigError: when there is such a file, and ``force`` is not set.
    """
    changed = [path for path in paths if not is_untouched(_read(image.at(path)) or "")]
    if changed and not force:
        raise ConfigError(*[Problem("install.changed_undo", Where(str(path))) for path in changed])


def remove(paths: Sequence[Path], image: Image) -> None:
    """Take back what was written. A file that was never ours and had to make way comes back.

    :raises ConfigError: when one cannot be removed.
    """
    for path in paths:
        target = image.at(path)
        try:
            target.unlink()
            if not (_read(_kept(target)) or _MARK).startswith(_MARK):
                _kept(target).replace(target)
        except OSError as error:
            values = {"reason": error.strerror or str(error)}
            raise ConfigError(Problem("install.unwritable", Where(str(target)), values)) from error


def _put(target: Path, content: str) -> None:
    """Write a whole file or none."""
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        beside.write_text(content, "utf-8")
        beside.chmod(0o644)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def _read(path: Path) -> str | None:
    try:
        return path.read_text("utf-8", "surrogateescape")
    except FileNotFoundError:
        return None
    except OSError as error:
        values = {"reason": error.strerror or str(error)}
        raise ConfigError(Problem("install.unwritable", Where(str(path)), values)) from error


def _kept(target: Path) -> Path:
    return target.with_name(target.name + _KEPT)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
