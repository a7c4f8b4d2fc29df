"""What a scanner is told of a file, and what it says of it."""

from typing import Any

from msgspec import Struct

from soc_agent.model.rule import RuleInfo


class FileFacts(Struct, frozen=True):
    """A file as it was when it was read."""

    path: str
    """Its path as text; bytes that are not UTF-8 stand as ``\\xNN``."""
    size: int
    """In bytes."""
    owner: str
    """Name of the owner, or its number where it has no name."""
    mode: str
    """Permissions in octal, as ``0644``."""
    modified_ns: int


class Finding(Struct, frozen=True):
    """One YARA rule that matched a file."""

    rule: RuleInfo
    name: str
    """The rule's identifier."""
    strings: tuple[str, ...] = ()
    """Identifiers of the strings that matched, as ``$a``."""
    meta: dict[str, Any] = {}
    """The rule's ``meta``: text, numbers and truth values; bounded."""


class Scan(Struct, frozen=True):
    """What became of one file."""

    findings: tuple[Finding, ...] = ()
    not_scanned: str = ""
    """Why there is no answer: ``timeout`` or ``error``; empty when the file was scanned."""
    detail: str = ""
