"""Windows events in the JSON of many programs become one event, in the names and log sources of public Sigma rules."""

from soc_agent.decode.windows.events import decode_record, decode_tree
from soc_agent.decode.windows.routing import DERIVED, LOG_SOURCES, literals_of_sources

__all__ = ["DERIVED", "LOG_SOURCES", "decode_record", "decode_tree", "literals_of_sources"]
