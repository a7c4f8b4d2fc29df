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

from soc_agent.detect.load.profiles import EVERYTHING, Selection
from soc_agent.detect.yara.meta import info_of_meta
from soc_agent.detect.yara.split import split
from soc_agent.model import Problem, RuleInfo, Where
from soc_agent.scanning.frames import Pieces
from soc_agent.scanning.server import EXTERNALS

SUFFIXES = (".yar", ".yara")
_FILE_CAP_BYTES = 32 * 1024 * 1024
_LINE = re.compile(r"line (\d+): (.*)", re.DOTALL)


class YaraRules(Struct, frozen=True):
    """All YARA rules that can run."""

    compiled: Any
    """A ``yara.Rules``; None when there is no rule, or a process of its own compiles them."""
    by_name: dict[tuple[str, str], RuleInfo]
    """The file and the identifier of a rule, to the rule."""
    disabled: frozenset[str]
    """Ids of rules whose findings are not wanted."""
    problems: list[Problem]
    """Files and rules that cannot run, and what is not understood of those that do."""
    warnings: list[Problem]
    """What makes rules slow."""
    pieces: tuple[Pieces, ...] = ()
    """The sources, rule by rule, with the kinds of files that each can match; empty when no rule can run."""

    @property
    def infos(self) -> dict[str, RuleInfo]:
        """The rules by id."""
        return {info.id: info for info in self.by_name.values()}


class YaraFile(Struct, frozen=True):
    """What stands in one file."""

    path: str
    source: str | None
    """None when nothing of it can run; why not is among the problems."""
    rules: tuple[tuple[str, tuple[str, ...], dict[str, Any]], ...] = ()
    """Identifier, tags and meta of each rule that is not private."""
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    pieces: Pieces | None = None


def load_yara(
    paths: Sequence[Path],
    *,
    disabled: Collection[str] = (),
    default_suppress_s: int = 3600,
    selection: Selection = EVERYTHING,
) -> YaraRules:
    """Load the YARA rules of files, and of folders with all below them, as far as ``selection`` takes them.

    Nothing is raised for what a file holds.
    """
    problems: list[Problem] = []
    files = [read_yara(path) for path in yara_files(paths, problems) if selection.takes(str(path))]
    return join_yara(files, problems, disabled=disabled, default_suppress_s=default_suppress_s)


def read_yara(path: Path) -> YaraFile:
    """Read one file, and compile it alone: this is what tells which file and line is wrong."""
    problems: list[Problem] = []
    warnings: list[Problem] = []
    source = _read(path, problems)
    compiled = _compile(path, source, problems, warnings) if source is not None else None
    if source is None or compiled is None:
        return YaraFile(str(path), None, problems=tuple(problems), warnings=tuple(warnings))
    rules = tuple((rule.identifier, tuple(rule.tags), rule.meta) for rule in compiled if not rule.is_private)
    pieces = split(str(path), source, [name for name, _, _ in rules])
    return YaraFile(str(path), source, rules, tuple(problems), tuple(warnings), pieces)


def join_yara(
    files: Sequence[YaraFile],
    problems: Sequence[Problem] = (),
    *,
    disabled: Collection[str] = (),
    default_suppress_s: int = 3600,
    keep_compiled: bool = True,
) -> YaraRules:
    """Compile files together; of rules with one id each but the first gets an id of its own.

    :param keep_compiled: without it they are compiled to see that they can be, and what that takes is given back.
    """
    found = [*problems, *(problem for file in files for problem in file.problems)]
    by_name: dict[tuple[str, str], RuleInfo] = {}
    ids: set[str] = set()
    for file in files:
        for name, tags, meta in file.rules:
            default_id = f"yara:{Path(file.path).stem}.{name}"
            info, bad = info_of_meta(name, tags, meta, file.path, default_id, default_suppress_s)
            found += bad
            if info.id in ids:
                values = {"id": info.id, "rule": name, "instead": default_id}
                found.append(Problem("yara.duplicate_id", Where(file.path), values))
                own = {**meta, "id": default_id}
                info, _ = info_of_meta(name, tags, own, file.path, default_id, default_suppress_s)
            ids.add(info.id)
            by_name[file.path, name] = info
    compiled = _together({file.path: file.source for file in files if file.source is not None}, found)
    pieces = tuple(file.pieces for file in files if file.pieces is not None) if compiled is not None else ()
    if not keep_compiled:
        compiled = None
    warnings = [warning for file in files for warning in file.warnings]
    return YaraRules(compiled, by_name, frozenset(disabled), found, warnings, pieces)


def yara_files(paths: Sequence[Path], problems: list[Problem]) -> Iterator[Path]:
    """Yield the files of YARA rules among these files, and below these folders, in order of name."""
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
