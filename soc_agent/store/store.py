"""The store: one SQLite file that the agent writes and that console, layers and commands read and act on."""

import time
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from soc_agent.model import Alert, Counters, RuleInfo
from soc_agent.store import (
    actions,
    agent,
    approvals,
    assets,
    canaries,
    endings,
    history,
    hostfacts,
    ledger,
    queries,
    rhythms,
    rules,
    suppressions,
)
from soc_agent.store.connection import Connections
from soc_agent.store.filter import AlertFilter
from soc_agent.store.records import (
    AgentState,
    AssetSeen,
    CanaryResult,
    Counts,
    Evidence,
    HistoryCheck,
    HistoryEntry,
    Order,
    RulesState,
    SourceLedger,
    Suppression,
)
from soc_agent.store.transaction import Transaction
from soc_agent.store.trouble import trouble
from soc_agent.store.verify import verify


class Store:
    """An open store. Every method may be called from any thread; reads never wait for writes.

    ``at_ns`` of the reading methods: None is now; otherwise the state as it was recorded at that moment.
    Every method raises :class:`~soc_agent.errors.StoreError` when the file cannot be read or written.
    """

    def __init__(self, connections: Connections, clock: Callable[[], int]) -> None:
        self._connections = connections
        self._clock = clock

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False, clock: Callable[[], int] = time.time_ns) -> Self:
        """Open the store, creating or migrating it first unless ``read_only``.

        :raises StoreError: when it cannot be opened, is no store of ours, or is newer than this program.
        """
        connections = Connections(path, read_only=read_only)
        try:
            connections.prepare()
        except BaseException:
            connections.close()
            raise
        return cls(connections, clock)

    def close(self) -> None:
        """Close it. Not to be used afterwards."""
        self._connections.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- writing, for the agent

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Begin a transaction: all that is done with it commits together at the end, or nothing of it.

        One per block; nothing else of this store writes meanwhile. After an error it can be tried again as a whole.
        """
        with self._connections.writing() as conn:
            made = Transaction(conn, self._clock())
            yield made
            made.flush()

    def heartbeat(self, state: AgentState) -> None:
        """Record that the agent lives."""
        with self.transaction() as transaction:
            transaction.heartbeat(state)

    def positions(self, source: str) -> dict[str, bytes]:
        """Give the committed positions of a source: stream id to state."""
        with self._connections.reading() as conn:
            return dict(conn.execute("SELECT stream_id, state FROM positions WHERE source = ?", (source,)).fetchall())

    def correlation_state(self) -> list[tuple[str, str, bytes]]:
        """Give the committed correlation state: rule id, group, data."""
        with self._connections.reading() as conn:
            return conn.execute("SELECT rule_id, grp, data FROM correlation_state ORDER BY rowid").fetchall()

    def rhythms(self) -> dict[str, bytes]:
        """Give the committed rhythms: source to state."""
        with self._connections.reading() as conn:
            return rhythms.rhythms(conn)

    def canaries(self) -> list[CanaryResult]:
        """Give what became of the last canary of each source, by name."""
        with self._connections.reading() as conn:
            return canaries.canaries(conn)

    def has_detection(self, uid: bytes) -> bool:
        """Say whether this very detection is recorded."""
        with self._connections.reading() as conn:
            return conn.execute("SELECT 1 FROM detections WHERE uid = ?", (uid,)).fetchone() is not None

    def open_health(self) -> list[endings.OpenHealth]:
        """Give the open alerts that the agent's own health lines led to, oldest first."""
        with self._connections.reading() as conn:
            return list(endings.open_health(conn))

    # -- reading

    def alert_ids(
        self,
        filter: AlertFilter | None = None,  # noqa: A002 - the word of the product
        order: Order = Order.TIME,
        reverse: bool = False,
        at_ns: int | None = None,
    ) -> "array[int]":
        """Give the row ids of the alerts that the filter lets through, in order."""
        with self._connections.reading() as conn:
            return queries.alert_ids(conn, filter, order, reverse, self._clock(), at_ns)

    def alerts(self, ids: Sequence[int], at_ns: int | None = None) -> list[Alert]:
        """Give alerts in the order of ``ids``; ids that are unknown (at that moment) are left out."""
        with self._connections.reading() as conn:
            return queries.alerts(conn, ids, self._clock(), at_ns)

    def alert(self, ident: int | str, at_ns: int | None = None) -> Alert | None:
        """Give one alert by its row id or by the first hexadecimal digits (at least 4) of its uid; None: no such.

        :raises StoreError: when several alerts begin so.
        """
        with self._connections.reading() as conn:
            named = queries.ids_named(conn, ident)
            if len(named) > 1:
                raise trouble("store.ambiguous", self._connections.path, ident=ident)
            return next(iter(queries.alerts(conn, named, self._clock(), at_ns)), None)

    def detections_of(self, alert_id: int, limit: int = 100, at_ns: int | None = None) -> list[Evidence]:
        """Give the lines that an alert stands on, oldest first."""
        with self._connections.reading() as conn:
            return queries.evidence(conn, alert_id, limit, at_ns)

    def history(
        self,
        alert_id: int | None = None,
        limit: int = 100,
        before_seq: int | None = None,
        at_ns: int | None = None,
    ) -> list[HistoryEntry]:
        """Give entries of the history, newest first; of one alert, or of everything."""
        with self._connections.reading() as conn:
            return history.entries(conn, alert_id, limit, before_seq, at_ns)

    def rule_info(self, rule_id: str) -> RuleInfo | None:
        """Give the face of a rule that is or was loaded."""
        with self._connections.reading() as conn:
            return rules.rule_info(conn, rule_id)

    def rules(self) -> list[RuleInfo]:
        """Give the rules that are loaded now, by title."""
        with self._connections.reading() as conn:
            return rules.loaded_rules(conn)

    def rules_state(self, at_ns: int | None = None) -> RulesState | None:
        """Give how the rules were last loaded, and what was wrong with others; None when they never were."""
        with self._connections.reading() as conn:
            return rules.rules_state(conn, at_ns)

    def counts(self, at_ns: int | None = None) -> Counts:
        """Give how many alerts there are: open by level, by layer and level; all by status."""
        with self._connections.reading() as conn:
            return queries.counts(conn, self._clock(), at_ns)

    def ledger(self, at_ns: int | None = None) -> list[SourceLedger]:
        """Give the loss ledger and state of each source, by name."""
        with self._connections.reading() as conn:
            return ledger.ledger(conn, self._clock(), at_ns)

    def ledger_minutes(self, source: str, from_ns: int, to_ns: int) -> list[tuple[int, Counters]]:
        """Give what was counted of a source minute by minute: when the minute began, and its counters.

        A minute in which nothing was counted is left out; where only hours are kept any more, an hour stands as one.
        """
        first, last = from_ns // ledger.MINUTE_NS, to_ns // ledger.MINUTE_NS
        with self._connections.reading() as conn:
            found = ledger.minutes_of(conn, source, first, last)
        return [(minute * ledger.MINUTE_NS, counters) for minute, counters in found]

    def timeline(
        self,
        from_ns: int,
        to_ns: int,
        buckets: int,
        filter: AlertFilter | None = None,  # noqa: A002 - the word of the product
        at_ns: int | None = None,
    ) -> list[list[int]]:
        """Give a histogram over event time: per bucket, how many alerts of each of the five levels began in it."""
        with self._connections.reading() as conn:
            return queries.timeline(conn, from_ns, to_ns, buckets, filter, self._clock(), at_ns)

    def assets(self, at_ns: int | None = None) -> list[AssetSeen]:
        """Give the hosts that were seen, by name."""
        with self._connections.reading() as conn:
            return assets.assets(conn, at_ns)

    def approved(self, subject: str) -> str:
        """Give what a person approved last of a subject, such as ``portal/<source>/<page>``; empty: nothing."""
        with self._connections.reading() as conn:
            return approvals.approved(conn, subject)

    def hosts(self) -> dict[str, dict[str, int]]:
        """Give the hosts that said something of themselves, each with its sections and how many items they have."""
        with self._connections.reading() as conn:
            return hostfacts.hosts(conn)

    def host_facts(self, host: str, sections: Sequence[str] = ()) -> list[tuple[str, str, str, int]]:
        """Give section, item, value and since when (nanoseconds) of one host; of these sections, or of all."""
        with self._connections.reading() as conn:
            return hostfacts.facts(conn, host, sections)

    def suppressions(
        self, at_ns: int | None = None, *, alert_id: int | None = None, past: bool = False
    ) -> list[Suppression]:
        """Give the suppressions that hold, of all alerts or of one, latest first; ``past``: those that are over too."""
        with self._connections.reading() as conn:
            return suppressions.suppressions(conn, self._clock(), at_ns, alert_id=alert_id, past=past)

    def span(self) -> tuple[int, int] | None:
        """Give when the first and the last entry of the history were recorded: the axis of replay."""
        with self._connections.reading() as conn:
            first, last = conn.execute("SELECT min(time_ns), max(time_ns) FROM history").fetchone()
            return None if first is None else (first, last)

    def version(self) -> int:
        """Give a number that changes whenever anybody committed anything. Cheap enough for every refresh."""
        return self._connections.data_version()

    def last_seq(self) -> int:
        """Give the number of the last history entry: it changes only when an alert, a source or the agent did."""
        with self._connections.reading() as conn:
            return int(conn.execute("SELECT coalesce(max(seq), 0) FROM history").fetchone()[0])

    def agent_state(self, at_ns: int | None = None) -> AgentState | None:
        """Give what the agent last said of itself; None when none ever ran here."""
        with self._connections.reading() as conn:
            return agent.agent_state(conn, at_ns)

    def verify_history(self) -> HistoryCheck:
        """Check the chain of the whole history, and that alerts and evidence are what the history says."""
        with self._connections.reading() as conn:
            return verify(conn)

    # -- acting, for people: one transaction, one history entry per alert that changes; gives how many changed.
    # An unknown alert, or one that it cannot be done to, is a StoreError, and nothing is done.

    def acknowledge(self, ids: Sequence[int], actor: str) -> int:
        """Take new alerts on; those without an owner become the actor's."""
        return self._perform(ids, actions.acknowledge(actor))

    def assign(self, ids: Sequence[int], owner: str, actor: str) -> int:
        """Give open alerts to somebody; an empty owner takes them back."""
        return self._perform(ids, actions.assign(owner, actor))

    def note(self, ids: Sequence[int], text: str, actor: str) -> int:
        """Write a note to alerts."""
        return self._perform(ids, actions.note(text, actor))

    def keep_custody(self, alert_id: int, step: str, data: Mapping[str, str], actor: str) -> int:
        """Write a step of the way of an alert's file into quarantine, or back, into its history.

        :param step: one of :data:`soc_agent.store.actions.CUSTODY`.
        :param data: ``text`` for people; ``path``, ``path_hex``, ``sha256``, ``place`` (where it lies) and ``reason``.
        """
        return self._perform([alert_id], actions.custody(step, data, actor))

    def close_alerts(self, ids: Sequence[int], reason: str, actor: str) -> int:
        """Close alerts."""
        return self._perform(ids, actions.close(reason, actor))

    def mark_false_positive(self, ids: Sequence[int], reason: str, actor: str) -> int:
        """Close alerts as false positives; the reason is required."""
        return self._perform(ids, actions.mark_false_positive(reason, actor))

    def reopen(self, ids: Sequence[int], actor: str) -> int:
        """Open alerts again."""
        return self._perform(ids, actions.reopen(actor))

    def approve(self, subject: str, what: str, reason: str, actor: str) -> None:
        """Approve a change: an entry of the history says who did, and why. Whoever made the change looks for it."""
        with self._connections.writing() as conn:
            approvals.approve(conn, self._clock(), subject, what, reason, actor)

    def suppress(self, ids: Sequence[int], for_s: int, reason: str, actor: str) -> int:
        """Count what the rules of these alerts find of their entities on the alerts, for a time; reason required."""
        with self._connections.writing() as conn:
            return suppressions.suppress(conn, self._clock(), ids, for_s, reason, actor)

    def lift(self, ids: Sequence[int], reason: str, actor: str) -> int:
        """End the suppressions of what these alerts are about; gives how many there were."""
        with self._connections.writing() as conn:
            return suppressions.lift(conn, self._clock(), ids, reason, actor)

    def _perform(self, ids: Sequence[int], action: actions.Action) -> int:
        with self._connections.writing() as conn:
            return actions.perform(conn, self._clock(), ids, action)
