"""One transaction of the agent: what a block caused, all of it or nothing."""

from collections.abc import Iterable

from soc_agent.model import Counters, Detection, Position, Problem, RuleInfo
from soc_agent.store.records import AgentState, OpenAlert, SourceStatus


class Transaction:
    """What is written together. Made by :meth:`soc_agent.store.Store.transaction`."""

    now_ns: int
    """When it is recorded."""

    def find_open(self, rule_id: str, entity_key: str, time_ns: int, within_s: int) -> OpenAlert | None:
        """Give the open alert that a repeat at this event time folds into, also one of this transaction."""
        raise NotImplementedError

    def add_alert(self, detection: Detection) -> int | None:
        """Add a new alert; give its id, or None when this very detection was recorded before."""
        raise NotImplementedError

    def add_repeat(self, alert_id: int, detection: Detection) -> bool:
        """Fold a detection into an alert; False when this very detection was recorded before."""
        raise NotImplementedError

    def save_state(self, changes: Iterable[tuple[str, str, bytes | None]]) -> None:
        """Save correlation state: rule id, group, data; None forgets."""
        raise NotImplementedError

    def save_position(self, position: Position) -> None:
        """Save where a stream is to be continued."""
        raise NotImplementedError

    def add_counters(self, source: str, counters: Counters, time_ns: int | None = None) -> None:
        """Add to the loss ledger of a source."""
        raise NotImplementedError

    def see_asset(self, host: str, address: str = "", source: str = "", time_ns: int = 0) -> None:
        """Note that a host was seen."""
        raise NotImplementedError

    def put_rules(self, rules: Iterable[RuleInfo]) -> None:
        """Say which rules are loaded now."""
        raise NotImplementedError

    def set_source_state(self, source: str, state: SourceStatus, problem: Problem | None = None) -> None:
        """Say how a source is doing."""
        raise NotImplementedError

    def heartbeat(self, state: AgentState) -> None:
        """Record that the agent lives."""
        raise NotImplementedError
