"""The packet collector, and the reading of a single capture file. Both give blocks of lines of type ``zeek``."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from soc_agent.config import PacketSource
from soc_agent.errors import SourceError, describe
from soc_agent.model import Block, Problem, Where
from soc_agent.text import path_text

if TYPE_CHECKING:
    from collectors.packets.follow import FollowInput
    from collectors.packets.live import LiveInput

_log = logging.getLogger(__name__)

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
"""Before NumPy is loaded: no matrices are multiplied here, and threads for it cost memory, and time at once."""


class PacketCapture:
    """Reads an interface, or capture files as they appear; a :class:`soc_agent.model.Collector`.

    A block can be without data: it then carries what was lost, or a position alone.
    """

    def __init__(
        self, options: PacketSource, note: Callable[[str], None] | None = None, evidence: Path | None = None
    ) -> None:
        """Make the collector.

        :param note: is told the stream id of the capture file whose packets are read next.
        :param evidence: the folder for packets of an interface that are asked for.
        """
        self._evidence = evidence
        self._options = options
        self._note = note
        self._skipped: tuple[str, ...] = ()
        self._made: LiveInput | FollowInput | None = None

    @property
    def name(self) -> str:
        """Name of the source in the configuration."""
        return self._options.name

    @property
    def finished(self) -> bool:
        """False: packets may always come, and a capture file may always grow."""
        return False

    def missing(self) -> Problem | None:
        """Say what is missing: an interface, a right (CAP_NET_RAW), libpcap for a filter, a filter that compiles."""
        return self._input.missing()

    def skip(self, stream_ids: tuple[str, ...]) -> None:
        """Leave capture files out and report them. To be called before :meth:`open`."""
        self._skipped = stream_ids

    def keep(self, lines: tuple[bytes, ...]) -> None:
        """Keep the packets of the flows that lines speak of, from any thread. Of capture files the file is there."""
        if self._made is not None:
            self._made.keep(lines)

    def open(self, positions: Mapping[str, bytes]) -> None:
        """Begin. ``positions`` matter for capture files alone: what a live interface sent while nobody read is gone.

        :raises SourceError: as :meth:`missing` says, or when the kernel gives no ring.
        """
        self._input.skip(self._skipped)
        self._input.open(positions)

    def read(self, timeout_s: float) -> Block | None:
        """Give the next block, waiting for it up to ``timeout_s``; None when there was none."""
        return self._input.read(timeout_s)

    def problems(self) -> list[Problem]:
        """Give what is wrong right now."""
        return self._made.problems() if self._made is not None else []

    def wake(self) -> None:
        """End a waiting :meth:`read` early, from another thread."""
        if self._made is not None:
            self._made.wake()

    def close(self) -> None:
        """End."""
        if self._made is not None:
            self._made.close()

    @property
    def _input(self) -> LiveInput | FollowInput:
        """The input, made late: it loads NumPy."""
        if self._made is None:
            if self._options.interface:
                from collectors.packets.live import LiveInput

                self._made = LiveInput(self._options, self._evidence)
            else:
                from collectors.packets.follow import FollowInput

                self._made = FollowInput(self._options, self._note)
        return self._made


def read_capture(
    path: Path,
    *,
    source: str = "",
    options: PacketSource | None = None,
    report: Callable[[Problem], None] | None = None,
) -> Iterator[Block]:
    """Give the lines of a capture file, ``.pcap`` or ``.pcapng``, through the same code as live capture.

    ``source`` names the source (and the sensor in each line) where there are no ``options``. What is wrong with the
    file (cut off, corrupt from some place on) goes to ``report``, or to the log; all that can be read is given. Reading
    the same file twice gives the same blocks, but for the time of reading.

    :raises SourceError: when the file cannot be read at all, is no capture, or a filter cannot be applied.
    """
    from collectors.packets.capture_stream import CaptureStream, stream_id

    chosen = options or PacketSource(name=source or "capture", paths=(os.fspath(path),))
    name = os.fsdecode(path)
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise SourceError(Problem("packets.unreadable", Where(name), {"reason": error.strerror})) from error
    try:
        stream = CaptureStream(fd, path_text(path), stream_id(fd) or "short", chosen, None)
        while (blocks := stream.read()) is not None:
            while blocks:
                yield blocks.pop(0)  # given out, so that it is not held while the next ones are made
        yield from (block for block in stream.finish() if block.data or block.lost is not None)
        for problem in stream.problems():
            if problem.code == "packets.not_capture":
                raise SourceError(problem)
            (report or _warn)(problem)
    except OSError as error:
        raise SourceError(Problem("packets.unreadable", Where(name), {"reason": error.strerror})) from error
    finally:
        os.close(fd)


def _warn(problem: Problem) -> None:
    _log.warning("%s", describe(problem))
