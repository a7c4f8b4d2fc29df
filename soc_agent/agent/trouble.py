"""What the engine could not do is said as a line of health, so that a rule makes an alert of it."""

from collections.abc import Iterable

from soc_agent.agent.health import HealthLog
from soc_agent.errors import describe
from soc_agent.model import Problem, Where

_FORGOTTEN = "correlation.forgotten"


class Trouble:
    """Remembers what was said of the problems of an engine. Used by one thread."""

    def __init__(self, health: HealthLog) -> None:
        self._health = health
        self._forgotten = 0
        self._failed: set[Where] = set()

    def look(self, problems: Iterable[Problem]) -> None:
        """Say what is new: windows that had to be forgotten since the last look, rules that failed on a line."""
        forgotten = 0
        for problem in problems:
            if problem.code == _FORGOTTEN:
                forgotten = int(problem.values["count"])
                # an engine that took the place of another counts from the beginning
                more = forgotten - self._forgotten if forgotten >= self._forgotten else forgotten
                if more:
                    self._health.write("windows_forgotten", "rules", describe(problem), more)
            elif problem.where not in self._failed:
                self._failed.add(problem.where)
                self._health.write("rule_refused", "rules", describe(problem), about=str(problem.where))
        self._forgotten = forgotten
