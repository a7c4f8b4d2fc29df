"""Correlations: events of base rules become detections by windows in event time, group by group.

``reading`` and ``expression`` compile a parsed Sigma correlation to the plain data of ``spec``; ``extract`` says what
an event gives to it. ``window`` holds the events of the groups and ``tally`` measures them (one class a type);
``rhythm`` measures how regular they come, ``absence`` waits for what must not happen, ``first_seen`` remembers values,
``session`` gives an event what
earlier lines said, ``books`` holds all of these. ``watermark``
says what is late, ``taps`` by which way events come to a correlation, ``correlator`` puts these together, ``report``
makes detections, ``journal``, ``state`` and ``replay`` carry it over a restart.
"""

from soc_agent.detect.correlate.correlator import Correlator
from soc_agent.detect.correlate.reading import FirstSeen, compile_correlation, split_first_seen, split_range
from soc_agent.detect.correlate.rhythm import Rhythm, split_rhythm
from soc_agent.detect.correlate.session import split_session
from soc_agent.detect.correlate.spec import Check, CorrelationSpec, find_cycles
from soc_agent.detect.correlate.state import StateChange

__all__ = [
    "Check",
    "CorrelationSpec",
    "Correlator",
    "FirstSeen",
    "Rhythm",
    "StateChange",
    "compile_correlation",
    "find_cycles",
    "split_first_seen",
    "split_range",
    "split_rhythm",
    "split_session",
]
