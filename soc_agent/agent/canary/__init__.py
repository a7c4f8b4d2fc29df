"""Harmless marked lines, sent through sources to prove that reading, detecting and storing still work."""

from soc_agent.agent.canary.flock import REQUEST, RULE_IDS, Canaries, Flock
from soc_agent.agent.canary.ways import FILE_SOURCE, WATCH_SOURCE, Impossible, Way, canary_folder, own_sources, way_of

__all__ = [
    "FILE_SOURCE",
    "REQUEST",
    "RULE_IDS",
    "WATCH_SOURCE",
    "Canaries",
    "Flock",
    "Impossible",
    "Way",
    "canary_folder",
    "own_sources",
    "way_of",
]
