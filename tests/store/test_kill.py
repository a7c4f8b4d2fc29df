"""The promise of one transaction per block, tried by killing the writer without warning."""

import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from soc_agent.model import Counters, Position
from soc_agent.store import AlertFilter, Store
from tests.store.making import detection, record

_PER_BLOCK = 20
_KEYS = 7


def work(path: Path) -> None:
    """Be the agent: go on from the committed position, block by block, until killed."""
    with Store.open(path) as store:
        done = int(store.positions("auth").get("stream", b"0"))
        while True:
            with store.transaction() as transaction:
                for number in range(done, done + _PER_BLOCK):
                    record(transaction, detection(number, entity_key=f"key-{number % _KEYS}"), within_s=10**9)
                done += _PER_BLOCK
                transaction.add_counters("auth", Counters(lines=_PER_BLOCK))
                transaction.save_position(Position("auth", "stream", b"%d" % done))
            sys.stdout.write(f"{done}\n")
            sys.stdout.flush()


@contextmanager
def worker(path: Path) -> Iterator["subprocess.Popen[str]"]:
    """Start an agent of its own process; kill it at the end."""
    program = f"from pathlib import Path; from tests.store.test_kill import work; work(Path({str(path)!r}))"
    root = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=root) as child:
        try:
            yield child
        finally:
            child.kill()


def told_by(child: "subprocess.Popen[str]") -> int:
    """Give the next position that the agent says it has committed."""
    assert child.stdout is not None
    return int(child.stdout.readline())


def test_a_kill_at_any_moment_neither_loses_nor_repeats(path: Path) -> None:
    Store.open(path).close()
    chance = random.Random(20261121)
    for _ in range(12):
        with worker(path) as child:
            # some commits are awaited, then the kill falls anywhere into the work that follows
            for _ in range(chance.randrange(1, 12)):
                told = told_by(child)
            for _ in range(chance.randrange(30_000)):
                pass
            child.kill()
            assert child.stdout is not None
            # a line without its end was cut off by the kill
            told = max([told, *map(int, child.stdout.read().split("\n")[:-1])])
        with Store.open(path) as store:
            committed = int(store.positions("auth")["stream"])
            assert committed >= told, "what was acknowledged is there"
            assert store.ledger()[0].totals.lines == committed
            alerts = store.alerts(store.alert_ids())
            assert sum(alert.count for alert in alerts) == committed, "each detection once"
            assert len(alerts) == _KEYS
            assert store.verify_history().ok


def test_people_act_while_the_agent_writes(path: Path) -> None:
    Store.open(path).close()
    with worker(path) as child, Store.open(path) as store:
        told_by(child)
        before = store.version()
        noted = 0
        while noted < 50:
            ids = store.alert_ids(AlertFilter.parse("status=open"))
            noted += store.note(ids, "looked at", "An")
            store.acknowledge(ids, "An")
            store.close_alerts(ids[:2], "", "An")
            told_by(child)
        assert store.version() != before
    with Store.open(path) as store:
        kinds = [entry.kind for entry in store.history(limit=100_000)]
        assert kinds.count("note") == noted
        assert {"alert", "repeat", "acknowledge", "close"} <= set(kinds)
        alerts = store.alerts(store.alert_ids())
        assert sum(alert.count for alert in alerts) == int(store.positions("auth")["stream"])
        assert store.verify_history().ok
        assert store.counts().total == len(alerts)
