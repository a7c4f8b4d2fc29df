"""Why a rule matched: the tests of its condition that held, each with the pattern and the value that decided it."""

from collections.abc import Iterator

from msgspec import Struct

from soc_agent.detect import ir
from soc_agent.detect.evaluate.leaf import Predicate, compile_test
from soc_agent.detect.evaluate.predicate import compile_item
from soc_agent.detect.evaluate.view import View
from soc_agent.detect.explain.written import excerpt, expanded, pattern_of
from soc_agent.model import Clause, Event

CLAUSES_CAP = 50


class _Step(Struct, frozen=True):
    """One test, compiled, and as a person wrote it."""

    test: ir.Test
    predicate: Predicate
    pattern: str


class Explainer:
    """Explains one rule. Its tests are compiled one by one, when they are first needed."""

    def __init__(self, rule: ir.Rule) -> None:
        self._rule = rule
        self._items: dict[int, Predicate] = {}
        self._steps: dict[int, list[list[_Step]]] = {}

    def explain(self, view: View) -> tuple[Clause, ...]:
        """Give what decided that the event matches, at most :data:`CLAUSES_CAP` tests; nothing when it does not."""
        return self.reasons(view) if self._holds(self._rule.condition, view) else ()

    def reasons(self, view: View) -> tuple[Clause, ...]:
        """Give the same for an event that is known to match.

        Of alternatives, the first that held; of what had to be absent, nothing: there is no value to show.
        """
        found = dict.fromkeys(self._reasons(self._rule.condition, "", view))
        return tuple(found)[:CLAUSES_CAP]

    def _holds(self, node: ir.Node, view: View) -> bool:
        if isinstance(node, ir.Ref):
            return self._holds(self._rule.selections[node.name], view)
        if isinstance(node, ir.Not):
            return not self._holds(node.node, view)
        if isinstance(node, ir.And):
            return all(self._holds(child, view) for child in node.nodes)
        if isinstance(node, ir.Or):
            return any(self._holds(child, view) for child in node.nodes)
        predicate = self._items.get(id(node))
        if predicate is None:
            predicate = self._items[id(node)] = compile_item(node)
        return predicate(view)

    def _reasons(self, node: ir.Node, selection: str, view: View) -> Iterator[Clause]:
        """Yield the tests that made a node hold, which does."""
        if isinstance(node, ir.Ref):
            yield from self._reasons(self._rule.selections[node.name], node.name, view)
        elif isinstance(node, ir.Item):
            yield from self._of_item(node, selection, view)
        elif isinstance(node, ir.And):
            for child in node.nodes:
                yield from self._reasons(child, selection, view)
        elif isinstance(node, ir.Or):
            held = next(child for child in node.nodes if self._holds(child, view))
            yield from self._reasons(held, selection, view)

    def _of_item(self, item: ir.Item, selection: str, view: View) -> Iterator[Clause]:
        label = f"{selection}: {item.key}" if item.key else selection
        for test in self._steps_of(item):
            found = next((step for step in test if step.predicate(view)), None)
            if found is not None:
                value = self._value(item.field, found, view)
                yield Clause(label, found.pattern, item.field, value)
                if not item.all:
                    return

    def _steps_of(self, item: ir.Item) -> list[list[_Step]]:
        """Give the tests of an item, compiled one by one; what a value was expanded to stands together."""
        steps = self._steps.get(id(item))
        if steps is None:
            steps = self._steps[id(item)] = [
                [_Step(inner, compile_test(item.field, inner), pattern_of(inner, item.key)) for inner in expanded(test)]
                for test in item.tests
            ]
        return steps

    @staticmethod
    def _value(field: str, step: _Step, view: View) -> str:
        """Give the value that passed the test: of several the first that does; for a keyword, the text that has it."""
        values = view.texts if field == "" else values_of(view, field)
        chosen = values[0] if values else ""
        if len(values) > 1:
            chosen = next((text for text in values if step.predicate(alone(field, text))), chosen)
        return excerpt(chosen, step.test)


def values_of(view: View, field: str) -> tuple[str, ...]:
    """Give the values of a field as they stand in the event."""
    value = view.plain(field)
    return (value,) if isinstance(value, str) else value or ()


def alone(field: str, text: str) -> View:
    """Give an event with this one text."""
    return View(Event(b"", "" if field else text, "", (), {field: text} if field else {}))
