"""Hosts that were seen in what sources say: for the coverage of layer 3, and to know an address by name."""

import sqlite3
from collections.abc import Mapping

from msgspec import Struct

from soc_agent.store.codec import MAX_INT, bounded, clean
from soc_agent.store.records import AssetSeen

_FACTS_KEPT = 64
"""Addresses, and sources, that are kept of one host: what claims more is hostile or broken."""


class Sighting(Struct):
    """What one transaction saw of a host."""

    first_ns: int
    last_ns: int
    facts: set[tuple[str, str]]
    """``("address", …)`` and ``("source", …)``."""


def note(seen: dict[str, Sighting], host: str, address: str, source: str, time_ns: int) -> None:
    """Add to what is seen."""
    name, time_ns = clean(host), bounded(time_ns)
    known = seen.get(name)
    if known is None:
        known = seen[name] = Sighting(time_ns, time_ns, set())
    known.first_ns = min(known.first_ns, time_ns)
    known.last_ns = max(known.last_ns, time_ns)
    for kind, value in (("address", address), ("source", source)):
        if value and len(known.facts) < 2 * _FACTS_KEPT:
            known.facts.add((kind, clean(value)))


def write(conn: sqlite3.Connection, seen: Mapping[str, Sighting], now_ns: int) -> None:
    """Write what was seen."""
    conn.executemany(
        "INSERT INTO assets (host, first_ns, last_ns, recorded_ns) VALUES (?,?,?,?) ON CONFLICT DO UPDATE SET"
        " first_ns = min(first_ns, excluded.first_ns), last_ns = max(last_ns, excluded.last_ns)",
        [(host, what.first_ns, what.last_ns, now_ns) for host, what in seen.items()],
    )
    conn.executemany(
        "INSERT OR IGNORE INTO asset_facts (host, kind, value, recorded_ns) SELECT ?1, ?2, ?3, ?4"
        " WHERE (SELECT count(*) FROM asset_facts WHERE host = ?1 AND kind = ?2) < ?5",
        [(host, *fact, now_ns, _FACTS_KEPT) for host, what in seen.items() for fact in sorted(what.facts)],
    )


def assets(conn: sqlite3.Connection, at_ns: int | None) -> list[AssetSeen]:
    """Give the hosts that were seen, by name. At an earlier moment: those known then, last seen no later than it."""
    until = MAX_INT if at_ns is None else at_ns
    facts: dict[tuple[str, str], list[str]] = {}
    for host, kind, value in conn.execute(
        "SELECT host, kind, value FROM asset_facts WHERE recorded_ns <= ? ORDER BY host, kind, value", (until,)
    ):
        facts.setdefault((host, kind), []).append(value)
    rows = conn.execute("SELECT host, first_ns, last_ns FROM assets WHERE recorded_ns <= ? ORDER BY host", (until,))
    return [
        AssetSeen(
            host,
            tuple(facts.get((host, "address"), ())),
            first_ns,
            min(last_ns, until),
            tuple(facts.get((host, "source"), ())),
        )
        for host, first_ns, last_ns in rows
    ]
