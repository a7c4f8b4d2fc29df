"""Bounds: how much one sender may send, and who went over them."""

from collections import Counter

_REMEMBERED = 16_384
_BURST_S = 2.0


class Rate:
    """Lines a second of each sender, as a bucket that fills with time."""

    def __init__(self, lines_s: int) -> None:
        """:param lines_s: 0 is no limit."""
        self._rate = lines_s
        self._levels: dict[str, tuple[float, float]] = {}

    def allow(self, sender: str, lines: int, now: float) -> int:
        """Give how many of so many lines the sender may send at once; the others are too many."""
        if not self._rate:
            return lines
        level = self._level(sender, now)
        allowed = min(lines, int(level))
        self._levels[sender] = (level - allowed, now)
        return allowed

    def charge(self, sender: str, lines: int, now: float) -> float:
        """Take lines that have come already; give for how many seconds the sender should not be read."""
        if not self._rate:
            return 0.0
        level = self._level(sender, now) - lines
        self._levels[sender] = (level, now)
        return max(0.0, -level / self._rate)

    def _level(self, sender: str, now: float) -> float:
        if (found := self._levels.get(sender)) is None:
            self._forget(now)
            return self._rate * _BURST_S
        level, at = found
        return min(self._rate * _BURST_S, level + (now - at) * self._rate)

    def _forget(self, now: float) -> None:
        """Forget whoever would have a full bucket again; of a flood from forged addresses, forget all."""
        if len(self._levels) < _REMEMBERED:
            return
        full = self._rate * _BURST_S
        kept = {who: (lv, at) for who, (lv, at) in self._levels.items() if lv + (now - at) * self._rate < full}
        self._levels = kept if len(kept) < _REMEMBERED else {}


class Tally:
    """How often what went wrong since it was last told, by sender; bounded, whoever sends."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {}
        self._reasons: dict[str, str] = {}

    def add(self, kind: str, sender: str, count: int = 1, reason: str = "") -> None:
        """Count something that a sender did. The last reason is remembered."""
        counter = self._counts.setdefault(kind, Counter())
        if sender not in counter and len(counter) >= _REMEMBERED:
            sender = ""
        counter[sender] += count
        if reason:
            self._reasons[kind] = reason

    def take(self) -> dict[str, tuple[int, str, int, str]]:
        """Give for each kind how often, by whom most, how often that was, and why; then begin anew."""
        told = {}
        for kind, counter in self._counts.items():
            sender, most = counter.most_common(1)[0]
            told[kind] = (counter.total(), sender, most, self._reasons.get(kind, ""))
        self._counts.clear()
        self._reasons.clear()
        return told
