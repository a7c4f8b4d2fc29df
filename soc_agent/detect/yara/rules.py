"""YARA rules from files: broken files are named and left out, the rest is compiled together.

Each file is a namespace of its own, so that two files may use the same rule names. ``include`` is not followed, and
compiled files are never loaded: they are code, and nobody signs them.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import yara
from msgspec import Struct

from soc_agent.detect.yara.meta import info_of_meta
from soc_agent.model import Problem, RuleInfo, Where

SUFFIXES = (".yar", ".yara")
EXTERNALS = {"filename": "", "filepath": "", "extension": "", "filetype": "", "owner": ""}
"""The variables that public rules use; their values are those of the file that is scanned."""
_FILE_CAP_BYTES = 32 * 1024 * 1024
_LINE = re.compile(r"line (\d+): (.*)", re.DOTALL)


class YaraRules(Struct, frozen=True):
    """All YARA rules that can run."""

    compiled: Any
    """A ``yara.Rules``; None when there is no rule."""
    by_name: dict[tuple[str, str], RuleInfo]
    """The file and the identifier of a rule, to the rule."""
    disabled: frozenset[str]
    """Ids of rules whose findings are not wanted."""
    problems: list[Problem]
    """Files and rules that cannot run, and what is not understood of those that do."""
    warnings: list[Problem]
    """What makes rules slow."""

    @property
    def infos(self) -> dict[str, RuleInfo]:
        """The rules by id."""
        return {info.id: info for info in self.by_name.values()}


def load_yara(paths: Sequence[Path], *, disabled: Collection[str] = (), default_suppress_s: int = 3600) -> YaraRules:
    """Load the YARA rules of files, and of folders with all below them. Never raises for what a file holds."""
    problems: list[Problem] = []
    warnings: list[Problem] = []
    sources: dict[str, str] = {}
    by_name: dict[tuple[str, str], RuleInfo] = {}
    ids: set[str] = set()
    for path in _files(paths, problems):
        source = _read(path, problems)
        rules = _compile(path, source, problems, warnings) if source is not None else None
        if source is None or rules is None:
            continue
        sources[str(path)] = source
        for rule in rules:
            if rule.is_private:
                continue
            default_id = f"yara:{path.stem}.{rule.identifier}"
            info, bad = info_of_meta(rule.identifier, rule.tags, rule.meta, str(path), default_id, default_suppress_s)
            problems += bad
            if info.id in ids:
                values = {"id": info.id, "rule": rule.identifier, "instead": default_id}
                problems.append(Problem("yara.duplicate_id", Where(str(path)), values))
                info, _ = info_of_meta(
                    rule.identifier,
                    rule.tags,
                    {**rule.meta, "id": default_id},
                    str(path),
                    default_id,
                    default_suppress_s,
                )
            ids.add(info.id)
            by_name[str(path), rule.identifier] = info
    return YaraRules(_together(sources, problems), by_name, frozenset(disabled), problems, warnings)


def _files(paths: Sequence[Path], problems: list[Problem]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
        elif path.suffix.lower() in SUFFIXES:
            yield path
        elif not path.exists():
            problems.append(Problem("yara.unreadable", Where(str(path)), {"path": path, "reason": "no such file"}))


def _read(path: Path, problems: list[Problem]) -> str | None:
    try:
        with path.open("rb") as file:
            data = file.read(_FILE_CAP_BYTES + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        problems.append(Problem("yara.unreadable", Where(str(path)), {"path": path, "reason": reason}))
        return None
    if len(data) > _FILE_CAP_BYTES:
        problems.append(Problem("yara.too_big", Where(str(path)), {"limit": _FILE_CAP_BYTES}))
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problems.append(Problem("yara.not_utf8", Where(str(path), line)))
        return None


def _compile(path: Path, source: str, problems: list[Problem], warnings: list[Problem]) -> Any:
    """Compile one file alone: this is what tells which file and line is wrong."""
    try:
        rules = yara.compile(source=source, externals=EXTERNALS, includes=False)
    except yara.Error as error:
        line, reason = _place(str(error))
        code = "yara.include" if "includes are disabled" in reason else "yara.syntax"
        problems.append(Problem(code, Where(str(path), line), {"reason": reason}))
        return None
    for warning in rules.warnings:
        line, reason = _place(warning)
        warnings.append(Problem("yara.slow", Where(str(path), line), {"reason": reason}))
    return rules


def _together(sources: dict[str, str], problems: list[Problem]) -> Any:
    if not sources:
        return None
    try:
        return yara.compile(sources=sources, externals=EXTERNALS, includes=False)
    except yara.Error as error:
        problems.append(Problem("yara.not_together", values={"reason": str(error)}))
        return None


def _place(message: str) -> tuple[int, str]:
    """Take apart what libyara says: ``line 3: undefined identifier``."""
    found = _LINE.fullmatch(message)
    return (int(found[1]), found[2]) if found else (0, message)
