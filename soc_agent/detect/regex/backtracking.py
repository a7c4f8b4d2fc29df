"""Which expressions RE2 cannot match, as their trees show."""

from soc_agent.detect.regex.letters import ranges_of
from soc_agent.detect.regex.tree import (
    Alternatives,
    AnyChar,
    Char,
    Chars,
    Conditional,
    Group,
    Node,
    Place,
    Reference,
    Repeat,
    Sequence,
)


def needs_backtracking(tree: Alternatives) -> bool:
    """Say whether RE2 cannot match what an expression asks for."""
    return any(_backtracks(items, ()) or _is_only_no_word(items) for items in tree)


def _is_only_no_word(items: Sequence) -> bool:
    """Say whether elements may take nothing and ask for a place that is none of words.

    RE2 looks for it within the bytes of a character too, unless a character is taken beside it.
    """
    return _asks(items, "no word") and all(_may_be_nothing(item) or isinstance(item, Place) for item in items)


def _asks(items: Sequence, place: str) -> bool:
    for item in items:
        if isinstance(item, Repeat) and _asks((item.item,), place):
            return True
        if isinstance(item, Group) and any(_asks(inner, place) for inner in item.body):
            return True
        if isinstance(item, Place) and item.name == place:
            return True
    return False


def _backtracks(items: Sequence, behind: Sequence) -> bool:
    """Look at elements that follow each other; ``behind`` is what follows the last."""
    for number, item in enumerate(items):
        if isinstance(item, (Reference, Conditional)):
            return True
        if isinstance(item, Repeat):
            if item.how == "+":
                return True
            rest = (*items[number + 1 :], *behind)
            again = (Repeat(item.item, 1, None), *rest)
            if _backtracks((item.item,), rest) or (item.most != 1 and _backtracks((item.item,), again)):
                return True
        elif isinstance(item, Group):
            if item.kind not in ("capture", "plain"):
                return True
            rest = (*items[number + 1 :], *behind)
            if any(_backtracks(inner, rest) for inner in item.body):
                return True
        elif isinstance(item, Place) and item.name == "last" and _sees_newline((*items[number + 1 :], *behind)):
            return True
    return False


def _sees_newline(rest: Sequence) -> bool:
    """Say whether what follows an end could still see the newline that ends the text: take it, or tell its place.

    Where it need not take anything the end may as well take the newline itself.
    """
    if all(map(_may_be_nothing, rest)):
        return False
    for item in rest:
        if _looks_at_newline(item):
            return True
        if not _may_be_nothing(item):
            break
    return False


def _may_be_nothing(item: Node) -> bool:
    if isinstance(item, Repeat):
        return item.least == 0 or _may_be_nothing(item.item)
    if isinstance(item, Group):
        return any(all(map(_may_be_nothing, inner)) for inner in item.body)
    return isinstance(item, Place) and item.name == "last"


def _looks_at_newline(item: Node) -> bool:
    """Say whether an element may begin with a newline, or tells one place beside it from the other."""
    if isinstance(item, Repeat):
        return _looks_at_newline(item.item)
    if isinstance(item, Group):
        return any(_any_looks(inner) for inner in item.body)
    if isinstance(item, Char):
        return item.code == ord("\n")
    if isinstance(item, Chars):
        ranges, properties = ranges_of(item)
        return bool(properties) or any(low <= ord("\n") <= high for low, high in ranges) != item.negated
    if isinstance(item, AnyChar):
        return item.newline_too
    return not (isinstance(item, Place) and item.name == "last")


def _any_looks(items: Sequence) -> bool:
    for item in items:
        if _looks_at_newline(item):
            return True
        if not _may_be_nothing(item):
            break
    return False
