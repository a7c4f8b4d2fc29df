"""Files line by line, with a bound on each."""

from collections.abc import Callable, Iterator
from typing import BinaryIO

LINE_CAP_BYTES = 65_536


def lines_of(file: BinaryIO, too_long: Callable[[int], None]) -> Iterator[tuple[int, str]]:
    """Yield each line with its number, without its end; one that is too long is told and left out."""
    number = 0
    skipping = False
    while data := file.readline(LINE_CAP_BYTES):
        whole = data.endswith(b"\n") or len(data) < LINE_CAP_BYTES
        if skipping:
            skipping = not whole
            continue
        number += 1
        if not whole:
            too_long(number)
            skipping = True
            continue
        if number == 1:
            data = data.removeprefix(b"\xef\xbb\xbf")
        yield number, data.decode("utf-8", "replace").strip("\r\n\0")
