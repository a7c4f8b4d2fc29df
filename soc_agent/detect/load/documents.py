"""Rule files as YAML documents: bounded, without duplicate keys, each with the line it stands on."""

from collections.abc import Iterator
from typing import Any

import yaml
from msgspec import Struct

from soc_agent.errors import RuleError
from soc_agent.model import Problem, Where

SIZE_CAP_BYTES = 8 * 1024 * 1024
DEPTH_CAP = 64
NODES_CAP = 200_000
"""Most keys and values of a document, also as merge keys (``<<``) multiply them."""
NUMBER_CAP_CHARS = 4_300
"""Most digits of a number: reading one takes time that grows with their square."""
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
    """A safe loader that takes no key twice, and does not let few bytes become much."""

    _merged = 0

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        size = len(node.value)
        super().flatten_mapping(node)
        if len(node.value) > size:
            self._merged += len(node.value)
            if self._merged > NODES_CAP:
                raise _TooMuchError("bounds.nodes", NODES_CAP, node.start_mark.line + 1)

    def construct_yaml_number(self, node: yaml.ScalarNode) -> Any:
        if len(node.value) > NUMBER_CAP_CHARS:
            raise _TooMuchError("bounds.number", NUMBER_CAP_CHARS, node.start_mark.line + 1)
        return self.construct_yaml_int(node) if node.tag.endswith("int") else self.construct_yaml_float(node)

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


_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_yaml_number)
_Loader.add_constructor("tag:yaml.org,2002:float", _Loader.construct_yaml_number)


class _TooMuchError(Exception):
    def __init__(self, key: str, limit: int, line: int) -> None:
        super().__init__(key)
        self.key = key
        self.limit = limit
        self.line = line


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
        _check_shape(text, name)
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
    except _TooMuchError as error:
        yield Problem(error.key, Where(name, error.line), {"limit": error.limit})
        return
    except (ValueError, OverflowError) as error:
        # PyYAML makes dates and numbers with Python's own constructors
        yield Problem("rule.not_yaml", Where(name, line), {"reason": str(error)})
        return
    if isinstance(tree, dict) and all(isinstance(key, str) for key in tree):
        yield Document(tree, line, node)
    elif tree is not None:
        yield Problem("rule.not_a_rule", Where(name, line))


def _check_shape(text: str, name: str) -> None:
    """Refuse what is nested so deeply that the parser would end the process, or has too many parts to be held."""
    if len(text) < _SHALLOW_BYTES:
        return
    depth = nodes = 0
    parser = yaml.CSafeLoader(text)
    while parser.check_event():
        event: Any = parser.get_event()
        if isinstance(event, yaml.NodeEvent):
            nodes += 1
        elif isinstance(event, yaml.DocumentStartEvent):
            nodes = 0
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEPTH_CAP or nodes > NODES_CAP:
            line: int = event.start_mark.line + 1
            key, limit = ("rule.too_deep", DEPTH_CAP) if depth > DEPTH_CAP else ("bounds.nodes", NODES_CAP)
            raise RuleError(Problem(key, Where(name, line), {"limit": limit}))


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
