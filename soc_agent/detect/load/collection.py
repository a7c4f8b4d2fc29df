"""Rule collections: documents with ``action: global``, ``repeat`` and ``reset`` (Sigma specification)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec.structs import replace
from sigma.exceptions import SigmaCollectionError
from sigma.rule.base import check_alias_expansion

from soc_agent.detect.load.bounds import RULES_OF_A_FILE, Size, size_of
from soc_agent.detect.load.documents import Document
from soc_agent.model import Problem, Where

_ACTIONS = ("global", "repeat", "reset")


def expand_actions(documents: Iterable[Document | Problem], name: str) -> Iterator[Document | Problem]:
    """Yield the rules that the documents of one file amount to, and problems as they come.

    A rule that asks for too much is a problem; so is the rest of a file that does in all.
    """
    total = Size()
    for document in _expanded(documents, name):
        if isinstance(document, Document):
            size = size_of(document.tree)
            total.values += size.values
            total.characters += size.characters
            total.expressions += size.expressions
            if excess := size.excess() or total.excess(RULES_OF_A_FILE):
                yield Problem(excess[0], Where(name, document.line), {"limit": excess[1]})
                if total.excess(RULES_OF_A_FILE):
                    return
                continue
        yield document


def _expanded(documents: Iterable[Document | Problem], name: str) -> Iterator[Document | Problem]:
    """Yield the documents of a file with their actions carried out.

    ``global`` is laid over every rule after it, ``repeat`` over the rule before it, ``reset`` ends a ``global``.
    Correlations and filters are taken as they stand.
    """
    common: Mapping[str, Any] = {}
    last: Mapping[str, Any] = {}
    for document in documents:
        if isinstance(document, Problem):
            yield document
            continue
        try:
            check_alias_expansion(document.tree, SigmaCollectionError)
        except SigmaCollectionError:
            yield Problem("rule.aliases", Where(name, document.line))
            continue
        action = document.tree.get("action")
        plain = {key: value for key, value in document.tree.items() if key != "action"}
        if "correlation" in plain or "filter" in plain:
            yield replace(document, tree=plain)
        elif action == "global":
            common = last = plain
        elif action == "reset":
            common = {}
        elif action in (None, "repeat"):
            last = _merged(last, plain) if action else _merged(plain, common)
            yield replace(document, tree=dict(last))
        else:
            where = Where(name, document.line_of("action"), "action")
            yield Problem("rule.action", where, {"action": action, "known": ", ".join(_ACTIONS)})


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Give both, map by map; where they differ ``above`` counts."""
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        result[key] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return result
