"""How watched logs are rotated: ``copytruncate`` loses what is written between the copy and the cut (logrotate(8))."""

import fnmatch
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from soc_agent.cli.doctor.case import Case
from soc_agent.cli.doctor.check import Check, ok, warn
from soc_agent.config import FileSource
from soc_agent.text import make_safe

_MAIN, _FOLDER = "/etc/logrotate.conf", "/etc/logrotate.d"
_SCRIPTS = ("postrotate", "prerotate", "firstaction", "lastaction", "preremove")


class Rotation(Struct, frozen=True):
    """A block of a file of logrotate, with what it inherits."""

    file: Path
    patterns: tuple[str, ...]
    copytruncate: bool


def rotation(case: Case) -> Iterator[Check]:
    """Name the watched logs that are cut in place."""
    from collectors.globs import Globs

    rotations = [found for found in rotations_of(case) if found.copytruncate]
    looked = False
    for source in case.config.sources:
        if not isinstance(source, FileSource):
            continue
        looked = True
        files = sorted(Globs(case.patterns(source), source.exclude).scan().files)
        for found in rotations:
            cut = [path for path in files if any(fnmatch.fnmatchcase(path, pattern) for pattern in found.patterns)]
            if cut:
                values = {"source": source.name, "path": make_safe(cut[0]), "count": len(cut)}
                yield warn("rotation", "doctor.copytruncate", str(found.file), **values)
                looked = False
    if looked:
        yield ok("rotation", str(len(rotations_of(case))))


def rotations_of(case: Case) -> list[Rotation]:
    """Read the configuration of logrotate, as far as it can be read."""
    inherited = False
    found: list[Rotation] = []
    folder = case.image.at(_FOLDER)
    files = [case.image.at(_MAIN), *(sorted(folder.iterdir()) if folder.is_dir() else [])]
    for file in files:
        try:
            text = file.read_text("utf-8", "replace")
        except OSError:
            continue
        whole, blocks = parse(text, inherited=inherited)
        if file == files[0]:
            inherited = whole
        found += [Rotation(file, patterns, cut) for patterns, cut in blocks]
    return found


def parse(text: str, *, inherited: bool) -> tuple[bool, list[tuple[tuple[str, ...], bool]]]:
    r"""Give whether logs are cut by default after this file, and its blocks: globs, and whether they are cut.

    >>> parse("/var/log/a.log {\n copytruncate\n}", inherited=False)
    (False, [(('/var/log/a.log',), True)])
    """
    blocks: list[tuple[tuple[str, ...], bool]] = []
    whole, inside, cut = inherited, False, False
    patterns: list[str] = []
    script = False
    for raw in text.splitlines():
        line = re.sub(r"(^|\s)#.*", "", raw).strip()
        if script:
            script = line != "endscript"
            continue
        script = line in _SCRIPTS
        before, brace, rest = line.partition("{")
        if brace and not inside:
            patterns += _words(before)
            inside, cut, line = True, whole, rest.strip()
        elif not inside and line.startswith(("/", '"', "'")):
            patterns += _words(line)
            continue
        words = set(line.replace("}", " ").split())
        if inside:
            cut = (cut or "copytruncate" in words) and "nocopytruncate" not in words
            if "}" in line:
                blocks.append((tuple(patterns), cut))
                inside, patterns = False, []
        elif words & {"copytruncate", "nocopytruncate"}:
            whole = "copytruncate" in words
    return whole, blocks


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:
        return line.split()
