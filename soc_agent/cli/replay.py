"""``soc-agent replay``: recorded files fed through a live agent at their own pace, or faster."""

import hashlib
import heapq
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from msgspec import Struct
from msgspec.structs import replace
from rich.console import Console
from rich.progress import Progress

from soc_agent.agent import InboxClient, inbox_path
from soc_agent.cli.inputs import Input, blocks_of, find_inputs
from soc_agent.cli.options import TIMEZONE, chosen_zone, input_type
from soc_agent.cli.output import narrate
from soc_agent.cli.rules.shared import chosen_rules
from soc_agent.cli.run import make_agent
from soc_agent.cli.workspace import Workspace
from soc_agent.decode import Context, Decoders
from soc_agent.errors import SourceError, describe
from soc_agent.model import Block, Problem
from soc_agent.text import path_text, say

STEP_S = 0.1
"""Lines due within so long travel together."""
BLOCK_BYTES = 262_144
_EARLY_LINES = 1000
"""So many lines without a time at the head of an input wait for the first time: the lines of a header, mostly."""


class Timed(Struct, frozen=True, order=True):
    """A recorded line and when it happened."""

    time_ns: int
    order: int
    """Which input it is from: lines of the same moment keep the order of the inputs."""
    number: int
    offset: int
    line: bytes
    header: bytes = b""


@click.command("replay", help=say("cli.replay.help"))
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False))
@click.option(
    "--speed", type=click.FloatRange(0, min_open=True), default=1.0, show_default=True, help=say("cli.replay.speed")
)
@click.option("--type", "type_", metavar="TYPE", callback=input_type, help=say("cli.type"))
@click.option(*TIMEZONE, help=say("cli.timezone"))
@click.pass_obj
def command(
    workspace: Workspace, paths: tuple[Path, ...], speed: float, type_: str | None, timezone: str | None
) -> None:
    """Feed recorded files through the running agent, or through one made for the purpose."""
    problems: list[Problem] = []
    inputs = [item for item in find_inputs(paths, type_, problems) if item.type != "binary"]
    if not inputs:
        raise SourceError(Problem("cli.replay.nothing", values={"paths": " ".join(map(str, paths))}), *problems)
    zone = chosen_zone(timezone)
    with live_agent(workspace) as client:
        decoders = chosen_rules(workspace, (), problems).decoders()
        lines = Recorded(inputs, zone, decoders, problems)
        sent = Player(client, inputs, speed).play(lines)
        client.finish()
    for problem in problems:
        narrate(describe(problem))
    narrate(say("cli.replay.done", lines=sent, files=len(inputs)))


@contextmanager
def live_agent(workspace: Workspace) -> Iterator[InboxClient]:
    """Connect to the agent that works on the store; where none does, run one without sources meanwhile."""
    path = inbox_path(workspace.store_path)
    try:
        running = InboxClient(path).connect()
    except SourceError:
        running = None
    if running is not None:
        with running:
            yield running
        return
    narrate(say("cli.replay.own_agent"))
    agent = make_agent(workspace, replace(workspace.config, sources=()))
    try:
        agent.start()
        with _connect(path) as client:
            yield client
    finally:
        agent.stop()


@contextmanager
def _connect(path: Path, patience_s: float = 10.0) -> Iterator[InboxClient]:
    """Connect to an agent that is just starting."""
    deadline = time.monotonic() + patience_s
    client = InboxClient(path)
    while True:
        try:
            connected = client.connect()
        except SourceError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            break
    with connected:
        yield connected


class Recorded:
    """The lines of all inputs, merged in the order of their times."""

    def __init__(self, inputs: list[Input], zone: ZoneInfo, decoders: Decoders, problems: list[Problem]) -> None:
        self._inputs = inputs
        self._zone = zone
        self._problems = problems
        self._decoders = decoders

    def __iter__(self) -> Iterator[Timed]:
        """Yield the lines. One without a time happened when the one before it did, or the first one after."""
        return heapq.merge(*(self._lines(order, item) for order, item in enumerate(self._inputs)))

    def _lines(self, order: int, item: Input) -> Iterator[Timed]:
        latest, received_ns = 0, 0
        early: list[Timed] = []
        for block in blocks_of(item, self._problems):
            context = Context("replay", block.type, self._zone, block.received_ns, header=block.header)
            offset, received_ns = block.offset, block.received_ns
            for number, line in enumerate(block.data.splitlines(keepends=True), block.first_line):
                event = self._decoders.decode(line.rstrip(b"\r\n"), context)
                if event.time_ns != block.received_ns:
                    latest = max(latest, event.time_ns)
                early.append(Timed(latest, order, number, offset, line, block.header))
                offset += len(line)
                if latest or len(early) >= _EARLY_LINES:
                    latest = latest or received_ns
                    yield from (replace(timed, time_ns=latest) for timed in early)
                    early.clear()
        yield from (replace(timed, time_ns=received_ns) for timed in early)


class Player:
    """Sends lines when they are due."""

    def __init__(self, client: InboxClient, inputs: list[Input], speed: float) -> None:
        self._client = client
        self._inputs = inputs
        self._speed = speed
        self._types = [item.line_type for item in inputs]
        self._ids = [f"replay:{_digest(item.path)}" for item in inputs]

    def play(self, lines: Recorded) -> int:
        """Send everything; gives the number of lines."""
        begin_s, begin_ns, sent = time.monotonic(), None, 0
        console = Console(stderr=True)
        with Progress(console=console, disable=not sys.stderr.isatty()) as progress:
            task = progress.add_task(say("cli.replay.progress"), total=None)
            pending: list[Timed] = []
            for line in lines:
                begin_ns = line.time_ns if begin_ns is None else begin_ns
                due_s = begin_s + (line.time_ns - begin_ns) / 1e9 / self._speed
                if pending and (self._breaks(pending, line) or due_s > time.monotonic() + STEP_S):
                    sent += self._send(pending)
                    progress.update(task, completed=sent)
                    pending = []
                wait_s = due_s - time.monotonic()
                if wait_s > 0:
                    time.sleep(wait_s)
                pending.append(line)
            if pending:
                sent += self._send(pending)
        return sent

    def _breaks(self, pending: list[Timed], line: Timed) -> bool:
        """Say whether a line cannot join a block: it is of another input or header, or the block is full."""
        first = pending[0]
        is_other = (line.order, line.header) != (first.order, first.header)
        return is_other or line.offset - first.offset > BLOCK_BYTES

    def _send(self, pending: list[Timed]) -> int:
        first = pending[0]
        data = b"".join(line.line if line.line.endswith(b"\n") else line.line + b"\n" for line in pending)
        block = Block(
            source="replay",
            stream=path_text(self._inputs[first.order].path),
            stream_id=self._ids[first.order],
            type=self._types[first.order],
            data=data,
            offset=first.offset,
            first_line=first.number,
            received_ns=time.time_ns(),
            header=first.header,
        )
        self._client.send(block)
        return len(pending)


def _digest(path: Path) -> str:
    """Name a file by what is in it: the same file replayed twice is the same stream, so nothing is counted twice."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
