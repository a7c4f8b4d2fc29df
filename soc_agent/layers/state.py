"""The four layers, together."""

from soc_agent.config import Config
from soc_agent.layers.records import LayerState
from soc_agent.store import Store


def layer_states(store: Store, config: Config, now_ns: int, at_ns: int | None = None) -> tuple[LayerState, ...]:
    """Give the states of the four layers, in order; with ``at_ns``, as they were at that moment."""
    raise NotImplementedError
