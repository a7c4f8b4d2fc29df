"""The engine: a block in, detections out. Prefilter, late decoding, predicates, correlations."""

import logging
import threading
from collections.abc import Container, Iterable, Iterator, Sequence
from functools import partial

from msgspec import Struct

from soc_agent.decode import Context, Decoders
from soc_agent.detect.correlate import Correlator, StateChange
from soc_agent.detect.evaluate.view import View
from soc_agent.detect.hit import RAW_CAP_BYTES, EventRef, Reasons, detection_of
from soc_agent.detect.indicators import IndicatorHit, Indicators, detection_of_hit
from soc_agent.detect.indicators.filters import HitFilters
from soc_agent.detect.prefilter.index import TypeIndex
from soc_agent.detect.prefilter.running import RunningRule
from soc_agent.detect.prefilter.scanner import Backend
from soc_agent.detect.ruleset import RuleSet
from soc_agent.detect.senders import Contexts
from soc_agent.detect.yara.findings import info_of_finding
from soc_agent.enrich import KNOWN_FIELDS, Enricher
from soc_agent.model import Block, Clause, Counters, Detection, Event, Problem, RuleInfo, Where

_FINDINGS = "yara"
"""The type of lines of which every one is looked at, because it may itself be a detection."""
_EVENTS = ("json", "eventxml", "auditd", "laurel")
"""Types whose lines may be telemetry, and are taken for it until their first block has shown what they are."""
_LEARN_FROM_LINES = 50
_NONE: Container[int] = ()
_log = logging.getLogger(__name__)


class Match(Struct, gc=False):
    """A line that rules matched. Plain data: it may come from another process."""

    event: Event
    ref: EventRef
    rules: Sequence[int]
    """Places of the rules in :attr:`RuleSet.rules`, ascending."""
    finding: RuleInfo | None = None
    """The rule that the line itself says it is a finding of."""
    indicators: Sequence[IndicatorHit] = ()
    """Indicators of compromise that the line names."""


class Matches(Struct):
    """What rules matched in one block, before anything is made of it."""

    type: str
    """Of the block's lines."""
    matches: list[Match]
    """In the order of the lines."""
    counters: Counters
    faults: list[Problem]
    """Rules that failed on a line, each once in the life of an engine."""


class Result(Struct):
    """What became of one block. All of it belongs into one transaction."""

    detections: list[Detection]
    """In the order of the lines, and of the rules for one line."""
    counters: Counters
    changes: list[StateChange]
    """What is to be kept of correlation windows."""


class Engine:
    """Applies a rule set to blocks. Holds the windows of correlations; belongs to one thread.

    The work has two stages. :meth:`match` looks at a block alone: any engine with the same rules gives the same, in any
    process and in any order of blocks. :meth:`conclude` turns matches into detections and feeds correlations: one
    engine must see all matches in the order of the input. :meth:`run` is both.
    """

    def __init__(
        self,
        rules: RuleSet,
        decoders: Decoders,
        *,
        prefilter: bool = True,
        backend: Backend | None = None,
        enricher: Enricher | None = None,
        indicators: Indicators | None = None,
    ) -> None:
        """:param prefilter: off, every line is decoded and every rule is tried: slow, with the same detections.

        :param backend: the scanner of the prefilter; the fastest that is installed when not given.
        :param enricher: what is known of entities beyond the line.
        :param indicators: addresses, names and hashes to look for in every line.
        """
        self.rules = rules
        self.enricher = enricher
        self.indicators = indicators
        self._decoders = decoders
        self._prefilter = prefilter
        self._backend = backend
        self._numbered = [RunningRule(rule, number) for number, rule in enumerate(rules.rules)]
        self._running = {rule.info.id: rule for rule in self._numbered}
        self._indexes: dict[str, TypeIndex] = {}
        self._telemetry_indexes: dict[str, TypeIndex] = {}
        self._making = threading.Lock()
        """Held while an index is made."""
        self._is_telemetry: dict[tuple[str, str], bool] = {}
        """Source and type to whether nearly each of its lines is an event that many rules look at."""
        lookup, unknown = (enricher.value, enricher.unknowable) if enricher is not None else (None, KNOWN_FIELDS)
        self._correlator = Correlator(rules.correlations, lookup=lookup, unknown=unknown)
        self._hit_filters = HitFilters(rules.hit_filters)
        self._faults: dict[Where, Problem] = {}
        self._new_faults: list[Problem] = []
        self._derived: dict[str, frozenset[str]] = {}

    def prepare(self, like: "Engine") -> None:
        """Get ready now for the lines that another engine has met, rather than when the first block comes.

        What that one, which may go on meanwhile, found out about rules that are the same is not worked out again.
        """
        for rule in self._numbered:
            if (before := like._running.get(rule.info.id)) is not None:  # noqa: SLF001 - of the same class
                rule.take_over(before)
        while self._prepare_next(like):
            pass
        self._is_telemetry = like._is_telemetry.copy()  # noqa: SLF001 - as above

    def _prepare_next(self, like: "Engine") -> bool:
        """Make one index that another engine has and this one lacks; False when there is none."""
        with like._making:  # noqa: SLF001 - what it is just making is waited for, and then need not be made twice
            theirs = ((like._indexes.copy(), False), (like._telemetry_indexes.copy(), True))  # noqa: SLF001 - as above
        for indexes, by_fields in theirs:
            ours = self._telemetry_indexes if by_fields else self._indexes
            for line_type, index in indexes.items():
                if line_type not in ours:
                    same = like._decoders is self._decoders  # noqa: SLF001 - as above
                    ours[line_type] = self._new_index(line_type, by_fields=by_fields, before=index if same else None)
                    return True
        return False

    def restore(self, state: Iterable[StateChange]) -> None:
        """Take over the windows of correlations as an earlier run left them."""
        self._correlator.restore(state)

    def problems(self) -> list[Problem]:
        """Give what went wrong while running: rules that failed on an event, windows that had to be forgotten."""
        return [*self._faults.values(), *self._correlator.problems()]

    def always_evaluated(self, line_type: str) -> list[RuleInfo]:
        """Give the rules for which every line of this type must be decoded: no literal says where they cannot match."""
        index = self._index(line_type)
        return [rule.info for rule in index.rules_of(index.always)]

    def literals(self, line_type: str) -> Sequence[bytes]:
        """Give the literals that are looked for in lines of this type."""
        return self._index(line_type).literals

    def explain(self, rule_id: str, event: Event) -> tuple[Clause, ...]:
        """Give what decides that a rule matches an event; nothing when it does not, or there is no such rule."""
        rule = self._running.get(rule_id)
        return rule.explainer.explain(self._view(event, "")) if rule else ()

    def run(self, block: Block, context: Context) -> Result:
        """Find what a block holds. ``context.type`` is the type of its lines. Never raises for what lines hold."""
        return self.conclude(self.match(block, context))

    def match(self, block: Block, context: Context) -> Matches:
        """Find the lines of a block that rules match. Never raises for what lines hold."""
        index = self.index_for(context)
        data, derived, decode = block.data, index.spelling.derived, self._decoders.decode
        contexts = Contexts(block, context) if block.senders else None
        # what is read early does not know of senders, whom rules may ask for
        read_early = self._decoders.early(context.type) if self._prefilter and contexts is None else None
        is_finding = context.type == _FINDINGS
        written = block.written or data
        candidates = undecodable = counted = 0
        number = block.first_line
        matches: list[Match] = []
        hits = index.scan(data) if self._prefilter else []
        lines, naming = self._lines(index, data, hits), _NONE
        if self.indicators is not None:
            lines, naming = self.indicators.join(lines, data, scan=self._prefilter)
        for start, end, possible in lines:
            candidates += 1
            line = data[start:end]
            if line.endswith(b"\r"):
                line = line[:-1]
            early = read_early(line) if read_early is not None else None
            if early is not None:
                rules = index.rules_for(possible, early.log_sources, early.fields)
                if not rules and start not in naming:
                    continue
                event = self._decoders.complete(early, line, context)
            else:
                event = decode(line, context if contexts is None else contexts.at(start))
                undecodable += not event.decoded
                if self._prefilter:
                    rules = index.rules_for(possible, event.log_sources, event.fields if event.decoded else None)
                else:
                    rules = index.every_rule_for(event.log_sources, decoded=event.decoded)
            finding = info_of_finding(event) if is_finding else None
            named = self.indicators.hits(event) if self.indicators is not None and start in naming else ()
            if not rules and finding is None and not named:
                continue
            view = View(event, derived)
            try:
                matched = [rule.number for rule in rules if rule.predicate(view)]
            except Exception:  # noqa: BLE001 - whatever a rule of others does with a line of others, the rest must run
                matched = [rule.number for rule in rules if self._matches(rule, view)]
            if matched or finding is not None or named:
                number += written.count(b"\n", counted, start)
                counted = start
                raw = line[:RAW_CAP_BYTES] if written is data else written[start : start + len(line)][:RAW_CAP_BYTES]
                ref = EventRef(block.source, block.stream, block.stream_id, number, block.offset + start, raw)
                matches.append(Match(event, ref, matched, finding, named))
        count = number - block.first_line + _count_lines(data, counted) if written is data else _count_lines(data, 0)
        counters = Counters(
            bytes=len(data),
            lines=count,
            candidates=candidates,
            undecodable=undecodable,
            decoded=candidates - undecodable,
            skipped=count - candidates,
        )
        if self._prefilter:
            index.learn(hits, counters)
            self._learn(context, index, counters)
        faults, self._new_faults = self._new_faults, []
        return Matches(context.type, matches, counters, faults)

    def conclude(self, matches: Matches) -> Result:
        """Make detections of what rules matched in a block, and feed the correlations."""
        for fault in matches.faults:
            self._faults.setdefault(fault.where, fault)
        detections: list[Detection] = []
        for match in matches.matches:
            self._conclude(match, matches.type, detections)
        matches.counters.late += self._correlator.take_late()
        return Result(detections, matches.counters, self._correlator.take_changes())

    def advance(self, now_ns: int | None = None) -> Result:
        """Let time pass for correlations that wait for what does not happen.

        :param now_ns: the clock, where streams are read as they grow and nothing waits to be read; None at the end of
            all input: then nothing can come any more before the latest event.
        """
        detections = self._correlator.advance(now_ns)
        return Result(detections, Counters(), self._correlator.take_changes())

    def _index(self, line_type: str) -> TypeIndex:
        index = self._indexes.get(line_type)
        if index is None:
            with self._making:
                index = self._indexes[line_type] = self._new_index(line_type)
        return index

    def _new_index(self, line_type: str, *, by_fields: bool = False, before: TypeIndex | None = None) -> TypeIndex:
        return TypeIndex(self._numbered, self._decoders, line_type, self._backend, by_fields=by_fields, before=before)

    def index_for(self, context: Context) -> TypeIndex:
        """Give the index with which the lines of a source cost least. Any finds the same."""
        line_type = context.type
        is_telemetry = self._is_telemetry.get((context.source_name, line_type), line_type in _EVENTS)
        if not is_telemetry or not self._prefilter:
            return self._index(line_type)
        index = self._telemetry_indexes.get(line_type)
        if index is None:
            with self._making:
                index = self._telemetry_indexes[line_type] = self._new_index(line_type, by_fields=True)
        return index

    def _learn(self, context: Context, index: TypeIndex, counters: Counters) -> None:
        """Take note of what a block of a source held, for the choice of the index for its next one."""
        events, index.routes.telemetry = index.routes.telemetry, 0
        # of other types every event has rules that look at it, yet hardly a line is one that they concern
        if counters.lines >= _LEARN_FROM_LINES and context.type in _EVENTS:
            half = counters.lines // 2
            self._is_telemetry[context.source_name, context.type] = min(events, counters.candidates) > half

    def _view(self, event: Event, line_type: str) -> View:
        derived = self._derived.get(line_type)
        if derived is None:
            derived = self._derived[line_type] = self._decoders.derived_fields(line_type)
        return View(event, derived)

    def _lines(self, index: TypeIndex, data: bytes, hits: Sequence[int]) -> Iterator[tuple[int, int, int]]:
        """Give the lines that rules may concern: where each begins and ends, and the rules. Empty lines are none."""
        if not self._prefilter:
            return index.every_line(data, hits, index.everything)
        if index.always or index.spelling.type == _FINDINGS:
            return index.every_line(data, hits, index.always)
        return index.lines(data, hits)

    def _matches(self, rule: RunningRule, view: View) -> bool:
        try:
            return rule.predicate(view)
        except Exception as error:  # noqa: BLE001 - as above
            if not rule.failed:
                rule.failed = True
                _log.exception("the rule %s failed on a line and is passed over on lines like it", rule.info.id)
                values = {"title": rule.info.title, "reason": f"{type(error).__name__}: {error}"}
                self._new_faults.append(Problem("rule.failed", Where(rule.info.path, rule.rule.line), values))
            return False

    def _conclude(self, match: Match, line_type: str, detections: list[Detection]) -> None:
        """Add the detections of one event: of the finding that it is, rules, indicators, and correlations on these."""
        event, ref, correlator = match.event, match.ref, self._correlator
        wants, silent = correlator.wants, self.rules.silent
        if match.finding is not None:
            detections.append(detection_of(match.finding, event, ref))
            if match.finding.id in wants:
                detections += correlator.feed(match.finding.id, event, ref)
        for number in match.rules:
            info = self._numbered[number].info
            if info.id not in silent:
                why = Reasons(partial(self._reasons, number, event, line_type))
                detections.append(detection_of(info, event, ref, why=why))
            if info.id in wants:
                detections += correlator.feed(info.id, event, ref)
        for hit in match.indicators:
            detection, told = detection_of_hit(hit, event, ref)
            if not self._hit_filters.lets_through(detection.rule.id, told):
                continue
            if detection.rule.id not in silent:
                detections.append(detection)
            if detection.rule.id in wants:
                detections += correlator.feed(detection.rule.id, told, ref)

    def _reasons(self, number: int, event: Event, line_type: str) -> tuple[Clause, ...]:
        return self._numbered[number].explainer.reasons(self._view(event, line_type))


def _count_lines(data: bytes, start: int) -> int:
    return data.count(b"\n", start) + (bool(data) and not data.endswith(b"\n"))
