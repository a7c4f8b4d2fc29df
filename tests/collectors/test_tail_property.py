"""Whatever is done to a log, in whatever order, its lines come in order, each once."""

import shutil
import tempfile
from pathlib import Path
from unittest import mock

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.collectors.tailing import Reader, append, copy_truncate, rotate


class TailMachine(RuleBasedStateMachine):
    """One log, written, rotated and read; reads and commits are apart, and a kill falls back to the last commit."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="tail"))
        self.log = self.folder / "app.log"
        self.written: list[bytes] = []
        self.open_line = b""
        self.received: list[bytes] = []
        self.kept = 0
        self.seen = False
        self.patch = mock.patch("collectors.lines.BLOCK_BYTES", 48)
        self.patch.start()

    def teardown(self) -> None:
        self.finish_line()
        self.log.touch()
        self.receive()
        try:
            assert sorted(self.received) == sorted(self.written)
            self.lines_come_in_order_and_once()
            assert set(self.reader.codes()) <= {"tail.nothing_there", "tail.rest_gone"}
        finally:
            self.reader.tail.close()
            self.patch.stop()
            shutil.rmtree(self.folder)

    @initialize(
        pattern=st.sampled_from(["app.log", "app.log*", "**/app*"]),
        rotation=st.sampled_from(["rename", "copy", "both"]),
        max_open=st.sampled_from([1, 2, 100]),
    )
    def begin(self, pattern: str, rotation: str, max_open: int) -> None:
        self.rotation = rotation
        self.reader = Reader(
            self.folder / pattern, max_open=max_open, line_cap_bytes=40, partial_wait_s=1_000_000, start="end"
        )
        self.receive()

    def receive(self, limit: int | None = None, *, commit: bool = True) -> None:
        self.received += self.reader.read(limit=limit, commit=False)
        if commit:
            self.commit()

    def be_seen(self) -> None:
        """Let the reader know of the log: one rotated before anybody saw it cannot be found by its name."""
        self.finish_line()
        if not self.seen:
            self.receive(1)
            self.seen = True

    def finish_line(self) -> None:
        if self.open_line:
            append(self.log, b"|\n")
            self.written.append(self.open_line + b"|")
            self.open_line = b""

    # What writers do

    @rule(count=st.integers(1, 12), width=st.integers(0, 30))
    def write_lines(self, count: int, width: int) -> None:
        self.finish_line()
        lines = [b"%d %s" % (len(self.written) + n, b"x" * width) for n in range(count)]
        append(self.log, b"".join(line + b"\n" for line in lines))
        self.written += lines

    @rule(width=st.integers(0, 12))
    def write_part_of_a_line(self, width: int) -> None:
        if len(self.open_line) < 24:
            part = b"y" * width if self.open_line else b"%d %s" % (len(self.written), b"y" * width)
            append(self.log, part)
            self.open_line += part

    @rule()
    def touch(self) -> None:
        self.log.touch()

    # What rotates them

    @precondition(lambda self: self.log.exists())
    @rule(create=st.booleans())
    def rename(self, create: bool) -> None:
        if self.rotation == "copy":
            return
        self.be_seen()
        rotate(self.log, keep=99, create=create)

    @precondition(lambda self: self.log.exists())
    @rule(caught_up=st.booleans())
    def copy_and_truncate(self, caught_up: bool) -> None:
        if self.rotation == "rename":
            return
        self.be_seen()
        if caught_up:
            self.receive(commit=False)
        copy_truncate(self.log, keep=99)

    @precondition(lambda self: self.log.exists())
    @rule()
    def delete_what_was_read(self) -> None:
        self.finish_line()
        self.receive()
        self.log.unlink()

    # What the reader does

    @rule(limit=st.integers(1, 4))
    def read_some(self, limit: int) -> None:
        self.receive(limit, commit=False)

    @rule()
    def read_all(self) -> None:
        self.receive(commit=False)

    @rule()
    def commit(self) -> None:
        for block in self.reader.blocks:
            self.reader.commit(block)
        self.reader.blocks.clear()
        self.kept = len(self.received)

    @rule(seconds=st.sampled_from([0.5, 6, 100]))
    def let_time_pass(self, seconds: float) -> None:
        self.reader.now += seconds
        self.receive(commit=False)

    @rule()
    def kill_and_begin_again(self) -> None:
        del self.received[self.kept :]
        self.reader.blocks.clear()
        self.reader.restart()

    @invariant()
    def lines_come_in_order_and_once(self) -> None:
        if self.rotation == "both":
            # What was copied and what was renamed between two looks cannot be put in order.
            assert sorted(self.received) == sorted(set(self.received) & set(self.written))
        else:
            assert self.received == self.written[: len(self.received)]


TestTail = TailMachine.TestCase
TestTail.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
