"""Reading a block: its decoder context, the engine, and the hosts that it speaks of."""

import time
from collections.abc import Callable
from zoneinfo import ZoneInfo

from msgspec import Struct

from soc_agent.decode import Context, Decoders
from soc_agent.detect import Engine, Result
from soc_agent.model import Block

LOOK_S = 60.0
"""How often a stream's first line is decoded for nothing but the name of its host."""
_STREAMS = 4096


class Reading(Struct, frozen=True):
    """A block and what became of it."""

    block: Block
    result: Result
    host: str
    """The host that the block speaks of; empty when that was not looked for."""


class Reader:
    """Owns the engine and the decoders. Used by one thread."""

    def __init__(self, engine: Engine, decoders: Decoders, zone_of: Callable[[str], ZoneInfo], own_host: str) -> None:
        self.engine = engine
        self.decoders = decoders
        self._zone_of = zone_of
        self._own_host = own_host
        self._looked: dict[str, float] = {}

    def read(self, block: Block) -> Reading:
        """Give what a block holds."""
        context = Context(
            source_name=block.source,
            type=block.type,
            timezone=self._zone_of(block.source),
            received_ns=block.received_ns or time.time_ns(),
            host=self._own_host,
        )
        return Reading(block, self.engine.run(block, context), self._host(block, context))

    def _host(self, block: Block, context: Context) -> str:
        """Give the host of a block's first line, once in a while for each stream: hosts without alerts are seen too."""
        now = time.monotonic()
        last = self._looked.get(block.stream_id)
        if not block.data or (last is not None and now - last < LOOK_S):
            return ""
        if len(self._looked) >= _STREAMS:
            self._looked.clear()
        self._looked[block.stream_id] = now
        return self.decoders.decode(block.data.split(b"\n", 1)[0], context).host
