"""Blocks of lines that several senders sent: which context the line at a place has."""

from bisect import bisect_right

from msgspec.structs import replace

from soc_agent.decode import Context
from soc_agent.model import Block, Sender


class Contexts:
    """The contexts of the lines of one block: that of the block, with the sender of each line in it."""

    def __init__(self, block: Block, context: Context) -> None:
        self._context = context
        self._starts = [start for start, _ in block.senders]
        self._senders = [sender for _, sender in block.senders]
        self._made: dict[Sender, Context] = {}

    def at(self, start: int) -> Context:
        """Give the context of the line that begins at this place of the block.

        A line that names no host has that of the block, or else its sender.
        """
        place = bisect_right(self._starts, start) - 1
        if place < 0:
            return self._context
        sender = self._senders[place]
        context = self._made.get(sender)
        if context is None:
            host = self._context.host or sender.identity
            context = self._made[sender] = replace(self._context, sender=sender, host=host)
        return context
