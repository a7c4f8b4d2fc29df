"""A filter that is proposed, and what it would have done: what commands and the console show of it."""

from typing import Protocol

from msgspec import Struct

from soc_agent.model.problem import Problem


class TunedAlert(Struct, frozen=True):
    """What a proposed filter does to one alert that is stored."""

    alert_id: int
    verdict: str
    """``false`` (to be tuned out), ``true`` (it must stay) or ``open`` (nobody judged it)."""
    lines: int
    """Lines of it that can be read again and that its rule finds."""
    hidden: int
    """Of these, those that the filter hides."""
    outcome: str
    """``removed``, ``partly``, ``stays``, or ``unread`` where no line can be read again."""
    entity_key: str = ""


class TunedFilter(Struct, frozen=True):
    """A proposed filter."""

    name: str
    """Of its file."""
    text: str
    """The file: Sigma, as YAML."""
    expires: str
    reason: str
    alerts: tuple[TunedAlert, ...]

    @property
    def lost(self) -> int:
        """True alerts of which something would be hidden."""
        return sum(each.verdict == "true" and each.hidden > 0 for each in self.alerts)

    def removed(self, verdict: str) -> int:
        """Alerts with this verdict that would not be there."""
        return sum(each.verdict == verdict and each.outcome == "removed" for each in self.alerts)

    @property
    def kept(self) -> int:
        """True alerts that stay whole."""
        return sum(each.verdict == "true" and not each.hidden for each in self.alerts)


class Tuner(Protocol):
    """Proposes and writes filters, for the console. May read rules and many alerts, so it is called in a thread."""

    def propose(self, alert_ids: tuple[int, ...], reason: str, author: str) -> TunedFilter | Problem:
        """Propose a filter that hides these alerts, all of one rule; or say why there is none."""
        ...

    def write(self, found: TunedFilter) -> str | Problem:
        """Write it where a running agent takes it up; give the path, or why it cannot be."""
        ...
