"""Detections and clocks for the tests of the store and the layers."""

import hashlib
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from soc_agent.model import Clause, Detection, Level, RuleInfo
from soc_agent.store import Store, Transaction

SECOND = 1_000_000_000
START = 1_780_000_000 * SECOND

RULE = RuleInfo(
    "rule-ssh",
    "SSH password guessing",
    level=Level.HIGH,
    title_vi="Dò mật khẩu SSH",
    tags=("attack.t1110.001", "attack.credential_access"),
)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now_ns: int = START) -> None:
        self.now_ns = now_ns

    def __call__(self) -> int:
        return self.now_ns

    def pass_s(self, seconds: float) -> int:
        self.now_ns += int(seconds * SECOND)
        return self.now_ns


CONTEXT: dict[str, Any] = {
    "host": {"name": "web01", "asset": "web01", "system": "Cổng tỉnh", "system_level": 3},
    "src_ip": [{"address": "203.0.113.9", "internal": False, "country": "VN", "asn": 7552}],
    "system_level": 3,
}


def detection(number: int = 0, **changes: Any) -> Detection:
    """Make the detection with this number: same number, same uid."""
    given: dict[str, Any] = {
        "uid": hashlib.blake2b(str(number).encode(), digest_size=16).digest(),
        "rule": RULE,
        "time_ns": START + number * SECOND,
        "source": "auth",
        "stream": "/var/log/auth.log",
        "line_number": number + 1,
        "raw": b"sshd[%d]: Failed password for root from 203.0.113.9" % number,
        "fields": {"src_ip": "203.0.113.9", "user": "root", "port": number},
        "host": "web01",
        "entities": {"src_ip": ("203.0.113.9",), "user": ("root",)},
        "entity_key": "203.0.113.9",
        "why": (Clause("sel: message|contains", "Failed password", "message", "Failed password for root"),),
    }
    return Detection(**(given | changes))


def record(transaction: Transaction, found: Detection, within_s: int = 3600) -> None:
    """Do with a detection what the agent does."""
    known = transaction.find_open(found.rule.id, found.entity_key, found.time_ns, within_s)
    if known is None:
        transaction.add_alert(found)
    else:
        transaction.add_repeat(known.id, found, known.suppression)


def put(store: Store, *found: Detection) -> None:
    """Record detections in one transaction."""
    with store.transaction() as transaction:
        for each in found:
            record(transaction, each)


def different(count: int, first: int = 0, **changes: Any) -> list[Detection]:
    """Make detections that do not fold into each other."""
    return [detection(first + n, entity_key=f"key-{first + n}", **changes) for n in range(count)]


def rows(path: Path, sql: str, values: Iterable[Any] = ()) -> list[Any]:
    """Ask the file itself."""
    conn = sqlite3.connect(path)
    try:
        return conn.execute(sql, tuple(values)).fetchall()
    finally:
        conn.close()


def tamper(path: Path, *statements: str) -> None:
    """Edit the file as somebody who owns it can: with the triggers dropped."""
    conn = sqlite3.connect(path, isolation_level=None)
    try:
        for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            conn.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            conn.execute(statement)
    finally:
        conn.close()
