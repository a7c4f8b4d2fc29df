"""How far behind a collector is, where it can tell."""

from soc_agent.model import Collector


def lag_of(collector: Collector) -> tuple[int, float]:
    """Give the bytes that wait to be read and for how many seconds the oldest of them has; 0 where it does not tell.

    A collector tells by the properties ``lag_bytes`` and ``lag_s``, which may be read from any thread.
    """
    return int(getattr(collector, "lag_bytes", 0)), float(getattr(collector, "lag_s", 0.0))
