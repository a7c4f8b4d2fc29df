"""What the prefilter makes of a line for one rule: by which literals it is looked for, and which stand in the line."""

from soc_agent.detect.prefilter.index import TypeIndex
from soc_agent.model.explanation import Prefilter, Sought

LISTED = 12
"""So many literals of a set are listed."""


def prefilter_verdict(rule_id: str, line: bytes, index: TypeIndex) -> Prefilter:
    """Give the verdict on a line of the type that the index is for."""
    sets = index.sets_of(rule_id)
    if sets is None:
        return Prefilter(passes=False)
    if not sets:
        return Prefilter(passes=True, always=True)
    lowered = line.lower()
    unspelled = any(trigger.lower() in lowered for trigger in index.spelling.triggers)
    found = [sorted(literals, key=lambda literal: (literal not in lowered, literal)) for literals in sets]
    return Prefilter(
        passes=unspelled or all(literals[0] in lowered for literals in found),
        sets=tuple(
            tuple(Sought(literal.decode("utf-8", "replace"), literal in lowered) for literal in literals[:LISTED])
            for literals in found
        ),
        left_out=tuple(max(len(literals) - LISTED, 0) for literals in found),
        unspelled=unspelled,
    )
