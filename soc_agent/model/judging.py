"""A line that somebody asks about, and what all rules make of it: what the console shows of lines without an alert."""

from typing import Protocol

from msgspec import Struct

from soc_agent.model.event import LogSource
from soc_agent.model.explanation import Explanation
from soc_agent.model.problem import Problem
from soc_agent.model.rule import RuleInfo


class LogLine(Struct, frozen=True):
    """A line, and where it stands."""

    raw: bytes
    source: str = ""
    """The source in the configuration; empty: somebody wrote or pasted it."""
    place: str = ""
    """The file."""
    number: int = 0
    """Its number in the file; 0 where it is not known."""
    time_ns: int = 0
    """When it was written at the latest, for lines that name no time or no year; 0: now."""


class Judgement(Struct, frozen=True):
    """What one rule makes of a line, in short."""

    rule: RuleInfo
    matches: bool
    """Of a correlation: whether it counts the line."""
    applies: bool
    """Whether the rule looks at lines like this at all."""
    held: int = 0
    """Clauses that hold, on the way through the condition that lacks the least."""
    lacking: int = 0
    """Clauses on that way that do not."""


class Judged(Struct, frozen=True):
    """What all rules make of a line: those that match, then those that nearly do, then the others."""

    line_type: str
    decoder: str
    decoded: bool
    has: tuple[LogSource, ...]
    """What the line is to rules."""
    rules: tuple[Judgement, ...]

    @property
    def matching(self) -> int:
        """How many rules match."""
        return sum(each.matches for each in self.rules)


class LineDesk(Protocol):
    """Answers questions about lines, for the console. May read files and rules, so it is called in a thread."""

    def lines(self, source: str) -> tuple[LogLine, ...] | Problem:
        """Give the last lines of a source, in the order in which they were written; or why there are none."""
        ...

    def judge(self, line: LogLine) -> Judged | Problem:
        """Say what all rules make of a line."""
        ...

    def explain(self, rule_id: str, line: LogLine, title: str) -> Explanation | Problem:
        """Say why a rule matches a line, or does not. ``title`` names the rule where it is not there any more."""
        ...
