"""A proposed condition as the text of a Sigma filter, and what that text does to alerts that are stored."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import yaml
from msgspec import Struct

from soc_agent.detect import ir
from soc_agent.detect.evaluate.predicate import compile_rule
from soc_agent.detect.evaluate.view import View
from soc_agent.detect.load.documents import Document, documents_of
from soc_agent.detect.load.filters import with_filter
from soc_agent.detect.load.parse import parse_document
from soc_agent.detect.tune.propose import Case, Clause, Proposal, Verdict
from soc_agent.errors import RuleError
from soc_agent.model import LogSource, Problem, Where

SELECTION = "false_positive"
_TITLE_CAP_CHARS = 200
_SLUG_CAP_CHARS = 40
_PROPOSED = "proposed.yml"


class Origin(Struct, frozen=True):
    """Who tunes, why, and until when."""

    id: str
    """A UUID that no other filter has."""
    author: str
    reason: str
    written: date
    expires: date


class Outcome(Struct, frozen=True):
    """What a filter does to one alert that is stored."""

    alert_id: int
    verdict: Verdict
    lines: int
    """Lines of it that the rule finds."""
    hidden: int
    """Of these, those that it would no longer find."""

    @property
    def removed(self) -> bool:
        """Whether there would have been no such alert."""
        return self.lines > 0 and self.hidden == self.lines

    @property
    def touched(self) -> bool:
        """Whether something of it would have been hidden."""
        return self.hidden > 0


def filter_text(proposal: Proposal, rules: Sequence[ir.Rule], origin: Origin) -> str:
    """Give the filter as YAML: one document for each log source of the rules."""
    by_source: dict[LogSource, list[ir.Rule]] = {}
    for rule in rules:
        by_source.setdefault(rule.log_source, []).append(rule)
    documents = []
    for number, (source, of_source) in enumerate(by_source.items()):
        given = {"category": source.category, "product": source.product, "service": source.service}
        own = origin.id if not number else f"{origin.id[:-2]}{(int(origin.id[-2:], 16) + number) % 256:02x}"
        documents.append(
            {
                "title": f"False positives of: {', '.join(rule.info.title for rule in of_source)}"[:_TITLE_CAP_CHARS],
                "id": own,
                "status": "experimental",
                "description": "Proposed from alerts that were marked as false positives.",
                "author": origin.author,
                "date": origin.written,
                "logsource": {key: word for key, word in given.items() if word},
                "filter": {
                    "rules": [rule.info.id for rule in of_source],
                    SELECTION: {_key(clause): _written(clause) for clause in proposal.clauses},
                    "condition": f"not {SELECTION}",
                },
                "soc": {"reason": origin.reason, "expires": origin.expires},
            }
        )
    # what a terminal or an editor could be fooled by is written as an escape
    plain = all(text.isprintable() for document in documents for text in _texts(document))
    return yaml.safe_dump_all(documents, allow_unicode=plain, sort_keys=False, width=110)


def file_name(rules: Sequence[ir.Rule], origin: Origin) -> str:
    """Give a name after the Sigma filters specification: ``mf_``, small letters and digits, 10 to 70 characters."""
    slug = re.sub(r"[^a-z0-9]+", "_", rules[0].info.title.lower()).strip("_")[:_SLUG_CAP_CHARS]
    return f"mf_{slug}_{origin.id[:8]}.yml" if slug else f"mf_{origin.id[:8]}.yml"


def try_filter(text: str, rules: Sequence[ir.Rule], cases: Sequence[Case]) -> list[Outcome]:
    """Read the text as the loader would, lay it over the rules, and give what becomes of each alert.

    :raises RuleError: when it is no filter, which would be a mistake of the proposal.
    """
    filters = list(_filters(text))
    filtered = []
    for rule in rules:
        for filter_ in filters:
            if rule.info.id in filter_.rules and filter_.log_source.applies_to(rule.log_source):
                rule = with_filter(rule, filter_)  # noqa: PLW2901 - one filter over the other
        filtered.append(compile_rule(rule))
    plain = [compile_rule(rule) for rule in rules]
    outcomes = []
    for case in cases:
        views = [View(event) for event in case.events]
        found = [view for view in views if any(predicate(view) for predicate in plain)]
        stays = sum(any(predicate(view) for predicate in filtered) for view in found)
        outcomes.append(Outcome(case.alert_id, case.verdict, len(found), len(found) - stays))
    return outcomes


def _filters(text: str) -> list[ir.Filter]:
    found = []
    for document in documents_of(text.encode(), _PROPOSED):
        if isinstance(document, Problem):
            raise RuleError(document)
        assert isinstance(document, Document)
        parsed = parse_document(document, _PROPOSED)
        if parsed.filter is None:
            raise RuleError(*(parsed.problems or [Problem("rule.not_a_rule", Where(_PROPOSED))]))
        found.append(parsed.filter)
    return found


def _key(clause: Clause) -> str:
    return f"{clause.field}|{clause.modifier}" if clause.modifier else clause.field


def _written(clause: Clause) -> Any:
    values = [escaped(value) if isinstance(value, str) else value for value in clause.values]
    return values[0] if len(values) == 1 else values


def escaped(text: str) -> str:
    """Give a text as a Sigma string that means just it: wildcards and backslashes escaped."""
    return re.sub(r"([\\*?])", r"\\\1", text)


def _texts(tree: object) -> list[str]:
    if isinstance(tree, str):
        return [tree]
    if isinstance(tree, Mapping):
        return [text for pair in tree.items() for item in pair for text in _texts(item)]
    return [text for item in tree for text in _texts(item)] if isinstance(tree, list) else []
