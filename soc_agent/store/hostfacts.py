"""What hosts say of themselves: packages, users, ports and more, item by item, as they are now and since when."""

import sqlite3
from collections.abc import Iterable

from soc_agent.model import HostFacts
from soc_agent.store.codec import bounded, clean

_ITEMS_KEPT = 20_000
"""Items of one section that are kept: what claims more is hostile or broken."""
_VALUE_CHARACTERS = 1_000


def put(conn: sqlite3.Connection, facts: HostFacts, now_ns: int) -> None:
    """Make these the facts of a host; sections that are not named stay as they are."""
    host, at = clean(facts.host), bounded(now_ns)
    for section, items in facts.sections.items():
        name = clean(section)
        wanted = {clean(item)[:_VALUE_CHARACTERS]: clean(value)[:_VALUE_CHARACTERS] for item, value in items.items()}
        known = dict(conn.execute("SELECT item, value FROM host_facts WHERE host = ? AND section = ?", (host, name)))
        conn.executemany(
            "DELETE FROM host_facts WHERE host = ? AND section = ? AND item = ?",
            [(host, name, item) for item in known.keys() - wanted.keys()],
        )
        news = [(item, value) for item, value in wanted.items() if known.get(item) != value]
        conn.executemany(
            "INSERT OR REPLACE INTO host_facts (host, section, item, value, since_ns) VALUES (?,?,?,?,?)",
            [(host, name, item, value, at) for item, value in sorted(news)[:_ITEMS_KEPT]],
        )


def hosts(conn: sqlite3.Connection) -> dict[str, dict[str, int]]:
    """Give the hosts that said something of themselves, each with its sections and how many items they have."""
    found: dict[str, dict[str, int]] = {}
    for host, section, count in conn.execute(
        "SELECT host, section, count(*) FROM host_facts GROUP BY host, section ORDER BY host, section"
    ):
        found.setdefault(host, {})[section] = count
    return found


def facts(conn: sqlite3.Connection, host: str, sections: Iterable[str] = ()) -> list[tuple[str, str, str, int]]:
    """Give section, item, value and since when, of one host; of these sections, or of all."""
    wanted = tuple(map(clean, sections))
    which = f" AND section IN ({', '.join('?' * len(wanted))})" if wanted else ""
    return conn.execute(
        f"SELECT section, item, value, since_ns FROM host_facts WHERE host = ?{which} ORDER BY section, item",  # noqa: S608
        (clean(host), *wanted),
    ).fetchall()
