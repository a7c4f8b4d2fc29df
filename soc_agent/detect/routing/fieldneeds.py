"""What the fields of an event must hold, or a rule cannot match it: the second prefilter, over decoded values.

As :mod:`soc_agent.detect.prefilter.literals` for raw lines: of a rule comes a list of clauses, a clause is a set of
tests, and an event must pass one test of each clause. Here a test knows its field, and where in the value its text must
stand; and nothing needs to be spelled as the line spells it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from soc_agent.detect import ir
from soc_agent.detect.evaluate.leaf import folded_parts
from soc_agent.detect.evaluate.match import fold
from soc_agent.detect.evaluate.view import VIRTUAL_FIELDS
from soc_agent.detect.prefilter.regex_literals import needs_of

Where = Literal["exact", "prefix", "suffix", "contains", "present"]


class Need(Struct, frozen=True, cache_hash=True, gc=False):
    """A test of one field: its folded value holds a text, at the beginning, at the end, or somewhere."""

    field: str
    where: Where
    text: str = ""


Clause = frozenset[Need]
_WIDE_FOLDS = {"k": "\u212a", "s": "\u017f"}
"""Letters that RE2 takes for an ASCII letter when it ignores case; folding leaves them alone."""
_CHANCES: dict[Where, float] = {"exact": 0.01, "prefix": 0.3, "suffix": 0.3, "contains": 1.0, "present": 0.95}
_WORD = 0.2
"""Of a value that is one short word or number: one of a few that the field can have."""
_WORD_CHARS = 16
_ODD = 0.001
"""Of letters that hardly anybody writes."""
_RARER = 0.6
"""How much rarer each letter makes a text. Values are not random: they share folders and names."""
_LETTERS_COUNTED = 12
EVERYWHERE = frozenset('abcdefghijklmnopqrstuvwxyz0123456789 \\/-_.:"')
"""Letters that stand in so many values that it is no use to find them all."""
_MANY = 65_536


def field_clauses(rule: ir.Rule) -> tuple[Clause, ...]:
    """Give the clauses of a rule, the one that fewest events pass first; none: any event."""
    selections: dict[str, list[Clause]] = {}
    for name, selection in rule.selections.items():
        selections[name] = _node(selection, selections)
    clauses = dict.fromkeys(clause for clause in _node(rule.condition, selections) if 0 < len(clause) <= _MANY)
    return tuple(sorted(clauses, key=_chance))


def has_field_clauses(rule: ir.Rule) -> bool:
    """Say whether :func:`field_clauses` gives any, without working them out."""
    known: dict[str, bool] = {}
    for name, selection in rule.selections.items():
        known[name] = _has_any(selection, known)
    return _has_any(rule.condition, known)


def _has_any(node: ir.Node, selections: Mapping[str, bool]) -> bool:
    if isinstance(node, ir.Ref):
        return selections[node.name]
    if isinstance(node, ir.Not):
        return False
    if not isinstance(node, ir.Item):
        parts = [_has_any(child, selections) for child in node.nodes]
        return any(parts) if isinstance(node, ir.And) else bool(parts) and all(parts)
    if node.field == "" or node.field in VIRTUAL_FIELDS or not node.tests:
        return False
    return (any if node.all else all)(map(_needs_value, node.tests))


def _needs_value(test: ir.Test) -> bool:
    if isinstance(test, ir.AnyOf):
        return bool(test.tests) and all(map(_needs_value, test.tests))
    return not isinstance(test, (ir.Null, ir.Exists, ir.FieldRef))


def _chance(clause: Iterable[Need]) -> float:
    """Give a guess at how likely an event passes."""
    return sum(map(_chance_of, clause))


def _chance_of(need: Need) -> float:
    if need.text in _WIDE_FOLDS.values():
        return _ODD
    if need.where == "exact":
        return _WORD if len(need.text) < _WORD_CHARS and need.text.isalnum() else _CHANCES["exact"]
    return _CHANCES[need.where] * float(_RARER ** min(len(need.text), _LETTERS_COUNTED))


def _node(node: ir.Node, selections: Mapping[str, list[Clause]]) -> list[Clause]:
    if isinstance(node, ir.Item):
        return _item(node)
    if isinstance(node, ir.Ref):
        return selections[node.name]
    if isinstance(node, ir.Not):
        return []
    parts = [_node(child, selections) for child in node.nodes]
    return [clause for part in parts for clause in part] if isinstance(node, ir.And) else _one(parts)


def _item(item: ir.Item) -> list[Clause]:
    if item.field == "" or item.field in VIRTUAL_FIELDS:
        return []
    if not item.all and len(item.tests) > 1:
        quick = [_quick(test, item.field) for test in item.tests]
        if None not in quick:  # nearly all lists of values are of plain texts
            return [frozenset(need for need in quick if need is not None)]
    parts = [_test(test, item.field) for test in item.tests]
    return [clause for part in parts for clause in part] if item.all else _one(parts)


def _one(parts: Sequence[list[Clause]]) -> list[Clause]:
    """Give what one of several parts needs: the best clause of each, together; nothing when a part needs nothing.

    Also, for a field of which each part needs something, that alone: of which kinds of events the parts speak, say.
    """
    if len(parts) == 1:
        return parts[0]
    if not parts or not all(parts):
        return []
    clauses = [frozenset().union(*(part[0] if len(part) == 1 else min(part, key=_chance) for part in parts))]
    if any(len(part) > 1 for part in parts):
        of_fields = [
            {next(iter(clause)).field: clause for clause in part if _is_of_one_field(clause)} for part in parts
        ]
        common = set(of_fields[0]).intersection(*of_fields[1:])
        clauses += [frozenset().union(*(of_field[field] for of_field in of_fields)) for field in sorted(common)]
    return clauses


def _is_of_one_field(clause: Clause) -> bool:
    return len({need.field for need in clause}) == 1


def _test(test: ir.Test, field: str) -> list[Clause]:
    quick = _quick(test, field)
    if quick is not None:
        return [frozenset({quick})]
    if isinstance(test, ir.Text):
        return [frozenset({need}) for need in _text(folded_parts(test.parts), field)]
    if isinstance(test, ir.AnyOf):
        return _one([_test(inner, field) for inner in test.tests])
    if isinstance(test, (ir.Null, ir.Exists, ir.FieldRef)):
        return []  # a field may be there with nothing in it
    found = _regex(test, field) if isinstance(test, ir.Regex) else []
    return found or [frozenset({Need(field, "present")})]


def plain_need(test: ir.Test, field: str) -> Need | None:
    """Give the need that says all of a test: a text, in any case, with wildcards at its ends at most.

    None for other tests, and for a letter or digit somewhere: too many values hold it to be told apart by it.
    """
    if not isinstance(test, ir.Text) or test.cased:
        return None
    if not test.parts:
        return Need(field, "exact")
    need = Need(field, "present") if test.parts == (ir.ANY,) else _shaped(test, field)
    common = need is not None and need.where == "contains" and need.text in EVERYWHERE and need.text.isalnum()
    return None if common else need


def _quick(test: ir.Test, field: str) -> Need | None:
    """Give the need of a text with wildcards at its ends at most; None for other tests."""
    need = _shaped(test, field) if isinstance(test, ir.Text) else None
    return _contains(field, need.text) if need is not None and need.where == "contains" else need


def _shaped(test: ir.Text, field: str) -> Need | None:
    parts = test.parts
    count = len(parts)
    # written out: a rule set has tens of thousands of them, and the first event waits
    if count == 1 and parts[0].__class__ is str:
        return Need(field, "exact", fold(str(parts[0])))
    if count == 2 and parts[1] == ir.ANY and parts[0].__class__ is str:
        return Need(field, "prefix", fold(str(parts[0])))
    if count == 2 and parts[0] == ir.ANY and parts[1].__class__ is str:
        return Need(field, "suffix", fold(str(parts[1])))
    if count == 3 and parts[0] == ir.ANY and parts[2] == ir.ANY and parts[1].__class__ is str:
        return Need(field, "contains", fold(str(parts[1])))
    return None


def _contains(field: str, text: str) -> Need:
    """Give the need for a text anywhere. Some letters stand in so many values that it is no use to find them."""
    return Need(field, "present") if text in EVERYWHERE else Need(field, "contains", text)


def _text(parts: Sequence[str | int], field: str) -> list[Need]:
    if not any(isinstance(part, int) for part in parts):
        return [Need(field, "exact", "".join(map(str, parts)))]
    needs = []
    for place, part in enumerate(parts):
        if isinstance(part, str):
            where: Where = "prefix" if place == 0 else "suffix" if place == len(parts) - 1 else "contains"
            needs.append(_contains(field, part) if where == "contains" else Need(field, where, part))
    return needs or [Need(field, "present")]


def _regex(test: ir.Regex, field: str) -> list[Clause]:
    needs = needs_of(test.pattern, test.flags)
    clauses = []
    for texts in needs.clauses:
        folded = {fold(text) for text in texts}
        if needs.ignores_case:
            folded |= {wide for letter, wide in _WIDE_FOLDS.items() if any(letter in text for text in folded)}
        if all(folded):
            clauses.append(frozenset(_contains(field, text) for text in folded))
    return clauses
