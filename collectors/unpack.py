"""Archives of frames, one after the other: xz and zstd. Unpacked as they are read, within bounded memory.

A crafted archive can ask for gigabytes before it gives a byte; one that asks for too much is refused.
"""

import io
import lzma
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, Protocol

from soc_agent.errors import SourceError
from soc_agent.model import Problem, Where

_PACKED_BYTES = 131_072
_XZ_MEMORY_BYTES = 134_217_728
"""What an xz archive may ask for: twice what the highest level of xz(1) needs. A crafted one could ask for 4 GiB."""
_ZSTD_WINDOW_LOG = 27
"""Logarithm to base 2 of the window that a zstd archive may ask for: what ``zstd --long`` needs (RFC 8878)."""
_ZSTD_LIBRARIES = ("compression.zstd", "backports.zstd")
"""The standard library has it from Python 3.14 on; for older ones there is the same as a package."""


class MissingLibraryError(SourceError):
    """A kind of archive needs a library that is not installed."""


class Decompressor(Protocol):
    """Unpacks one frame, as :class:`lzma.LZMADecompressor` does."""

    @property
    def eof(self) -> bool:
        """Whether the frame is at its end."""
        ...

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes of the input so far."""
        ...

    @property
    def unused_data(self) -> bytes:
        """What of the input is behind the frame."""
        ...

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """Give at most so many bytes; more input is kept."""
        ...


class FramesFile(io.BufferedIOBase):
    """Reads a file of frames."""

    padding = b""
    """What may stand between two frames."""

    def __init__(self, path: Path, mode: Literal["rb"]) -> None:
        self._unpack = self._fresh(path)
        self._path, self._file = path, path.open(mode)

    def read(self, size: int | None = -1, /) -> bytes:
        """Give at most ``size`` bytes, fewer only before the end.

        :raises lzma.LZMAError: when an xz archive is damaged or asks for too much memory.
        :raises OSError: without a number, when a zstd archive is, or does.
        :raises EOFError: when it is cut off.
        """
        wanted = -1 if size is None else size
        while True:
            packed = b""
            if self._unpack.needs_input or self._unpack.eof:
                packed = self._file.read(_PACKED_BYTES)
            if self._unpack.eof:
                packed = (self._unpack.unused_data + packed).lstrip(self.padding) or self._file.read(_PACKED_BYTES)
                if not packed:
                    return b""
                self._unpack = self._fresh(self._path)
            elif self._unpack.needs_input and not packed:
                raise EOFError("the archive is cut off")
            data = self._unpacked(packed, wanted)
            if data:
                return data

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()

    def _unpacked(self, packed: bytes, wanted: int) -> bytes:
        return self._unpack.decompress(packed, wanted)

    def _fresh(self, path: Path) -> Decompressor:
        raise NotImplementedError


class XzFile(FramesFile):
    """Reads an xz file (xz file format, section 2). Unlike :class:`lzma.LZMAFile` it bounds the memory."""

    padding = b"\0"

    def _fresh(self, path: Path) -> Decompressor:
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, _XZ_MEMORY_BYTES)


class ZstFile(FramesFile):
    """Reads a zstd file (RFC 8878).

    :raises MissingLibraryError: when the library for it is not installed.
    """

    def _unpacked(self, packed: bytes, wanted: int) -> bytes:
        try:
            return super()._unpacked(packed, wanted)
        except _zstd(self._path).ZstdError as error:
            raise OSError(str(error)) from error

    def _fresh(self, path: Path) -> Decompressor:
        library = _zstd(path)
        made: Decompressor = library.ZstdDecompressor(
            options={library.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG}
        )
        return made


def is_missing_for(path: str) -> bool:
    """Say whether a file that has this name needs a library that is not installed."""
    try:
        if path.endswith(".zst"):
            _zstd(Path(path))
    except MissingLibraryError:
        return True
    return False


def _zstd(path: Path) -> Any:
    for name in _ZSTD_LIBRARIES:
        try:
            return import_module(name)
        except ImportError:
            continue
    raise MissingLibraryError(Problem("archive.no_zstd", Where(str(path)), {"extra": "zstd"}))
