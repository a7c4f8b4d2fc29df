"""What a collector yields: whole lines, and where to go on once they are committed."""

from msgspec import Struct

from soc_agent.model.hostfacts import HostFacts
from soc_agent.model.sender import Sender


class Position(Struct, frozen=True):
    """Where a stream is to be continued. Committed in the same transaction as what its lines caused.

    ``state`` is JSON that only the collector which wrote it reads; empty, the position is forgotten.
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
    written: bytes = b""
    """Where several lines are one event and so one line of ``data``: the same bytes as the source wrote them, as many
    as ``data`` has. Empty where they are ``data`` itself."""
    header: bytes = b""
    """What the lines stand under, where they do not say themselves what they are: Zeek's ``#fields``."""
    facts: HostFacts | None = None
    """What a host says of itself, for the register."""


class Counters(Struct):
    """The loss ledger of one source: what was read and what became of it. Added up, never set.

    A *record* is a line, or what a collector would have made one of: a frame, a datagram. Every record that is known of
    ends in exactly one of four ways, so that always ``read = decoded + skipped + undecodable + dropped``. ``read`` is
    counted where blocks come in, the four where a record's way ends: that the sum is right is not true by definition.
    ``late``, ``truncated`` and ``duplicate`` say more of records that are among the four already.
    """

    bytes: int = 0
    """Bytes of the lines."""
    lines: int = 0
    """Lines that came to the engine: ``decoded``, ``skipped``, and the lines among ``undecodable``."""
    candidates: int = 0
    """Lines that the prefilter let through: ``decoded``, and the lines among ``undecodable``."""
    undecodable: int = 0
    """Candidate lines that no decoder took, and were still searched as raw text; and records of which the collector
    could make no line: frames cut short, datagrams that are no text."""
    late: int = 0
    """Decoded events older than what their correlation window could still take. Rules on one event saw them."""
    dropped: int = 0
    """Records that were lost before any rule saw them, by the kernel, a full buffer or a limit. Only packets and
    datagrams may be; each is counted."""
    truncated: int = 0
    """Lines cut at the line cap; what was kept of them is among the four."""
    read: int = 0
    """Records that are known of: lines that came in, and records of which a collector said that no line came."""
    decoded: int = 0
    """Candidate lines that a decoder took: wholly, or as far as shows that no rule is about them."""
    skipped: int = 0
    """Lines that the prefilter ruled out: no rule can match them."""
    duplicate: int = 0
    """Detections that had been recorded before, because their lines came twice, and so changed nothing."""

    @property
    def missing(self) -> int:
        """Records that were read and ended in none of the four ways, or in more than one: anything but 0 is a fault."""
        return self.read - self.decoded - self.skipped - self.undecodable - self.dropped

    def add(self, other: "Counters") -> None:
        """Add what another counted."""
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))
