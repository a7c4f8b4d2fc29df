"""Harmless marked lines, sent through sources to prove that reading, detecting and storing still work."""

from soc_agent.agent.canary.flock import REQUEST, RULE_ID, Canaries, Flock
from soc_agent.agent.canary.ways import FILE_SOURCE, Impossible, Way, canary_folder, own_source, way_of

__all__ = [
    "FILE_SOURCE",
    "REQUEST",
    "RULE_ID",
    "Canaries",
    "Flock",
    "Impossible",
    "Way",
    "canary_folder",
    "own_source",
    "way_of",
]
