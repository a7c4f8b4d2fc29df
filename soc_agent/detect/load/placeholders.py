r"""Placeholders (``%Servers%`` with the modifier ``expand``) are filled from lists of one's own.

A list is a text file, whose name without its suffix is that of the list and whose lines are its values, or a YAML file
with lists by name. Names are found without regard to case. Values are Sigma strings, as pySigma's
``ValueListPlaceholderTransformation`` has them: ``*`` and ``?`` are wildcards, ``\*`` is an asterisk. In a regular
expression a value means the same: its signs stand for themselves, ``*`` for any text. What a placeholder is filled with
is one of several also where ``all`` links the values of the rule: nobody lists servers to mean all of them at once.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import islice, product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from soc_agent.model import Problem, Where

if TYPE_CHECKING:
    from sigma.rule import SigmaDetection
    from sigma.types import SigmaString

FOLDER = "placeholders"
"""What lies in folders of this name below a folder of rules are lists, not rules."""
SUFFIXES = (".txt", ".yml", ".yaml")
SIZE_CAP_BYTES = 4 * 1024 * 1024
VALUES_CAP = 10_000
"""So many values a list may have, and so many texts may come of one value of a rule."""
_DIGEST_BYTES = 16

ListOf = Callable[[str], Sequence[str]]
"""From the name of a list to its values; none where there is no such list, or nothing in it."""


def no_lists(name: str) -> Sequence[str]:
    """Give nothing: there are no lists."""
    del name
    return ()


class Lists:
    """The lists of one's own, by name. A list without values counts as one that is not there."""

    def __init__(self) -> None:
        self._values: dict[str, tuple[str, ...]] = {}
        self.problems: list[Problem] = []

    def of(self, name: str) -> tuple[str, ...]:
        """Give the values of a list."""
        return self._values.get(name.casefold(), ())

    def digest(self, name: str) -> bytes:
        """Give what changes when the list does; nothing where there is none."""
        values = self.of(name)
        return blake2b("\n".join(values).encode(), digest_size=_DIGEST_BYTES).digest() if values else b""

    def names(self) -> list[str]:
        """Give the names of the lists that have values."""
        return sorted(name for name, values in self._values.items() if values)

    def add(self, name: str, values: Iterable[str], where: Where) -> None:
        """Take a list in; one of a later file is joined with that of an earlier."""
        known = self._values.get(name.casefold(), ())
        joined = tuple(dict.fromkeys([*known, *values]))
        if len(joined) > VALUES_CAP:
            self.problems.append(Problem("placeholder.too_many", where, {"name": name, "limit": VALUES_CAP}))
            return
        self._values[name.casefold()] = joined


def read_lists(folders: Iterable[Path]) -> Lists:
    """Read every list of some folders and what is below them. What cannot be read is among the problems."""
    lists = Lists()
    for folder in folders:
        if not folder.is_dir():
            lists.problems.append(Problem("placeholder.no_such_folder", Where(str(folder))))
            continue
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in SUFFIXES and path.is_file():
                _read_file(path, lists)
    return lists


def _read_file(path: Path, lists: Lists) -> None:
    name = str(path)
    try:
        with path.open("rb") as file:
            data = file.read(SIZE_CAP_BYTES + 1)
        if len(data) > SIZE_CAP_BYTES:
            lists.problems.append(Problem("placeholder.too_big", Where(name), {"limit": SIZE_CAP_BYTES}))
            return
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "UTF-8"
        lists.problems.append(Problem("placeholder.unreadable", Where(name), {"reason": reason}))
        return
    if path.suffix.lower() == ".txt":
        lines = (line.strip() for line in text.splitlines())
        lists.add(path.stem, (line for line in lines if line and not line.startswith("#")), Where(name))
    else:
        _read_yaml(text, name, lists)


def _read_yaml(text: str, name: str, lists: Lists) -> None:
    try:
        tree = yaml.load(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or type(error).__name__
        where = Where(name, mark.line + 1 if mark else 0)
        lists.problems.append(Problem("placeholder.unreadable", where, {"reason": reason}))
        return
    for key, value in (tree or {}).items() if isinstance(tree, dict | None) else ((None, None),):
        values = value if isinstance(value, list) else [value]
        if isinstance(key, str) and all(_is_plain(item) for item in values):
            lists.add(key, map(str, values), Where(name, 0, key))
        elif value is not None or key is None:
            lists.problems.append(Problem("placeholder.malformed", Where(name, 0, str(key or ""))))


def _is_plain(value: Any) -> bool:
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)


def fill(detections: Iterable["SigmaDetection"], list_of: ListOf) -> list[str]:
    """Fill the placeholders of detections, in place; give the names for which there is no list, in order.

    :raises ValueError: when more texts would come of one value than :data:`VALUES_CAP`.
    """
    from sigma.rule import SigmaDetection
    from sigma.types import SigmaExpansion

    missing: dict[str, None] = {}
    stack: list[Any] = list(detections)
    while stack:
        item = stack.pop()
        if isinstance(item, SigmaDetection):
            stack.extend(reversed(item.detection_items))
        else:
            item.value = [_filled(value, list_of, missing) for value in item.value]
            # windash and its like have made expansions already
            for value in item.value:
                if isinstance(value, SigmaExpansion):
                    value.values = [_filled(inner, list_of, missing) for inner in value.values]
    return list(missing)


def _filled(value: Any, list_of: ListOf, missing: dict[str, None]) -> Any:
    """Give a value with its placeholders filled; as it is when it has none, or one of them has no list."""
    from sigma.types import SigmaExpansion, SigmaRegularExpression, SigmaString

    is_regex = isinstance(value, SigmaRegularExpression)
    text = value.regexp if is_regex else value
    if not isinstance(text, SigmaString) or not text.contains_placeholder():
        return value
    found = list(islice(_fillings(text, list_of, missing, in_regex=is_regex), VALUES_CAP + 1))
    if len(found) > VALUES_CAP:
        raise ValueError(f"its placeholders make more than {VALUES_CAP} texts of one value")
    if not found:
        return value
    if is_regex:
        return SigmaExpansion([SigmaRegularExpression(_pattern(parts), set(value.flags)) for parts in found])
    return SigmaExpansion([_of_parts(type(text), parts) for parts in found])


def _fillings(text: "SigmaString", list_of: ListOf, missing: dict[str, None], *, in_regex: bool) -> Iterator[list[Any]]:
    """Yield the parts of a text with every value of its placeholders in their places; nothing when one has none."""
    from sigma.types import Placeholder, SigmaString

    choices: list[Sequence[Sequence[Any]]] = []
    for part in text.s:
        if not isinstance(part, Placeholder):
            choices.append(((part,),))
            continue
        values = list_of(part.name)
        if not values:
            missing[part.name] = None
        choices.append([(_escaped(SigmaString(value).s),) if in_regex else SigmaString(value).s for value in values])
    for chosen in product(*choices):
        yield [part for parts in chosen for part in parts]


def _of_parts(kind: "type[SigmaString]", parts: list[Any]) -> "SigmaString":
    text = kind("")
    text.s = parts
    return text


def _escaped(parts: Iterable[Any]) -> str:
    """Give a value as an expression of the same meaning."""
    from sigma.types import SpecialChars

    signs = {SpecialChars.WILDCARD_MULTI: ".*", SpecialChars.WILDCARD_SINGLE: "."}
    return "".join(re.escape(part) if isinstance(part, str) else signs[part] for part in parts)


def _pattern(parts: Iterable[Any]) -> str:
    from sigma.types import SpecialChars

    signs = {SpecialChars.WILDCARD_MULTI: "*", SpecialChars.WILDCARD_SINGLE: "?"}
    return "".join(part if isinstance(part, str) else signs[part] for part in parts)
