"""A problem that a person can do something about: where, what, and the remedy."""

from typing import Any

from msgspec import Struct


class Where(Struct, frozen=True, gc=False):
    """A place in a user's files. Empty parts are unknown."""

    file: str = ""
    line: int = 0
    key: str = ""

    def __str__(self) -> str:
        """``FILE:LINE: KEY`` with the unknown parts left out."""
        place = f"{self.file}:{self.line}" if self.file and self.line else self.file
        return ": ".join(part for part in (place, self.key) if part)


class Problem(Struct, frozen=True, gc=False):
    """One problem. ``code`` is a key of the message catalogues; ``code.remedy`` says what to do about it."""

    code: str
    where: Where = Where()
    values: dict[str, Any] = {}
