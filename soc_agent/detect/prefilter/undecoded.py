"""Which rules can match a line that nobody can decode: what is known of such a line is its text, and no field."""

from soc_agent.detect import ir
from soc_agent.detect.evaluate.predicate import compile_item
from soc_agent.detect.evaluate.view import View
from soc_agent.model import Event

_NO_FIELDS = View(Event(b"", "", "", (), {}, decoded=False))


def can_match_text(rule: ir.Rule) -> bool:
    """Say whether a rule looks for words in the line, and can be true where no field is there.

    ``EventID: 5861`` beside words rules every such line out, whatever words stand in it.
    """
    return any(map(_has_words, rule.selections.values())) and _can_be(rule.condition, rule, wanted=True)


def _has_words(node: ir.Node) -> bool:
    if isinstance(node, ir.Item):
        return node.field == ""
    if isinstance(node, ir.Not):
        return _has_words(node.node)
    return not isinstance(node, ir.Ref) and any(map(_has_words, node.nodes))


def _can_be(node: ir.Node, rule: ir.Rule, *, wanted: bool) -> bool:
    """Say whether a part of a condition can be true (or false, as ``wanted``) for some text without fields."""
    if isinstance(node, ir.Item):
        return node.field == "" or compile_item(node)(_NO_FIELDS) is wanted
    if isinstance(node, ir.Ref):
        return _can_be(rule.selections[node.name], rule, wanted=wanted)
    if isinstance(node, ir.Not):
        return _can_be(node.node, rule, wanted=not wanted)
    needed = all if isinstance(node, ir.And) is wanted else any
    return needed(_can_be(child, rule, wanted=wanted) for child in node.nodes)
