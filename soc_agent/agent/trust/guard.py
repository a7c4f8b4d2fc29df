"""What the sentry looks at, gathered from a running agent; and what it learnt, kept in the store."""

import time
from collections.abc import Callable, Container, Mapping
from datetime import datetime

from soc_agent.agent.trust.clocks import SourceClock
from soc_agent.agent.trust.conditions import Conditions
from soc_agent.agent.trust.lag import lag_of
from soc_agent.agent.trust.sentry import Sentry, SourceLook
from soc_agent.config import Config, EventLogSource, PacketSource, Source, WatchSource, zone_of
from soc_agent.hostclock import host_clock
from soc_agent.model import Collector
from soc_agent.store import Store

HOST_CLOCK_S = 10.0
"""How often the clock of this host is looked at."""
RHYTHM_S = 60.0
"""How often what was learnt is kept."""
LAG_S = 5.0
"""How often, at most, it is kept how far behind sources are: nothing is written while nothing changes."""
THIN_S = 3600.0
"""How often the older minutes of the loss ledger are thinned out."""
JUST_NOW_S = 60.0
"""How long a block that waited says that its source is behind."""
_NEVER = float("-inf")


class Passage:
    """What the pipeline saw pass. Filled by its thread, read by any."""

    def __init__(self) -> None:
        self.last_line: dict[str, float] = {}
        """Source to when its last lines were committed, on the monotonic clock."""
        self.last_drop: dict[str, float] = {}
        """Source to when something of it was last dropped."""
        self.delay_s: dict[str, float] = {}
        """Source to how old its last block was when it was committed."""

    def waiting_s(self, source: str, now_s: float) -> float:
        """Give how long the last block of a source waited between its reading and its commit, if that was just now."""
        return self.delay_s.get(source, 0.0) if now_s - self.last_line.get(source, _NEVER) <= JUST_NOW_S else 0.0


class Guard:
    """The sentry of one agent, and what it needs. Used by one thread."""

    def __init__(
        self,
        config: Config,
        store: Store,
        conditions: Conditions,
        passage: Passage,
        clocks: Callable[[], Mapping[str, SourceClock]],
    ) -> None:
        """Go on from what the run before learnt, and from the conditions whose alerts it left open."""
        self._store = store
        self._passage = passage
        self._clocks = clocks
        self._zone = zone_of(config.timezone)
        self._began_s = time.monotonic()
        self._host_looked = self._kept = self._thinned = self._lagged = _NEVER
        self._lags: dict[str, tuple[int, float]] = {}
        self._lags_kept: dict[str, tuple[int, float]] | None = None
        conditions.restore((found.kind, found.source, found.since_ns) for found in store.open_health())
        self._sentry = Sentry(config.health, config.agent.silent_s, conditions, store.rhythms(), self._zone_offset_s)

    def reload(self, config: Config) -> None:
        """Take another configuration."""
        self._zone = zone_of(config.timezone)
        self._sentry.options, self._sentry.floor_s = config.health, config.agent.silent_s
        self._sentry.forget({source.name for source in config.sources})

    def look(
        self, sources: Mapping[str, Source], collectors: Mapping[str, Collector], finished: Container[str]
    ) -> None:
        """Look whether sources and clocks are well; those that were read to their end are."""
        now_s = time.monotonic()
        looks = [
            self._look_at(name, source, collectors.get(name), now_s)
            for name, source in sources.items()
            if name not in finished
        ]
        self._lags = {look.name: (look.lag_bytes, round(look.lag_s)) for look in looks}
        self._sentry.look(time.time(), now_s, looks, self._clocks())
        if now_s - self._host_looked >= HOST_CLOCK_S:
            self._host_looked = now_s
            self._sentry.look_at_host(host_clock(), now_s)

    def keep(self, *, at_once: bool = False) -> None:
        """Keep what was learnt, and bound the loss ledger, now and then.

        :raises StoreError: when the store takes no writes; it is tried again.
        """
        now_s = time.monotonic()
        if at_once or now_s - self._kept >= RHYTHM_S:
            with self._store.transaction() as transaction:
                for name, (state, silent_after_s) in self._sentry.states().items():
                    transaction.put_rhythm(name, state, silent_after_s)
            self._kept = now_s
        if self._lags != self._lags_kept and (at_once or now_s - self._lagged >= LAG_S):
            with self._store.transaction() as transaction:
                transaction.put_lags(self._lags)
            self._lags_kept, self._lagged = self._lags, now_s
        if now_s - self._thinned >= THIN_S:
            with self._store.transaction() as transaction:
                # all of it at the start, what became old in between each hour
                transaction.thin_ledger(whole=self._thinned == _NEVER)
            self._thinned = now_s

    def _look_at(self, name: str, source: Source, collector: Collector | None, now_s: float) -> SourceLook:
        lag_bytes, lag_s = lag_of(collector) if collector is not None else (0, 0.0)
        # folders into which files are put are quiet most of the time, and what is in them is old
        is_folder = isinstance(source, WatchSource | EventLogSource)
        is_recorded = is_folder or (isinstance(source, PacketSource) and bool(source.paths))
        return SourceLook(
            name,
            now_s - self._passage.last_line.get(name, self._began_s),
            lag_bytes,
            max(lag_s, self._passage.waiting_s(name, now_s)),
            self._passage.last_drop.get(name),
            has_rhythm=not is_folder,
            is_live=not is_recorded,
        )

    def _zone_offset_s(self, wall_s: float) -> float:
        offset = datetime.fromtimestamp(wall_s, self._zone).utcoffset()
        return offset.total_seconds() if offset is not None else 0.0
