"""Over any sources, cuts, losses and kills, the ledger says of every record that was written how it ended."""

import queue
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soc_agent.agent.health import HealthLog
from soc_agent.agent.pipeline import Pipeline
from soc_agent.agent.reader import Origin, Reader
from soc_agent.model import Block, Counters, Position
from soc_agent.store import Store, Transaction
from tests.agent.parts import UTC, loaded
from tests.end_to_end.running import sshd_line

SOURCES = {"auth": "syslog", "app": "json", "any": "syslog"}


class KilledError(BaseException):
    """The process ended here."""


def line(kind: int, number: int) -> bytes:
    """Give a line that rules are about, one that no rule is about, one that names a literal and is nothing, garbage."""
    return (
        sshd_line(number),
        b"Nov 20 08:14:03 host cron[1]: nothing to see here %d\n" % number,
        b'{"message": "sshd: Invalid user user-1 from 10.0.0.1 port 22", \xff broken %d\n' % number,
        b"\x00\xfe sshd Invalid user user-%d\n" % number,
    )[kind]


steps = st.lists(
    st.tuples(
        st.sampled_from(sorted(SOURCES)),
        st.lists(st.integers(0, 3), max_size=12),
        st.integers(0, 5),
        st.integers(0, 3),
        st.sampled_from(["", "", "", "killed before the commit", "killed after it"]),
    ),
    max_size=12,
)
"""Source, kinds of its next lines, records dropped and records no line could be made of, and what befell the agent."""


class Machine:
    """An agent's pipeline that can be killed: what is not committed is read again from the last position."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.parts = loaded(folder)
        self.store = Store.open(folder / "soc-agent.db")
        self.start()

    def start(self) -> None:
        reader = Reader(self.parts.engine, self.parts.decoders, lambda _: Origin(UTC, "own-host"))
        empty: queue.Queue[Block] = queue.Queue()
        self.pipeline = Pipeline(self.store, reader, empty, HealthLog("test"), lambda *_: None)

    def work(self, block: Block, befalls: str) -> None:
        if befalls:
            with killing(self.store, befalls), pytest.raises(KilledError):
                self.pipeline._work([block])
            self.store.close()
            self.store = Store.open(self.folder / "soc-agent.db")
            self.start()
            committed = self.store.positions(block.source).get(block.stream_id)
            if block.position is None or committed == block.position.state:
                return
        self.pipeline._work([block])


@contextmanager
def killing(store: Store, when: str) -> Iterator[None]:
    """Let the process end within the next transaction."""
    whole = store.transaction

    @contextmanager
    def transaction() -> Iterator[Transaction]:
        with whole() as made:
            yield made
            if when == "killed before the commit":
                raise KilledError
        raise KilledError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "transaction", transaction)
        yield


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps)
def test_the_ledger_adds_up_with_what_was_written(plan: list[tuple[str, list[int], int, int, str]]) -> None:
    written = {name: Counters() for name in SOURCES}
    with tempfile.TemporaryDirectory() as folder:
        machine = Machine(Path(folder))
        for number, (name, kinds, dropped, unread, befalls) in enumerate(plan):
            total = written[name]
            data = b"".join(line(kind, total.lines + place) for place, kind in enumerate(kinds))
            lost = Counters(dropped=dropped, undecodable=unread) if dropped or unread else None
            position = Position(name, "1", str(number).encode())
            block = Block(name, name, "1", SOURCES[name], data, total.bytes, total.lines + 1, position, 1, lost)
            machine.work(block, befalls)
            total.add(Counters(bytes=len(data), lines=len(kinds), dropped=dropped, read=len(kinds) + dropped + unread))
        found = {source.source: source.totals for source in machine.store.ledger()}
        minutes = {name: machine.store.ledger_minutes(name, 0, 2**62) for name in SOURCES}
        machine.store.close()
    for name, total in written.items():
        counted = found.get(name, Counters())
        assert (counted.read, counted.lines, counted.bytes) == (total.read, total.lines, total.bytes)
        assert counted.dropped == total.dropped
        assert counted.missing == 0
        of_minutes = Counters()
        for _, minute in minutes[name]:
            assert minute.missing == 0
            of_minutes.add(minute)
        assert of_minutes == counted


def test_every_way_to_end_is_taken(tmp_path: Path) -> None:
    """The property says nothing if a kind of line always ends in the same way."""
    machine = Machine(tmp_path)
    for number, kind in enumerate((0, 1, 2, 3)):
        position = Position("any", "1", str(number).encode())
        machine.work(Block("any", "any", "1", "syslog", line(kind, number), 0, 1, position), "")
    (source,) = machine.store.ledger()
    machine.store.close()
    totals = source.totals
    assert totals.decoded
    assert totals.skipped
    assert totals.undecodable
