"""From one recorded alert to the next, along the history."""

from collections.abc import Sequence

from soc_agent.store import HistoryEntry, Store

_PAGE = 500


def alert_before(store: Store, at_ns: int) -> int | None:
    """Give when the last alert before a moment was recorded; None when there was none."""
    entries = store.history(limit=_PAGE, at_ns=at_ns - 1)
    while entries:
        found = next((entry for entry in entries if _is_alert(entry)), None)
        if found is not None:
            return found.time_ns
        entries = store.history(limit=_PAGE, before_seq=entries[-1].seq)
    return None


def alert_after(store: Store, at_ns: int) -> int | None:
    """Give when the first alert after a moment was recorded; None when there was none."""
    before = store.history(limit=1, at_ns=at_ns)
    seq = before[0].seq if before else 0
    last = store.last_seq()
    while seq < last:
        entries: Sequence[HistoryEntry] = store.history(limit=_PAGE, before_seq=seq + _PAGE + 1)
        after = [entry for entry in entries if entry.seq > seq and _is_alert(entry) and entry.time_ns > at_ns]
        if after:
            return after[-1].time_ns
        seq += _PAGE
    return None


def _is_alert(entry: HistoryEntry) -> bool:
    return entry.kind == "alert"
