"""What a collector yields: whole lines, and where to go on once they are committed."""

from msgspec import Struct

from soc_agent.model.sender import Sender


class Position(Struct, frozen=True):
    """Where a stream is to be continued. Committed in the same transaction as what its lines caused.

    ``state`` is JSON that only the collector which wrote it reads.
    """

    source: str
    stream_id: str
    state: bytes


class Block(Struct, frozen=True):
    """Whole lines of one stream of one source: the unit of work everywhere.

    ``data`` is at most about 1 MiB; every line of it ends with a newline byte, also one that the source left open. It
    is empty where there is only a position to commit.
    """

    source: str
    """Name of the source in the configuration."""
    stream: str
    """What a person calls the stream: the path of the file, the name of the interface."""
    stream_id: str
    """What the stream *is*, over renames and restarts: device, inode and generation of a file."""
    type: str
    """The decoder type of the lines (``syslog``, ``access``, ``json``, ``zeek`` …), or ``auto``."""
    data: bytes
    offset: int = 0
    """Where ``data`` begins in the stream, in bytes. With ``stream_id`` it names a line for ever."""
    first_line: int = 1
    """Number of the first line in its stream, from 1."""
    position: Position | None = None
    received_ns: int = 0
    """When it was read, in nanoseconds since 1970 (UTC)."""
    lost: "Counters | None" = None
    """What the collector had to drop or cut since the last block, for the loss ledger."""
    senders: tuple[tuple[int, Sender], ...] = ()
    """Who sent the lines, where they came over the network: each from its place in ``data`` on, ascending."""


class Counters(Struct):
    """The loss ledger of one source: what was read and what became of it. Added up, never set."""

    bytes: int = 0
    lines: int = 0
    candidates: int = 0
    """Lines that the prefilter let through."""
    undecodable: int = 0
    """Candidate lines that no decoder took. They were still searched as raw text."""
    late: int = 0
    """Events older than what their window could still take."""
    dropped: int = 0
    """Lines or packets that were lost: only packets and datagrams may be, each is counted."""
    truncated: int = 0
    """Lines cut at the line cap."""

    def add(self, other: "Counters") -> None:
        """Add what another counted."""
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))
