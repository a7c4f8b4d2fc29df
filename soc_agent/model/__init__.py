"""What things are: typed structs without behaviour beyond themselves. The bottom floor; imports nothing of ours."""

from soc_agent.model.alert import Alert, AlertContext, Clause, Detection, Status
from soc_agent.model.block import Block, Counters, Position
from soc_agent.model.collector import Collector
from soc_agent.model.entity import ENTITY_FIELDS, Entities, entities_of
from soc_agent.model.event import Event, LogSource
from soc_agent.model.explanation import Explanation
from soc_agent.model.hostfacts import HostFacts
from soc_agent.model.problem import Problem, Where
from soc_agent.model.rule import RuleInfo, RuleKind
from soc_agent.model.scale import Layer, Level, Tier
from soc_agent.model.scan import FileFacts, Finding, Scan, ScanLimits
from soc_agent.model.sender import CLAIMED, SENDER_FIELDS, Sender

__all__ = [
    "CLAIMED",
    "ENTITY_FIELDS",
    "SENDER_FIELDS",
    "Alert",
    "AlertContext",
    "Block",
    "Clause",
    "Collector",
    "Counters",
    "Detection",
    "Entities",
    "Event",
    "Explanation",
    "FileFacts",
    "Finding",
    "HostFacts",
    "Layer",
    "Level",
    "LogSource",
    "Position",
    "Problem",
    "RuleInfo",
    "RuleKind",
    "Scan",
    "ScanLimits",
    "Sender",
    "Status",
    "Tier",
    "Where",
    "entities_of",
]
