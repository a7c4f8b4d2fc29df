"""Correlations: events of base rules become detections by windows in event time, group by group.

``spec`` compiles a parsed Sigma correlation to plain data, ``tally`` measures a window (one class a type of
correlation), ``window`` holds the events of one group, ``watermark`` says what is late, ``correlator`` puts these
together, and ``state`` carries them over a restart.
"""

from soc_agent.detect.correlate.correlator import Correlator
from soc_agent.detect.correlate.spec import Check, CorrelationSpec, compile_correlation, find_cycles, split_range
from soc_agent.detect.correlate.state import StateChange

__all__ = [
    "Check",
    "CorrelationSpec",
    "Correlator",
    "StateChange",
    "compile_correlation",
    "find_cycles",
    "split_range",
]
