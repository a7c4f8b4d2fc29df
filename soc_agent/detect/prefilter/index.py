"""Which rules a line may concern: by the literals that it holds, then by the log sources of its event.

Sets of rules are integers, one bit a rule, so that joining and meeting them costs the same for thirty rules and for
three thousand. What comes again (the same literals, the same log sources) is worked out once.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from soc_agent.decode import Decoders
from soc_agent.detect.prefilter.literals import (
    CANDIDATE_US,
    CLAUSES,
    HIT_US,
    chance,
    choose,
    clauses_of,
    cost_us,
    forget_chances,
)
from soc_agent.detect.prefilter.running import RunningRule
from soc_agent.detect.prefilter.scanner import NUMBER_BITS, Backend, Database, Scanner, all_lines
from soc_agent.detect.prefilter.sources import SourceLiterals, programs
from soc_agent.detect.prefilter.spelling import Alternatives, spelling_of
from soc_agent.detect.routing.doubts import places_of
from soc_agent.detect.routing.fieldneeds import Clause
from soc_agent.detect.routing.routes import Routes
from soc_agent.model import Counters, LogSource

_REMEMBERED = 10_000
_REMEMBERED_LITERALS = 64
"""A line with more literals than this hardly comes again, and its key would be long."""
_NOT_ASKED = -1
_BUILD_US, _LITERAL_US = 30_000.0, 30.0
"""About what a new scanner costs, and each of its literals, in microseconds."""
_LEARN_AGAIN = 2
"""When it was looked into, it is not again before so many times more was spent."""
_STALE_SHARE = 0.1
"""A database is made anew when more than this part of its literals is asked for no more, or came after it was made."""
_STALE = 100
"""So many may always be: a few rules that changed."""
_PROGRAM = 0.1
"""A program writes this part of the lines at most, until it is known better; of many, each writes less."""
_NEVER: tuple[Alternatives, ...] = (frozenset(),)
"""What no line holds: one of nothing."""
_NUMBER_MASK = (1 << NUMBER_BITS) - 1


class TypeIndex:
    """The rules that can apply to lines of one type, and the literals by which they are found.

    Which of its literals a rule is looked for by is a guess at first, and learnt from the lines after a while. Any
    choice finds the same lines; some let fewer through for nothing.
    """

    def __init__(
        self,
        rules: Sequence[RunningRule],
        decoders: Decoders,
        line_type: str,
        backend: Backend | None = None,
        *,
        by_fields: bool = False,
        before: "TypeIndex | None" = None,
    ) -> None:
        """:param by_fields: every line is decoded, and literals are looked for only where fields cannot tell.

        That costs less where nearly every line concerns some rule: telemetry, of which each line is an event.

        :param before: the index of the same kind, type and decoders whose place this one takes. It may go on in another
            thread meanwhile, and then nothing but this one is used.
        """
        known = decoders.log_sources(line_type)
        wanted = {source for source in {rule.rule.log_source for rule in rules} if any(map(source.applies_to, known))}
        self.rules = tuple(rule for rule in rules if rule.rule.log_source in wanted)
        self.spelling = spelling_of(decoders, line_type)
        self.everything = (1 << len(self.rules)) - 1
        """All rules of this type."""
        self.searching = _bits(rule.has_keywords for rule in self.rules)
        """Rules that can match a line that nobody can decode: what is known of it is its text."""
        routes = before.routes if before is not None else None
        self.routes: Routes = Routes([rule.rule for rule in self.rules], self.searching, routes)
        """The ways from an event to the rules that look at it."""
        of_sources = SourceLiterals(decoders, self.spelling)
        kept = _Kept(before)
        possible = decoders.fields(line_type)
        self._clauses: list[tuple[Alternatives, ...]] = [
            _NEVER
            if possible is not None and _needs_another(self.routes.needs_of(place), possible)
            else ()
            if by_fields and self.routes.asks_fields(place)
            else of_sources.of_payload(rule)
            or kept.get(rule)
            or clauses_of(rule.rule, self.spelling, None if by_fields else of_sources.of(rule))
            for place, rule in enumerate(self.rules)
        ]
        self.always = _bits(not clauses for clauses in self._clauses)
        """Rules that every line of the type may concern: no literal says otherwise."""
        self._backend = backend
        known_programs = programs(decoders, self.spelling)
        share = min(_PROGRAM, 1 / max(1, len(known_programs)))
        self._frequency: dict[bytes, float] = self.spelling.common | dict.fromkeys(known_programs, share)
        self._learn_at_us = 0.0
        self._lines = 0
        database: Database | None = None
        if before is not None:  # what it learnt holds for the same lines
            database = before._database  # noqa: SLF001 - of the same class
            self._frequency |= before._frequency.copy()  # noqa: SLF001 - as above
            self._learn_at_us, self._lines = before._learn_at_us, before._lines  # noqa: SLF001 - as above
        self._rules_of: dict[int, tuple[RunningRule, ...]] = {0: ()}
        self._build(self._choose(), database)
        self._begin_learning()
        forget_chances()

    def _build(self, chosen: list[tuple[Alternatives, ...]], kept: Database | None = None) -> None:
        """Make the scanner for the literals of these clauses, a tuple of them for each rule.

        :param kept: a database to which the literals that it lacks are added, where they are few.
        """
        numbers = {literal: number for number, literal in enumerate(kept.literals)} if kept is not None else {}
        places: list[list[int]] = [[] for _ in numbers]
        self._chosen = chosen
        for place, clauses in enumerate(chosen):
            for level, clause in enumerate(clauses):
                for literal in clause:
                    number = numbers.setdefault(literal, len(numbers))
                    if number == len(places):
                        places.append([])
                    places[number].append(place * CLAUSES + level)
        self._places = list(map(tuple, places))
        """For each literal, the rules that ask for it, each with the level at which it does. Most are asked for once:
        as sets of rules, these would take more memory than all the rest."""
        # a rule with fewer clauses asks nothing at the levels that it lacks
        self._free = [_bits(len(clauses) <= level for clauses in chosen) for level in range(CLAUSES)]
        triggers = self.spelling.triggers if numbers else ()
        self._triggers = frozenset([numbers.setdefault(literal, len(numbers)) for literal in triggers])
        self._literals = list(numbers)
        if kept is not None and self._is_stale(kept, places):
            self._build(chosen)
            return
        self._database: Database = kept or Database(self._literals, self._backend)
        self.scanner: Scanner = self._database.with_more(self._literals)
        self._candidates: dict[tuple[int, ...], int] = {}
        self._rules_of_one = [_NOT_ASKED] * len(numbers)

    def _is_stale(self, kept: Database, asked: Sequence[Sequence[int]]) -> bool:
        known = len(kept.literals)
        unused = sum(1 for number, places in enumerate(asked[:known]) if not places and number not in self._triggers)
        return len(self._literals) - known + unused > _STALE + known * _STALE_SHARE

    @property
    def literals(self) -> Sequence[bytes]:
        """The literals that are looked for now, in the order of the numbers that hits have."""
        return self._literals

    @property
    def choice(self) -> Sequence[tuple[Alternatives, ...]]:
        """What :meth:`sets_of` gives for each of the rules, in their order; another object once it is chosen anew."""
        return self._chosen

    def sets_of(self, rule_id: str) -> tuple[Alternatives, ...] | None:
        """Give the sets of literals by which a rule is looked for now: a line must hold one of each.

        None: lines of this type are none that the rule looks at. Nothing in it: every line must be tried.
        """
        place = next((place for place, rule in enumerate(self.rules) if rule.info.id == rule_id), None)
        return None if place is None or self._chosen[place] == _NEVER else self._chosen[place]

    def scan(self, data: bytes) -> list[int]:
        """Give the hits in a block.

        Where they are so many that a better choice of literals may pay at once, it is looked for before any line is
        decoded: what stands in every line is known from one block.
        """
        hits = self.scanner.scan(data)
        if self._spent_us + len(hits) * (HIT_US + CANDIDATE_US) < self._learn_at_us:
            return hits
        candidates = sum(1 for _ in self.lines(data, hits))
        if self._spent_us + _spent_us(hits, candidates) < self._learn_at_us:
            return hits
        lines = data.count(b"\n") + 1
        found = Counter(map(_NUMBER_MASK.__and__, hits)) + self._found
        return self.scanner.scan(data) if self._choose_anew(found, self._found_lines + lines, lines) else hits

    def learn(self, hits: Sequence[int], counters: Counters) -> None:
        """Take note of the hits in a block, and choose the literals anew where that will have paid.

        It is looked into when what the present choice has cost, in hits and in lines that were decoded for them, is
        more than a new scanner would. A log in which nothing is found has nothing to gain.
        """
        self._found.update(map(_NUMBER_MASK.__and__, hits))
        self._found_lines += counters.lines
        self._lines += counters.lines
        self._spent_us += _spent_us(hits, counters.candidates)
        if self._spent_us >= self._learn_at_us and self._found_lines:
            self._choose_anew(self._found, self._found_lines)

    def _choose_anew(self, found: Mapping[int, int], found_lines: int, more_lines: int = 0) -> bool:
        """Choose the literals by how often each was found in so many lines; say whether another choice pays.

        :param more_lines: that are yet to be looked over, and surely come.
        """
        for number, literal in enumerate(self._literals):
            rare = min(chance(frozenset({literal})), 1 / found_lines)
            self._frequency[literal] = found.get(number, 0) / found_lines or rare
        chosen = self._choose()
        spared_us = cost_us(self._chosen, self._frequency) - cost_us(chosen, self._frequency)
        # as many lines again are expected as there were
        pays = spared_us * (self._lines + more_lines) > self._build_us()
        if pays:
            self._build(chosen)
        self._begin_learning(again=True)
        return pays

    def _begin_learning(self, *, again: bool = False) -> None:
        self._found: Counter[int] = Counter()
        self._found_lines = 0
        self._spent_us = 0.0
        self._learn_at_us = max(self._build_us(), self._learn_at_us * (_LEARN_AGAIN if again else 1))

    def _build_us(self) -> float:
        return _BUILD_US + len(self._literals) * _LITERAL_US

    def _choose(self) -> list[tuple[Alternatives, ...]]:
        return [choose(clauses, self._frequency) for clauses in self._clauses]

    def lines(self, data: bytes, hits: Sequence[int]) -> Iterator[tuple[int, int, int]]:
        """Yield the lines that rules may concern by what they hold: begin, end (its newline), and the rules.

        Lines are found from the hits, so that those without one cost nothing.
        """
        rules_of_one, everywhere = self._rules_of_one, self.candidates
        start, end, only = 0, -1, -1
        more: dict[int, None] | None = None
        for hit in hits:
            place = hit >> NUMBER_BITS
            if place > end:
                if only >= 0:
                    if more is not None:
                        rules = everywhere(tuple(more))
                    elif (rules := rules_of_one[only]) < 0:
                        rules = rules_of_one[only] = everywhere((only,))
                    if rules:
                        yield start, end, rules
                    more = None
                only = hit & _NUMBER_MASK
                start = data.rfind(b"\n", max(end, 0), place) + 1
                end = data.find(b"\n", place)
                if end < 0:
                    end = len(data)
            elif more is not None:
                more[hit & _NUMBER_MASK] = None
            elif (number := hit & _NUMBER_MASK) != only:
                more = {only: None, number: None}
        if only >= 0 and (rules := everywhere((only,) if more is None else tuple(more))):
            yield start, end, rules

    def every_line(self, data: bytes, hits: Sequence[int], otherwise: int) -> Iterator[tuple[int, int, int]]:
        """Yield all lines but empty ones, as :meth:`lines`; ``otherwise`` are the rules of lines without literals."""
        found = self.lines(data, hits)
        hit_start, _, hit_rules = next(found, (-1, -1, 0))
        for start, end in all_lines(data):
            rules = otherwise
            if start == hit_start:
                rules |= hit_rules
                hit_start, _, hit_rules = next(found, (-1, -1, 0))
            if end > start and data[start:end] != b"\r":
                yield start, end, rules

    def candidates(self, numbers: tuple[int, ...]) -> int:
        """Give the rules that a line with these literals may concern."""
        found = self._candidates.get(numbers)
        if found is None:
            found = self.everything
            if self._triggers.isdisjoint(numbers):
                met = list(self._free)
                for number in numbers:
                    for place in self._places[number]:
                        met[place % CLAUSES] |= 1 << place // CLAUSES
                for rules in met:
                    found &= rules
            if len(numbers) <= _REMEMBERED_LITERALS:
                if len(self._candidates) >= _REMEMBERED:
                    self._candidates.clear()
                self._candidates[numbers] = found
        return found

    def rules_for(
        self, possible: int, log_sources: tuple[LogSource, ...], fields: Mapping[str, Any] | None
    ) -> tuple[RunningRule, ...]:
        """Give those of the possible rules that may match an event, in their order.

        :param fields: of the event: rules that its values rule out are left out. None: nobody could decode it.
        """
        return self.rules_of(self.routes.of_event(possible, log_sources, fields))

    def every_rule_for(self, log_sources: tuple[LogSource, ...], *, decoded: bool) -> tuple[RunningRule, ...]:
        """Give all rules that look at events of these log sources, whatever the line and its fields hold."""
        rules = self.route(log_sources)
        return self.rules_of(rules if decoded else rules & self.searching)

    def route(self, log_sources: tuple[LogSource, ...]) -> int:
        """Give the rules that look at events of any of these log sources."""
        return self.routes.of_sources(log_sources)

    def rules_of(self, rules: int) -> tuple[RunningRule, ...]:
        """Give the rules of a set, in their order."""
        found = self._rules_of.get(rules)
        if found is None:
            if len(self._rules_of) >= _REMEMBERED:
                self._rules_of.clear()
            found = tuple(self.rules[place] for place in places_of(rules))
            self._rules_of[rules] = found
        return found


def _needs_another(needs: Iterable[Clause], possible: AbstractSet[str]) -> bool:
    """Say whether an event must have a field to match, other than those that are possible."""
    return any(all(need.field not in possible for need in clause) for clause in needs)


def _spent_us(hits: Sequence[int], candidates: int) -> float:
    return len(hits) * HIT_US + candidates * CANDIDATE_US


def _bits(flags: Iterable[bool]) -> int:
    return sum(1 << place for place, flag in enumerate(flags) if flag)


class _Kept:
    """What an index that is replaced had found out about rules that are still the same."""

    def __init__(self, before: TypeIndex | None) -> None:
        pairs = zip(before.rules, before._clauses, strict=True) if before is not None else ()  # noqa: SLF001 - its own
        self._known = {rule.info.id: (rule.rule, clauses) for rule, clauses in pairs}

    def get(self, rule: RunningRule) -> tuple[Alternatives, ...]:
        """Give the clauses of a rule; nothing when it changed, or when there are none."""
        old, clauses = self._known.get(rule.info.id, (None, ()))
        new = rule.rule
        same = old is not None and old.condition is new.condition and old.selections is new.selections
        return clauses if same and old is not None and old.log_source == new.log_source else ()
