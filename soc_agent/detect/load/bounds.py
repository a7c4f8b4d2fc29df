"""How much a rule may ask for: counted before anything is made of it, since a few bytes can ask for a great deal.

Modifiers multiply values (``windash`` by up to 125, ``base64offset`` by three, and again when they stand twice) and
make them longer. A rule beyond these bounds is refused by name; long lists of addresses, domains or hashes belong into
indicators, which take a million.
"""

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

VALUES_CAP = 50_000
"""Most values and wildcards of a rule, as they are after expansion. The longest public list has 4,432."""
TEXT_CAP_CHARS = 8 * 1024 * 1024
"""Most characters of all of them."""
EXPRESSIONS_CAP = 200
"""Most regular expressions of a rule, each of which may hold some megabytes. A public rule has 19."""
RULES_OF_A_FILE = 10
"""A file may ask for as much as so many rules of the largest size."""
_DASH = re.compile(r"\B[-/]\b")
_DASHES_EXPANDED = 3
_WAYS_OF_A_DASH = 5
_OFFSETS = 3
_LONGER = {"base64": 4 / 3, "base64offset": 4 / 3, "wide": 2, "utf16": 2, "utf16le": 2, "utf16be": 2}


class Size(Struct):
    """What a document asks for."""

    values: int = 0
    characters: float = 0
    expressions: int = 0

    def excess(self, factor: int = 1) -> tuple[str, int] | None:
        """Give the name of a bound that is passed (a key of the catalogue ``bounds``), and the bound."""
        for count, cap, key in (
            (self.values, VALUES_CAP, "bounds.values"),
            (self.characters, TEXT_CAP_CHARS, "bounds.text"),
            (self.expressions, EXPRESSIONS_CAP, "bounds.expressions"),
        ):
            if count > cap * factor:
                return key, cap * factor
        return None


def size_of(tree: Mapping[str, Any]) -> Size:
    """Count what a document asks for. Stops where the first bound is passed, so that counting is bounded itself."""
    size = Size()
    stack: list[tuple[list[str], Any]] = [([], tree)]
    while stack:
        modifiers, value = stack.pop()
        if isinstance(value, dict):
            stack.extend((str(key).split("|")[1:], child) for key, child in value.items())
            size.characters += sum(len(key) for key in value if isinstance(key, str))
        elif isinstance(value, list):
            stack.extend((modifiers, child) for child in value)
        else:
            _count(size, modifiers, value)
        if size.excess() or len(stack) > VALUES_CAP:
            size.values += len(stack)
            break
    return size


def _count(size: Size, modifiers: list[str], value: Any) -> None:
    text = value if isinstance(value, str) else ""
    values, length = 1, float(len(text))
    for modifier in modifiers:
        if modifier == "windash":
            values *= _WAYS_OF_A_DASH ** min(len(_DASH.findall(text)), _DASHES_EXPANDED)
        elif modifier == "base64offset":
            values *= _OFFSETS
        length *= _LONGER.get(modifier, 1)
        if values > VALUES_CAP or length > TEXT_CAP_CHARS:
            break
    wildcards = 0 if "re" in modifiers else text.count("*") + text.count("?")
    size.values += values * (1 + wildcards)
    size.characters += values * length
    size.expressions += "re" in modifiers
