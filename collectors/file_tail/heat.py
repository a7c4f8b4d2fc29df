"""When to stop listening and look by the clock: notices of writes that come too fast cost more than they save."""

_HOT_PER_S = 50
_COOL_PER_S = 5
_STAY_S = 30.0
_POLL_S = 0.05
_POLL_SHARE = 50
"""Looking takes at most one part in so many of a processor."""


class Heat:
    """Counts signs of writing, and says whether to look by the clock instead of being told of each write.

    A notice costs about 0.1 ms of processor time, a look at an open file about 2 µs.
    """

    def __init__(self) -> None:
        self.polling = False
        self.next_poll = 0.0
        """When to look, while :attr:`polling`."""
        self._signs = 0
        self._counted_since = 0.0
        self._changed_at = 0.0

    def note(self) -> None:
        """Count a notice of a write, or a file that a look found grown."""
        self._signs += 1

    def judge(self, now: float) -> None:
        """Decide, about once a second."""
        elapsed = now - self._counted_since
        if elapsed < 0.5:
            return
        rate = self._signs / elapsed
        self._signs, self._counted_since = 0, now
        stay = self.polling and now - self._changed_at < _STAY_S
        polling = stay or rate > (_COOL_PER_S if self.polling else _HOT_PER_S)
        if polling != self.polling:
            self.polling, self._changed_at = polling, now

    def polled(self, now: float, cost_s: float) -> None:
        """Note what a look cost, and decide when to look again."""
        self.next_poll = now + max(_POLL_S, cost_s * _POLL_SHARE)
