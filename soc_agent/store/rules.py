"""Rules as the console and the commands see them: the faces of all that are or were loaded."""

import sqlite3
from collections.abc import Iterable

from soc_agent.model import RuleInfo
from soc_agent.store.codec import clean, rule_decoder, to_json
from soc_agent.store.history import AGENT, Chain
from soc_agent.text import fold


def remember_rules(conn: sqlite3.Connection, rules: Iterable[RuleInfo]) -> None:
    """Keep the faces of rules that alerts name but nobody loaded, such as those a YARA finding brings along."""
    conn.executemany(
        "INSERT OR IGNORE INTO rules (id, info, folded, active) VALUES (?,?,?,0)",
        [(clean(rule.id), to_json(rule), _folded(rule)) for rule in rules],
    )


def put_rules(conn: sqlite3.Connection, chain: Chain, rules: Iterable[RuleInfo]) -> None:
    """Make these the loaded rules. What changed goes to the history; those no longer loaded stay for old alerts."""
    loaded = {clean(rule.id): (to_json(rule), _folded(rule)) for rule in rules}
    known = {row[0]: (row[1], row[2]) for row in conn.execute("SELECT id, info, active FROM rules")}
    active = {rule_id for rule_id, (_, is_active) in known.items() if is_active}
    added = sorted(loaded.keys() - active)
    removed = sorted(active - loaded.keys())
    changed = sorted(rule_id for rule_id in loaded.keys() & active if known[rule_id][0] != loaded[rule_id][0])
    if not (added or removed or changed):
        return
    conn.executemany(
        "INSERT INTO rules (id, info, folded, active) VALUES (?,?,?,1)"
        " ON CONFLICT DO UPDATE SET info = excluded.info, folded = excluded.folded, active = 1",
        [(rule_id, *loaded[rule_id]) for rule_id in (*added, *changed)],
    )
    conn.executemany("UPDATE rules SET active = 0 WHERE id = ?", [(rule_id,) for rule_id in removed])
    what = {"loaded": len(loaded), "added": len(added), "removed": len(removed), "changed": len(changed)}
    chain.add(AGENT, "rules", "rules", what)


def rule_info(conn: sqlite3.Connection, rule_id: str) -> RuleInfo | None:
    """Give the face of a rule that is or was loaded."""
    row = conn.execute("SELECT info FROM rules WHERE id = ?", (clean(rule_id),)).fetchone()
    return rule_decoder.decode(row[0]) if row else None


def loaded_rules(conn: sqlite3.Connection) -> list[RuleInfo]:
    """Give the rules that are loaded now, by title."""
    rules = [rule_decoder.decode(row[0]) for row in conn.execute("SELECT info FROM rules WHERE active")]
    return sorted(rules, key=lambda rule: (fold(rule.title), rule.id))


def _folded(rule: RuleInfo) -> str:
    return clean(fold("\n".join((rule.id, rule.title, rule.title_vi))))
