"""The condition of a rule as a tree, each part of it true or false for one event, with the values that decided.

Unlike in the engine nothing is cut short: every part is looked at, so that a person sees all that does not fit.
"""

from collections.abc import Iterator, Sequence

from soc_agent.detect import ir
from soc_agent.detect.evaluate.leaf import Predicate, compile_test
from soc_agent.detect.evaluate.predicate import compile_item
from soc_agent.detect.evaluate.view import View
from soc_agent.detect.explain.reasons import alone, values_of
from soc_agent.detect.explain.written import excerpt, expanded, pattern_of
from soc_agent.model.explanation import Branch, Pattern

TESTS_CAP = 20
"""So many patterns of an item are listed; some public rules have a thousand."""
_VALUES_CAP = 5
_CHILDREN_CAP = 200


def condition_tree(rule: ir.Rule, view: View) -> Branch:
    """Give the condition of a rule, looked at for one event."""
    return _branch(rule.condition, rule, view)


def _branch(node: ir.Node, rule: ir.Rule, view: View) -> Branch:
    if isinstance(node, ir.Item):
        return _item(node, view)
    if isinstance(node, ir.Ref):
        inner = _branch(rule.selections[node.name], rule, view)
        return Branch("selection", inner.holds, node.name, (inner,))
    if isinstance(node, ir.Not):
        inner = _branch(node.node, rule, view)
        return Branch("not", not inner.holds, children=(inner,))
    children = [_branch(child, rule, view) for child in _flat(node)]
    kind, holds = ("all", all) if isinstance(node, ir.And) else ("any", any)
    left_out = max(len(children) - _CHILDREN_CAP, 0)
    result = holds(child.holds for child in children)
    if left_out:
        # what decides stays: in an `or` those that hold, in an `and` those that do not
        children.sort(key=lambda child: child.holds is not isinstance(node, ir.Or))
    return Branch(kind, result, children=tuple(children[:_CHILDREN_CAP]), left_out=left_out)  # type: ignore[arg-type]


def _flat(node: ir.And | ir.Or) -> Iterator[ir.Node]:
    """Yield the parts of an `and` or `or`, those of one within it too: ``1 of sel_* or other`` are all alternatives."""
    for child in node.nodes:
        if isinstance(child, (ir.And, ir.Or)) and type(child) is type(node):
            yield from _flat(child)
        else:
            yield child


def _item(item: ir.Item, view: View) -> Branch:
    values = () if item.field == "" else values_of(view, item.field)
    tested: list[tuple[Pattern, ir.Test, Predicate]] = []
    for test in item.tests:
        forms = list(expanded(test))
        steps = [(form, compile_test(item.field, form)) for form in forms]
        form, predicate = next((step for step in steps if step[1](view)), steps[0])
        refers_to = ", ".join(values_of(view, form.field)) if isinstance(form, ir.FieldRef) else ""
        holds = predicate(view)
        tested.append((Pattern(pattern_of(form, item.key), holds, len(forms), refers_to), form, predicate))
    # sorting is stable: what decides first, otherwise as the author wrote it
    tested.sort(key=lambda step: step[0].holds is item.all)
    return Branch(
        "item",
        compile_item(item)(view),
        item.key,
        field=item.field,
        present=item.field == "" or view.plain(item.field) is not None,
        values=_decisive(item, values, tested[0][1], tested[0][2], view),
        tests=tuple(step[0] for step in tested[:TESTS_CAP]),
        every=item.all,
        left_out=max(len(tested) - TESTS_CAP, 0),
    )


def _decisive(item: ir.Item, values: Sequence[str], test: ir.Test, predicate: Predicate, view: View) -> tuple[str, ...]:
    """Give the values of the field, the one that decided first; for a keyword the text that has it."""
    if item.field == "":
        return tuple(excerpt(text, test) for text in view.texts if predicate(alone("", text)))[:1]
    ordered = sorted(values, key=lambda text: not predicate(alone(item.field, text))) if len(values) > 1 else values
    return tuple(excerpt(text, test) for text in ordered[:_VALUES_CAP])
