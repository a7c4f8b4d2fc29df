"""Which rules cost most on some lines: the engine itself, watched.

What is watched is what happens anyway: the prefilter names rules for a line, the line is decoded for them, and those
that look at its event are tried. The time of a try is the rule's own; the time to decode a line is shared by the rules
for which it was decoded. Of telemetry every line is decoded whatever the rules are, so nobody is charged for that.
"""

import copy
from collections import Counter
from collections.abc import Iterator, Sequence
from time import perf_counter_ns

from msgspec import Struct

from soc_agent.decode import Context, Decoders
from soc_agent.detect.engine import Engine
from soc_agent.detect.evaluate.leaf import Predicate
from soc_agent.detect.evaluate.predicate import compile_rule
from soc_agent.detect.evaluate.view import View
from soc_agent.detect.prefilter.index import TypeIndex
from soc_agent.detect.prefilter.running import RunningRule
from soc_agent.detect.prefilter.scanner import NUMBER_BITS
from soc_agent.detect.prefilter.spelling import Alternatives
from soc_agent.detect.ruleset import RuleSet
from soc_agent.model import Block, Event, RuleInfo

LITERALS_SHOWN = 3
_COMMON = 1 / 50
"""A literal that stands in more lines than this lets many through for nothing."""
_SLOW_NS = 20_000
_DOUBTFUL_NS = 1_000_000
_TRIES_JUDGED = 20
"""Of fewer tries nothing is concluded: the first one makes what the others use."""
_NUMBER_MASK = (1 << NUMBER_BITS) - 1


class Found(Struct, frozen=True):
    """A literal by which a rule is looked for, and how often it was found."""

    literal: str
    count: int


class Cost(Struct, frozen=True):
    """What one rule cost."""

    rule: RuleInfo
    tries: int
    """How often its condition was evaluated."""
    matches: int
    tries_ns: int
    decode_ns: int
    """Its share of decoding the lines that were decoded for it."""
    named: int
    """Lines for which the prefilter named it."""
    alone: int
    """Those of them that were decoded for this rule alone."""
    always: bool
    """Whether it is tried on every line of some type: no literal says where it cannot match."""
    literals: tuple[Found, ...]
    """Those by which it is looked for that were found most often."""
    hint: str
    """Why it costs: ``always`` (neither literal nor field rules it out), ``slow`` (its condition), ``common`` (its
    literals stand in many lines); or nothing."""

    @property
    def total_ns(self) -> int:
        """All of it."""
        return self.tries_ns + self.decode_ns

    @property
    def for_nothing(self) -> int:
        """Lines for which it was named without matching."""
        return max(self.named - self.matches, 0)


class Profile(Struct, frozen=True):
    """What the lines cost, and who."""

    lines: int
    bytes: int
    candidates: int
    matches: int
    total_ns: int
    decode_ns: int
    tries_ns: int
    costs: tuple[Cost, ...]
    """Rules that cost something, the dearest first."""


class _Tally:
    """What is counted of one rule."""

    __slots__ = ("alone", "decode_ns", "matches", "named", "tries", "tries_ns")

    def __init__(self) -> None:
        self.tries = self.matches = self.tries_ns = self.decode_ns = self.named = self.alone = 0


class Profiler:
    """Matches blocks and counts. The answers are those of the engine; only the time is longer."""

    def __init__(self, rules: RuleSet, decoders: Decoders) -> None:
        self._tallies = [_Tally() for _ in rules.rules]
        watched = copy.copy(decoders)
        self._engine = _Watched(rules, watched)
        self._decode = decoders.decode
        watched.decode = self._timed_decode  # type: ignore[method-assign]
        watched.early = lambda type: None  # type: ignore[method-assign]  # noqa: A006, ARG005 - what is timed is all
        for running, tally in zip(self._engine.running, self._tallies, strict=True):
            running.predicate = _timed(running, tally)
        self._lines = self._bytes = self._candidates = self._total_ns = self._decode_ns = self._matches = 0

    def take(self, block: Block, context: Context) -> None:
        """Match a block. ``context.type`` is the type of its lines."""
        self._engine.index_for(context)
        begin = perf_counter_ns()
        matches = self._engine.match(block, context)
        self._total_ns += perf_counter_ns() - begin
        self._lines += matches.counters.lines
        self._bytes += matches.counters.bytes
        self._candidates += matches.counters.candidates
        self._matches += sum(len(match.rules) for match in matches.matches)

    def profile(self) -> Profile:
        """Give what was counted so far."""
        self._settle()
        costs = [
            self._cost(running, tally)
            for running, tally in zip(self._engine.running, self._tallies, strict=True)
            if tally.named or tally.tries
        ]
        costs.sort(key=lambda cost: (-cost.total_ns, cost.rule.title))
        return Profile(
            lines=self._lines,
            bytes=self._bytes,
            candidates=self._candidates,
            matches=self._matches,
            total_ns=self._total_ns,
            decode_ns=self._decode_ns,
            tries_ns=sum(tally.tries_ns for tally in self._tallies),
            costs=tuple(costs),
        )

    def _timed_decode(self, line: bytes, context: Context) -> Event:
        begin = perf_counter_ns()
        event = self._decode(line, context)
        took_ns = perf_counter_ns() - begin
        self._decode_ns += took_ns
        self._engine.charge(took_ns)
        return event

    def _settle(self) -> None:
        """Hand what sets of rules were named for, and what that cost, to the rules."""
        for (index, rules), (lines, took_ns) in self._engine.take_named():
            sharing = index.rules_of(rules)
            for running in sharing:
                tally = self._tallies[running.number]
                tally.named += lines
                tally.alone += lines * (len(sharing) == 1)
                tally.decode_ns += took_ns // len(sharing)

    def _cost(self, running: RunningRule, tally: _Tally) -> Cost:
        always, found = self._engine.literals_of(running)
        most = tuple(sorted(found, key=lambda each: (-each.count, each.literal))[:LITERALS_SHOWN])
        return Cost(
            rule=running.info,
            tries=tally.tries,
            matches=tally.matches,
            tries_ns=tally.tries_ns,
            decode_ns=tally.decode_ns,
            named=tally.named,
            alone=tally.alone,
            always=always,
            literals=most,
            hint=self._hint(tally, most, always=always),
        )

    def _hint(self, tally: _Tally, most: Sequence[Found], *, always: bool) -> str:
        in_vain = tally.tries > 2 * tally.matches
        if always or (in_vain and tally.tries > self._lines // 2):
            return "always"
        if tally.tries >= _TRIES_JUDGED and tally.tries_ns // tally.tries > _SLOW_NS:
            return "slow"
        often = bool(most) and most[0].count > self._lines * _COMMON
        return "common" if often and tally.named > 2 * tally.matches else ""


def _timed(running: RunningRule, tally: _Tally) -> Predicate:
    """Give the predicate of a rule with a clock around it. It is compiled when it is first tried, as always."""
    compiled: list[Predicate] = []

    def predicate(view: View) -> bool:
        if not compiled:
            compiled.append(compile_rule(running.rule))
        tally.tries += 1
        begin = perf_counter_ns()
        held = compiled[0](view)
        took_ns = perf_counter_ns() - begin
        if took_ns > _DOUBTFUL_NS:
            # another process may have had the processor meanwhile; a predicate may be asked again
            begin = perf_counter_ns()
            compiled[0](view)
            took_ns = min(took_ns, perf_counter_ns() - begin)
        tally.tries_ns += took_ns
        tally.matches += held
        return held

    return predicate


class _Watched(Engine):
    """An engine that notes for which sets of rules each line was let through."""

    def __init__(self, rules: RuleSet, decoders: Decoders) -> None:
        super().__init__(rules, decoders)
        self._named: dict[tuple[TypeIndex, int], list[int]] = {}
        """Index and set of rules: lines, and nanoseconds of decoding them."""
        self._hits: dict[TypeIndex, Counter[bytes]] = {}
        self._choices: dict[TypeIndex, list[Sequence[tuple[Alternatives, ...]]]] = {}
        """By which literals the rules of an index were looked for, in turn: it learns which find least."""
        self._current = [0, 0]

    @property
    def running(self) -> Sequence[RunningRule]:
        """The rules, in the order of the set."""
        return self._numbered

    def charge(self, took_ns: int) -> None:
        """Note what it took to decode the line that was let through last."""
        self._current[1] += took_ns

    def take_named(self) -> list[tuple[tuple[TypeIndex, int], list[int]]]:
        """Give what was noted since the last call."""
        named, self._named = self._named, {}
        return list(named.items())

    def literals_of(self, running: RunningRule) -> tuple[bool, list[Found]]:
        """Say whether a rule is tried on every line of a type that is not telemetry; give the literals that it has."""
        always, counted = False, Counter[bytes]()
        for index, hits in self._hits.items():
            place = next((place for place, rule in enumerate(index.rules) if rule.number == running.number), None)
            if place is None:
                continue
            choices = [choice[place] for choice in self._choices[index]]
            always = always or (not choices[-1] and index not in self._telemetry_indexes.values())
            for literal in {literal for sets in choices for literals in sets for literal in literals}:
                counted[literal] += hits[literal]
        return always, [Found(literal.decode("utf-8", "replace"), count) for literal, count in counted.items()]

    def _lines(self, index: TypeIndex, data: bytes, hits: Sequence[int]) -> Iterator[tuple[int, int, int]]:
        choices = self._choices.setdefault(index, [])
        if not choices or choices[-1] is not index.choice:
            choices.append(index.choice)
        counted = self._hits.setdefault(index, Counter())
        for number, count in Counter(map(_NUMBER_MASK.__and__, hits)).items():
            counted[index.literals[number]] += count
        is_telemetry = index in self._telemetry_indexes.values()
        for start, end, rules in super()._lines(index, data, hits):
            if not is_telemetry:
                self._current = self._named.setdefault((index, rules), [0, 0])
                self._current[0] += 1
            else:
                self._current = [0, 0]
            yield start, end, rules
