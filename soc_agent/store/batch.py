"""The alerts of one transaction: gathered in memory, written together by ``executemany``."""

import sqlite3
from collections import Counter
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from soc_agent.model import AlertContext, Detection, Level, Status
from soc_agent.store.codec import (
    alert_digest,
    bounded,
    clean,
    content_json,
    evidence_digest,
    folded_text,
    labels_of,
    system_level_of,
)
from soc_agent.store.history import AGENT, AlertState, Chain
from soc_agent.store.records import OpenAlert
from soc_agent.store.rules import remember_rules
from soc_agent.store.suppressing import Suppressing

LINES_KEPT = 64
"""Lines of evidence that are kept with an alert: its own, and those of the first repeats."""
WINDOW_LINES_KEPT = 50
"""Lines of a correlation window among them, the last ones."""
_NS = 1_000_000_000
_READ_PENDING = "SELECT id, uid, level, status, owner, count, first_ns, last_ns, kept FROM alerts WHERE "
_FIND_OPEN = (
    f"{_READ_PENDING} rule_id = ? AND entity_key = ? AND status IN ('new', 'acknowledged')"
    " AND last_ns >= ? AND first_ns <= ? ORDER BY last_ns DESC LIMIT 1"
)
_FIND_HIDDEN = "SELECT id FROM alerts WHERE rule_id = ? AND entity_key = ? ORDER BY id DESC LIMIT 1"
_INSERT_ALERT = (
    "INSERT INTO alerts (id, uid, rule_id, title, level, layer, tier, status, owner, count, first_ns, last_ns,"
    " recorded_ns, changed_seq, kept, host, source, entity_key, system_level)"
    " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
)


class _Pending(Struct):
    """An alert that this transaction made or repeats."""

    id: int
    uid: bytes
    level: int
    status: str
    owner: str
    count: int
    first_ns: int
    last_ns: int
    kept: int
    detection: Detection | None = None
    """What made it, when this transaction did."""
    context: AlertContext = {}
    added: int = 0
    suppressed: int = 0
    """Of these, how many under a suppression."""
    suppression: int = 0
    """Under which these came, if any. An alert has one at a time: another begins when the one before is over."""
    lines: list[tuple[int, int, str, str, int, bytes]] = []
    """New evidence: row id, event time, source, stream, line number, raw."""

    def keep(self, detection: Detection, raw: bytes, line_number: int) -> None:
        """Keep one more line of evidence."""
        self.lines.append(
            (
                self.id * LINES_KEPT + self.kept,
                bounded(detection.time_ns),
                clean(detection.source),
                clean(detection.stream),
                bounded(line_number),
                raw,
            )
        )
        self.kept += 1

    def repeat(self, detection: Detection, suppression: int) -> None:
        """Fold one more detection in."""
        self.suppression = max(self.suppression, suppression)
        self.suppressed += detection.count if suppression else 0
        self.count = bounded(self.count + detection.count)
        self.added += detection.count
        self.last_ns = max(self.last_ns, bounded(detection.time_ns))
        if self.kept < LINES_KEPT:
            self.keep(detection, detection.raw, detection.line_number)

    def give_lines(self, evidence: list[tuple[Any, ...]], chain: Chain) -> dict[str, str]:
        """Add the rows of new evidence, which belong to the next entry; give what the entry says of them."""
        if not self.lines:
            return {}
        evidence.extend((line[0], chain.seq + 1, *line[1:]) for line in self.lines)
        return {"evidence": evidence_digest(self.lines).hex()}

    def as_open(self, suppression: int = 0) -> OpenAlert:
        """Give it as who folds repeats knows it."""
        return OpenAlert(self.id, Level(self.level), self.first_ns, self.last_ns, self.count, suppression)

    def state(self) -> AlertState:
        """Give what of it the history keeps."""
        return AlertState(self.id, self.status, self.owner, self.count, self.last_ns)


class AlertBatch:
    """What becomes of the detections of one transaction."""

    def __init__(self, conn: sqlite3.Connection, chain: Chain) -> None:
        self._conn = conn
        self._chain = chain
        self._pending: dict[int, _Pending] = {}
        self._by_key: dict[tuple[str, str], list[_Pending]] = {}
        self._uids: dict[bytes, int] = {}
        self._next_id: int | None = None
        self._suppressing = Suppressing(conn)

    def find_open(self, rule_id: str, entity_key: str, time_ns: int, within_s: int) -> OpenAlert | None:
        """Give the open alert that a repeat at this event time folds into, the latest when there are several.

        Under a suppression it is the alert that was suppressed, open or not.
        """
        if (under := self._suppressing.find(rule_id, entity_key, bounded(time_ns))) is not None:
            suppression, alert_id = under
            known = self._known(alert_id)
            of_key = self._by_key.setdefault((rule_id, entity_key), [])
            if Status(known.status).is_open and known not in of_key:
                of_key.append(known)  # so that what comes after the suppression folds as ever
            return known.as_open(suppression)
        latest = bounded(time_ns) + within_s * _NS
        earliest = bounded(time_ns) - within_s * _NS
        for known in reversed(self._by_key.get((rule_id, entity_key), ())):
            if known.last_ns >= earliest and known.first_ns <= latest:
                return known.as_open()
        key = (clean(rule_id), clean(entity_key))
        row = self._conn.execute(_FIND_OPEN, (*key, bounded(earliest), bounded(latest))).fetchone()
        if row is None:
            return None
        found = self._pending.get(row[0])
        if found is None:
            found = _Pending(*row)
            self._pending[found.id] = found
            self._by_key.setdefault((rule_id, entity_key), []).append(found)
        return found.as_open()

    def add_alert(self, detection: Detection, context: AlertContext) -> int | None:
        """Make an alert of a detection; None when the detection is known."""
        if self._knows(detection.uid):
            return None
        if self._next_id is None:
            self._next_id = self._conn.execute("SELECT coalesce(max(id), 0) + 1 FROM alerts").fetchone()[0]
        made = _Pending(
            self._next_id,
            detection.uid,
            detection.rule.level,
            Status.NEW.value,
            "",
            bounded(detection.count),
            bounded(detection.first_ns or detection.time_ns),
            bounded(detection.time_ns),
            0,
            detection,
            context,
        )
        self._next_id += 1
        for line in detection.evidence[-WINDOW_LINES_KEPT:]:
            made.keep(detection, line, 0)
        made.keep(detection, detection.raw, detection.line_number)
        self._pending[made.id] = made
        self._by_key.setdefault((detection.rule.id, detection.entity_key), []).append(made)
        self._uids[detection.uid] = made.id
        return made.id

    def add_hidden(self, detection: Detection) -> bool:
        """Count a detection on the alert of its rule and key, which is closed from the beginning; False when known."""
        if self._knows(detection.uid):
            return False
        if known := self._by_key.get((detection.rule.id, detection.entity_key)):
            return self.add_repeat(known[-1].id, detection)
        row = self._conn.execute(_FIND_HIDDEN, (detection.rule.id, clean(detection.entity_key))).fetchone()
        if row is not None:
            return self.add_repeat(row[0], detection)
        made = self.add_alert(detection, {})
        assert made is not None
        self._pending[made].status = Status.CLOSED.value
        return True

    def add_repeat(self, alert_id: int, detection: Detection, suppression: int = 0) -> bool:
        """Fold a detection into an alert, under a suppression or not; False when the detection is known.

        :raises KeyError: when there is no such alert.
        """
        if self._knows(detection.uid):
            return False
        self._known(alert_id).repeat(detection, suppression)
        self._uids[detection.uid] = alert_id
        return True

    def _known(self, alert_id: int) -> _Pending:
        known = self._pending.get(alert_id)
        if known is None:
            row = self._conn.execute(f"{_READ_PENDING} id = ?", (alert_id,)).fetchone()
            if row is None:
                raise KeyError(alert_id)
            known = self._pending[alert_id] = _Pending(*row)
        return known

    def _knows(self, uid: bytes) -> bool:
        return (
            uid in self._uids
            or self._conn.execute("SELECT 1 FROM detections WHERE uid = ?", (uid,)).fetchone() is not None
        )

    def flush(self) -> None:
        """Write it all: alerts, contents, labels, evidence, detections, tallies, and one history entry an alert."""
        if not self._uids:
            return
        made: list[tuple[_Pending, Detection]] = []
        repeated: list[_Pending] = []
        for pending in self._pending.values():
            if pending.detection is not None:
                made.append((pending, pending.detection))
            elif pending.added:
                repeated.append(pending)
        write = self._conn.executemany
        remember_rules(self._conn, {d.rule.id: d.rule for _, d in made}.values())
        evidence: list[tuple[Any, ...]] = []
        data = [content_json(detection, pending.context) for pending, detection in made]
        write(
            _INSERT_ALERT,
            [self._record_alert(p, d, text, evidence) for (p, d), text in zip(made, data, strict=True)],
        )
        write(
            "INSERT INTO contents (alert_id, own, data, folded) VALUES (?,?,?,?)",
            [(p.id, own_line(d), text, folded_text(d)) for (p, d), text in zip(made, data, strict=True)],
        )
        write(
            "INSERT OR IGNORE INTO entities (kind, value, alert_id) VALUES (?,?,?)",
            sorted((kind, value, p.id) for p, d in made for kind, value in labels_of(d, p.context)),
        )
        write(
            "UPDATE alerts SET count = ?, last_ns = ?, kept = ?, changed_seq = ? WHERE id = ?",
            [(p.count, p.last_ns, p.kept, self._record_repeats(p, evidence), p.id) for p in repeated],
        )
        write("INSERT INTO evidence VALUES (?,?,?,?,?,?,?)", evidence)
        write("INSERT INTO detections (uid, alert_id) VALUES (?,?)", list(self._uids.items()))
        add_tallies(self._conn, Counter((int(d.rule.layer), int(d.rule.level), p.status) for p, d in made))

    def _record_alert(
        self, p: _Pending, detection: Detection, data: str, evidence: list[tuple[Any, ...]]
    ) -> tuple[Any, ...]:
        """Add the history entry of a new alert; give its row."""
        rule = detection.rule
        rule_id, title = clean(rule.id), clean(rule.title)
        place = (clean(detection.host), clean(detection.source), clean(detection.entity_key))
        scale = (int(rule.level), int(rule.layer), rule.tier.value)
        content = alert_digest(p.uid, rule_id, title, *scale, p.first_ns, *place, own_line(detection), data)
        said = {"rule": rule.id, "title": rule.title, "level": rule.level.word, "content": content.hex()}
        seq = self._chain.add(AGENT, subject_of(p.uid), "alert", said | p.give_lines(evidence, self._chain), p.state())
        changing = (p.status, p.owner, p.count, p.first_ns, p.last_ns, self._chain.now_ns, seq, p.kept)
        return (p.id, p.uid, rule_id, title, *scale, *changing, *place, system_level_of(p.context))

    def _record_repeats(self, p: _Pending, evidence: list[tuple[Any, ...]]) -> int:
        """Add the history entry of an alert's repeats; give its number."""
        said: dict[str, Any] = {"added": p.added}
        if p.suppressed:
            total = self._suppressing.add(p.suppression, p.suppressed)
            said |= {"suppressed": p.suppressed, "suppression": p.suppression, "total": total}
        said |= p.give_lines(evidence, self._chain)
        return self._chain.add(AGENT, subject_of(p.uid), "suppressed" if p.suppressed else "repeat", said, p.state())


def own_line(detection: Detection) -> int:
    """Give the number, within its alert's evidence, of the line that made the alert."""
    return min(len(detection.evidence), WINDOW_LINES_KEPT)


def subject_of(uid: bytes) -> str:
    """Give what the history calls an alert."""
    return f"alert/{uid.hex()}"


def add_tallies(conn: sqlite3.Connection, change: Mapping[tuple[int, int, str], int]) -> None:
    """Add to the number of alerts of each layer, level and status."""
    conn.executemany(
        "INSERT INTO tallies (layer, level, status, n) VALUES (?,?,?,?) ON CONFLICT DO UPDATE SET n = n + excluded.n",
        [(*key, n) for key, n in change.items()],
    )
