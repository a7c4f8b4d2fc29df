"""The four layers, together."""

from soc_agent.config import Config
from soc_agent.layers import assessment, monitoring, national, on_site
from soc_agent.layers.records import LayerState
from soc_agent.layers.snapshot import Snapshot, gather
from soc_agent.store import Store


def layer_states(store: Store, config: Config, now_ns: int, at_ns: int | None = None) -> tuple[LayerState, ...]:
    """Give the states of the four layers, in order; with ``at_ns``, as they were at that moment.

    The configuration is always that of now.

    :raises StoreError: when the store cannot be read.
    """
    return judge(gather(store, now_ns, at_ns), config)


def judge(seen: Snapshot, config: Config) -> tuple[LayerState, ...]:
    """Give the states that what was seen makes."""
    return tuple(layer.judge(seen, config) for layer in (on_site, monitoring, assessment, national))
