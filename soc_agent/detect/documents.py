"""Rule files as YAML documents: bounded, without duplicate keys, each with the line it stands on."""

from collections.abc import Iterator
from typing import Any

import yaml
from msgspec import Struct

from soc_agent.errors import RuleError
from soc_agent.model import Problem, Where

SIZE_CAP_BYTES = 8 * 1024 * 1024
DEPTH_CAP = 64
_SHALLOW_BYTES = 4_096
"""A file this small cannot be nested deeply enough to hurt the parser, so its depth need not be measured first."""


class Document(Struct, frozen=True):
    """One YAML document of a rule file."""

    tree: dict[str, Any]
    line: int
    """Where it begins, from 1."""
    node: Any
    """The same as YAML nodes, which know their places."""

    def line_of(self, *words: str) -> int:
        """Give the line of the first key or value that holds one of these words, tried in order; else the first."""
        for word in words:
            line = _find(self.node, word) if word else 0
            if line:
                return line
        return self.line


class _Loader(yaml.CSafeLoader):
    """A safe loader that takes no key twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        size = len(node.value)
        merges = any(key.value == "<<" for key, _ in node.value)
        mapping = super().construct_mapping(node, deep)
        if len(mapping) != size and not merges:
            seen: set[str] = set()
            for key, _ in node.value:
                if str(key.value) in seen:
                    raise _DuplicateKeyError(str(key.value), key.start_mark.line + 1)
                seen.add(str(key.value))
        return mapping


class _DuplicateKeyError(Exception):
    def __init__(self, key: str, line: int) -> None:
        super().__init__(key)
        self.key = key
        self.line = line


def documents_of(data: bytes, name: str) -> Iterator[Document | Problem]:
    """Yield the documents of a file; a problem in the place of one that is none. Empty documents are left out.

    ``name`` is the file as problems name it. After a fault of YAML itself the rest of the file cannot be read.
    """
    if len(data) > SIZE_CAP_BYTES:
        yield Problem("rule.too_big", Where(name), {"limit": SIZE_CAP_BYTES})
        return
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        yield Problem("rule.not_utf8", Where(name, data.count(b"\n", 0, error.start) + 1))
        return
    try:
        _check_depth(text, name)
        loader = _Loader(text)
        while loader.check_node():
            yield from _document(loader, name)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        yield Problem("rule.not_yaml", Where(name, mark.line + 1 if mark else 0), {"reason": error.problem or ""})
    except yaml.YAMLError as error:
        yield Problem("rule.not_yaml", Where(name), {"reason": str(error).splitlines()[0]})
    except RuleError as error:
        yield error.problem


def _document(loader: _Loader, name: str) -> Iterator[Document | Problem]:
    node: Any = loader.get_node()
    line = node.start_mark.line + 1
    try:
        tree = loader.construct_document(node)
    except _DuplicateKeyError as error:
        yield Problem("rule.duplicate_key", Where(name, error.line), {"key": error.key})
        return
    except (ValueError, OverflowError) as error:
        # PyYAML makes dates and numbers with Python's own constructors
        yield Problem("rule.not_yaml", Where(name, line), {"reason": str(error)})
        return
    if isinstance(tree, dict) and all(isinstance(key, str) for key in tree):
        yield Document(tree, line, node)
    elif tree is not None:
        yield Problem("rule.not_a_rule", Where(name, line))


def _check_depth(text: str, name: str) -> None:
    """Refuse what is nested so deeply that the parser would end the process."""
    if len(text) < _SHALLOW_BYTES:
        return
    depth = 0
    parser = yaml.CSafeLoader(text)
    while parser.check_event():
        event: Any = parser.get_event()
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEPTH_CAP:
                line: int = event.start_mark.line + 1  # type: ignore[union-attr]
                raise RuleError(Problem("rule.too_deep", Where(name, line), {"limit": DEPTH_CAP}))
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _find(root: Any, word: str) -> int:
    """Give the line of the first scalar that holds ``word``; 0 when there is none."""
    stack, seen = [root], set()
    while stack:
        node = stack.pop()
        if isinstance(node, yaml.ScalarNode):
            if word in node.value:
                line: int = node.start_mark.line + 1
                return line
        elif id(node) not in seen:
            seen.add(id(node))
            for child in reversed(node.value):
                stack.extend(reversed(child) if isinstance(child, tuple) else (child,))
    return 0
