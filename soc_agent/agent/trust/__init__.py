"""Whether what the agent says can be trusted: what is not well with its sources and clocks, since when, until when."""

from soc_agent.agent.trust.conditions import Conditions
from soc_agent.agent.trust.guard import Guard, Passage

__all__ = ["Conditions", "Guard", "Passage"]
