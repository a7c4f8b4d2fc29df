"""What there is to say when rules were loaded: to the log, and as health lines for the rules of layer 1."""

from collections.abc import Iterator, Sequence
from pathlib import PurePath

from soc_agent.detect.load.changes import RuleChanges
from soc_agent.errors import describe
from soc_agent.model import Problem, RuleInfo

_NAMED = 5
"""So many files are named in one line; there may be thousands."""
_EXPIRED = "tuning.expired"


def reload_line(changes: RuleChanges, rules: Sequence[RuleInfo], problems: Sequence[Problem]) -> str:
    """Give what a reload changed in one line: ``rules reloaded: +1 −0 ~2, refused: x.yml:12``."""
    titles = {info.id: info.title for info in rules}
    parts = [
        f"rules reloaded: +{len(changes.added)} −{len(changes.removed)} ~{len(changes.changed)}, {len(rules)} run",
        _named("refused", [_place(problem) for problem in problems]),
        _named("the version before runs of", [PurePath(path).name for path in changes.kept]),
        _named("windows begin anew of", [titles.get(rule_id, rule_id) for rule_id in changes.restarted]),
    ]
    return ", ".join(part for part in parts if part)


def health_line(problems: Sequence[Problem]) -> Iterator[tuple[str, str, int]]:
    """Yield what problems become: kind, detail and how many. Many at once, as at the first start, become one line."""
    expired = [problem for problem in problems if problem.code == _EXPIRED]
    refused = [problem for problem in problems if problem.code != _EXPIRED]
    for kind, found in (("filter_expired", expired), ("rule_refused", refused)):
        if len(found) > _NAMED:
            yield kind, " | ".join(describe(problem) for problem in found[:_NAMED]), len(found)
        else:
            for problem in found:
                yield kind, describe(problem), 1


def _named(what: str, names: Sequence[str]) -> str:
    return f"{what}: {', '.join(_cut(names))}" if names else ""


def _cut(names: Sequence[str]) -> list[str]:
    more = len(names) - _NAMED
    return [*names[:_NAMED], *([f"and {more} more"] if more > 0 else [])]


def _place(problem: Problem) -> str:
    name = PurePath(problem.where.file).name
    return f"{name}:{problem.where.line}" if problem.where.line else name or problem.code
