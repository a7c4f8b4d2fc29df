"""Looks, about once a second, whether each source and the clocks are well, and says when that changes."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

import msgspec
from msgspec import Struct

from soc_agent.agent.trust.clocks import SourceClock, zone_error_h
from soc_agent.agent.trust.conditions import Conditions
from soc_agent.agent.trust.rhythm import Rhythm
from soc_agent.config import HealthOptions
from soc_agent.hostclock import HostClock
from soc_agent.text import say

SILENT, BEHIND, CLOCK_OFF, DROPPED = "source_silent", "source_behind", "source_clock_off", "dropped"
HOST_UNKEPT, HOST_STEPPED = "host_clock_unkept", "host_clock_stepped"
HOST = "host"
"""What conditions of this host's clock name as their source."""

CALM_S = 900.0
"""After so long without a loss, sources that lost something are well again."""
CAUGHT_UP_BYTES = 4 * 1024 * 1024
"""A source of which less waits to be read has caught up: so much is on its way at any time."""
BOOT_S = 600.0
"""So long a time service may need after the agent begins."""
_EASE = 0.5
"""What was over its limit is well again below so much of it: nothing flickers."""
_STEP_S = 2.0
_MEBI = 1024 * 1024

_rhythm_decoder = msgspec.json.Decoder(Rhythm)


class SourceLook(Struct, frozen=True):
    """A source as it is at one look. Seconds are of the monotonic clock, unless they are lengths."""

    name: str
    silence_s: float
    """How long it has said nothing, as far as this agent saw."""
    lag_bytes: int = 0
    """Bytes that wait to be read."""
    lag_s: float = 0.0
    """How long the oldest of what waits has waited, as far as the collector says."""
    last_drop_s: float | None = None
    """When something of it was last dropped; None when never."""
    has_rhythm: bool = True
    """Whether it speaks by itself: folders into which files are put do not."""
    is_live: bool = True
    """Whether its event times are of now: recorded files' are not."""


class Sentry:
    """Watches over all sources of one agent. Used by one thread."""

    def __init__(
        self,
        options: HealthOptions,
        floor_s: float,
        conditions: Conditions,
        rhythms: Mapping[str, bytes],
        zone_offset_s: Callable[[float], float],
    ) -> None:
        """:param floor_s: the shortest silence that may be too long.

        :param rhythms: what earlier runs learnt, by source; what is damaged is learnt anew.
        :param zone_offset_s: gives by how much the wall clock is ahead of UTC, for a time.
        """
        self.options = options
        self.floor_s = floor_s
        self._conditions = conditions
        self._zone_offset_s = zone_offset_s
        self._rhythms = {name: _rhythm(state) for name, state in rhythms.items()}
        self._limits: dict[str, int] = {}
        self._before: dict[str, float] = {}
        self._behind_since: dict[str, float] = {}
        self._looked: tuple[float, float] | None = None
        self._began: float | None = None
        self._stepped = float("-inf")

    def look(self, wall_s: float, now_s: float, looks: Iterable[SourceLook], clocks: Mapping[str, SourceClock]) -> None:
        """Look at all sources.

        :param wall_s: seconds since 1970 (UTC); ``now_s``: of the monotonic clock.
        """
        passed_s = now_s - self._looked[1] if self._looked else 0.0
        self._began = now_s if self._began is None else self._began
        for look in looks:
            self._silence(look, wall_s, passed_s)
            is_behind = self._lag(look, now_s)
            self._clock(look, clocks.get(look.name), is_behind=is_behind)
            self._drops(look, now_s)
        self._step(wall_s, now_s)
        self._looked = (wall_s, now_s)

    def look_at_host(self, clock: HostClock | None, now_s: float) -> None:
        """Say whether this host's own clock is kept; nothing where the kernel does not tell."""
        if clock is None:
            return
        limit_ms = self.options.host_clock_ms
        if not clock.is_kept or abs(clock.offset_ms) > limit_ms:
            if self._began is not None and now_s - self._began >= BOOT_S:
                word = "trust.clock_unkept" if not clock.is_kept else "trust.clock_correcting"
                self._conditions.begin(HOST_UNKEPT, HOST, say(word, offset=f"{clock.offset_ms:.0f}"))
        elif abs(clock.offset_ms) <= limit_ms * _EASE:
            self._conditions.end(HOST_UNKEPT, HOST, say("trust.clock_kept"))

    def forget(self, names: set[str]) -> None:
        """End what is said of sources that are no longer configured."""
        for kind, source in self._conditions.all():
            if source not in names and kind in (SILENT, BEHIND, CLOCK_OFF, DROPPED):
                self._conditions.end(kind, source, say("trust.removed"))

    def states(self) -> dict[str, tuple[bytes, int]]:
        """Give what is to be kept: source to its rhythm, and the silence beyond which it is not well now (0: none)."""
        names = self._rhythms.keys() | self._limits.keys()
        return {
            name: (msgspec.json.encode(self._rhythms.get(name, Rhythm())), self._limits.get(name, 0)) for name in names
        }

    def limit_s(self, name: str, wall_s: float, *, has_rhythm: bool = True) -> float | None:
        """Give the silence beyond which a source is not well at this time; None where none is too long, or known."""
        told = self.options.silence.get(name)
        if told is not None:
            return float(told) or None
        rhythm = self._rhythms.get(name)
        learnt = rhythm.limit_s(wall_s + self._zone_offset_s(wall_s)) if rhythm is not None and has_rhythm else None
        return None if learnt is None else max(learnt, self.floor_s)

    def _silence(self, look: SourceLook, wall_s: float, passed_s: float) -> None:
        before = self._before.get(look.name)
        self._before[look.name] = look.silence_s
        rhythm = self._rhythms.setdefault(look.name, Rhythm())
        has_spoken = before is not None and look.silence_s < before + passed_s / 2
        if has_spoken and before is not None:
            rhythm.arrived(before)
        limit_s = self.limit_s(look.name, wall_s, has_rhythm=look.has_rhythm)
        self._limits[look.name] = round(limit_s or 0)
        is_silent = self._conditions.since(SILENT, look.name) is not None
        if limit_s is not None and look.silence_s > limit_s:
            since_ns = int((wall_s - look.silence_s) * 1e9)
            said = say("trust.silent", since=_moment(since_ns), limit=round(limit_s))
            self._conditions.begin(SILENT, look.name, said, int(look.silence_s), since_ns)
        elif is_silent and (has_spoken or limit_s is None):
            self._conditions.end(SILENT, look.name, say("trust.speaks"))
        else:
            if is_silent:
                return  # it was silent before this agent began, and has not spoken yet
            # what is already known to be wrong must not be learnt
            rhythm.watch(wall_s + self._zone_offset_s(wall_s), look.silence_s, passed_s)

    def _lag(self, look: SourceLook, now_s: float) -> bool:
        """Say whether a source is behind; gives whether anything of it waits at all."""
        if look.lag_bytes > CAUGHT_UP_BYTES:
            since = self._behind_since.setdefault(look.name, now_s)
        else:
            self._behind_since.pop(look.name, None)
            since = now_s
        waited_s = max(look.lag_s, now_s - since)
        limit_bytes, limit_s = self.options.lag_mb * _MEBI, self.options.lag_s
        if look.lag_bytes > limit_bytes or waited_s > limit_s:
            said = say("trust.behind", size=f"{look.lag_bytes / _MEBI:.0f}", seconds=round(waited_s))
            self._conditions.begin(BEHIND, look.name, said, max(round(waited_s), 1))
        elif look.lag_bytes <= limit_bytes * _EASE and waited_s <= limit_s * _EASE:
            self._conditions.end(BEHIND, look.name, say("trust.caught_up"))
        return look.lag_bytes > CAUGHT_UP_BYTES

    def _clock(self, look: SourceLook, clock: SourceClock | None, *, is_behind: bool) -> None:
        if clock is None or not look.is_live:
            return
        if is_behind:
            clock.forget()
            return
        offset_s = clock.offset_s()
        if offset_s is None:
            return
        if abs(offset_s) > self.options.clock_s:
            hours = zone_error_h(offset_s)
            key = "trust.zone_off" if hours is not None else "trust.clock_off"
            said = say(key, seconds=f"{offset_s:+.0f}", hours=f"{hours or 0:+g}")
            self._conditions.begin(CLOCK_OFF, look.name, said, max(round(abs(offset_s)), 1))
        elif abs(offset_s) <= self.options.clock_s * _EASE:
            self._conditions.end(CLOCK_OFF, look.name, say("trust.clock_right"))

    def _drops(self, look: SourceLook, now_s: float) -> None:
        assert self._began is not None
        calm_s = now_s - (self._began if look.last_drop_s is None else look.last_drop_s)
        if look.last_drop_s is not None and calm_s < CALM_S:
            self._conditions.note(DROPPED, look.name)  # the pipeline says how many, again and again
        elif calm_s >= CALM_S:
            self._conditions.end(DROPPED, look.name, say("trust.calm", minutes=round(CALM_S / 60)))

    def _step(self, wall_s: float, now_s: float) -> None:
        """Say when the clock of this host was set: lines of the time between are not in the order of their times."""
        if self._looked is None:
            return
        jump_s = (wall_s - self._looked[0]) - (now_s - self._looked[1])
        if abs(jump_s) > _STEP_S:
            self._conditions.begin(HOST_STEPPED, HOST, say("trust.stepped", seconds=f"{jump_s:+.1f}"))
            self._stepped = now_s
        elif self._conditions.since(HOST_STEPPED, HOST) is not None and now_s - self._stepped > CALM_S:
            self._conditions.end(HOST_STEPPED, HOST, say("trust.steady"))


def _rhythm(state: bytes) -> Rhythm:
    try:
        return _rhythm_decoder.decode(state)
    except msgspec.DecodeError:
        return Rhythm()


def _moment(time_ns: int) -> str:
    return datetime.fromtimestamp(time_ns / 1e9, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
