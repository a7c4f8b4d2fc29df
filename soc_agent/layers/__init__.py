"""The state of each of the four layers, computed from the store and the configuration."""

from soc_agent.layers.records import Figure, Health, LayerState, Message
from soc_agent.layers.register import KnownAsset, known_assets
from soc_agent.layers.sources import configured
from soc_agent.layers.state import layer_states

__all__ = ["Figure", "Health", "KnownAsset", "LayerState", "Message", "configured", "known_assets", "layer_states"]
