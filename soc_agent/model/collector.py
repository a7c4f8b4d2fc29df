"""What every collector promises."""

from collections.abc import Mapping
from typing import Protocol

from soc_agent.model.block import Block
from soc_agent.model.problem import Problem


class Collector(Protocol):
    """A source being read. All calls come from one thread, but for :meth:`wake` and :meth:`problems`.

    Order of calls: :meth:`missing`, then :meth:`open`, then :meth:`read` again and again, then :meth:`close`.
    A collector never loses a line on pressure: when nobody reads, it does not read its source either. Where the source
    cannot wait (packets), what was lost is counted in :attr:`Block.lost`.
    """

    @property
    def name(self) -> str:
        """Name of the source in the configuration."""
        ...

    def missing(self) -> Problem | None:
        """Say why this source cannot run here, and the remedy; None when it can."""
        ...

    def open(self, positions: Mapping[str, bytes]) -> None:
        """Begin. ``positions`` maps the stream ids of this source to the states last committed.

        :raises SourceError: when the source cannot be read at all.
        """
        ...

    def read(self, timeout_s: float) -> Block | None:
        """Give the next block, waiting for it up to ``timeout_s``; None when there was none.

        One bad file, packet or line is reported through :meth:`problems` and counted, and never ends the source.
        """
        ...

    @property
    def finished(self) -> bool:
        """True when there will never be another block: a capture file that was read to its end."""
        ...

    def problems(self) -> list[Problem]:
        """Give what is wrong right now (an unreadable file, a folder that is gone), newest last; empty when well."""
        ...

    def wake(self) -> None:
        """End a waiting :meth:`read` early, from another thread."""
        ...

    def close(self) -> None:
        """End. Positions need no saving here: the last committed ones are what counts."""
        ...


class Spooling(Protocol):
    """What a collector promises besides that keeps what it received until it is committed, to free its space then."""

    def committed(self, blocks: int) -> None:
        """Hear that so many of the blocks given, the oldest first, are in the store. From another thread."""
        ...
