"""The conclusion in one sentence: what decided that a rule matches a line, or that it does not.

Of many reasons why it does not, the nearest are told: of alternatives, the one that lacks least.
"""

from typing import Any

from msgspec import Struct, structs

from soc_agent.model import LogSource
from soc_agent.model.explanation import Branch, Prefilter, Reason
from soc_agent.text.explanation import source_words

_NO_FORMAT = "plain"
"""The type of lines of which only the text is known."""


class _Fault(Struct, frozen=True):
    """An item that is not as the condition wants it."""

    item: Branch
    wanted: bool
    """Whether it was to hold."""
    selection: str
    of_many: int = 1
    """Of how many alternatives this is the nearest."""
    unequal: bool = False
    """Whether the item is one of ``neq``, and ``wanted`` says whether that was to hold."""


def conclude(
    condition: Branch,
    prefilter: Prefilter,
    *,
    applies: bool,
    decoded: bool,
    searches: bool,
    wants: LogSource,
    has: tuple[LogSource, ...],
    line_type: str,
) -> Reason:
    """Give the conclusion. ``searches``: the rule looks for words anywhere, so that a line need not be decoded."""
    if not decoded and not searches:
        code = "explain.not_decoded_plain" if line_type == _NO_FORMAT else "explain.not_decoded"
        return Reason(code, {"type": line_type})
    if not applies:
        known = [source_words(source) for source in has if source != LogSource()]
        code = "explain.not_applying" if known else "explain.not_applying_unknown"
        return Reason(code, {"wants": source_words(wants), "has": "; ".join(known)})
    if not condition.holds:
        return _missing(condition)
    if not prefilter.passes:
        return Reason("explain.lost")
    held = [*_held(condition, "")]
    if not held:
        return Reason("explain.matches_absence")
    selection, item = held[0]
    code = "explain.matches" if len(held) == 1 else "explain.matches_more"
    return Reason(code, {**_of_item(item, selection), "more": len(held) - 1})


def _missing(condition: Branch) -> Reason:
    faults = _faults(condition, "", wanted=True)
    fault = faults[0]
    values = {
        **_of_item(fault.item, fault.selection),
        "more": len(faults) - 1,
        "alternatives": fault.of_many,
    }
    if fault.unequal and fault.wanted:
        code = "unequal"
    elif not fault.wanted:
        code = "excluded" if fault.item.values else "excluded_absent"
    elif fault.item.field == "":
        code = "no_word"
    elif not fault.item.present:
        code = "absent"
    else:
        code = "value"
    return Reason(f"explain.not_{code}", values)


def _of_item(item: Branch, selection: str) -> dict[str, Any]:
    tests = item.tests
    first = tests[0]
    return {
        "selection": selection or item.label,
        "clause": item.label,
        "field": item.field,
        "value": item.values[0] if item.values else "",
        "pattern": first.refers_to or first.pattern,
        "patterns": 1 if item.every else len(tests) + item.left_out,
    }


def _faults(branch: Branch, selection: str, *, wanted: bool) -> list[_Fault]:
    """Give the items that keep a part of the condition from being what is wanted; it is the opposite."""
    if branch.kind == "item":
        return [_Fault(branch, wanted, selection)]
    if branch.kind == "selection":
        return _faults(branch.children[0], branch.label, wanted=wanted)
    if branch.unequal is not None:
        return [_Fault(branch.unequal, wanted, selection, unequal=True)]
    if branch.kind == "not":
        return _faults(branch.children[0], selection, wanted=not wanted)
    wrong = [_faults(child, selection, wanted=wanted) for child in branch.children if child.holds is not wanted]
    # one of these would have been enough: `any` that is false, `all` that must not be true
    if (branch.kind == "any") is wanted:
        nearest = min(wrong, key=len)
        first = nearest[0]
        return [structs.replace(first, of_many=max(len(branch.children), first.of_many)), *nearest[1:]]
    return [fault for faults in wrong for fault in faults]


def _held(branch: Branch, selection: str) -> list[tuple[str, Branch]]:
    """Give the items that made a part hold; of what had to be absent, nothing."""
    if branch.kind == "item":
        return [(selection, branch)]
    if branch.kind == "not":
        return []
    if branch.kind == "selection":
        return _held(branch.children[0], branch.label)
    holding = [child for child in branch.children if child.holds]
    chosen = holding[:1] if branch.kind == "any" else holding
    return [item for child in chosen for item in _held(child, selection)]
