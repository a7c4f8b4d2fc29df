"""The YARA rules of some folders, loaded again and again while an agent runs: only files that changed are read."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from soc_agent.detect.load.changes import RuleChanges
from soc_agent.detect.load.profiles import EVERYTHING, Selection
from soc_agent.detect.load.settle import Look, Signature, signature_of
from soc_agent.detect.yara.rules import YaraFile, YaraRules, join_yara, read_yara, yara_files
from soc_agent.model import Problem, RuleInfo


class _Kept(Struct, frozen=True):
    """What is kept of a file in memory."""

    signature: Signature | None
    read: YaraFile
    """What stands in it."""
    runs: YaraFile
    """What of it runs: what was read, or what stood in it before it went wrong."""


class YaraShelf:
    """Holds the YARA rules that run.

    A file that went wrong does not take the place of what it was: the old version runs until the file is right or
    removed, and what is wrong is among the problems.
    """

    def __init__(
        self,
        *,
        disabled: Collection[str] = (),
        default_suppress_s: int = 3600,
        selection: Selection = EVERYTHING,
        before: "YaraShelf | None" = None,
        keep_compiled: bool = True,
    ) -> None:
        """Make an empty one.

        :param before: the shelf whose place this one takes, with other options: what it holds is not read again.
        :param keep_compiled: see :func:`~soc_agent.detect.yara.rules.join_yara`.
        """
        self._keep_compiled = keep_compiled
        self._disabled = disabled
        self._selection = selection
        self._default_suppress_s = default_suppress_s
        self._files: dict[str, _Kept] = {}
        self._infos: dict[str, tuple[RuleInfo, str | None]] | None = None
        """The rules that ran, each with what its file holds; None before the first load."""
        if before is not None:
            self._files, self._infos = dict(before._files), before._infos  # noqa: SLF001 - of the same class
        self._names: list[Problem] = []
        self._rules: YaraRules | None = None
        self.changes = RuleChanges()
        """What the last :meth:`load` changed."""

    def load(self, paths: Sequence[Path], look: Look | None = None) -> YaraRules:
        """Load the rules of these files and folders; the same object again where nothing changed.

        :param look: what was seen of the files; one that is not as it was seen, or not finished, stays as it runs.
        """
        problems: list[Problem] = []
        files: dict[str, _Kept] = {}
        for path in yara_files(paths, problems):
            if self._selection.takes(str(path)) and (file := self._file(path, look)) is not None:
                files[str(path)] = file
        for name, known in self._files.items():
            if look is not None and name not in files and (name in look.unsettled or name in look.files):
                files[name] = known  # gone for a moment, as when an editor writes it anew
        if self._rules is None or problems != self._names or not _same(files, self._files):
            self._rules = join_yara(
                [_with_what_is_wrong(file) for file in files.values()],
                problems,
                disabled=self._disabled,
                default_suppress_s=self._default_suppress_s,
                keep_compiled=self._keep_compiled,
            )
        infos = {info.id: (info, files[info.path].runs.source) for info in self._rules.by_name.values()}
        self.changes = _changes(self._infos, infos, files)
        self._files, self._names, self._infos = files, problems, infos
        return self._rules

    def _file(self, path: Path, look: Look | None) -> _Kept | None:
        name = str(path)
        known, signature = self._files.get(name), signature_of(name)
        if (known is not None and known.signature == signature) or (look is not None and not look.is_settled(name)):
            return known
        read = read_yara(path)
        if look is not None and signature_of(name) != signature:
            return known  # written while it was read
        went_wrong = known is not None and read.source is None
        return _Kept(signature, read, known.runs if known is not None and went_wrong else read)


def _changes(
    old: Mapping[str, tuple[RuleInfo, str | None]] | None,
    new: Mapping[str, tuple[RuleInfo, str | None]],
    files: Mapping[str, _Kept],
) -> RuleChanges:
    kept = tuple(sorted(name for name, file in files.items() if file.runs is not file.read))
    if old is None:
        return RuleChanges(kept=kept)
    return RuleChanges(
        added=tuple(sorted(new.keys() - old.keys())),
        removed=tuple(sorted(old.keys() - new.keys())),
        changed=tuple(sorted(rule_id for rule_id in new.keys() & old.keys() if new[rule_id] != old[rule_id])),
        kept=kept,
    )


def _same(files: Mapping[str, _Kept], before: Mapping[str, _Kept]) -> bool:
    return files.keys() == before.keys() and all(before[name] is file for name, file in files.items())


def _with_what_is_wrong(file: _Kept) -> YaraFile:
    if file.runs is file.read:
        return file.runs
    return replace(file.runs, problems=file.read.problems, warnings=file.read.warnings)
