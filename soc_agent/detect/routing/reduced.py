"""What of a rule plain texts decide: the rule without its other tests, and the tests that are left.

Texts at the beginning, at the end or anywhere in a value are all found in one look at it, so what they decide is known
of a value for good: two events whose values pass the same of these tests are the same event to the reduced rule.
Regular expressions, comparisons, networks, words anywhere and the like are left out in favour of the rule: what the
reduced rule does not match, the rule does not match either.
"""

from collections.abc import Sequence

from msgspec import Struct

from soc_agent.detect import ir
from soc_agent.detect.evaluate.view import VIRTUAL_FIELDS
from soc_agent.detect.routing.fieldneeds import Clause, Need, plain_need


class Reduced(Struct, frozen=True):
    """A rule that plain texts decide."""

    rule: ir.Rule | None
    """None: they decide nothing, and any event may match."""
    whole: bool
    """Whether it is the rule itself, nothing left out."""
    tests: frozenset[Clause]
    """What values must be told apart by: each is passed by a value that passes any of its needs, of one field."""


def reduced(rule: ir.Rule) -> Reduced:
    """Give what plain texts decide of a rule."""
    work = _Reduction(rule)
    condition = work.node(rule.condition, wanted=True)
    if condition is True:
        return Reduced(None, whole=False, tests=frozenset())
    if condition is False:
        condition = ir.Or(())
    if work.whole:
        return Reduced(rule, whole=True, tests=frozenset(work.tests))
    return Reduced(ir.Rule(rule.info, rule.log_source, work.selections, condition), False, frozenset(work.tests))


class _Reduction:
    """The work on one rule. What is left out counts as what the rule wants: true, or false where it is negated."""

    def __init__(self, rule: ir.Rule) -> None:
        self.whole = True
        self.tests: set[Clause] = set()
        self.selections: dict[str, ir.Node] = {}
        self._rule = rule
        self._known: dict[tuple[str, bool], ir.Node | bool] = {}

    def node(self, node: ir.Node, *, wanted: bool) -> ir.Node | bool:
        if isinstance(node, ir.Item):
            tests = _tests_of(node)
            if tests is None:
                self.whole = False
                return wanted
            self.tests.update(tests)
            return node
        if isinstance(node, ir.Ref):
            return self._ref(node.name, wanted=wanted)
        if isinstance(node, ir.Not):
            inner = self.node(node.node, wanted=not wanted)
            return not inner if isinstance(inner, bool) else ir.Not(inner)
        # of `and`, what is true says nothing and what is false says all; of `or`, the other way round
        neutral = isinstance(node, ir.And)
        parts = [self.node(child, wanted=wanted) for child in node.nodes]
        if (not neutral) in parts:
            return not neutral
        left = tuple(part for part in parts if not isinstance(part, bool))
        if not left:
            return neutral
        return left[0] if len(left) == 1 else ir.And(left) if neutral else ir.Or(left)

    def _ref(self, name: str, *, wanted: bool) -> ir.Node | bool:
        """Reduce a selection once, however often the condition names it."""
        key = (name, wanted)
        if key not in self._known:
            found = self._known[key] = self.node(self._rule.selections[name], wanted=wanted)
            if not isinstance(found, bool):
                self.selections[f"{name} {wanted}"] = found
        found = self._known[key]
        return found if isinstance(found, bool) else ir.Ref(f"{name} {wanted}")


def _tests_of(item: ir.Item) -> list[Clause] | None:
    """Give the tests of one line of a selection; None when they are more than plain texts."""
    if item.field == "" or item.field in VIRTUAL_FIELDS or not item.tests:
        return None
    needs: list[Need] = []
    texts = True
    for test in _flat(item.tests):
        if isinstance(test, ir.Null):
            texts = False
            needs.append(Need(item.field, "present"))
        elif (need := plain_need(test, item.field)) is not None:
            needs.append(need)
        else:
            return None
    # whether there is no value at all must be told apart from whether it has one of the texts
    return [frozenset(needs)] if texts and not item.all else [frozenset({need}) for need in needs]


def _flat(tests: Sequence[ir.Test]) -> list[ir.Test]:
    if not any(isinstance(test, ir.AnyOf) for test in tests):
        return list(tests)
    return [inner for test in tests for inner in (_flat(test.tests) if isinstance(test, ir.AnyOf) else (test,))]
