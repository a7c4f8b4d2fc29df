"""A file's bytes against the YARA rules."""

import logging
from pathlib import PurePosixPath
from typing import Any

import yara

from soc_agent.detect.yara.meta import bounded_meta
from soc_agent.detect.yara.rules import YaraRules
from soc_agent.model import FileFacts, Finding, Scan

_log = logging.getLogger(__name__)
_STRINGS = 32
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"MZ", "EXE"),
    (b"\x7fELF", "ELF"),
    (b"PK\x03\x04", "ZIP"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7Z"),
    (b"\x1f\x8b", "GZIP"),
    (b"%PDF", "PDF"),
    (b"{\\rtf", "RTF"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE"),
    (b"\xca\xfe\xba\xbe", "JAVACLASS"),
    (b"\xfe\xed\xfa\xce", "MACH-O"),
    (b"\xfe\xed\xfa\xcf", "MACH-O"),
    (b"\xcf\xfa\xed\xfe", "MACH-O"),
    (b"MDMP", "MDMP"),
    (b"<?php", "PHP"),
    (b"<%@", "ASP"),
)


class YaraScanner:
    """Scans bytes with compiled rules. May be used by several threads: a scan does not hold the interpreter."""

    def __init__(self, rules: YaraRules) -> None:
        self._rules = rules

    def use(self, rules: YaraRules) -> None:
        """Take other rules, from the next file on; a scan that is going on ends with those that it began with."""
        self._rules = rules

    def scan(self, data: bytes, facts: FileFacts, timeout_s: int) -> Scan:
        """Give what the rules find in the bytes of a file, or why they could not say. Never raises for either.

        The rules see bytes that were read, never the file: one that is cut short meanwhile would end the process.
        """
        rules = self._rules
        if rules.compiled is None:
            return Scan()
        try:
            matches = rules.compiled.match(
                data=data,
                externals=externals_of(facts, data),
                fast=True,
                timeout=timeout_s,
                warnings_callback=_note_flood,
            )
        except yara.TimeoutError:
            return Scan(not_scanned="timeout", detail=f"no answer within {timeout_s} s")
        except yara.Error as error:
            _log.warning("YARA cannot scan %s: %s; it is reported as not scanned", facts.path, error)
            return Scan(not_scanned="error", detail=str(error)[:200])
        findings = (_finding(match, rules) for match in matches)
        return Scan(tuple(finding for finding in findings if finding is not None))


def externals_of(facts: FileFacts, data: bytes) -> dict[str, str]:
    """Give the values of the variables that rules may ask for, in the sense of the public rule sets.

    ``filename`` is the last part of the path, ``filepath`` the folder, ``extension`` the suffix with its dot in lower
    case, ``filetype`` a word for the first bytes (``ELF``, ``ZIP`` …) or empty.
    """
    path = PurePosixPath(facts.path)
    return {
        "filename": path.name,
        "filepath": str(path.parent),
        "extension": path.suffix.lower(),
        "filetype": next((word for magic, word in _MAGIC if data.startswith(magic)), ""),
        "owner": facts.owner,
    }


def _note_flood(kind: int, about: Any) -> int:
    """Take libyara's word that a string matches all over the file: it stops counting, the scan goes on."""
    _log.debug("YARA warning %s: %s", kind, about)
    return int(yara.CALLBACK_CONTINUE)


def _finding(match: Any, rules: YaraRules) -> Finding | None:
    info = rules.by_name.get((match.namespace, match.rule))
    if info is None or info.id in rules.disabled:
        return None
    strings = tuple(sorted({string.identifier for string in match.strings}))
    return Finding(info, match.rule, strings[:_STRINGS], bounded_meta(match.meta))
