"""Reading decoder files: YAML to definitions; what is wrong is collected by file, line and key, and the rest runs."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
import yaml

from soc_agent.decode.context import LineType
from soc_agent.decode.datadriven import CompiledDecoder
from soc_agent.decode.definition import DecoderDefinition, texts
from soc_agent.decode.pattern import Pattern, PatternError
from soc_agent.model import Problem, Where

_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SIZE_CAP_BYTES = 1024 * 1024
_PATH_PART = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")
_UNKNOWN_KEY = re.compile(r"unknown field `([^`]*)`")
_SUFFIXES = frozenset({".yml", ".yaml"})


def load_decoders(
    folders: Sequence[Path], line_types: Mapping[str, LineType]
) -> tuple[list[CompiledDecoder], list[Problem]]:
    """Read all decoder files under these folders. A decoder of a later folder replaces one with the same name."""
    decoders: dict[str, CompiledDecoder] = {}
    problems: list[Problem] = []
    for folder in folders:
        seen: dict[str, Path] = {}
        for path in _files(folder, problems):
            decoder = _load_file(path, line_types, problems)
            if decoder is None:
                continue
            if decoder.name in seen:
                values = {"name": decoder.name, "other": str(seen[decoder.name])}
                problems.append(Problem("decode.duplicate", Where(str(path), 0, "name"), values))
                continue
            seen[decoder.name] = path
            decoders[decoder.name] = decoder
    return list(decoders.values()), problems


def _files(folder: Path, problems: list[Problem]) -> Iterable[Path]:
    if folder.is_file():
        return [folder]
    try:
        return sorted(path for path in folder.iterdir() if path.suffix in _SUFFIXES and path.is_file())
    except OSError as error:
        problems.append(Problem("decode.unreadable", Where(str(folder)), {"reason": error.strerror or str(error)}))
        return []


def _load_file(path: Path, line_types: Mapping[str, LineType], problems: list[Problem]) -> CompiledDecoder | None:
    name = str(path)
    try:
        with path.open("rb") as file:
            data = file.read(_SIZE_CAP_BYTES + 1)
    except OSError as error:
        problems.append(Problem("decode.unreadable", Where(name), {"reason": error.strerror or str(error)}))
        return None
    if len(data) > _SIZE_CAP_BYTES:
        problems.append(Problem("decode.too_big", Where(name), {"limit": _SIZE_CAP_BYTES}))
        return None
    found = list(_read(data, name, line_types, problems))
    return found[0] if found else None


def _read(
    data: bytes, name: str, line_types: Mapping[str, LineType], problems: list[Problem]
) -> Iterator[CompiledDecoder]:
    """Yield the one decoder of a file, or nothing and the problems."""
    try:
        root = yaml.compose(data.decode("utf-8-sig"), Loader=_Loader)
        tree = None if root is None else _plain(root)
    except UnicodeDecodeError as error:
        problems.append(Problem("decode.not_utf8", Where(name, data.count(b"\n", 0, error.start) + 1)))
        return
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = Where(name, mark.line + 1 if mark else 0)
        problems.append(Problem("decode.not_yaml", where, {"reason": error.problem or str(error)}))
        return
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        problems.append(Problem("decode.not_yaml", Where(name), {"reason": str(error)}))
        return
    if root is None:
        problems.append(Problem("decode.empty", Where(name)))
        return
    try:
        definition = msgspec.convert(tree, DecoderDefinition)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at `")
        path: list[str | int] = [
            key or (int(index) if index.isdigit() else index) for key, index in _PATH_PART.findall(place.rstrip("`"))
        ]
        if unknown := _UNKNOWN_KEY.search(reason):
            path.append(unknown[1])
        problems.append(Problem("decode.bad_value", _where(name, root, path), {"reason": reason}))
        return
    wrong = list(_check(definition, line_types, name, root))
    problems.extend(wrong)
    if not wrong:
        yield CompiledDecoder(definition, line_types, name)


def _check(
    definition: DecoderDefinition, line_types: Mapping[str, LineType], name: str, root: yaml.Node
) -> Iterator[Problem]:
    """Yield what the types alone cannot say."""
    known = ", ".join(line_types)
    for key, given in (("parent", texts(definition.parent)), ("payload", definition.payload)):
        for line_type in given:
            if line_type not in line_types:
                values = {"type": line_type, "known": known}
                yield Problem("decode.unknown_type", _where(name, root, [key]), values)
    if not definition.programs and not definition.find and not definition.understands:
        yield Problem("decode.no_candidates", Where(name))
    groups: set[str] = set()
    patterns: list[tuple[str, list[str | int]]] = [(definition.prefix, ["prefix"])]
    patterns += [(pattern.match, ["patterns", index, "match"]) for index, pattern in enumerate(definition.patterns)]
    patterns += [(case.match, ["cases", index, "match"]) for index, case in enumerate(definition.cases)]
    for pattern, path in patterns:
        try:
            groups.update(Pattern(pattern).names)
        except PatternError as error:
            yield Problem("decode.bad_pattern", _where(name, root, path), {"pattern": pattern, "reason": str(error)})
            return
    named_inside = bool(definition.payload or definition.structured)
    for key, named in (("rename", set(definition.rename)), ("casts", set(definition.casts))):
        if named_inside:  # the lines name their fields themselves
            continue
        made = groups if key == "rename" else {definition.rename.get(group, group) for group in groups}
        for field in sorted(named - made):
            yield Problem("decode.no_such_group", _where(name, root, [key, field]), {"field": field})


def _plain(root: yaml.Node) -> object:
    """Give the values of a tree of nodes. Aliases are refused: they can explode."""
    seen: set[int] = set()
    nodes = [root]
    while nodes:
        node = nodes.pop()
        if isinstance(node, yaml.ScalarNode):
            continue
        if id(node) in seen:
            raise yaml.MarkedYAMLError(None, None, "aliases (*name) are not taken", node.start_mark)
        seen.add(id(node))
        nodes += [part for item in node.value for part in (item if isinstance(item, tuple) else (item,))]
    return yaml.SafeLoader("").construct_document(root)


def _where(name: str, root: yaml.Node, path: Sequence[str | int]) -> Where:
    """Give the place of a value, or of the nearest part above it that exists."""
    node, line, key = root, root.start_mark.line, ""
    for part in path:
        key += f"[{part}]" if isinstance(part, int) else f".{part}" if key else str(part)
        pairs = enumerate(node.value) if isinstance(node, yaml.SequenceNode) else None
        inner = None
        if pairs is not None:
            inner = dict(pairs).get(part) if isinstance(part, int) else None
        elif isinstance(node, yaml.MappingNode):
            inner = next((value for label, value in node.value if label.value == part), None)
        if inner is None:
            break
        node, line = inner, inner.start_mark.line
    return Where(name, line + 1, key)
