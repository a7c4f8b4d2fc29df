"""Every source with the eyes of the user who would run it: is there something to read, and may it be read."""

import errno
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from soc_agent.cli.content import own_decoders
from soc_agent.cli.doctor.case import Case
from soc_agent.cli.doctor.check import Check, Verdict, error, ok, warn
from soc_agent.cli.doctor.who import Question
from soc_agent.cli.install.image import LOG_GROUPS
from soc_agent.cli.install.needs import FOLDER_KINDS, fixed_part, kind_of, own_files
from soc_agent.config import ListenerSource, PacketSource, Source
from soc_agent.text import make_safe, say

_ASKED = 2000
"""So many files of a source are tried, newest names included; a folder with more is judged by these."""
_SHOWN = 3
JOURNALS = ("/var/log/journal", "/run/log/journal")


def sources(case: Case) -> Iterator[Check]:
    """Look at each source: what its collector lacks, and what may not be read."""
    if not case.config.sources:
        yield warn("source", "doctor.no_sources", str(case.workspace.config_path))
    for source in case.config.sources:
        missing = case.builder.collector(source).missing()
        if missing is not None and case.who.is_self:
            yield Check("source", Verdict.ERROR, problem=missing)
        elif kind_of(source) == "journal":
            yield journal(case, source, tuple(case.patterns(source)) or JOURNALS)
        elif isinstance(source, ListenerSource) or not case.patterns(source):
            yield ok("source", f"{source.name}: {getattr(source, 'interface', '') or kind_of(source)}")
        else:
            yield from paths(case, source)


def paths(case: Case, source: Source) -> Iterator[Check]:
    """Look at the files or folders of a source."""
    from collectors.globs import Globs

    patterns = case.patterns(source)
    if kind_of(source) in FOLDER_KINDS:
        found = [path for path in patterns if os.path.lexists(path)]
        closed = list(islice(_below(found), _ASKED))
    else:
        scan = Globs(patterns, getattr(source, "exclude", ())).scan()
        found, closed = sorted(scan.files), sorted(scan.unreadable)
    if not found and not closed:
        values = {"path": make_safe(", ".join(patterns)), "source": source.name}
        yield warn(
            "source", "watch.missing_folder" if kind_of(source) in FOLDER_KINDS else "tail.nothing_there", **values
        )
        return
    asked = [*closed, *found[:_ASKED]]
    questions: list[Question] = [("list" if os.path.isdir(path) else "read", path) for path in asked]  # noqa: PTH112
    # the folder in which the next file appears must be listed, where the names are not fixed
    folders = sorted({str(fixed_part(pattern)) for pattern in patterns if str(fixed_part(pattern)) != pattern})
    questions += [("list", folder) for folder in folders if Path(folder).is_dir()]
    refused = [
        (path, at, number)
        for (_, path), (number, at) in zip(questions, case.who.ask(questions), strict=True)
        if number not in (0, errno.ENOENT)  # gone since it was listed: files come and go
    ]
    if refused:
        yield _closed(case, source, refused)
        return
    names = " ".join(found[:_SHOWN]) + (f" … ({len(found)})" if len(found) > _SHOWN else "")
    yield ok("source", f"{source.name}: {make_safe(names)}")


def journal(case: Case, source: Source, folders: tuple[str, ...] = JOURNALS) -> Check:
    """Look whether the journal of the system may be read."""
    present = [folder for folder in folders if Path(folder).is_dir()]
    if not present:
        return warn("source", "doctor.no_journal", source=source.name)
    files = [str(path) for folder in present for path in Path(folder).glob("**/*.journal")][:_ASKED]
    answers = case.who.ask([("list", folder) for folder in present] + [("read", path) for path in files])
    if any(number for number, _ in answers):
        return error("source", "doctor.closed_journal", source=source.name, user=case.who.name)
    return ok("source", f"{source.name}: {' '.join(present)}")


def files(case: Case) -> Iterator[Check]:
    """Look whether the configuration itself, and the rules, lists and keys that it names, may be read."""
    named = [case.workspace.config_path.resolve(), *own_files(case.config, case.folder)]
    present = [path for path in named if path.exists()]
    questions: list[Question] = [("list" if path.is_dir() else "read", str(path)) for path in present]
    refused = False
    for (_, path), (number, at) in zip(questions, case.who.ask(questions), strict=True):
        if number:
            refused = True
            values = {"path": make_safe(path), "at": make_safe(at), "reason": os.strerror(number)}
            yield error("files", "doctor.own_file", user=case.who.name, **values)
    if not refused:
        yield ok("files", say("doctor.own_files"))


def decoders(case: Case) -> Iterator[Check]:
    """Look whether there is a decoder for the type that each source says its lines are."""
    known = own_decoders(case.config, case.folder)
    types = {*known.types(), "auto", "capture"}
    for problem in known.problems:
        yield Check("decoders", Verdict.WARN, problem=problem)
    wrong = False
    for source in case.config.sources:
        for named in (source, *getattr(source, "listen", ())):
            line_type = getattr(named, "type", "")
            if line_type and line_type not in types:
                wrong = True
                listed = ", ".join(sorted(types))
                yield error("decoders", "doctor.no_decoder", source=source.name, type=line_type, known=listed)
    if not wrong and not known.problems:
        yield ok("decoders", str(len(types) - 2))


def _below(folders: list[str]) -> Iterator[str]:
    """Yield what lies in folders and below them, but for links: sources of folders do not follow them."""
    for folder in folders:
        for place, inner, files in os.walk(folder):
            found = (os.path.join(place, name) for name in (*inner, *files))  # noqa: PTH118 - any bytes
            yield from (path for path in found if not os.path.islink(path))  # noqa: PTH114 - as above


def _closed(case: Case, source: Source, refused: list[tuple[str, str, int]]) -> Check:
    """Say what may not be read, with the least that opens it."""
    path, at, number = refused[0]
    values: dict[str, Any] = {
        "source": source.name,
        "path": make_safe(path),
        "at": make_safe(at),
        "reason": os.strerror(number),
        "user": case.who.name,
        "count": len(refused),
    }
    group = _group_that_may(case, path)
    if group and not (kind_of(source) in FOLDER_KINDS or isinstance(source, PacketSource)):
        return error("source", "doctor.needs_group", group=group, **values)
    return error("source", "doctor.closed", **values)


def _group_that_may(case: Case, path: str) -> str:
    group = case.image.log_group_for(Path(path)) or ""
    return group if group in LOG_GROUPS else ""
