"""What was read from rule files, kept on disk so that the next start need not read it again.

A cache file is a digest and msgpack of plain structs: reading it runs no code, and what does not fit is read anew.
It never decides whether a rule is right: an entry counts only for a file with the very same content.
"""

import logging
import os
from collections.abc import Mapping
from contextlib import suppress
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path

import msgspec
from msgspec import Struct

from soc_agent.detect import ir
from soc_agent.detect.correlate import CorrelationSpec
from soc_agent.detect.ruleset import Refused
from soc_agent.model import Problem

_FORMAT = 11
"""Raised whenever the representation or what loading makes of a rule changes."""
_MAGIC = b"soc-agent rules\n"
_DIGEST_BYTES = 32
_FILES_KEPT = 16
_SIZE_CAP_BYTES = 512 * 1024 * 1024
_log = logging.getLogger(__name__)


class CorrelationEntry(Struct, frozen=True, array_like=True, gc=False):
    """A correlation that refers to rules as its author did, by id or name."""

    spec: CorrelationSpec
    name: str
    line: int


class FileEntry(Struct, frozen=True, array_like=True, gc=False):
    """What was read from one file."""

    digest: bytes
    """Of the file's content."""
    rules: tuple[ir.Rule, ...] = ()
    filters: tuple[ir.Filter, ...] = ()
    correlations: tuple[CorrelationEntry, ...] = ()
    problems: tuple[Problem, ...] = ()
    refused: tuple[Refused, ...] = ()
    """The documents of which nothing runs."""
    lists: dict[str, bytes] = {}
    """The lists by which placeholders were to be filled: name to digest, empty where there was none."""


class _Contents(Struct, frozen=True, array_like=True, gc=False):
    stamp: str
    files: dict[str, FileEntry]


def digest_of(data: bytes) -> bytes:
    """Give the digest by which a file's content is known."""
    return blake2b(data, digest_size=_DIGEST_BYTES).digest()


def read_cache(folder: Path, root: Path) -> Mapping[str, FileEntry]:
    """Give what is kept of the files below ``root``, by file name; nothing when there is none, or it is not intact."""
    path = _path(folder, root)
    try:
        if path.stat().st_size > _SIZE_CAP_BYTES:
            return {}
        data = path.read_bytes()
    except OSError:
        return {}
    start = len(_MAGIC) + _DIGEST_BYTES
    body = data[start:]
    if data[:start] != _MAGIC + digest_of(body):
        _log.warning("the rule cache %s is damaged; the rules are read anew", path)
        return {}
    try:
        contents = msgspec.msgpack.decode(body, type=_Contents)
    except (msgspec.DecodeError, RecursionError):
        _log.info("the rule cache %s is of another version; the rules are read anew", path)
        return {}
    if contents.stamp != _stamp():
        return {}
    with suppress(OSError):  # what is used is kept longest
        os.utime(path)
    return contents.files


def write_cache(folder: Path, root: Path, files: Mapping[str, FileEntry]) -> None:
    """Keep what was read below ``root``, by itself: whoever loads it beside other folders need not read it again.

    A folder that cannot be written costs the next start its time, nothing else.
    """
    unfinished = folder / f".rules-{os.getpid()}"
    try:
        body = msgspec.msgpack.encode(_Contents(_stamp(), dict(files)))
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished.touch(mode=0o600)
        unfinished.write_bytes(_MAGIC + digest_of(body) + body)
        unfinished.replace(_path(folder, root))
        _prune(folder)
    except (OSError, RecursionError) as error:
        _log.warning("the rule cache in %s cannot be written (%s); the next start reads the rules anew", folder, error)
        with suppress(OSError):
            unfinished.unlink()


def _path(folder: Path, root: Path) -> Path:
    name = os.fsencode(root.absolute())
    return folder / f"rules-{blake2b(name, digest_size=8).hexdigest()}.cache"


def _stamp() -> str:
    return f"{_FORMAT} pysigma {version('pysigma')}"


def _prune(folder: Path) -> None:
    """Keep those cache files only that were used last: each folder that was ever loaded has one."""
    files = sorted(folder.glob("rules-*.cache"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in files[_FILES_KEPT:]:
        path.unlink(missing_ok=True)
