"""Rule files become a :class:`RuleSet`. What is wrong is collected by file and line, the rest runs."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from soc_agent.detect.load.assemble import assemble
from soc_agent.detect.load.cache import FileEntry, read_cache, write_cache
from soc_agent.detect.load.changes import RuleChanges, changes_between
from soc_agent.detect.load.placeholders import Lists, read_lists
from soc_agent.detect.load.profiles import EVERYTHING, Selection
from soc_agent.detect.load.rule_files import DECODERS_FOLDER, SUFFIXES, list_folders, read_file, rule_files
from soc_agent.detect.load.settle import Look, Signature, signature_of
from soc_agent.detect.ruleset import RuleSet
from soc_agent.model import Problem

__all__ = ["DECODERS_FOLDER", "SUFFIXES", "Shelf", "list_folders", "load_rules"]

Progress = Callable[[int, int], None]
"""Called with the number of files done, and of all files."""


def load_rules(
    paths: Sequence[Path],
    *,
    disabled: Collection[str] = (),
    default_suppress_s: int = 3600,
    progress: Progress | None = None,
    cache_dir: Path | None = None,
    lists: Sequence[Path] = (),
    today: date | None = None,
    selection: Selection = EVERYTHING,
) -> RuleSet:
    """Load all rules, filters and correlations of files and folders (``.yml`` and ``.yaml``, folders with all below).

    Folders are read in order of name, so that the same files give the same set. ``disabled`` holds ids of rules that do
    not run, ``selection`` says of which files those of the product do. ``default_suppress_s`` is for rules that do not
    say how long repeats fold. With ``cache_dir`` files that have not changed since the last time are not read again.
    Placeholders are filled from the lists in the folders ``lists``, and in folders named ``placeholders`` below those
    of ``paths``. Filters apply as of ``today`` (as it is here, when not given). Nothing is raised for a bad file or
    rule: see :attr:`RuleSet.problems`.
    """
    shelf = Shelf(
        disabled=disabled,
        default_suppress_s=default_suppress_s,
        cache_dir=cache_dir,
        lists=lists,
        selection=selection,
    )
    return shelf.load(paths, today=today, progress=progress)


class _Kept(Struct):
    """What is kept of a file in memory."""

    signature: Signature | None
    """The state of the file that was read last."""
    read: FileEntry
    """What stood in it."""
    runs: FileEntry
    """What of it runs: what was read, or what stood in it before it went wrong."""


class Shelf:
    """The rules of some folders, loaded again and again while an agent runs: only files that changed are read.

    A file that went wrong, so that something in it would no longer run, does not take the place of what it was: the old
    version runs until the file is right or removed, and what is wrong is among the problems.
    """

    def __init__(
        self,
        *,
        disabled: Collection[str] = (),
        default_suppress_s: int = 3600,
        cache_dir: Path | None = None,
        lists: Sequence[Path] = (),
        selection: Selection = EVERYTHING,
        before: "Shelf | None" = None,
    ) -> None:
        """:param before: the shelf whose place this one takes, with other options: what it holds is not read again."""
        self._disabled = disabled
        self._default_suppress_s = default_suppress_s
        self._cache_dir = cache_dir
        self._lists = lists
        self._selection = selection
        self._files: dict[str, _Kept] = {}
        self._rules: RuleSet | None = None
        if before is not None:
            self._files, self._rules = dict(before._files), before._rules  # noqa: SLF001 - of the same class
        self.changes = RuleChanges()
        """What the last :meth:`load` changed."""

    def load(
        self,
        paths: Sequence[Path],
        *,
        today: date | None = None,
        look: Look | None = None,
        progress: Progress | None = None,
    ) -> RuleSet:
        """Load the rules of these files and folders; the first time all of them. See :func:`load_rules`.

        :param look: what was seen of the files; one that is not as it was seen, or not finished, stays as it runs.
        """
        lists = read_lists([*self._lists, *list_folders(paths)])
        problems: list[Problem] = list(lists.problems)
        files = self._read_all(paths, lists, look, problems, progress)
        today = today or date.today()  # noqa: DTZ011 - the day as people here have it
        while True:
            rules = assemble(
                [_with_what_is_wrong(file) for file in files.values()],
                problems,
                disabled=self._disabled,
                default_suppress_s=self._default_suppress_s,
                today=today,
                selection=self._selection,
            )
            if not (failed := self._failed(files, rules)):
                break
            for path in failed:
                files[path] = replace(files[path], runs=self._files[path].runs)
        self.changes = changes_between(
            self._rules, rules, [p for p, file in files.items() if file.runs is not file.read]
        )
        self._files, self._rules = files, rules
        return rules

    def _read_all(
        self,
        roots: Sequence[Path],
        lists: Lists,
        look: Look | None,
        problems: list[Problem],
        progress: Progress | None,
    ) -> dict[str, _Kept]:
        paths = list(rule_files(roots, problems))
        cached: dict[str, FileEntry] = {}
        if self._cache_dir and not self._files:
            for root in roots:
                cached |= read_cache(self._cache_dir, root)
        files: dict[str, _Kept] = {}
        for number, path in enumerate(paths, 1):
            name = str(path)
            known = self._files.get(name)
            file = self._read(path, known, cached.get(name), lists, look, problems)
            if file is not None:
                files[name] = file
            if progress:
                progress(number, len(paths))
        for name, known in self._files.items():
            if look is not None and name not in files and (name in look.unsettled or name in look.files):
                files[name] = known  # gone for a moment, as when an editor writes it anew
        if self._cache_dir:
            before = {name: file.read for name, file in self._files.items()} or cached
            _keep(self._cache_dir, roots, before, {name: file.read for name, file in files.items()})
        return files

    def _read(
        self,
        path: Path,
        known: _Kept | None,
        cached: FileEntry | None,
        lists: Lists,
        look: Look | None,
        problems: list[Problem],
    ) -> _Kept | None:
        name = str(path)
        signature = signature_of(name)
        if known is not None:
            same_lists = all(lists.digest(asked) == old for asked, old in known.read.lists.items())
            if (known.signature == signature and same_lists) or (look is not None and not look.is_settled(name)):
                return known
        elif look is not None and not look.is_settled(name):
            return None
        entry = read_file(path, known.read if known else cached, lists, problems)
        if known is None:
            return _Kept(signature, entry, entry) if entry is not None else None
        if entry is None or (look is not None and signature_of(name) != signature):
            return known  # it cannot be read now, or was written while it was read
        return _Kept(signature, entry, known.runs if _went_wrong(known.runs, entry) else entry)

    def _failed(self, files: Mapping[str, _Kept], rules: RuleSet) -> list[str]:
        """Give the files whose new version holds a rule that ran before, and does not run beside the others."""
        if self._rules is None:
            return []
        named = {problem.where.file for problem in rules.problems}
        failed = []
        for path, file in files.items():
            known = self._files.get(path)
            if known is None or file.runs is known.runs or path not in named:
                continue
            ran = {rule_id for rule_id in _ids(known.runs) if rule_id in self._rules.infos}
            if any(rule_id in ran and rule_id not in rules.infos for rule_id in _ids(file.runs)):
                failed.append(path)
        return failed


def _keep(folder: Path, roots: Sequence[Path], before: Mapping[str, FileEntry], now: Mapping[str, FileEntry]) -> None:
    """Write the caches of those roots below which something is not as it was."""
    for root in roots:
        known, entries = _below(root, before), _below(root, now)
        if entries.keys() != known.keys() or any(known[name] is not entry for name, entry in entries.items()):
            write_cache(folder, root, entries)


def _below(root: Path, files: Mapping[str, FileEntry]) -> dict[str, FileEntry]:
    beginning = str(root / "_")[:-1]  # as names below it begin: with a separator, or, of `.`, with nothing
    return {name: entry for name, entry in files.items() if name.startswith(beginning) or name == str(root)}


def _ids(entry: FileEntry) -> set[str]:
    return {rule.info.id for rule in entry.rules} | {found.spec.info.id for found in entry.correlations}


def _went_wrong(before: FileEntry, now: FileEntry) -> bool:
    """Whether something in a file is refused now, and something that was in it before is not there."""
    return bool(now.refused) and bool(
        (_ids(before) - _ids(now)) or {found.title for found in before.filters} - {found.title for found in now.filters}
    )


def _with_what_is_wrong(file: _Kept) -> FileEntry:
    if file.runs is file.read:
        return file.runs
    return replace(file.runs, problems=file.read.problems, refused=file.read.refused)
