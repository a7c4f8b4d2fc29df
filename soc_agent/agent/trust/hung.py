"""What does not get on: a collector that does not come back from a read, a pipeline that does not end its batch."""

import logging
from collections.abc import Mapping

from soc_agent.agent.trust.conditions import Conditions
from soc_agent.text import say

log = logging.getLogger(__name__)

SOURCE_HUNG, AGENT_HUNG = "source_hung", "agent_hung"
SOURCE_HUNG_S = 180.0
"""A read comes back within a second, and a process that reads for it is given two minutes to begin."""
AGENT = "agent"


def look_for_hung(conditions: Conditions, sources: Mapping[str, float], batch_s: float, batch_limit_s: float) -> None:
    """Say what hangs, and what does so no more.

    :param sources: source to for how many seconds its collector has not answered.
    :param batch_s: for how long the pipeline has been at one batch; what is said of it is stored when that has ended.
    """
    for name, seconds in sources.items():
        if seconds > SOURCE_HUNG_S:
            _begin(conditions, SOURCE_HUNG, name, seconds)
        else:
            conditions.end(SOURCE_HUNG, name, say("faults.source_answers"))
    if batch_s > batch_limit_s:
        _begin(conditions, AGENT_HUNG, AGENT, batch_s)
    else:
        conditions.end(AGENT_HUNG, AGENT, say("faults.agent_works"))


def _begin(conditions: Conditions, kind: str, source: str, seconds: float) -> None:
    if conditions.since(kind, source) is None:
        detail = say(f"faults.{kind}", seconds=round(seconds))
        log.error("%s: %s", source, detail)
        conditions.begin(kind, source, detail, round(seconds))
