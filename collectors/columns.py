r"""Logs whose lines are only columns: a header in the file says what they are (Zeek's ``#fields``, ``#Fields`` of W3C).

A block has one header, which goes with it: so a header in the middle of a file begins a block, and where reading begins
in the middle, the header before that place is looked for. Zeek's JSON logs have no header; the name of the file says
which log it is. Sources: https://docs.zeek.org, "Log Files", "ASCII Writer"; https://www.w3.org/TR/WD-logfile.html.
"""

import os
import re

TYPES = frozenset({"zeek_log", "w3c"})
"""The decoder types of such lines."""
HEADER_BYTES = 65_536
_BEGIN = (b"#separator ", b"#Software: ", b"#Version: ", b"#Fields: ")
"""What the first line of a header begins with."""
_MIDDLE = (b"\n#separator ", b"\n#Software: ")
"""What begins a header in the middle of a file."""
_LOOK_BYTES = 1_048_576
_FARTHEST_BYTES = 268_435_456
"""So far back a header is looked for; beyond that, the one at the head of the file counts."""
_NAME = re.compile(r"([a-z][a-z0-9_]{0,63})(?:[.-][^/]*)?\.log(?:\.[a-z0-9]+)*")


def one_header(data: bytes) -> int:
    """Give how many of these bytes, which are whole lines, stand under one header."""
    return min((at + 1 for mark in _MIDDLE if (at := data.find(mark)) >= 0), default=len(data))


def leading_header(data: bytes) -> bytes:
    """Give the header that data begin with; empty when they begin with none."""
    if not data.startswith(_BEGIN):
        return b""
    end = 0
    while data.startswith(b"#", end) and (newline := data.find(b"\n", end)) >= 0 and newline < HEADER_BYTES:
        end = newline + 1
    return data[:end]


def header_before(fd: int, offset: int) -> bytes:
    """Give the header that the line at a place of a file stands under; empty when there is none.

    :raises OSError: when the file cannot be read.
    """
    end = offset
    while end > 0 and offset - end < _FARTHEST_BYTES:
        begin = max(0, end - _LOOK_BYTES)
        data = os.pread(fd, end - begin + len(_MIDDLE[0]), begin)
        at = max(data.rfind(mark, 0, min(len(data), offset - begin)) for mark in _MIDDLE)
        if at >= 0:
            return leading_header(os.pread(fd, HEADER_BYTES, begin + at + 1))
        end = begin
    return leading_header(os.pread(fd, HEADER_BYTES, 0))


def header_of_name(path: str) -> bytes:
    r"""Give a header that says no more than which log a file is, by its name; empty where that says nothing.

    >>> header_of_name("/opt/zeek/logs/2026-11-22/smb_files.02:00:00-03:00:00.log.gz")
    b'#path\tsmb_files\n'
    """
    found = _NAME.fullmatch(os.path.basename(path))  # noqa: PTH119  # str may hold any bytes
    return b"#path\t" + found[1].encode() + b"\n" if found else b""
