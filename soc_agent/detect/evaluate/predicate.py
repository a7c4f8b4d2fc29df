"""Rules become predicates: the intermediate representation is compiled once into closures over a :class:`View`.

Semantics are those of the Sigma specification 2.1; see :mod:`soc_agent.detect.evaluate.leaf` for single tests.
"""

from collections.abc import Iterable, Sequence

from soc_agent.detect import ir
from soc_agent.detect.evaluate.leaf import (
    Predicate,
    compile_test,
    folded_parts,
    in_networks,
    one_of_keywords,
    one_of_texts,
)
from soc_agent.detect.evaluate.match import shape_of
from soc_agent.detect.evaluate.view import View

_COSTS = {"present": 0, "exact": 1, "prefix": 1, "suffix": 1, "contains": 2, "glob": 5}


def compile_rule(rule: ir.Rule) -> Predicate:
    """Compile a rule's condition. Selections are compiled once, however often the condition names them.

    :raises RegexRefusedError: when a regular expression of it may not run. Loading has refused such rules already.
    """
    selections: dict[str, Predicate] = {}
    for name, node in rule.selections.items():
        selections[name] = _compile(node, selections)
    return _compile(rule.condition, selections)


def _compile(node: ir.Node, selections: dict[str, Predicate]) -> Predicate:
    if isinstance(node, ir.Item):
        return compile_item(node)
    if isinstance(node, ir.Ref):
        return selections[node.name]
    if isinstance(node, ir.Not):
        inner = _compile(node.node, selections)
        return lambda view: not inner(view)
    nodes = sorted(node.nodes, key=_cost)
    parts = [_compile(child, selections) for child in nodes]
    return _all(parts) if isinstance(node, ir.And) else _any(parts)


def _cost(node: ir.Node) -> int:
    """Order of evaluation: what is cheap to decide comes first. Predicates have no effects, so any order is right."""
    if isinstance(node, ir.Not):
        return 1 + _cost(node.node)
    if not isinstance(node, ir.Item):
        return 20
    if node.field == "":
        return 50
    costs = [_COSTS[shape_of(test.parts)[0]] if isinstance(test, ir.Text) else 10 for test in node.tests]
    return max(costs, default=0) + len(costs) // 8


def _all(parts: Sequence[Predicate]) -> Predicate:
    if len(parts) == 1:
        return parts[0]
    if len(parts) == 2:
        first, second = parts
        return lambda view: first(view) and second(view)
    if len(parts) == 3:
        one, two, three = parts
        return lambda view: one(view) and two(view) and three(view)
    fixed = tuple(parts)

    def every(view: View) -> bool:
        for part in fixed:  # noqa: SIM110 - a loop costs half of all() over a generator
            if not part(view):
                return False
        return True

    return every


def _any(parts: Sequence[Predicate]) -> Predicate:
    if len(parts) == 1:
        return parts[0]
    if len(parts) == 2:
        first, second = parts
        return lambda view: first(view) or second(view)
    fixed = tuple(parts)

    def some(view: View) -> bool:
        for part in fixed:  # noqa: SIM110 - as above
            if part(view):
                return True
        return False

    return some


def compile_item(item: ir.Item) -> Predicate:
    """Compile one line of a selection. Raises as :func:`compile_rule`."""
    tests = _flat(item.tests)
    if item.all:
        return _all([compile_item(ir.Item(item.field, item.key, (test,))) for test in item.tests])
    if item.field == "":
        words = [test for test in tests if isinstance(test, ir.Text)]
        more = [compile_test("", test) for test in tests if not isinstance(test, ir.Text)]
        return _any([*one_of_keywords(words), *more])
    texts = [test for test in tests if isinstance(test, ir.Text) and not test.cased]
    others = [test for test in tests if not (isinstance(test, ir.Text) and not test.cased)]
    networks = [test.cidr for test in tests if isinstance(test, ir.Network)]
    parts = one_of_texts(item.field, [folded_parts(test.parts) for test in texts])
    parts.extend(compile_test(item.field, test) for test in others if not isinstance(test, ir.Network))
    if networks:
        parts.append(in_networks(item.field, networks))
    return _any(parts)


def _flat(tests: Iterable[ir.Test]) -> list[ir.Test]:
    flat: list[ir.Test] = []
    for test in tests:
        flat.extend(_flat(test.tests) if isinstance(test, ir.AnyOf) else (test,))
    return flat
