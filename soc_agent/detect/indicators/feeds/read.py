"""Files and folders of lists: which are read, as what, and with which bounds."""

import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from soc_agent.detect.indicators.feeds.documents import DOCUMENT_CAP_BYTES, read_document
from soc_agent.detect.indicators.feeds.intake import Full, Intake
from soc_agent.detect.indicators.feeds.lines import lines_of
from soc_agent.detect.indicators.feeds.plain import read_plain
from soc_agent.detect.indicators.feeds.records import columns_of, delimiter_of, read_csv, read_json_lines
from soc_agent.detect.indicators.indicator import SUFFIXES
from soc_agent.model import Problem, Where
from soc_agent.text import path_text

FILE_CAP_BYTES = 256 * 1024 * 1024
_FILES_CAP = 10_000
_HEAD_BYTES = 4096


def find_lists(paths: Sequence[Path]) -> tuple[list[Path], list[Problem]]:
    """Give the files to read, in order, and what is wrong with the paths."""
    files: dict[Path, None] = {}
    problems: list[Problem] = []
    for path in paths:
        where = Where(path_text(path))
        try:
            if path.is_dir():
                files |= dict.fromkeys(sorted(_lists_in(path)))
            elif path.exists():
                files[path] = None
            else:
                problems.append(Problem("indicator.no_such_path", where))
        except OSError as error:
            problems.append(Problem("indicator.unreadable", where, {"reason": error.strerror or str(error)}))
        if len(files) > _FILES_CAP:
            problems.append(Problem("indicator.too_many_files", where, {"limit": f"{_FILES_CAP:,}"}))
            break
    return list(files)[:_FILES_CAP], problems


def _lists_in(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix.lower() in SUFFIXES and not hidden and not path.is_dir():
            yield path


def size_of(path: Path) -> tuple[int, float] | Problem:
    """Give the size of a file that may be read, and when it was changed; a problem when it may not."""
    where = Where(path_text(path))
    try:
        found = path.stat()
    except OSError as error:
        return Problem("indicator.unreadable", where, {"reason": error.strerror or str(error)})
    if not stat.S_ISREG(found.st_mode):
        return Problem("indicator.not_a_file", where)
    if found.st_size > FILE_CAP_BYTES:
        return Problem("indicator.too_big", where, {"limit": f"{FILE_CAP_BYTES // 2**20} MiB"})
    return found.st_size, found.st_mtime


def read_list(path: Path, intake: Intake) -> None:
    """Read one file into an intake. Nothing in it is an error of the program; all is reported."""
    where = Where(path_text(path))
    try:
        with path.open("rb") as file:
            _read(file, path.suffix.lower(), intake)
    except Full:
        pass
    except OSError as error:
        intake.problems.append(Problem("indicator.unreadable", where, {"reason": error.strerror or str(error)}))
    intake.close()


def _read(file: BinaryIO, suffix: str, intake: Intake) -> None:
    head = file.read(_HEAD_BYTES)
    file.seek(0)
    first = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if first in (b"{", b"["):
        data = file.read(DOCUMENT_CAP_BYTES + 1)
        if len(data) <= DOCUMENT_CAP_BYTES and read_document(data.removeprefix(b"\xef\xbb\xbf"), intake):
            return
        file.seek(0)
        if first == b"[" or _is_one_line(head):
            code, values = ("not_json", {}) if len(data) <= DOCUMENT_CAP_BYTES else ("document_too_big", _LIMIT)
            intake.refuse(code, _first_line, **values)
            return
    lines = lines_of(file, lambda number: intake.refuse("line_too_long", lambda: number))
    if first == b"{":
        read_json_lines(lines, intake)
    elif suffix in (".csv", ".tsv") or _has_header(head):
        read_csv(lines, intake)
    else:
        read_plain(lines, intake)


_LIMIT = {"limit": f"{DOCUMENT_CAP_BYTES // 2**20} MiB"}


def _first_line() -> int:
    return 1


def _is_one_line(head: bytes) -> bool:
    """Say whether an object of JSON is spread over lines: then it is a document, not one object a line."""
    return head.split(b"\n", 1)[0].strip() in (b"{", b"[")


def _has_header(head: bytes) -> bool:
    """Say whether the first line that is no comment names several columns."""
    for line in head.decode("utf-8", "replace").splitlines():
        bare = line.lstrip("#\ufeff ")
        between = delimiter_of(bare)
        if between in bare and len(columns_of(bare.replace('"', "").split(between))) > 1:
            return True
        if bare and not line.startswith("#"):
            return False
    return False
