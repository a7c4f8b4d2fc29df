"""Why a rule matches an event, or does not: in few words for an alert, and clause by clause for a person who asks.

The second is in :mod:`soc_agent.detect.explain.line`, which needs the index that needs the first.
"""

from soc_agent.detect.explain.reasons import CLAUSES_CAP, Explainer
from soc_agent.detect.explain.written import VALUE_CAP_CHARS

__all__ = ["CLAUSES_CAP", "VALUE_CAP_CHARS", "Explainer"]
