"""Reading a block: its decoder context, the engine, and the hosts that it speaks of."""

import time
from collections.abc import Callable
from zoneinfo import ZoneInfo

from msgspec import Struct

from soc_agent.agent.trust.clocks import SourceClock
from soc_agent.decode import Context, Decoders
from soc_agent.detect import Engine, Result
from soc_agent.detect.senders import Contexts
from soc_agent.model import Block

LOOK_S = 60.0
"""How often a stream's first line is decoded for nothing but the name of its host."""
TIME_LOOK_S = 10.0
"""How often a source's last line is decoded for nothing but its time."""
_STREAMS = 4096


class Origin(Struct, frozen=True):
    """Where the lines of a source come from, for what they do not say themselves."""

    zone: ZoneInfo
    host: str


class Reading(Struct, frozen=True):
    """A block and what became of it."""

    block: Block
    result: Result
    host: str
    """The host that the block speaks of; empty when that was not looked for."""


class Reader:
    """Owns the engine and the decoders. Used by one thread."""

    def __init__(self, engine: Engine, decoders: Decoders, origin_of: Callable[[str], Origin]) -> None:
        self.engine = engine
        self.decoders = decoders
        self._origin_of = origin_of
        self._looked: dict[str, float] = {}
        self._timed: dict[str, float] = {}
        self.clocks: dict[str, SourceClock] = {}
        """Source to how its event times agree with the time they are read. Filled by one thread, read by any."""

    def read(self, block: Block) -> Reading:
        """Give what a block holds."""
        origin = self._origin_of(block.source)
        context = Context(
            source_name=block.source,
            type=block.type,
            timezone=origin.zone,
            received_ns=block.received_ns or time.time_ns(),
            host=origin.host,
            header=block.header,
        )
        self._look_at_time(block, context)
        return Reading(block, self.engine.run(block, context), self._host(block, context))

    def _look_at_time(self, block: Block, context: Context) -> None:
        """Compare, once in a while for each source, the time of a block's last line with that of its reading."""
        now = time.monotonic()
        last = self._timed.get(block.source)
        if not block.data or (last is not None and now - last < TIME_LOOK_S):
            return
        self._timed[block.source] = now
        event = self.decoders.decode(block.data.rstrip(b"\n").rsplit(b"\n", 1)[-1], context)
        if event.time_ns and event.time_ns != context.received_ns:
            self.clocks.setdefault(block.source, SourceClock()).sample(event.time_ns, context.received_ns)

    def _host(self, block: Block, context: Context) -> str:
        """Give the host of a block's first line, once in a while for each stream: hosts without alerts are seen too.

        Of a block of several senders, it is the first line of one who was not looked at lately.
        """
        now = time.monotonic()
        for start, sender in block.senders or ((0, None),):
            stream = block.stream_id if sender is None else f"{block.source} {sender.identity}"
            last = self._looked.get(stream)
            if not block.data or (last is not None and now - last < LOOK_S):
                continue
            if len(self._looked) >= _STREAMS:
                self._looked.clear()
            self._looked[stream] = now
            if sender is not None:
                context = Contexts(block, context).at(start)
            return self.decoders.decode(block.data[start : block.data.find(b"\n", start)], context).host
        return ""
