"""Windows events in the JSON of many programs become one event, in the names and log sources of public Sigma rules."""

from soc_agent.decode.windows.events import complete_record, decode_record, decode_tree, read_record
from soc_agent.decode.windows.routing import DERIVED, LOG_SOURCES, literals_of_sources

__all__ = [
    "DERIVED",
    "LOG_SOURCES",
    "complete_record",
    "decode_record",
    "decode_tree",
    "literals_of_sources",
    "read_record",
]
