"""Which files hold rules, and what is in one: rules, filters, correlations, and what is wrong."""

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from soc_agent.detect import ir
from soc_agent.detect.load.cache import CorrelationEntry, FileEntry, digest_of
from soc_agent.detect.load.documents import SIZE_CAP_BYTES, Document, documents_of
from soc_agent.detect.load.placeholders import FOLDER as LISTS_FOLDER
from soc_agent.detect.load.placeholders import Lists
from soc_agent.detect.ruleset import Refused
from soc_agent.detect.samples.files import SIDECAR
from soc_agent.model import Problem, Where

SUFFIXES = (".yml", ".yaml")
DECODERS_FOLDER = "decoders"
"""What lies in folders of this name below a folder of rules is read by :mod:`soc_agent.decode`."""


PROFILES_FOLDER = "profiles"
"""What lies in folders of this name says which rules run on which host: :mod:`soc_agent.detect.load.profiles`."""
_OTHERS = (DECODERS_FOLDER, LISTS_FOLDER, PROFILES_FOLDER)


def list_folders(paths: Sequence[Path]) -> list[Path]:
    """Give the folders named ``placeholders`` among folders of rules and below them."""
    found = []
    for root in paths:
        for folder, folders, _ in os.walk(root):
            if Path(folder).name == LISTS_FOLDER:
                found.append(Path(folder))
                folders.clear()
            folders.sort()
    return found


def rule_files(paths: Sequence[Path], problems: list[Problem]) -> Iterator[Path]:
    """Yield every rule file once. Links to folders are not followed: they can lead round in circles."""
    seen: set[tuple[int, int]] = set()
    for root in paths:
        if not root.exists():
            problems.append(Problem("rule.no_such_path", Where(str(root))))
            continue
        for path in _walk(root, problems) if root.is_dir() else [root]:
            try:
                status = path.stat()
            except OSError as error:
                problems.append(Problem("rule.unreadable", Where(str(path)), {"reason": error.strerror}))
                continue
            if not stat.S_ISREG(status.st_mode):
                # opening a pipe would wait for whoever writes into it
                problems.append(Problem("rule.not_a_file", Where(str(path))))
            elif (status.st_dev, status.st_ino) not in seen:
                seen.add((status.st_dev, status.st_ino))
                yield path


def _walk(root: Path, problems: list[Problem]) -> Iterator[Path]:
    def failed(error: OSError) -> None:
        problems.append(Problem("rule.unreadable", Where(str(error.filename)), {"reason": error.strerror}))

    for folder, folders, names in os.walk(root, onerror=failed):
        folders[:] = sorted(name for name in folders if name not in _OTHERS)
        for name in sorted(names) if Path(folder).name != LISTS_FOLDER else ():
            if name.endswith(SUFFIXES) and not name.endswith(SIDECAR):
                yield Path(folder, name)


def read_file(path: Path, kept: FileEntry | None, lists: Lists, problems: list[Problem]) -> FileEntry | None:
    """Give what a file holds: ``kept``, when it is the same as then. None when it cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(SIZE_CAP_BYTES + 1)
    except OSError as error:
        problems.append(Problem("rule.unreadable", Where(str(path)), {"reason": error.strerror}))
        return None
    digest = digest_of(data)
    if (
        kept is not None
        and kept.digest == digest
        and all(lists.digest(name) == old for name, old in kept.lists.items())
    ):
        return kept
    return _read(data, str(path), digest, lists)


def _read(data: bytes, name: str, digest: bytes, lists: Lists) -> FileEntry:
    # pySigma is imported only when a file must be read: it costs as much time as loading a cached set
    from soc_agent.detect.load.collection import expand_actions
    from soc_agent.detect.load.correlations import parse_correlation
    from soc_agent.detect.load.parse import parse_document

    rules: list[ir.Rule] = []
    filters: list[ir.Filter] = []
    correlations: list[CorrelationEntry] = []
    problems: list[Problem] = []
    refused: list[Refused] = []
    asked: dict[str, bytes] = {}

    def list_of(wanted: str) -> Sequence[str]:
        asked[wanted] = lists.digest(wanted)
        return lists.of(wanted)

    for document in expand_actions(documents_of(data, name), name):
        if isinstance(document, Problem):
            problems.append(document)
            refused.append(Refused("", name, document.where.line, (document,)))
            continue
        is_correlation = "correlation" in document.tree
        parsed = parse_correlation(document, name) if is_correlation else parse_document(document, name, list_of)
        problems.extend(parsed.problems)
        rules.extend([parsed.rule] if parsed.rule else [])
        filters.extend([parsed.filter] if parsed.filter else [])
        correlations.extend([parsed.correlation] if parsed.correlation else [])
        if not (parsed.rule or parsed.filter or parsed.correlation):
            refused.append(_refused(document, name, parsed.problems))
    return FileEntry(digest, tuple(rules), tuple(filters), tuple(correlations), tuple(problems), tuple(refused), asked)


def _refused(document: Document, name: str, problems: Sequence[Problem]) -> Refused:
    """Give what can be told of a document that does not run: anything may stand in it."""
    tree = document.tree
    tags = tree.get("tags")
    return Refused(
        title=str(tree.get("title") or ""),
        path=name,
        line=document.line,
        problems=tuple(problems),
        id=str(tree.get("id") or ""),
        tags=tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
    )
