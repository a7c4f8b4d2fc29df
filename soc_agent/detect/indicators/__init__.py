"""Indicators of compromise: addresses, domain names, URLs and file hashes that lists say are bad.

Lists are read (:mod:`feeds`), packed into one table (:mod:`table`, kept on disk by :mod:`packed`), and matched in two
steps: a scan of the whole block tells which lines may name one (:mod:`scan`; for short lists a multi-pattern database
goes before it, :mod:`gate`), and what a decoded line names is then looked up exactly (:mod:`find`). A hit becomes a
detection of a rule of its own (:mod:`detections`).
"""

from soc_agent.detect.indicators.detections import (
    RULE_IDS,
    RULE_NAMES,
    IndicatorHit,
    detection_of_hit,
    rule_infos,
    told_of,
)
from soc_agent.detect.indicators.indicator import Indicator, Kind, Tlp
from soc_agent.detect.indicators.load import load_indicators
from soc_agent.detect.indicators.matcher import Indicators

__all__ = [
    "RULE_IDS",
    "RULE_NAMES",
    "Indicator",
    "IndicatorHit",
    "Indicators",
    "Kind",
    "Tlp",
    "detection_of_hit",
    "load_indicators",
    "rule_infos",
    "told_of",
]
