"""The agent's side of a suppression."""

from pathlib import Path

from soc_agent.store import Store
from soc_agent.store.suppressing import Suppressing
from tests.store.making import RULE, SECOND, START, Clock, detection, put


def test_nothing_is_asked_where_nothing_was_ever_suppressed(path: Path) -> None:
    with Store.open(path) as store, store._connections.writing() as conn:
        asked: list[str] = []
        conn.set_trace_callback(asked.append)
        suppressing = Suppressing(conn)
        assert [suppressing.find("r", "k", n) for n in range(100)] == [None] * 100
        conn.set_trace_callback(None)
        assert len(asked) == 1


def test_a_suppression_is_found_by_rule_entity_and_time(path: Path) -> None:
    with Store.open(path, clock=Clock()) as store:
        put(store, detection(0))
        store.suppress([1], 3600, "known", "lan.nt")
        with store._connections.writing() as conn:
            suppressing = Suppressing(conn)
            found = suppressing.find(RULE.id, "203.0.113.9", START)
            assert found is not None
            assert found[1] == 1
            assert suppressing.find(RULE.id, "203.0.113.9", START - 1) is None
            assert suppressing.find(RULE.id, "203.0.113.9", START + 3600 * SECOND) is None
            assert suppressing.find("another", "203.0.113.9", START) is None
            assert [suppressing.add(found[0], 2), suppressing.add(found[0], 3)] == [2, 5]
