"""The canaries that are under way: sent on a schedule or at once, followed stage by stage, missed when one is lost."""

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from msgspec import Struct

from soc_agent.agent.canary.ways import Impossible, Way, kind_of, line_of, way_of
from soc_agent.agent.trust.conditions import Conditions
from soc_agent.config import CanaryOptions, Source
from soc_agent.model import Block, Detection
from soc_agent.store import CanaryResult, Store
from soc_agent.text import say

log = logging.getLogger(__name__)

RULE_IDS = frozenset(f"c0ffee11-5a7e-4c0d-9b1d-5e1f7e57ca{number}" for number in (11, 12, 13, 14))
"""The rules that find canaries: ``canary*.yml`` of ``rules/sigma/agent``, and a YARA rule."""
MISSING = "canary_missing"
REQUEST = "now"
"""Name of the file in our folder that asks a running agent for a round at once."""
FIRST_S = 30.0
"""How long after the beginning the first round is sent, so that every source is open."""
SEND_S = 30.0
"""A way that does not take its canary for so long is broken: a file system or a door that hangs."""
AGAIN_S = 300.0
"""While one is missing, the next round comes after so long: what is well again is not said to be broken for an hour."""


class _Bird(Struct):
    """One canary. Times are nanoseconds since 1970, 0 while it did not get there."""

    source: str
    kind: str
    token: bytes
    sent_ns: int = 0
    begun_s: float = 0.0
    sent_s: float = 0.0
    read_ns: int = 0
    detected_ns: int = 0
    stored_ns: int = 0
    problem: str = ""

    def result(self) -> CanaryResult:
        """Give it as the store keeps it."""
        return CanaryResult(
            self.source, self.kind, self.sent_ns, self.read_ns, self.detected_ns, self.stored_ns, self.problem
        )


class Canaries:
    """Those that are under way. Written by the thread that sends and by the pipeline, behind a lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flying: dict[bytes, _Bird] = {}

    def send(self, bird: _Bird) -> None:
        """Follow one."""
        with self._lock:
            self._flying[bird.token] = bird

    def read(self, block: Block, detections: Iterable[Detection]) -> None:
        """Look for them in a block that was read, and in what was found in it. Cheap while none is under way."""
        if not self._flying:
            return
        with self._lock:
            for token, bird in self._flying.items():
                if token in block.data:
                    bird.read_ns = bird.read_ns or time.time_ns()
                    if any(found.rule.id in RULE_IDS and token in found.raw for found in detections):
                        bird.detected_ns = time.time_ns()

    def stored(self, detections: Iterable[Detection], store: Store) -> None:
        """Look whether those that were found are in the store, over a connection that only reads."""
        for found in detections:
            if found.rule.id in RULE_IDS and store.has_detection(found.uid):
                with self._lock:
                    for token, bird in self._flying.items():
                        if token in found.raw:
                            bird.stored_ns = time.time_ns()

    def landed(self, wait_s: float) -> list[_Bird]:
        """Take those that came through, could not be sent, or are missing."""
        now = time.monotonic()
        with self._lock:
            done = [
                bird
                for bird in self._flying.values()
                if bird.stored_ns or bird.problem or now - (bird.sent_s or bird.begun_s + SEND_S) > wait_s
            ]
            for bird in done:
                del self._flying[bird.token]
                if not bird.sent_s and not bird.problem:
                    bird.problem = say("canary.not_taken")
        return done

    @property
    def under_way(self) -> bool:
        """Whether any is."""
        return bool(self._flying)


class Flock:
    """Sends canaries through all sources, and says which did not come back. Used by one thread."""

    def __init__(
        self,
        folder: Path,
        canaries: Canaries,
        conditions: Conditions,
        store: Store,
        stalled: Callable[[], bool] = lambda: False,
    ) -> None:
        """:param stalled: says whether the store takes no writes, and all that was read waits for it."""
        self._stalled = stalled
        self._broken: dict[str, str] = {}
        self._folder = folder
        self._canaries = canaries
        self._conditions = conditions
        self._store = store
        self._next_s = time.monotonic() + FIRST_S
        self._sender: threading.Thread | None = None

    def tick(self, sources: Mapping[str, Source], options: CanaryOptions) -> None:
        """Do what is due.

        :raises StoreError: when the store does not take the results; they are lost then, and the next round tells.
        """
        now_s = time.monotonic()
        asked = self._asked()
        is_sending = self._sender is not None and self._sender.is_alive()
        if (asked or (options.every_s and now_s >= self._next_s)) and not is_sending:
            self._next_s = now_s + (options.every_s or FIRST_S)
            self._send(sources)
        done = [self._judge(bird) for bird in self._canaries.landed(options.wait_s)]
        if done:
            with self._store.transaction() as transaction:
                transaction.put_canaries(done)

    def _asked(self) -> bool:
        try:
            (self._folder / REQUEST).unlink()
        except OSError:
            return False
        return True

    def _send(self, sources: Mapping[str, Source]) -> None:
        ways: list[tuple[_Bird, Way]] = []
        impossible = []
        for name, source in sources.items():
            way = way_of(source, self._folder)
            if isinstance(way, Impossible):
                impossible.append(CanaryResult(name, kind_of(source), 0, problem=say(way.key)))
            else:
                ways.append((_Bird(name, kind_of(source), secrets.token_hex(16).encode(), time.time_ns()), way))
        with self._store.transaction() as transaction:
            transaction.put_canaries(impossible, of=sources)
        # a door that does not answer must not hold up the heartbeat
        self._sender = threading.Thread(target=self._send_all, args=(ways,), name="canary", daemon=True)
        self._sender.start()

    def _send_all(self, ways: list[tuple[_Bird, Way]]) -> None:
        for bird, way in ways:
            bird.begun_s = time.monotonic()
            self._canaries.send(bird)
            try:
                way.send(line_of(bird.token.decode(), bird.source))
            except OSError as error:
                bird.problem = say("canary.not_sent", reason=error.strerror or str(error))
            bird.sent_s = time.monotonic()

    def _judge(self, bird: _Bird) -> CanaryResult:
        result = bird.result()
        stage = result.broken_stage
        if stage not in ("", "send") and self._stalled():
            stage = "store"  # nothing is read while what was read cannot be stored
        if stage != self._broken.get(bird.source, stage):
            self._conditions.end(MISSING, bird.source, say("canary.other_stage"))
        self._broken[bird.source] = stage
        if stage:
            self._next_s = min(self._next_s, time.monotonic() + AGAIN_S)
            detail = say("canary.missing", stage=say(f"canary.stage_{stage}")) + (
                f" {bird.problem}" * bool(bird.problem)
            )
            self._conditions.begin(MISSING, bird.source, detail)
        else:
            self._conditions.end(MISSING, bird.source, say("canary.back"))
        return result
