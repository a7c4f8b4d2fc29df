"""Whether the audit of Linux records who changes what is watched (auditctl(8), audit.rules(7))."""

import os
import shlex
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from soc_agent.cli.doctor.case import Case
from soc_agent.cli.doctor.check import Check, error, ok, warn
from soc_agent.cli.install.needs import kind_of
from soc_agent.text import make_safe

_FOLDER, _FILE = "/etc/audit/rules.d", "/etc/audit/audit.rules"


def audit(case: Case) -> Iterator[Check]:
    """Name the folders kept from changes of which the audit would not say who changed something."""
    folders = [
        Path(path) for source in case.config.sources if kind_of(source) == "integrity" for path in case.patterns(source)
    ]
    if not folders:
        return
    if not case.image.at("/etc/audit").is_dir():
        yield warn("audit", "doctor.no_audit", path=make_safe(str(folders[0])))
        return
    logs = [path for source in case.config.sources for path in getattr(source, "audit_logs", ())]
    for path, (number, _) in zip(logs, case.who.ask([("read", log) for log in logs]), strict=True):
        if number:
            yield error("audit", "doctor.closed_audit", path=path, reason=os.strerror(number), user=case.who.name)
    recorded = list(recorded_of(case))
    bare = [path for path in folders if not any(path.is_relative_to(place) for place in recorded)]
    for path in bare:
        yield warn("audit", "doctor.not_audited", path=make_safe(str(path)))
    if not bare:
        yield ok("audit", make_safe(" ".join(map(str, folders))))


def recorded_of(case: Case) -> Iterator[Path]:
    """Yield the folders and files whose changes the rules of the audit record."""
    folder = case.image.at(_FOLDER)
    files = sorted(folder.glob("*.rules")) if folder.is_dir() else []
    for file in [*files, case.image.at(_FILE)]:
        try:
            lines = file.read_text("utf-8", "replace").splitlines()
        except OSError:
            continue
        for line in lines:
            yield from _recorded(line)


def _recorded(line: str) -> Iterator[Path]:
    """Read one rule: ``-w PATH -p wa``, or ``-a always,exit -F dir=PATH -F perm=wa``. Reading alone is no change."""
    try:
        words = shlex.split(line, comments=True)
    except ValueError:
        return
    places, permissions = [], "rwxa"
    for option, value in pairwise(words):
        if option == "-w":
            places.append(value)
        elif option == "-p":
            permissions = value
        elif option == "-F" and value.startswith(("dir=", "path=")):
            places.append(value.partition("=")[2])
        elif option == "-F" and value.startswith("perm="):
            permissions = value.partition("=")[2]
    if set(permissions) & {"w", "a"} and not any(word.startswith("never") for word in words):
        yield from map(Path, places)
