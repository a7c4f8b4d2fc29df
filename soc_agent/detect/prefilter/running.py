"""Rules as an engine runs them: compiled when they are first tried."""

from soc_agent.detect import ir
from soc_agent.detect.evaluate.leaf import Predicate
from soc_agent.detect.evaluate.predicate import compile_rule
from soc_agent.detect.evaluate.view import View
from soc_agent.detect.explain import Explainer
from soc_agent.detect.prefilter.undecoded import can_match_text
from soc_agent.model import RuleInfo


class RunningRule:
    """A rule with its predicate and its explainer, compiled when the rule is first tried."""

    __slots__ = ("_explainer", "failed", "has_keywords", "info", "number", "predicate", "rule")

    def __init__(self, rule: ir.Rule, number: int = 0) -> None:
        """:param number: its place in the rule set."""
        self.rule = rule
        self.number = number
        self.failed = False
        """Whether it failed on an event, which is told once."""
        self.info: RuleInfo = rule.info
        self.has_keywords = can_match_text(rule)
        self.predicate: Predicate = self._compile
        """Whether an event matches the rule."""
        self._explainer: Explainer | None = None

    def take_over(self, before: "RunningRule") -> None:
        """Use what was compiled for a rule whose place this one takes, where it says the same."""
        if self.rule.condition is before.rule.condition and self.rule.selections is before.rule.selections:
            self.predicate, self._explainer = before.predicate, before._explainer  # noqa: SLF001 - its own

    @property
    def explainer(self) -> Explainer:
        """Why an event matches the rule."""
        if self._explainer is None:
            self._explainer = Explainer(self.rule)
        return self._explainer

    def _compile(self, view: View) -> bool:
        self.predicate = compile_rule(self.rule)
        return self.predicate(view)
