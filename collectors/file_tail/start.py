"""The first look at a source: what is there already is not read, but known from then on."""

import os

import msgspec

from collectors.file_tail.form import Form
from collectors.file_tail.identity import HEAD_BYTES, TailState, fingerprint, read_tail
from collectors.lines import BLOCK_BYTES


def start_at_end(
    fd: int, state: TailState, budget_bytes: int, form: Form, size: int | None = None
) -> tuple[TailState, int]:
    """Give ``state`` moved to the end of an open file: after its last newline, so that an open line comes whole.

    ``size`` is where its end was, if that is known from before.

    Lines are numbered from the beginning of the file if it is within ``budget_bytes``; otherwise from here on. Also
    gives how many bytes were read to count them.
    """
    now = os.fstat(fd).st_size
    size = now if size is None else min(size, now)
    encoding = form.encoding("", os.pread(fd, HEAD_BYTES, 0))
    if encoding is None:
        return state, 0
    begin = max(0, size - BLOCK_BYTES)
    after_newline = encoding.last_newline(os.pread(fd, size - begin, begin), begin)
    inside_line = after_newline == 0 and begin > 0
    offset = size if inside_line else begin + after_newline
    line, read_bytes = 1, 0
    if offset <= budget_bytes:
        while read_bytes < offset and (data := os.pread(fd, min(BLOCK_BYTES, offset - read_bytes), read_bytes)):
            line += encoding.count_lines(data)
            read_bytes += len(data)
    head = os.pread(fd, min(HEAD_BYTES, offset), 0)
    moved = msgspec.structs.replace(
        state,
        offset=offset,
        line=line,
        skipping=inside_line,
        head_length=len(head),
        head=fingerprint(head),
        tail=fingerprint(read_tail(fd, offset)),
        size=size,
        encoding=encoding.name if offset else "",
    )
    return moved, read_bytes
