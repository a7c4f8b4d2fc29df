"""The store: one SQLite file that the agent writes and that console, layers and commands read and act on."""

import time
from array import array
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Self

from soc_agent.model import Alert, RuleInfo
from soc_agent.store.filter import AlertFilter
from soc_agent.store.records import (
    AgentState,
    AssetSeen,
    Counts,
    Evidence,
    HistoryCheck,
    HistoryEntry,
    Order,
    SourceLedger,
)
from soc_agent.store.transaction import Transaction


class Store:
    """An open store. Every method may be called from any thread; reads never wait for writes."""

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False, clock: Callable[[], int] = time.time_ns) -> Self:
        """Open the store, creating or migrating it first unless ``read_only``.

        :raises StoreError: when it cannot be opened, is no store of ours, or is newer than this program.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Close it. Not to be used afterwards."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- writing, for the agent

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Begin a transaction: all that is done with it commits together at the end, or nothing of it."""
        raise NotImplementedError

    def heartbeat(self, state: AgentState) -> None:
        """Record that the agent lives."""
        raise NotImplementedError

    def positions(self, source: str) -> dict[str, bytes]:
        """Give the committed positions of a source: stream id to state."""
        raise NotImplementedError

    def correlation_state(self) -> Iterable[tuple[str, str, bytes]]:
        """Give the committed correlation state: rule id, group, data."""
        raise NotImplementedError

    # -- reading; at_ns: the state as recorded at that moment, None: now

    def alert_ids(
        self,
        filter: AlertFilter | None = None,  # noqa: A002 - the word of the product
        order: Order = Order.TIME,
        reverse: bool = False,
        at_ns: int | None = None,
    ) -> "array[int]":
        """Give the row ids of the alerts that the filter lets through, in order."""
        raise NotImplementedError

    def alerts(self, ids: Sequence[int], at_ns: int | None = None) -> list[Alert]:
        """Give alerts in the order of ``ids``; ids that are unknown (at that moment) are left out."""
        raise NotImplementedError

    def alert(self, ident: int | str, at_ns: int | None = None) -> Alert | None:
        """Give one alert by its row id or by the first hexadecimal digits (at least 4) of its uid; None: no such.

        :raises StoreError: when several alerts begin so.
        """
        raise NotImplementedError

    def detections_of(self, alert_id: int, limit: int = 100, at_ns: int | None = None) -> list[Evidence]:
        """Give the lines that an alert stands on, oldest first."""
        raise NotImplementedError

    def history(
        self,
        alert_id: int | None = None,
        limit: int = 100,
        before_seq: int | None = None,
        at_ns: int | None = None,
    ) -> list[HistoryEntry]:
        """Give entries of the history, newest first; of one alert, or of everything."""
        raise NotImplementedError

    def rule_info(self, rule_id: str) -> RuleInfo | None:
        """Give the face of a rule that is or was loaded."""
        raise NotImplementedError

    def rules(self) -> list[RuleInfo]:
        """Give the rules that are loaded now, by title."""
        raise NotImplementedError

    def counts(self, at_ns: int | None = None) -> Counts:
        """Give how many alerts there are: open by level, by layer and level; all by status."""
        raise NotImplementedError

    def ledger(self, at_ns: int | None = None) -> list[SourceLedger]:
        """Give the loss ledger and state of each source, by name."""
        raise NotImplementedError

    def timeline(
        self,
        from_ns: int,
        to_ns: int,
        buckets: int,
        filter: AlertFilter | None = None,  # noqa: A002 - the word of the product
        at_ns: int | None = None,
    ) -> list[list[int]]:
        """Give a histogram over event time: per bucket, how many alerts of each of the five levels began in it."""
        raise NotImplementedError

    def assets(self, at_ns: int | None = None) -> list[AssetSeen]:
        """Give the hosts that were seen, by name."""
        raise NotImplementedError

    def span(self) -> tuple[int, int] | None:
        """Give when the first and the last entry of the history were recorded: the axis of replay."""
        raise NotImplementedError

    def version(self) -> int:
        """Give a number that changes whenever anybody committed anything. Cheap enough for every refresh."""
        raise NotImplementedError

    def last_seq(self) -> int:
        """Give the number of the last history entry: it changes only when an alert, a source or the agent did."""
        raise NotImplementedError

    def agent_state(self, at_ns: int | None = None) -> AgentState | None:
        """Give what the agent last said of itself; None when none ever ran here."""
        raise NotImplementedError

    def verify_history(self) -> HistoryCheck:
        """Check the chain of the whole history, and that alerts and evidence are what the history says."""
        raise NotImplementedError

    # -- acting, for people. Each is one transaction and one history entry per alert changed; gives how many changed.

    def acknowledge(self, ids: Sequence[int], actor: str) -> int:
        """Take new alerts on; those without an owner become the actor's."""
        raise NotImplementedError

    def assign(self, ids: Sequence[int], owner: str, actor: str) -> int:
        """Give open alerts to somebody; an empty owner takes them back."""
        raise NotImplementedError

    def note(self, ids: Sequence[int], text: str, actor: str) -> int:
        """Write a note to alerts."""
        raise NotImplementedError

    def close_alerts(self, ids: Sequence[int], reason: str, actor: str) -> int:
        """Close alerts."""
        raise NotImplementedError

    def mark_false_positive(self, ids: Sequence[int], reason: str, actor: str) -> int:
        """Close alerts as false positives; the reason is required."""
        raise NotImplementedError

    def reopen(self, ids: Sequence[int], actor: str) -> int:
        """Open alerts again."""
        raise NotImplementedError
