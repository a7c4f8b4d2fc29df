"""What the lines of log sources hold: literals by which a rule is looked for besides those of its condition."""

from collections.abc import Iterable
from weakref import WeakKeyDictionary

from soc_agent.decode import Decoders
from soc_agent.detect.prefilter.literals import chance
from soc_agent.detect.prefilter.running import RunningRule
from soc_agent.detect.prefilter.spelling import Alternatives, Spelling
from soc_agent.model import LogSource

_WINDOWS = LogSource("", "windows", "")
"""Every event of Windows has it among its log sources."""
_PROGRAMS: WeakKeyDictionary[Decoders, dict[Spelling, frozenset[bytes]]] = WeakKeyDictionary()


class SourceLiterals:
    """What the lines of log sources hold. Thousands of rules have a few dozen log sources, each looked at once."""

    def __init__(self, decoders: Decoders, spelling: Spelling) -> None:
        self._decoders = decoders
        self._spelling = spelling
        self._known: dict[LogSource, Alternatives | None] = {}
        self._known_payloads: dict[LogSource, tuple[Alternatives, ...]] = {}

    def of_payload(self, rule: RunningRule) -> tuple[Alternatives, ...]:
        """Give what a line holds that carries an event for the rule inside; nothing where it need not be carried.

        Such lines (events of Windows as JSON in syslog) are telemetry: what they carry is tried by its fields. So a
        log of another kind is not looked through for the thousands of literals of rules that cannot concern it.
        """
        if rule.has_keywords:
            return ()
        source = rule.rule.log_source
        if source not in self._known_payloads:
            self._known_payloads[source] = self._look_inside(source)
        return self._known_payloads[source]

    def of(self, rule: RunningRule) -> Alternatives | None:
        """Give literals of which every line with an event of the rule's log sources holds one; None when unknown."""
        if rule.has_keywords:
            return None  # a line that cannot be decoded is searched for them all the same
        source = rule.rule.log_source
        if source not in self._known:
            self._known[source] = self._look(source)
        return self._known[source]

    def _look_inside(self, wanted: LogSource) -> tuple[Alternatives, ...]:
        sources = [source for source in self._decoders.log_sources(self._spelling.type) if wanted.applies_to(source)]
        found = self._carried(sources)
        if not found or wanted.product != _WINDOWS.product or wanted == _WINDOWS:
            return (found,) if found else ()
        # that it is an event at all is written in it too, and rarer than the word `system` is in a log of Linux
        event = self._carried([_WINDOWS])
        return (found, event) if event else (found,)

    def _carried(self, sources: Iterable[LogSource]) -> Alternatives:
        """Give literals of which each line holds one that carries an event of one of these sources; none: unknown."""
        found: set[bytes] = set()
        for source in sources:
            literals = self._decoders.payload_literals(self._spelling.type, source)
            if literals is None:
                return frozenset()
            for literal in literals:
                spelled = self._spelling.of_field("", literal)
                if not spelled:
                    return frozenset()
                found |= min(spelled, key=chance)
        return frozenset(found)

    def _look(self, wanted: LogSource) -> Alternatives | None:
        decoders, spelling = self._decoders, self._spelling
        found: set[bytes] = set()
        for source in decoders.log_sources(spelling.type):
            if wanted.applies_to(source):
                literals = decoders.literals(spelling.type, source)
                if literals is None:
                    return None
                for literal in literals:
                    spelled = spelling.of_subject(literal)
                    if not spelled:
                        return None
                    found |= min(spelled, key=chance)
        return frozenset(found)


def programs(decoders: Decoders, spelling: Spelling) -> frozenset[bytes]:
    """Give the literals that tell by which program a line was written; worked out once for each set of decoders."""
    known = _PROGRAMS.setdefault(decoders, {})
    if spelling not in known:
        known[spelling] = _programs(decoders, spelling)
    return known[spelling]


def _programs(decoders: Decoders, spelling: Spelling) -> frozenset[bytes]:
    literals: set[str] = set()
    for source in decoders.log_sources(spelling.type):
        literals |= decoders.literals(spelling.type, source) or frozenset()
    spelled = {alternatives for literal in literals for alternatives in spelling.of_subject(literal)}
    return frozenset(literal.lower() for alternatives in spelled for literal in alternatives)
