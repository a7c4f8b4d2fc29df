"""Reading the configuration file: YAML to a typed :class:`Config`, errors with file, line, key and remedy."""

import difflib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import yaml

from soc_agent.config.consistency import conflicts
from soc_agent.config.options import Config
from soc_agent.errors import ConfigError
from soc_agent.model import Problem, Where

_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PATH_PART = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")
_SIZE_CAP_BYTES = 4 * 1024 * 1024


def load_config(path: Path) -> Config:
    """Read a configuration file.

    :raises ConfigError: with every problem found: the file cannot be read, is no YAML, or has keys or values that
        are not known or do not fit.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(
            Problem("config.unreadable", Where(str(path)), {"path": path, "reason": error.strerror})
        ) from error
    return parse_config(data, str(path))


def parse_config(data: bytes, name: str = "config.yaml") -> Config:
    """Read a configuration from the bytes of its file. ``name`` stands in errors. Raises as :func:`load_config`."""
    if len(data) > _SIZE_CAP_BYTES:
        raise ConfigError(Problem("config.too_big", Where(name), {"limit": _SIZE_CAP_BYTES}))
    root = _compose(data, name)
    if root is None:
        return Config()
    tree = _plain(root, name)
    unknown = list(_unknown_keys(tree, root, name))
    if unknown:
        raise ConfigError(*unknown)
    try:
        config = msgspec.convert(tree, Config, strict=True)
    except msgspec.ValidationError as error:
        raise ConfigError(_validation_problem(str(error), root, name)) from error
    problems = [
        Problem(code, Where(name, _line(root, path), _dotted(path)), values) for code, path, values in conflicts(config)
    ]
    if problems:
        raise ConfigError(*problems)
    return config


def _compose(data: bytes, name: str) -> yaml.Node | None:
    try:
        return yaml.compose(data.decode("utf-8-sig"), Loader=_Loader)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(Problem("config.not_utf8", Where(name, line))) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        raise ConfigError(Problem("config.not_yaml", Where(name, line), {"reason": error.problem or ""})) from error
    except yaml.YAMLError as error:
        raise ConfigError(Problem("config.not_yaml", Where(name), {"reason": str(error)})) from error


def _plain(root: yaml.Node, name: str) -> Any:
    """Give the plain values of a tree of nodes; duplicate keys are errors, aliases are refused (they can explode)."""
    seen: set[int] = set()
    constructor = yaml.SafeLoader("")

    def plain(node: yaml.Node, key: str) -> Any:
        where = Where(name, node.start_mark.line + 1, key)
        if not isinstance(node, yaml.ScalarNode):
            if id(node) in seen:
                raise ConfigError(Problem("config.alias", where))
            seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            values: dict[str, Any] = {}
            for key_node, value_node in node.value:
                word = str(key_node.value)
                inner = f"{key}.{word}" if key else word
                if word in values:
                    raise ConfigError(
                        Problem("config.duplicate_key", Where(name, key_node.start_mark.line + 1, inner), {"key": word})
                    )
                values[word] = plain(value_node, inner)
            return values
        if isinstance(node, yaml.SequenceNode):
            return [plain(item, f"{key}[{index}]") for index, item in enumerate(node.value)]
        try:
            return constructor.construct_object(node)
        except (yaml.YAMLError, ValueError) as error:
            raise ConfigError(Problem("config.bad_value", where, {"reason": str(error)})) from error

    return plain(root, "")


def _unknown_keys(tree: Any, root: yaml.Node, name: str) -> Iterator[Problem]:
    """Yield a problem for each key that no option has, with the nearest right name."""

    def walk(value: Any, kind: Any, path: tuple[str | int, ...]) -> Iterator[Problem]:
        struct = _struct_for(kind, value)
        if struct is not None and isinstance(value, dict):
            fields = {field.name: field.type for field in msgspec.structs.fields(struct)}
            tag = struct.__struct_config__.tag_field
            tagged = {tag} if tag else set()
            for key, inner in value.items():
                if key in fields:
                    yield from walk(inner, fields[key], (*path, key))
                elif key not in tagged:
                    known = sorted({*fields, *tagged})
                    near = difflib.get_close_matches(key, known, 1, 0.5)
                    code = "config.unknown_key" if near else "config.unknown_key_list"
                    yield Problem(
                        code,
                        Where(name, _line(root, (*path, key)), _dotted((*path, key))),
                        {"key": key, "nearest": near[0] if near else "", "known": ", ".join(known)},
                    )
        elif isinstance(value, list):
            inner_kinds = [argument for argument in get_args(kind) if argument is not Ellipsis]
            for index, inner in enumerate(value):
                yield from walk(inner, inner_kinds[0] if inner_kinds else Any, (*path, index))

    return walk(tree, Config, ())


def _struct_for(kind: Any, value: Any) -> type[msgspec.Struct] | None:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind
    choices = [c for c in get_args(kind) if isinstance(c, type) and issubclass(c, msgspec.Struct)]
    if isinstance(value, dict):
        for choice in choices:
            if choice.__struct_config__.tag == value.get("kind"):
                return choice
    return None


def _validation_problem(message: str, root: yaml.Node, name: str) -> Problem:
    """Turn msgspec's message, which ends with the path of the value, into a problem with a line."""
    reason, _, path_text = message.partition(" - at `")
    parts: list[str | int] = []
    for key, index in _PATH_PART.findall(path_text.rstrip("`")):
        parts.append(key or (int(index) if index.isdigit() else index))
    where = Where(name, _line(root, tuple(parts)), _dotted(tuple(parts)))
    return Problem("config.bad_value", where, {"reason": reason})


def _line(root: yaml.Node, path: tuple[str | int, ...]) -> int:
    """Give the line of the value at ``path``, or of the nearest part above it that exists."""
    node = root
    line = root.start_mark.line
    for part in path:
        inner: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            for key_node, value_node in node.value:
                if key_node.value == part:
                    inner, line = value_node, key_node.start_mark.line
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            inner = node.value[part]
            line = inner.start_mark.line
        if inner is None:
            break
        node = inner
    return int(line) + 1


def _dotted(path: tuple[str | int, ...]) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
