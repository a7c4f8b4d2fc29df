"""The collector: pages looked at by the clock, a few at a time, one request at a time to each host."""

import logging
import queue
import time
from collections import deque
from collections.abc import Callable, Mapping
from hashlib import blake2b
from ipaddress import ip_network
from urllib.parse import urlsplit

from msgspec import Struct, field

from collectors.endless import Endless
from collectors.made import made_block
from collectors.portals.asking import GUISES, Askers, Task
from collectors.portals.connection import Resolve, make_trust, resolve
from collectors.portals.fetch import Bounds, Fetch
from collectors.portals.judge import Judge, page_change
from collectors.portals.lines import Lines
from collectors.portals.memory import Life, Memory, Page
from collectors.portals.parts import Part
from collectors.portals.references import Ref
from soc_agent.config import PortalPage, PortalSource
from soc_agent.errors import SourceError
from soc_agent.model import Block, Problem, Where

log = logging.getLogger(__name__)
Approved = Callable[[str], str]
"""Name of a page to the id of the change that a person approved last; empty when none was."""
TYPE = "portal"
_SPREAD_S = 1.0
"""So far apart pages are begun at the start, within their rhythm."""
_APPROVED_S = 5.0
"""So often is looked whether somebody approved something, while something waits for it."""


def nobody(_: str) -> str:
    """Approve nothing."""
    return ""


class _Turn(Struct):
    """A page and when it is due."""

    page: PortalPage
    judge: Judge
    host: str
    due: float
    content_due: float
    guise_due: float
    guises: int = 0
    """So many looks were made in a guise."""
    parts: deque[tuple[str, Ref]] = field(default_factory=deque)
    """What the page loads, still to be looked at in this round."""
    busy: bool = False


class PortalWatch(Endless):
    """Looks at web pages; a :class:`soc_agent.model.Collector`.

    Pages are fetched by a few threads and judged by the one that reads. What a page is known to be commits together
    with the line that says so; a look that was not committed is made again.
    """

    def __init__(
        self,
        options: PortalSource,
        approved: Approved = nobody,
        clock: Callable[[], float] = time.monotonic,
        ask: Resolve = resolve,
    ) -> None:
        super().__init__(options.name, clock)
        self._options = options
        self._approved = approved
        self._clock = clock
        self._ask = ask
        self._turns: list[_Turn] = []
        self._ready: deque[Block] = deque()
        self._askers: Askers | None = None
        self._approved_at = 0.0
        self._bounds = Bounds(
            timeout_s=options.timeout_s,
            size_cap_bytes=options.size_cap_bytes,
            redirects=options.redirects,
            allowed=tuple(ip_network(network, strict=False) for network in options.private_networks),
            user_agent=options.user_agent,
        )
        self._parts_got: dict[Ref, tuple[float, Part | None]] = {}
        """Parts that several pages load are got once a round."""

    def missing(self) -> Problem | None:
        """See :class:`soc_agent.model.Collector`: the authorities must be readable."""
        try:
            make_trust(self._options.ca_file)
        except OSError as error:
            reason = error.strerror or str(error)
            return Problem("portals.bad_ca", Where(self._options.ca_file), {"reason": reason})
        return None

    def open(self, positions: Mapping[str, bytes]) -> None:
        """See :class:`soc_agent.model.Collector`."""
        try:
            trust = make_trust(self._options.ca_file)
        except OSError as error:
            values = {"reason": error.strerror or str(error)}
            raise SourceError(Problem("portals.bad_ca", Where(self._options.ca_file), values)) from error
        now = self._clock()
        count = len(self._options.pages)
        self._turns = []
        for page in self._options.pages:
            memory = Memory(self.name, page.name, page.url, positions)
            if memory.damaged:
                self._reports.happened(Problem("portals.bad_state", values={"page": page.name, "source": self.name}))
            # spread by what the page is called: evenly, and the same after each start
            share = int.from_bytes(blake2b(page.url.encode(), digest_size=2).digest(), "big") / 65_536
            due = now + share * min(count * _SPREAD_S - _SPREAD_S, self._options.availability_s)
            host = (urlsplit(page.url).hostname or "").lower()
            self._turns.append(_Turn(page, Judge(self._options, page, memory), host, due, due, due))
        self._ready.clear()
        self._parts_got.clear()
        self._askers = Askers(self._options, self._bounds, trust, self._ask)

    def read(self, timeout_s: float) -> Block | None:
        """See :class:`soc_agent.model.Collector`. A block holds what one look at one page gave."""
        askers = self._askers
        assert askers is not None
        end = self._clock() + timeout_s
        while True:
            self._look_for_approvals()
            if self._ready:
                return self._ready.popleft()
            self._hand_out(askers)
            wait_s = min(end, self._next_due(askers)) - self._clock()
            try:
                found = askers.answer(max(wait_s, 0.0))
            except queue.Empty:
                if self._clock() >= end:
                    return None
                continue
            if found is None:
                return None
            self._take(*found)

    def wake(self) -> None:
        """See :class:`soc_agent.model.Collector`."""
        if self._askers is not None:
            self._askers.wake()

    def close(self) -> None:
        """See :class:`soc_agent.model.Collector`. A fetch that runs is not waited for; its answer is thrown away."""
        if self._askers is not None:
            self._askers.end()
        self._turns = []

    def _hand_out(self, askers: Askers) -> None:
        """Give what is due to the workers: never two requests at once to one host."""
        now = self._clock()
        busy = {turn.host for turn in self._turns if turn.busy}
        for index, turn in sorted(enumerate(self._turns), key=lambda item: item[1].due):
            task = self._task(index, turn, now)
            if task is None or turn.host in busy or len(busy) >= askers.count:
                continue
            busy.add(turn.host)
            turn.busy = True
            askers.put(task)

    def _task(self, index: int, turn: _Turn, now: float) -> Task | None:
        """Give what is to be asked for next of a page; its availability goes before the rest."""
        if turn.due <= now:
            return Task(index, turn.content_due <= now or turn.judge.memory.page.baseline is None)
        if self._options.guise_s and turn.guise_due <= now and turn.judge.memory.page.baseline is not None:
            return Task(index, guise=list(GUISES)[turn.guises % len(GUISES)])
        return Task(index, part=turn.parts[0]) if turn.parts else None

    def _next_due(self, askers: Askers) -> float:
        busy = {turn.host for turn in self._turns if turn.busy}
        waiting = [0.0 if turn.parts else turn.due for turn in self._turns if turn.host not in busy]
        if not waiting or len(busy) >= askers.count:
            return float("inf")
        return min(waiting)

    def _take(self, task: Task, found: Fetch, part: Part | None) -> None:
        turn, now = self._turns[task.index], self._clock()
        turn.busy = False
        if task.part is not None:
            if task.part in turn.parts:
                turn.parts.remove(task.part)
            if found.reason in ("timeout", "connect", "dns"):
                turn.parts.clear()  # the rest of them would fail as well, each after its time
            self._parts_got[task.part[1]] = now, part
        elif task.guise:
            turn.guises += 1
            turn.guise_due = now + self._options.guise_s
        else:
            turn.due = max(turn.due + self._options.availability_s, now)
        if task.content:
            turn.content_due = turn.due - self._options.availability_s + self._options.content_s
        try:
            lines = self._judge(turn, task, found, part)
        except Exception as error:
            # the edge of a page: what one of them says does not keep the others from being looked at
            log.exception("source %s: the page %s could not be judged; it is tried again", self.name, turn.page.name)
            values = {"page": turn.page.name, "detail": f"{type(error).__name__}: {error}"}
            self._reports.report(f"failed:{turn.page.name}", Problem("portals.failed", values=values))
            return
        self._reports.clear(f"failed:{turn.page.name}")
        self._ready.extend(self._blocks(turn, lines))
        if task.part is not None:
            for other in self._turns:
                if other.parts:
                    self._judge_known_parts(other, now)
        if task.part is not None or task.guise:
            return
        self._report(turn.page, found, content=task.content)
        if task.content and not found.reason:
            wanted = dict(turn.judge.wanted())
            # those that had no turn in the last round go first: on a slow host all of them have one some time
            waiting = [name for name, _ in turn.parts if name in wanted]
            turn.parts = deque((name, wanted[name]) for name in dict.fromkeys((*waiting, *wanted)))
        self._judge_known_parts(turn, now)

    def _judge(self, turn: _Turn, task: Task, found: Fetch, part: Part | None) -> Lines:
        now_ns = time.time_ns()
        if task.part is not None:
            return turn.judge.part(*task.part, part, now_ns)
        if task.guise:
            return turn.judge.guise(found, task.guise, now_ns)
        return turn.judge.judge(found, now_ns, content=task.content)

    def _judge_known_parts(self, turn: _Turn, now: float) -> None:
        """Take the parts that were got a moment ago for another page."""
        fresh = now - self._options.content_s / 2
        self._parts_got = {ref: got for ref, got in self._parts_got.items() if got[0] > fresh}
        for name, ref in [each for each in turn.parts if each[1] in self._parts_got]:
            turn.parts.remove((name, ref))
            lines = turn.judge.part(name, ref, self._parts_got[ref][1], time.time_ns())
            self._ready.extend(self._blocks(turn, lines))

    def _report(self, page: PortalPage, found: Fetch, *, content: bool) -> None:
        """Say which pages answer and cannot be compared: that is not the same as unchanged."""
        key = f"page:{page.name}"
        if content and found.reason in ("too_big", "encoding"):
            values = {"page": page.name, "reason": found.reason, "limit": self._options.size_cap_bytes}
            self._reports.report(key, Problem("portals.not_compared", values=values))
        elif content and not found.reason:
            self._reports.clear(key)

    def _look_for_approvals(self) -> None:
        now = self._clock()
        if now < self._approved_at:
            return
        self._approved_at = now + _APPROVED_S
        for turn in self._turns:
            page = turn.judge.memory.page
            if not page_change(page):
                continue
            lines = turn.judge.approve(self._approved(turn.page.name), time.time_ns())
            self._ready.extend(self._blocks(turn, lines))

    def _blocks(self, turn: _Turn, lines: Lines) -> list[Block]:
        memory = turn.judge.memory
        blocks = []
        if lines.page or lines.page_changed:
            blocks.append(self._block(turn, memory.page_id, memory.page, lines.page))
        if lines.life:
            blocks.append(self._block(turn, memory.life_id, memory.life, lines.life))
        return blocks

    def _block(self, turn: _Turn, stream_id: str, state: Life | Page, lines: list[bytes]) -> Block:
        return made_block(
            state,
            lines,
            source=self.name,
            stream=turn.page.name,
            stream_id=stream_id,
            kind=TYPE,
            received_ns=time.time_ns(),
        )
