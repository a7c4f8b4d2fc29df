"""Rules become detections: load, literals, prefilter, predicate, correlate, suppress, explain, YARA.

:func:`load_rules` reads rule files to a :class:`RuleSet`; an :class:`Engine` applies it to blocks of lines.
"""

from soc_agent.detect.correlate import StateChange
from soc_agent.detect.engine import Engine, Matches, Result
from soc_agent.detect.load.shelf import load_rules
from soc_agent.detect.ruleset import RuleSet

__all__ = ["Engine", "Matches", "Result", "RuleSet", "StateChange", "load_rules"]
