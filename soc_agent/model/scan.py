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
    member: str = ""
    """The first file within an archive that it matched; empty: the file itself."""
    members: int = 0
    """How many files within the archive it matched."""


class ScanLimits(Struct, frozen=True):
    """How much one file may cost."""

    cap_bytes: int
    """A larger file is not scanned, and said to be not scanned."""
    timeout_s: int
    archive_depth: int = 4
    """Levels of archives within archives that are looked into; 0: none."""
    archive_members: int = 4096
    archive_bytes: int = 67_108_864
    """Of all that is unpacked of one file."""


class Scan(Struct, frozen=True):
    """What became of one file."""

    findings: tuple[Finding, ...] = ()
    not_scanned: str = ""
    """Why there is no answer: ``timeout``, ``too_big``, ``unreadable``, ``crashed`` (the file ended the scanner),
    ``hostile`` (its content did before), ``no_scanner`` or ``error``; empty when the file was scanned."""
    detail: str = ""
    sha256: str = ""
    """Of the bytes that were scanned, in hex; only where there are findings."""
    again: bool = False
    """Whether the answer does not lie in the file: the same file is to be tried again later."""
    beyond: dict[str, str] = {}
    """Why something within an archive was not scanned (``depth``, ``members``, ``bytes``, ``ratio``, ``time``,
    ``memory``, ``encrypted``, ``damaged``, ``format``, ``error``), each with the first member that it is true of."""
