"""Everything that detects, as loaded: immutable, and shared by engines."""

from collections.abc import Mapping

from msgspec import Struct

from soc_agent.detect import ir
from soc_agent.detect.correlate import CorrelationSpec
from soc_agent.detect.load.filters import FilterInfo
from soc_agent.model import Problem, RuleInfo


class Refused(Struct, frozen=True, array_like=True):
    """A document of a rule file that does not run."""

    title: str
    """As far as it can be read."""
    path: str
    line: int
    """Where the document begins."""
    problems: tuple[Problem, ...]
    """Why not."""
    id: str = ""
    """As it is written."""
    tags: tuple[str, ...] = ()


class RuleSet(Struct, frozen=True):
    """The rules that run, and what is wrong with those that do not."""

    rules: tuple[ir.Rule, ...] = ()
    correlations: tuple[CorrelationSpec, ...] = ()
    infos: Mapping[str, RuleInfo] = {}
    """The face of every rule and correlation that runs, by id."""
    problems: tuple[Problem, ...] = ()
    """Files and documents that do not run, and oddities of those that do, each by file and line."""
    silent: frozenset[str] = frozenset()
    """Rules that only feed correlations (whose ``generate`` is off) and make no detections themselves."""
    filters: tuple[FilterInfo, ...] = ()
    """What is tuned out, by whom, why and until when; expired filters too, which no longer apply."""
    notices: tuple[Problem, ...] = ()
    """What is odd but hinders nothing: filters without a reason or author, or that name rules which are not there."""
    hit_filters: tuple[ir.Filter, ...] = ()
    """The filters that apply to hits of indicators."""
    refused: tuple[Refused, ...] = ()
    """The documents that do not run, for what they hold; what is wrong with them is in :attr:`problems` too."""
