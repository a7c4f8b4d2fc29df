"""One transaction of the agent: what a block caused, all of it or nothing."""

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence

from soc_agent.model import AlertContext, Counters, Detection, HostFacts, Position, Problem, RuleInfo
from soc_agent.store import agent, assets, canaries, endings, hostfacts, lags, ledger, rhythms, rules
from soc_agent.store.batch import AlertBatch
from soc_agent.store.codec import clean
from soc_agent.store.history import Chain
from soc_agent.store.records import AgentState, CanaryResult, OpenAlert, SourceStatus


class Transaction:
    """What is written together. Made by :meth:`soc_agent.store.Store.transaction`, and used by one thread."""

    def __init__(self, conn: sqlite3.Connection, clock_ns: int) -> None:
        self._conn = conn
        self._chain = Chain(conn, clock_ns)
        self._alerts = AlertBatch(conn, self._chain)
        self._seen: dict[str, assets.Sighting] = {}
        self._counters: dict[str, tuple[Counters, int]] = {}
        self._endings: list[tuple[str, str, str]] = []

    @property
    def now_ns(self) -> int:
        """When all of it is recorded."""
        return self._chain.now_ns

    def find_open(self, rule_id: str, entity_key: str, time_ns: int, within_s: int) -> OpenAlert | None:
        """Give the open alert that a repeat folds into: one of this rule and key, within so long of its events.

        Alerts of this transaction are found too; of several, the latest. Closed alerts and false positives are not:
        what comes after them is a new alert, unless somebody suppressed it for a time.
        """
        return self._alerts.find_open(rule_id, entity_key, time_ns, within_s)

    def add_alert(self, detection: Detection, context: AlertContext | None = None) -> int | None:
        """Add a new alert; give its row id. None, and nothing is done, when this very detection was recorded before.

        :param context: what is known of its host and addresses.
        """
        return self._alerts.add_alert(detection, context or {})

    def add_repeat(self, alert_id: int, detection: Detection, suppression: int = 0) -> bool:
        """Fold a detection into an alert. False, and nothing is done, when this very detection was recorded before.

        :param suppression: that of the :class:`OpenAlert` which :meth:`find_open` gave.

        :raises KeyError: when there is no such alert.
        """
        return self._alerts.add_repeat(alert_id, detection, suppression)

    def save_state(self, changes: Iterable[tuple[str, str, bytes | None]]) -> None:
        """Save correlation state: rule id, group, data; None forgets the group."""
        kept: dict[tuple[str, str], bytes | None] = {(clean(r), clean(g)): data for r, g, data in changes}
        self._conn.executemany(
            "INSERT OR REPLACE INTO correlation_state (rule_id, grp, data) VALUES (?,?,?)",
            [(*key, data) for key, data in kept.items() if data is not None],
        )
        self._conn.executemany(
            "DELETE FROM correlation_state WHERE rule_id = ? AND grp = ?",
            [key for key, data in kept.items() if data is None],
        )

    def save_position(self, position: Position) -> None:
        """Save where a stream is to be continued."""
        if not position.state:
            names = clean(position.source), clean(position.stream_id)
            self._conn.execute("DELETE FROM positions WHERE source = ? AND stream_id = ?", names)
            return
        self._conn.execute(
            "INSERT OR REPLACE INTO positions (source, stream_id, state) VALUES (?,?,?)",
            (clean(position.source), clean(position.stream_id), position.state),
        )

    def add_counters(self, source: str, counters: Counters, time_ns: int | None = None) -> None:
        """Add to the loss ledger of a source, in the minute of ``time_ns`` (when it was read; None: now)."""
        total, latest = self._counters.get(source, (Counters(), 0))
        total.add(counters)
        self._counters[source] = (total, max(latest, self.now_ns if time_ns is None else time_ns))

    def thin_ledger(self, *, whole: bool = False) -> int:
        """Keep of the ledger's older minutes what is to be kept; give how many rows went. To be called each hour.

        :param whole: look at all that is older, not only at the last day of it.
        """
        return ledger.thin(self._conn, self.now_ns, whole=whole)

    def see_asset(self, host: str, address: str = "", source: str = "", time_ns: int | None = None) -> None:
        """Note that a host was seen at ``time_ns`` (event time; None: now), under an address, by a source."""
        if host:
            assets.note(self._seen, host, address, source, self.now_ns if time_ns is None else time_ns)

    def put_facts(self, facts: HostFacts) -> None:
        """Keep what a host says of itself."""
        hostfacts.put(self._conn, facts, self.now_ns)

    def put_rules(
        self, infos: Iterable[RuleInfo], problems: Sequence[Problem] = (), changed: Iterable[str] = ()
    ) -> None:
        """Say which rules are loaded now, all of them; what is wrong with others; and which changed within."""
        rules.put_rules(self._conn, self._chain, infos, problems, changed)

    def set_source_state(self, source: str, state: SourceStatus, problem: Problem | None = None) -> None:
        """Say how a source is doing. Saying the same again changes nothing."""
        ledger.set_source_state(self._conn, self._chain, source, state, problem)

    def heartbeat(self, state: AgentState) -> None:
        """Record that the agent lives, or with ``stopped_ns`` that it stops."""
        agent.put_state(self._conn, self._chain, state)

    def end_health(self, kind: str, source: str, reason: str) -> None:
        """Close the open alerts that say that a source is in this condition, those of this transaction too."""
        self._endings.append((kind, source, reason))

    def put_canaries(self, results: Iterable[CanaryResult], of: Collection[str] | None = None) -> None:
        """Keep what became of the last canary of each source; with ``of``, forget sources that are not among these."""
        canaries.put(self._conn, results, of)

    def add_hidden(self, detection: Detection) -> bool:
        """Count a detection that concerns nobody on an alert which is closed from the beginning, one a rule and key.

        False when this very detection was recorded before.
        """
        return self._alerts.add_hidden(detection)

    def put_lags(self, found: Mapping[str, tuple[int, float]]) -> None:
        """Keep how far behind each source is: bytes that wait, and for how many seconds. Others are forgotten."""
        lags.put(self._conn, found)

    def put_rhythm(self, source: str, state: bytes, silent_after_s: int) -> None:
        """Keep the rhythm of a source, and the silence beyond which it is not well (0: none is too long)."""
        rhythms.put(self._conn, source, state, silent_after_s)

    def flush(self) -> None:
        """Write what was gathered; the store does so before it commits."""
        self._alerts.flush()
        for source, (counters, time_ns) in self._counters.items():
            ledger.add_counters(self._conn, source, counters, time_ns)
        assets.write(self._conn, self._seen, self.now_ns)
        self._chain.flush()
        for kind, source, reason in self._endings:
            endings.end(self._conn, self.now_ns, kind, source, reason)
