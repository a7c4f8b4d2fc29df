"""Windows of correlations over kills and reloads, through the real store: as if nothing had happened."""

import queue
import random
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from soc_agent.agent.health import HealthLog
from soc_agent.agent.pipeline import Pipeline
from soc_agent.agent.reader import Origin, Reader
from soc_agent.detect import Engine, StateChange, load_rules
from soc_agent.model import Block, Position
from soc_agent.store import Store
from tests import product
from tests.agent.parts import UTC
from tests.agent.test_runner import eventually

RECEIVED_NS = 1_795_163_000 * 10**9
DECODERS = product.decoders()


def base(name: str) -> dict[str, Any]:
    detection = {"line": {"user|startswith": f"{name}-"}, "condition": "line"}
    return {"title": name, "name": name, "logsource": {"product": "linux", "service": "sshd"}, "detection": detection}


def correlation(name: str, kind: str, rules: list[str], condition: Any, timespan: str = "10m") -> dict[str, Any]:
    section = {"type": kind, "rules": rules, "group-by": ["src_ip"], "timespan": timespan, "condition": condition}
    return {"title": name, "name": name, "level": "high", "correlation": section}


COUNT = correlation("count", "event_count", ["guest"], {"gte": 4})
USERS = correlation("users", "value_count", ["guest"], {"gte": 3, "field": "user"})
RULES = [
    base("guest"),
    base("admin"),
    COUNT,
    USERS,
    correlation("ordered", "temporal_ordered", ["guest", "admin"], {"gte": 2}, "2m"),
    correlation("quiet", "temporal", ["guest", "admin"], "guest and not admin", "1m"),
    correlation("again", "event_count", ["count"], {"gte": 3}, "1h"),
]
RULES[-1]["correlation"]["generate"] = True


class Run:
    """The pipeline of an agent on a store, without its threads."""

    def __init__(self, store: Store, folder: Path, rules: Sequence[dict[str, Any]] = RULES) -> None:
        self.store = store
        self.folder = folder
        self.blocks: queue.Queue[Block] = queue.Queue()
        self.committed = 0
        self.begin(rules)

    def engine(self, rules: Sequence[dict[str, Any]]) -> Engine:
        (self.folder / "rules.yml").write_text(yaml.safe_dump_all(rules), "utf-8")
        loaded = load_rules([self.folder / "rules.yml"])
        assert not loaded.problems
        return Engine(loaded, DECODERS)

    def begin(self, rules: Sequence[dict[str, Any]] = RULES) -> None:
        """Start as an agent does: from what the store holds."""
        engine = self.engine(rules)
        engine.restore(StateChange(*state) for state in self.store.correlation_state())
        reader = Reader(engine, DECODERS, lambda _: Origin(UTC, "own-host"))
        self.pipeline = Pipeline(self.store, reader, self.blocks, HealthLog("test"), self._count)

    def _count(self, _: str, blocks: int) -> None:
        self.committed += blocks

    def work(self, block: Block, *, is_killed: bool = False) -> None:
        """Read a block and commit it; or be killed before, start anew and read it again."""
        if is_killed:
            self.pipeline._reader.read(block)
            self.begin()
        self.pipeline._work([block])

    def alerts(self) -> list[tuple[Any, ...]]:
        found = self.store.alerts(self.store.alert_ids())
        return sorted((a.title, a.uid, a.count, a.first_ns, a.last_ns, a.entity_key, a.line_number) for a in found)


def has_committed(run: Run, blocks: int) -> bool:
    return run.committed == blocks


def line(number: int, at_s: int, user: str, address: str) -> bytes:
    stamp = f"Nov 20 {8 + at_s // 3600:02}:{at_s // 60 % 60:02}:{at_s % 60:02}"
    return f"{stamp} host sshd[{number}]: Invalid user {user} from {address} port {number}\n".encode()


def blocks(seed: int, count: int = 500) -> list[Block]:
    """Give lines of a few addresses, some late, in blocks of any size."""
    rng = random.Random(seed)
    found: list[Block] = []
    at_s, first, data, offset = 600, 0, b"", 0
    for number in range(count):
        at_s += rng.choice([0, 1, 5, 20])
        user = f"{rng.choice(['guest', 'guest', 'admin'])}-{rng.randrange(5)}"
        late_s = rng.randrange(300) if rng.random() < 0.1 else 0
        data += line(number, at_s - late_s, user, f"10.0.0.{rng.randrange(6)}")
        if rng.random() < 0.06 or number == count - 1:
            found.append(block_of(data, offset, first))
            offset, first, data = offset + len(data), number + 1, b""
    return found


def block_of(data: bytes, offset: int = 0, first: int = 0) -> Block:
    position = Position("auth", "1:2:0", str(offset + len(data)).encode())
    return Block("auth", "auth.log", "1:2:0", "syslog", data, offset, first + 1, position, RECEIVED_NS)


@pytest.mark.parametrize("seed", range(4))
def test_kills_between_and_amid_blocks_change_nothing(tmp_path: Path, seed: int) -> None:
    """Every alert, its count and its times are those of a run without a break; so are they in one block."""
    rng = random.Random(seed)
    alerts = []
    for name in ("through", "killed", "whole"):
        (tmp_path / name).mkdir()
        with Store.open(tmp_path / name / "store.db") as store:
            run, some = Run(store, tmp_path / name), blocks(seed)
            for block in some if name != "whole" else [block_of(b"".join(block.data for block in some))]:
                run.work(block, is_killed=name == "killed" and rng.random() < 0.5)
                if name == "killed" and rng.random() < 0.3:
                    run.begin()
            alerts.append(run.alerts())
            assert store.verify_history().ok
    assert {alert[0] for alert in alerts[0]} >= {"count", "users", "ordered", "quiet", "again"}
    assert alerts[1] == alerts[0]
    assert alerts[2] == alerts[0]


def test_reloading_rules_that_did_not_change_changes_nothing(tmp_path: Path) -> None:
    """The running pipeline takes another engine after each block."""
    alerts = []
    for name in ("through", "reloaded"):
        (tmp_path / name).mkdir()
        with Store.open(tmp_path / name / "store.db") as store:
            run = Run(store, tmp_path / name)
            run.pipeline.start()
            for number, block in enumerate(blocks(9), 1):
                run.blocks.put(block)
                eventually(partial(has_committed, run, number))
                if name == "reloaded":
                    taken: list[bool] = []
                    run.pipeline.use(run.engine(RULES), DECODERS, partial(taken.append, True))
                    eventually(partial(bool, taken))
            assert run.pipeline.stop(30)
            alerts.append(run.alerts())
    assert alerts[1] == alerts[0]
    assert len(alerts[0]) > 20


def test_a_changed_correlation_begins_anew_and_no_other_does(tmp_path: Path) -> None:
    """Two of four events, and two of three users, before the change; the others after it."""
    with Store.open(tmp_path / "store.db") as store:
        run = Run(store, tmp_path, [base("guest"), COUNT, USERS])
        offset = 0

        def feed(*numbers: int) -> list[str]:
            nonlocal offset
            data = b"".join(line(number, number, f"guest-{number}", "10.0.0.1") for number in numbers)
            run.work(block_of(data, offset, numbers[0]))
            offset += len(data)
            return [alert[0] for alert in run.alerts()]

        assert feed(1, 2) == []
        changed = correlation("count", "event_count", ["guest"], {"gte": 4}, "20m")
        run.begin([base("guest"), changed, USERS])
        assert feed(3) == ["users"]
        assert feed(4, 5) == ["users"]
        assert feed(6) == ["count", "users"]
