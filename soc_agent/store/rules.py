"""Rules as the console and the commands see them: the faces of all that are or were loaded."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from soc_agent.model import Problem, RuleInfo
from soc_agent.store.codec import MAX_INT, clean, data_decoder, rule_decoder, to_json
from soc_agent.store.history import AGENT, Chain, seq_at
from soc_agent.store.records import RulesState
from soc_agent.text import fold

_PROBLEMS_KEPT = 20
"""So many problems are kept with an entry; there may be thousands."""


def remember_rules(conn: sqlite3.Connection, rules: Iterable[RuleInfo]) -> None:
    """Keep the faces of rules that alerts name but nobody loaded, such as those a YARA finding brings along."""
    conn.executemany(
        "INSERT OR IGNORE INTO rules (id, info, folded, active) VALUES (?,?,?,0)",
        [(clean(rule.id), to_json(rule), _folded(rule)) for rule in rules],
    )


def put_rules(
    conn: sqlite3.Connection,
    chain: Chain,
    rules: Iterable[RuleInfo],
    problems: Sequence[Problem] = (),
    changed_ids: Iterable[str] = (),
) -> None:
    """Make these the loaded rules. What changed goes to the history; those no longer loaded stay for old alerts.

    :param problems: what is wrong with those that do not run.
    :param changed_ids: rules of which more changed than their face tells.
    """
    loaded = {clean(rule.id): (to_json(rule), _folded(rule)) for rule in rules}
    known = {row[0]: (row[1], row[2]) for row in conn.execute("SELECT id, info, active FROM rules")}
    active = {rule_id for rule_id, (_, is_active) in known.items() if is_active}
    added = sorted(loaded.keys() - active)
    removed = sorted(active - loaded.keys())
    more = {clean(rule_id) for rule_id in changed_ids}
    both = loaded.keys() & active
    changed = sorted(rule_id for rule_id in both if rule_id in more or known[rule_id][0] != loaded[rule_id][0])
    wrong = tuple(problems[:_PROBLEMS_KEPT])
    before = rules_state(conn, None)
    same = before is not None and (before.refused, before.problems) == (len(problems), wrong)
    if not (added or removed or changed) and (same or (before is None and not problems)):
        return
    conn.executemany(
        "INSERT INTO rules (id, info, folded, active) VALUES (?,?,?,1)"
        " ON CONFLICT DO UPDATE SET info = excluded.info, folded = excluded.folded, active = 1",
        [(rule_id, *loaded[rule_id]) for rule_id in (*added, *changed)],
    )
    conn.executemany("UPDATE rules SET active = 0 WHERE id = ?", [(rule_id,) for rule_id in removed])
    what: dict[str, Any] = {"loaded": len(loaded), "added": len(added)}
    what |= {"removed": len(removed), "changed": len(changed)}
    if problems:
        what |= {"refused": len(problems), "problems": wrong}
    chain.add(AGENT, "rules", "rules", what)


def rules_state(conn: sqlite3.Connection, at_ns: int | None) -> RulesState | None:
    """Give how the rules were last loaded; None when they never were."""
    row = conn.execute(
        "SELECT time_ns, data FROM history WHERE subject = 'rules' AND alert_id IS NULL AND seq <= ?"
        " ORDER BY seq DESC LIMIT 1",
        (MAX_INT if at_ns is None else seq_at(conn, at_ns),),
    ).fetchone()
    if row is None:
        return None
    data = data_decoder.decode(row[1])
    try:
        wrong = msgspec.convert(data.get("problems", ()), tuple[Problem, ...])
    except msgspec.ValidationError:
        wrong = ()
    return RulesState(row[0], int(data.get("loaded", 0)), int(data.get("refused", 0)), wrong)


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
